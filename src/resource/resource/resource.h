/* SPDX-License-Identifier: MIT */
/*
 * resource.h: what requests made, whose it is, and for how long.
 *
 * Owns the table resource.  A request type with resource: (platform.h) makes
 * one when its run succeeds; the same (kind, environment, name) asked for
 * again is the same one, and stays its owner's.  It is gone when the run that
 * made it was undone.  Parameters and outputs are kept without secrets.
 * Duties: the end of a lifetime (resource_expire_turn) and whether it is still
 * there (resource_check_turn), which is looked at by a dry run of its task, so
 * by the creates: check in the sandbox.  Each step of a lifetime is taken in
 * the transaction that moves `stage` on: once, whatever is killed when.
 */
#ifndef RESOURCE_RESOURCE_H
#define RESOURCE_RESOURCE_H

#include "resource/cx.h"
#include "spec/resource.h"
#include "spec/run.h"
#include "spec/ticket.h"

/* The run of a ticket succeeded: what it made, or undid. */
void resource_run_ended(struct cx *cx, const struct run *run,
    const struct ticket *t);

/* ERR_NOT_FOUND when there is none, or the actor may not see it. */
bool resource_by_key(struct cx *cx, const char *key, struct resource **ret,
    struct err *e);
struct resource *resource_by_id(struct cx *cx, int64_t id); /* or NULL */
/* Every row of q, at most max. */
size_t resource_rows(struct cx *cx, struct query *q, struct resource **to,
    size_t max);

/* May the actor act on it?  Its owners as long as they may ask for such a
 * thing, and who makes such things.  ERR_DENIED otherwise. */
bool resource_allows(struct cx *cx, const struct resource *r, struct err *e);
/* The actor asked for it, or belongs to the team that owns it. */
bool resource_is_own(struct cx *cx, const struct resource *r);
/* Of the team that makes such things (or an admin), and may run the task? */
bool resource_is_maker(struct cx *cx, const struct resource *r);

/* The folder's definition of today, or NULL. */
const struct resource_def *resource_def(struct cx *cx,
    const struct resource *r);
/* A new row: what is not said of it is nothing.  Sets id and key. */
void resource_insert(struct cx *cx, struct resource *r, const char *action);
void resource_save(struct cx *cx, struct resource *r);
void resource_move(struct cx *cx, struct resource *r, const char *to,
    const char *reason);
/* It ends then; 0: never.  What was said of an earlier end is forgotten. */
void resource_ends(struct cx *cx, struct resource *r, int64_t at);

/* A ticket about it for those who own it, or (makers) for the team that makes
 * such things; one that is open about `same` counts instead (ticket/same.h,
 * NULL: always a new one).  And one line on a ticket, 0: none. */
struct ticket *resource_ticket(struct cx *cx, const struct resource *r,
    bool makers, const char *title, const char *description,
    const char *same);
void resource_note(struct cx *cx, int64_t ticket_id, const char *text);
/* The ticket is answered, unless people closed it already. */
void resource_ticket_done(struct cx *cx, int64_t ticket_id,
    const char *reason);

/* What is due by now; true: it wrote, come again.  *ret_next is when there is
 * more, INT64_MAX for never. */
bool resource_expire_turn(struct cx *cx, int64_t *ret_next);
bool resource_check_turn(struct cx *cx, int64_t *ret_next);
/* look: at what is due too, not only at what is over.  *next only falls. */
bool resource_discover_turn(struct cx *cx, bool look, int64_t *next);

#endif
