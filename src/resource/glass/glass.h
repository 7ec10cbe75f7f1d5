/* SPDX-License-Identifier: MIT */
/*
 * glass.h: break-glass: rights for an emergency, taken in the open.
 *
 * A grant with break_glass: true gives nothing until its person breaks the
 * glass: with a reason, for at most four hours, and with the sealed code,
 * which an admin made beforehand and which opens once.  Breaking it opens an
 * incident of the highest priority and posts to all who administer or have
 * such a grant; whatever is done meanwhile is marked in the audit chain; a
 * second person reviews it within a day, and is reminded until they did.
 * What needs approval still does: it gives rights, and no votes.
 * Owns the tables glass and glass_code.
 */
#ifndef RESOURCE_GLASS_H
#define RESOURCE_GLASS_H

#include "resource/cx.h"
#include "spec/glass.h"

/* Is a break-glass of that person open now?  Cheap: asked with each request. */
bool glass_is_open(struct db *db, const char *person, int64_t now);

/* Does any grant in force wake up when person breaks the glass? */
bool glass_has_grant(const struct platform *p, const char *person);
/* May the actor see and review those of others? */
bool glass_may_review(struct cx *cx);

#define GLASS_CODE 36 /* bytes of a code: "slg_" and 32 characters */
/* A new code in the envelope; the one before opens no more. */
void glass_seal(struct cx *cx, char code[GLASS_CODE + 1]);

/* ERR_DENIED "glass.grant" (no such grant), "glass.code" (wrong, used, or
 * never sealed); ERR_CONFLICT "glass.open" (one of theirs is). */
bool glass_break(struct cx *cx, const char *reason, int64_t for_ms,
    const char *code, struct glass **ret, struct err *e);
/* NULL when there is none. */
struct glass *glass_by_id(struct cx *cx, int64_t id);
/* Again is no error. */
void glass_close(struct cx *cx, struct glass *g);
/* ERR_DENIED "glass.self"; ERR_CONFLICT "glass.open" or "glass.reviewed". */
bool glass_reviewed(struct cx *cx, struct glass *g, const char *note,
    struct err *e);

/* End what is over, remind of what nobody reviewed; when to come again. */
int64_t glass_turn(struct cx *cx);
/* "2 open, 1 not reviewed since …" for whoever looks at the server, or NULL;
 * *ret_overdue: a review is. */
const char *glass_summary(struct cx *cx, bool *ret_overdue);

#endif
