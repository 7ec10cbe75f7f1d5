/* SPDX-License-Identifier: MIT */
/*
 * access.h: who may do what, where: the one policy function behind every
 * face and every path.
 *
 * Rights come from the grants of the folder; a deny wins over every allow;
 * what nothing allows is denied.  A grant may have an end, and may sleep until
 * its person broke the glass.  The people of the team that owns a task are
 * members of it without a grant.  A token can only narrow (its ceiling role,
 * its environments).  Approving is not a right of a role alone: approval.h
 * decides by the rules of the plan; the role only lets one see.
 * Reads the folder, the actor and, for the end of a grant, the clock; no
 * database.  Remembers in the folder's snapshot when each grant was last the
 * reason for a yes, for the access review.
 */
#ifndef RESOURCE_ACCESS_H
#define RESOURCE_ACCESS_H

#include "resource/cx.h"

enum right {
	RIGHT_VIEW,	 /* viewer and above */
	RIGHT_REQUEST,	 /* member */
	RIGHT_RUN,	 /* member */
	RIGHT_CANCEL,	 /* member */
	RIGHT_APPROVE,	 /* approver: see what waits for a decision */
	RIGHT_ADMINISTER /* admin without `on:`; the operator */
};
extern const char *const right_names[]; /* "view" …, NULL-terminated */

struct access_target {
	const char *team;	 /* owner of the task; NULL: the platform */
	const char *environment; /* NULL: any */
	const char *name;	 /* task or request type; NULL: any */
};

struct access_answer {
	bool allowed;
	const char *rule; /* "member on platform in dev (people.yaml:9)" */
	const char *who_can_grant; /* "an admin: tina" */
};

/* Texts live in arena. */
struct access_answer access_ask(const struct platform *p,
    const struct actor *actor, enum right right,
    const struct access_target *t, struct arena *arena);

/*
 * The same as an error: true when allowed.  Denied, and the actor may not
 * even view: ERR_NOT_FOUND "not_found" naming `noun` and `name` as if it did
 * not exist; else ERR_DENIED "access.denied" with the rule, and who can grant
 * as the hint.
 */
bool access_check(struct cx *cx, enum right right,
    const struct access_target *t, const char *noun, const char *name,
    struct err *e);

/* The same for what the actor sees already: ERR_DENIED in any case. */
bool access_check_seen(struct cx *cx, enum right right,
    const struct access_target *t, const char *noun, const char *name,
    struct err *e);

/*
 * Does the actor's token reach as far as that?  For what people may do with
 * what is theirs without any grant.  environment NULL: anywhere.
 */
bool access_token_allows(const struct actor *actor, enum right right,
    const char *environment);
/* What has a name and an owner: for tokens for some tasks or projects. */
bool access_token_allows_on(const struct platform *p,
    const struct actor *actor, enum right right,
    const struct access_target *t);
/* The same as errors: ERR_DENIED "access.denied". */
bool access_token_check_on(struct cx *cx, enum right right,
    const struct access_target *t, struct err *e);
bool access_token_check(struct cx *cx, enum right right,
    const char *environment, struct err *e);

/* May the actor do what needs the right on anything at all?  ERR_DENIED. */
bool access_admits(struct cx *cx, enum right right, struct err *e);

/* The grant that takes the right away from person, as "not approver in prod
 * (people.yaml:9)"; NULL when none does. */
const char *access_taken(const struct platform *p, const char *person,
    enum right right, const struct access_target *t, struct arena *arena);

/*
 * Does the actor administer without a broken glass?  For what would outlast
 * it: a sealed code, a token of another.  ERR_DENIED "glass.outlasts"; doing
 * names it, as "seal a code".
 */
bool access_check_lasting(struct cx *cx, const char *doing, struct err *e);

/* Does person answer for that service account? */
bool access_answers_for(const struct platform *p, const char *person,
    const char *account);

/* Requester, team-mates of the requester, and whoever may view the target. */
bool access_sees(const struct platform *p, const struct actor *actor,
    const char *requester, const struct access_target *t);

/* Does a token limited to `outer` cover everything that `inner` may do? */
bool access_role_within(enum role inner, enum role outer);

/* Names of environments where actor has the right on (team, name). */
const char **access_environments(struct cx *cx, enum right right,
    const char *team, const char *name);

/* What is for people: "the operator administers, and runs nothing", and what to
 * type instead.  Always false. */
bool access_operator(struct err *e, const char *why);

#endif
