/* SPDX-License-Identifier: MIT */
/*
 * move.h: the one way a status changes.
 *
 * Each function checks the machine (an illegal move is a bug: ASSERT; what a
 * person asks for is checked with machine_find first), writes the row with
 * its new status and reason, leaves the audit event, and tells the streams;
 * all in the caller's transaction.  The struct is changed too.  Steps and
 * attempts leave an audit event when they start and when they end.
 */
#ifndef RESOURCE_MOVE_H
#define RESOURCE_MOVE_H

#include "resource/cx.h"
#include "spec/run.h"
#include "spec/ticket.h"

void move_run(struct cx *cx, struct run *run, const char *to,
    const char *reason);
/* Sets started_at at the first start and ended_at at an end. */
void move_step(struct cx *cx, struct step *step, const char *to,
    const char *reason);
void move_attempt(struct cx *cx, struct attempt *attempt, const char *to);
/* Also leaves an entry in the ticket's history. */
void move_ticket(struct cx *cx, struct ticket *ticket, const char *to,
    const char *reason);
void move_need(struct cx *cx, struct need *need, const char *to,
    const char *reason);

/* Write the row as it is, with a new seq: for changes but of the status. */
void move_save_run(struct cx *cx, struct run *run);
void move_save_step(struct cx *cx, struct step *step);
void move_save_ticket(struct cx *cx, struct ticket *ticket);

#endif
