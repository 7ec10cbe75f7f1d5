/* SPDX-License-Identifier: MIT */
/*
 * forget.h: old runs and tickets are removed, when the server was told to
 * (--keep-runs, --keep-tickets), a few at a time.
 *
 * What may go is looked for on the pool, soon after the start and then once an
 * hour; the core thread looks again and removes REMOVED_BATCH of them, and
 * REMOVED_STEPS steps, in one turn, so that nobody waits for it
 * (resource/removed/removed.h).  Runs first: their tickets may go then.
 *
 * Loop thread, but for what says otherwise.
 */
#ifndef ROLE_FORGET_H
#define ROLE_FORGET_H

#include "resource/cx.h"
#include "store/writer.h"
#include "sys/loop.h"

#define FORGET_FIRST_MS 3000
#define FORGET_MORE_MS 200
#define FORGET_EVERY_MS 3600000

struct forget;

/* How long they are kept is the site's; NULL when both are kept for ever. */
struct forget *forget_start(struct site *site, struct loop *l,
    struct writer *w, const char *db);
/* Before the writer ends. */
void forget_stop(struct forget *f);
/* After the loop.  NULL is fine, for both. */
void forget_free(struct forget *f);

#endif
