/* SPDX-License-Identifier: MIT */
/*
 * same.h: one ticket for one thing, however often it is reported.
 *
 * Who reports by a program says what it is about (`same`).  While a ticket of
 * the project about that is open, it counts; one that was closed a short while
 * ago is opened again, unless it will not be done; after that there is a new
 * one, linked to the one before.  Counting leaves an audit event and no line
 * in the history.  Core thread, in the caller's transaction: two at once meet.
 * Owns the table ticket_same.
 */
#ifndef RESOURCE_TICKET_SAME_H
#define RESOURCE_TICKET_SAME_H

#include "resource/ticket/ticket.h"

/*
 * The ticket that takes it, counted; NULL: a new one is to be opened, and
 * *ret_before is the one before, or NULL.
 */
struct ticket *same_take(struct cx *cx, const char *project, const char *same,
    int64_t within_ms, struct ticket **ret_before);
/* It is the first of its kind, or the first again. */
bool same_begin(struct cx *cx, const struct ticket *t, const char *same,
    const struct ticket *before, struct err *e);
/* {"same", "count", "last_at"}, or null. */
void same_json(struct cx *cx, struct json_out *out, const struct ticket *t);

#endif
