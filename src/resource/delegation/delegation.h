/* SPDX-License-Identifier: MIT */
/*
 * delegation.h: who decides in whose place while they are away.
 *
 * Owns the table delegation.  A person lets another one decide for them,
 * everywhere or in a project or an environment, until a time; it ends by
 * itself, and what was decided by then stands.  It gives the right to decide
 * where a rule names the absent person, and to see that, and nothing else: no
 * rights on tasks, and nothing to pass on.  Whether a decision counts is
 * approval.h's to say.
 */
#ifndef RESOURCE_DELEGATION_H
#define RESOURCE_DELEGATION_H

#include "resource/cx.h"
#include "spec/delegation.h"
#include "spec/ticket.h"

/* Those in force now for which person stands in, as to this ticket; NULL:
 * wherever.  In the arena. */
struct delegation *delegation_in_force(struct cx *cx, const char *person,
    const struct ticket *ticket, size_t *ret_n);
/* Those in force now that person made. */
struct delegation *delegation_of(struct cx *cx, const char *person,
    const struct ticket *ticket, size_t *ret_n);

/*
 * Make one for the actor; id and created_at are set.  ERR_INVALID when its
 * times make no sense ("delegation.time") or it names oneself, or an account
 * that is disabled ("delegation.person"); ERR_NOT_FOUND when there is none.
 */
bool delegation_make(struct cx *cx, struct delegation *d, struct err *e);
/* NULL when there is none. */
struct delegation *delegation_by_id(struct cx *cx, int64_t id);
/* End it now; one that is over stays as it is. */
void delegation_end(struct cx *cx, struct delegation *d);

/* "casey in prod until Thu 2026-12-24": for whom, where and until when. */
const char *delegation_text(struct cx *cx, const struct delegation *d);

/* "2026-12-24", a moment, or "+14d"; a day is its beginning, or its end with
 * `end`.  False when it is none of them. */
bool delegation_time(const struct zone *zone, const char *text, int64_t now,
    bool end, int64_t *ret);

#endif
