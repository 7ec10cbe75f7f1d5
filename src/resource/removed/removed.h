/* SPDX-License-Identifier: MIT */
/*
 * removed.h: runs and tickets that are gone for their age, and what stays of
 * them.  Owns the tables removed and removed_step.
 *
 * A run goes when it has ended long enough ago, its logs are gone, and nothing
 * refers to it: no open ticket, no resource, no artifact that is kept, no run
 * that is its retry or undo, no key that it holds, no step that shares one of
 * its own; and it is not the newest, whose numbers would be given again.  What
 * stays: its key with what `slipway evidence` tells of it, and for each of its
 * steps the last success with the outputs, since later runs take those.  A
 * ticket goes when it has been closed long enough, its runs are gone, and no
 * resource, break-glass, epic or link of an open ticket needs it; its key
 * stays, and other tickets note that it was removed.  Each is an event of the
 * audit chain, of which nothing is ever removed.
 *
 * A large run goes in pieces of REMOVED_STEPS steps: first the tombstone, last
 * the row, so that a kill anywhere only means to go on.
 *
 * The lists are for a read connection, the rest for the core thread.
 */
#ifndef RESOURCE_REMOVED_H
#define RESOURCE_REMOVED_H

#include "resource/cx.h"

#define REMOVED_STEPS 500
#define REMOVED_BATCH 20

struct removed_limits {
	int64_t before;	 /* wall ms: what ended after is kept */
	int64_t logs_to; /* attempts whose logs are gone */
};

/* At most REMOVED_BATCH ids above `after`; how many. */
size_t removed_runs(struct db *db, const struct removed_limits *l,
    int64_t after, int64_t ids[REMOVED_BATCH]);
size_t removed_tickets(struct db *db, const struct removed_limits *l,
    int64_t after, int64_t ids[REMOVED_BATCH]);

/* Looks again whether it may go.  *steps: how many more may go in this turn,
 * less those that did; with none left it goes on next time. */
void removed_run(struct cx *cx, const struct removed_limits *l, int64_t id,
    int64_t *steps);
void removed_ticket(struct cx *cx, const struct removed_limits *l,
    int64_t id);

/* What to answer for a key that is not there: ERR_GONE "run.removed",
 * "ticket.removed" for whoever might have seen it, else as for an absent one.
 * Always false. */
bool removed_answer(struct cx *cx, const char *noun, const char *key,
    struct err *e);

#endif
