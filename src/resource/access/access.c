/* SPDX-License-Identifier: MIT */
#include "resource/access/access.h"

#include "base/clock.h"
#include "resource/call.h"

const char *const right_names[] = {
	[RIGHT_VIEW] = "view",
	[RIGHT_REQUEST] = "request",
	[RIGHT_RUN] = "run",
	[RIGHT_CANCEL] = "cancel",
	[RIGHT_APPROVE] = "approve",
	[RIGHT_ADMINISTER] = "administer",
	NULL,
};

#define BIT(right) (1u << (right))
#define WORKING (BIT(RIGHT_REQUEST) | BIT(RIGHT_RUN) | BIT(RIGHT_CANCEL))
#define ALL_RIGHTS                                                             \
	(BIT(RIGHT_VIEW) | WORKING | BIT(RIGHT_APPROVE) |                      \
	    BIT(RIGHT_ADMINISTER))

/* What a role gives, and what a denial of it takes away. */
static const struct {
	unsigned gives, takes;
} role_rights[] = {
	[ROLE_ANYBODY] = { 0, 0 },
	[ROLE_SIGNED_IN] = { 0, 0 },
	[ROLE_VIEWER] = { BIT(RIGHT_VIEW), ALL_RIGHTS },
	[ROLE_MEMBER] = { BIT(RIGHT_VIEW) | WORKING, WORKING },
	[ROLE_APPROVER] = { BIT(RIGHT_VIEW) | BIT(RIGHT_APPROVE),
		BIT(RIGHT_APPROVE) },
	[ROLE_ADMIN] = { ALL_RIGHTS, BIT(RIGHT_ADMINISTER) },
};

#define OPERATOR_RIGHTS                                                        \
	(BIT(RIGHT_VIEW) | BIT(RIGHT_CANCEL) | BIT(RIGHT_ADMINISTER))

enum basis {
	BASIS_NOTHING, /* no rule says yes */
	BASIS_NOBODY,
	BASIS_UNKNOWN, /* the folder has no such person */
	BASIS_DISABLED,
	BASIS_GRANT,
	BASIS_DENY,
	BASIS_OWNER, /* one of the team that owns it */
	BASIS_OPERATOR,
	BASIS_LOCAL,
	BASIS_ENGINE,
	BASIS_CEILING,	    /* of the token */
	BASIS_ENVIRONMENTS, /* of the token */
	BASIS_SCOPE	    /* of the token: tasks and projects */
};

struct decision {
	bool allowed;
	enum basis basis;
	const struct grant_def *grant;
	const struct team_def *team;
	const char *environment; /* that was decided about */
};

static bool
access_names(const char *const *names, const char *name)
{
	for (; *names != NULL; names++)
		if (streq(*names, name))
			return true;
	return false;
}

/* Only a request type is of a project. */
static bool
access_projects(const struct platform *p, const struct grant_def *g,
    const struct access_target *t)
{
	const struct request_def *r =
	    t->name == NULL ? NULL : platform_request(p, t->name);

	return g->projects == NULL ||
	    (r != NULL && access_names(g->projects, r->project));
}

static bool
access_covers(const struct platform *p, const struct grant_def *g,
    const struct access_target *t)
{
	if (g->until_ms != 0 && g->until_ms <= clock_wall_ms())
		return false;
	if (!access_projects(p, g, t))
		return false;
	if (g->on != NULL && !streq(g->on, t->team))
		return false;
	if (g->env != NULL && !access_names(g->env, t->environment))
		return false;
	return g->tasks == NULL || access_names(g->tasks, t->name);
}

static bool
access_gives(enum role role, enum right right)
{
	return (role_rights[role].gives & BIT(right)) != 0;
}

/* By the folder alone; t names an environment, or none is meant. */
static struct decision
access_person(const struct platform *p, const struct actor *actor,
    enum right right, const struct access_target *t)
{
	const char *person = actor->person;
	const struct team_def *owner =
	    t->team == NULL ? NULL : platform_team(p, t->team);
	const struct grant_def *grant = NULL, *no_admin = NULL;

	for (size_t i = 0; i < p->ngrants; i++) {
		const struct grant_def *g = &p->grants[i];

		if (!access_covers(p, g, t) ||
		    !platform_is_one_of(p, person, g->to))
			continue;
		if (g->deny && (role_rights[g->role].takes & BIT(right)) != 0)
			return (struct decision){ false, BASIS_DENY, g, NULL,
				t->environment };
		if (g->deny && g->role == ROLE_ADMIN)
			no_admin = g;
	}
	if (owner != NULL && team_has(owner, person) &&
	    access_gives(ROLE_MEMBER, right))
		return (struct decision){ true, BASIS_OWNER, NULL, owner,
			t->environment };
	for (size_t i = 0; i < p->ngrants && grant == NULL; i++) {
		const struct grant_def *g = &p->grants[i];

		if (!g->deny && access_gives(g->role, right) &&
		    (g->role != ROLE_ADMIN || no_admin == NULL) &&
		    (actor->glass || !g->break_glass) &&
		    access_covers(p, g, t) && platform_is_one_of(p, person, g->to))
			grant = g;
	}
	if (grant != NULL)
		return (struct decision){ true, BASIS_GRANT, grant, NULL,
			t->environment };
	return (struct decision){ false,
		no_admin == NULL ? BASIS_NOTHING : BASIS_DENY, no_admin, NULL,
		t->environment };
}

/* Is it one of the tasks and of the projects that the token is for? */
static bool
access_in_scope(const struct platform *p, const struct actor *actor,
    const struct access_target *t)
{
	const struct request_def *r =
	    t->name == NULL ? NULL : platform_request(p, t->name);

	if (actor->tasks != NULL &&
	    (t->name == NULL || !access_names(actor->tasks, t->name)))
		return false;
	return actor->projects == NULL ||
	    (r != NULL && access_names(actor->projects, r->project));
}

/* What is left of a yes through the token. */
static struct decision
access_narrow(const struct platform *p, const struct actor *actor,
    enum right right, const struct access_target *t, struct decision d)
{
	const bool scoped = actor->tasks != NULL || actor->projects != NULL;

	if (!d.allowed)
		return d;
	if (!access_gives(actor->ceiling, right))
		return (struct decision){ .basis = BASIS_CEILING };
	if (scoped &&
	    (right == RIGHT_ADMINISTER || !access_in_scope(p, actor, t)))
		return (struct decision){ .basis = BASIS_SCOPE };
	if (actor->environments == NULL)
		return d;
	if (right == RIGHT_ADMINISTER ||
	    (t->environment != NULL &&
		!access_names(actor->environments, t->environment)))
		return (struct decision){ .basis = BASIS_ENVIRONMENTS,
			.environment = t->environment };
	return d;
}

static struct decision
access_somewhere(const struct platform *p, const struct actor *actor,
    enum right right, const struct access_target *t)
{
	struct decision d = { .basis = BASIS_NOTHING };

	for (size_t i = 0; i < p->nenvironments && !d.allowed; i++) {
		struct access_target in = *t;

		in.environment = p->environments[i].name;
		d = access_narrow(p, actor, right, &in,
		    access_person(p, actor, right, &in));
	}
	if (!d.allowed && d.basis == BASIS_NOTHING)
		d.environment = NULL;
	return d;
}

static struct decision
access_decide(const struct platform *p, const struct actor *actor,
    enum right right, const struct access_target *t)
{
	static const struct access_target nothing = { NULL, NULL, NULL };
	const struct person_def *person;

	if (actor->is_engine)
		return (struct decision){ .allowed = true,
			.basis = BASIS_ENGINE };
	if (actor->is_local)
		return (struct decision){ .allowed = true,
			.basis = BASIS_LOCAL };
	if (actor->is_operator)
		return (struct decision){
			.allowed = (OPERATOR_RIGHTS & BIT(right)) != 0,
			.basis = BASIS_OPERATOR
		};
	if (actor->person == NULL)
		return (struct decision){ .basis = BASIS_NOBODY };
	person = platform_person(p, actor->person);
	if (person == NULL)
		return (struct decision){ .basis = BASIS_UNKNOWN };
	if (person->disabled)
		return (struct decision){ .basis = BASIS_DISABLED };
	if (right == RIGHT_ADMINISTER)
		return access_narrow(p, actor, right, &nothing,
		    access_person(p, actor, right, &nothing));
	if (t->environment == NULL)
		return access_somewhere(p, actor, right, t);
	return access_narrow(p, actor, right, t,
	    access_person(p, actor, right, t));
}

/* --- in words ------------------------------------------------------------- */

static const char *
access_nothing_text(enum right right, const struct access_target *t,
    struct arena *a)
{
	const char *text =
	    arena_printf(a, "nothing grants '%s'", right_names[right]);

	if (right == RIGHT_ADMINISTER)
		return text;
	if (t->name != NULL)
		text = arena_printf(a, "%s on '%s'", text, t->name);
	if (t->team != NULL)
		text = arena_printf(a, "%s of team '%s'", text, t->team);
	if (t->environment != NULL)
		text = arena_printf(a, "%s in '%s'", text, t->environment);
	return text;
}

static const char *
access_token_text(const struct actor *actor, const struct decision *d,
    struct arena *a)
{
	const char *token = actor->token == NULL ? "this" : actor->token;

	if (d->basis == BASIS_CEILING)
		return arena_printf(a, "token %s is limited to the role %s",
		    token, role_names[actor->ceiling]);
	if (d->basis == BASIS_SCOPE)
		return arena_printf(a,
		    "token %s is limited to some tasks or projects", token);
	if (d->environment == NULL)
		return arena_printf(a,
		    "token %s is limited to some environments", token);
	return arena_printf(a, "token %s is not for '%s'", token,
	    d->environment);
}

static const char *
access_rule_text(const struct actor *actor, enum right right,
    const struct access_target *t, const struct decision *d, struct arena *a)
{
	switch (d->basis) {
	case BASIS_GRANT:
	case BASIS_DENY:
		return arena_printf(a, "%s (%s)", d->grant->text,
		    d->grant->where);
	case BASIS_OWNER:
		return arena_printf(a, "one of team %s, the owner (%s)",
		    d->team->name, d->team->where);
	case BASIS_OPERATOR:
		return d->allowed
		    ? "the operator of this server"
		    : "the operator administers, and never asks, runs or "
		      "approves";
	case BASIS_LOCAL:
		return "alone on a private server";
	case BASIS_ENGINE:
		return "slipway itself";
	case BASIS_NOBODY:
		return "nobody is signed in";
	case BASIS_UNKNOWN:
		return arena_printf(a, "the folder has no person '%s'",
		    actor->person);
	case BASIS_DISABLED:
		return arena_printf(a, "'%s' is disabled", actor->person);
	case BASIS_CEILING:
	case BASIS_ENVIRONMENTS:
	case BASIS_SCOPE:
		return access_token_text(actor, d, a);
	case BASIS_NOTHING:
		break;
	}
	return access_nothing_text(right, t, a);
}

#define ADMINS_NAMED 3

static const char *
access_admins(const struct platform *p, struct arena *a)
{
	const char *names = NULL;
	size_t n = 0;

	for (size_t i = 0; i < p->npeople; i++) {
		const struct actor somebody = { .person = p->people[i].name,
			.ceiling = ROLE_ADMIN };

		if (!access_decide(p, &somebody, RIGHT_ADMINISTER,
			&(struct access_target){ .name = NULL })
			 .allowed)
			continue;
		if (++n > ADMINS_NAMED)
			return arena_printf(a, "an admin: %s …", names);
		names = names == NULL
		    ? p->people[i].name
		    : arena_printf(a, "%s, %s", names, p->people[i].name);
	}
	if (names == NULL)
		return "nobody is admin yet: add a grant to the folder";
	return arena_printf(a, "an admin: %s", names);
}

static const char *
access_helper(const struct platform *p, enum basis basis, struct arena *a)
{
	switch (basis) {
	case BASIS_OPERATOR:
		return "a person: link your account with unix: in the folder, "
		       "or use a token with --as";
	case BASIS_CEILING:
	case BASIS_ENVIRONMENTS:
	case BASIS_SCOPE:
		return "yourself, with a wider token: slipway token create";
	case BASIS_NOBODY:
		return "yourself: sign in with a token";
	case BASIS_NOTHING:
	case BASIS_UNKNOWN:
	case BASIS_DISABLED:
	case BASIS_GRANT:
	case BASIS_DENY:
	case BASIS_OWNER:
	case BASIS_LOCAL:
	case BASIS_ENGINE:
		break;
	}
	return access_admins(p, a);
}

static struct access_answer
access_words(const struct platform *p, const struct actor *actor,
    enum right right, const struct access_target *t, const struct decision *d,
    struct arena *arena)
{
	return (struct access_answer){
		.allowed = d->allowed,
		.rule = access_rule_text(actor, right, t, d, arena),
		.who_can_grant =
		    d->allowed ? "" : access_helper(p, d->basis, arena),
	};
}

struct access_answer
access_ask(const struct platform *p, const struct actor *actor,
    enum right right, const struct access_target *t, struct arena *arena)
{
	const struct decision d = access_decide(p, actor, right, t);

	return access_words(p, actor, right, t, &d, arena);
}

const char *
access_taken(const struct platform *p, const char *person, enum right right,
    const struct access_target *t, struct arena *arena)
{
	const struct actor actor = { .person = person,
		.ceiling = ROLE_ADMIN };
	const struct decision d = access_person(p, &actor, right, t);

	if (d.basis != BASIS_DENY)
		return NULL;
	return access_rule_text(&actor, right, t, &d, arena);
}

bool
access_answers_for(const struct platform *p, const char *person,
    const char *account)
{
	const struct person_def *def =
	    account == NULL ? NULL : platform_person(p, account);

	return def != NULL && def->service != NULL && person != NULL &&
	    platform_is_one_of(p, person, def->service);
}

/* --- for handlers --------------------------------------------------------- */

bool
access_check_lasting(struct cx *cx, const char *doing, struct err *e)
{
	static const struct access_target server = { .name = NULL };
	struct actor awake = *cx->actor;

	awake.glass = false;
	if (!cx->actor->glass ||
	    access_ask(cx->platform, &awake, RIGHT_ADMINISTER, &server,
		cx->arena)
		.allowed)
		return true;
	err_set(e, ERR_DENIED, "glass.outlasts",
	    "%s: it would outlast your break-glass", doing);
	return err_hint(e, "ask %s", access_admins(cx->platform, cx->arena));
}

bool
access_operator(struct err *e, const char *why)
{
	err_set(e, ERR_DENIED, "access.operator", "%s", why);
	return err_hint(e, "name a person: slipway --as PERSON …");
}

/* That this was the reason for a yes to who asks, for the access review. */
static void
access_use(const struct platform *p, const struct actor *actor,
    const struct decision *d)
{
	if (d->allowed && d->grant != NULL && actor->via != NULL)
		p->grant_used[d->grant - p->grants] = clock_wall_ms();
}

bool
access_admits(struct cx *cx, enum right right, struct err *e)
{
	static const struct access_target anything = { .name = NULL };
	const struct decision d =
	    access_decide(cx->platform, cx->actor, right, &anything);
	struct access_answer answer;

	access_use(cx->platform, cx->actor, &d);
	if (d.allowed)
		return true;
	answer = access_words(cx->platform, cx->actor, right, &anything, &d,
	    cx->arena);
	err_set(e, ERR_DENIED, "access.denied", "this is not for you: %s",
	    answer.rule);
	return err_hint(e, "ask %s", answer.who_can_grant);
}

bool
access_check(struct cx *cx, enum right right, const struct access_target *t,
    const char *noun, const char *name, struct err *e)
{
	const struct platform *p = cx->platform;

	if (right != RIGHT_ADMINISTER &&
	    !access_decide(p, cx->actor, right, t).allowed &&
	    !access_decide(p, cx->actor, RIGHT_VIEW, t).allowed)
		return call_absent(e, noun, name, NULL);
	return access_check_seen(cx, right, t, noun, name, e);
}

bool
access_check_seen(struct cx *cx, enum right right,
    const struct access_target *t, const char *noun, const char *name,
    struct err *e)
{
	const struct decision d =
	    access_decide(cx->platform, cx->actor, right, t);
	struct access_answer answer;

	access_use(cx->platform, cx->actor, &d);
	if (d.allowed)
		return true;
	answer =
	    access_words(cx->platform, cx->actor, right, t, &d, cx->arena);
	err_set(e, ERR_DENIED, "access.denied", "%s %s '%s'%s%s%s: %s",
	    right == RIGHT_REQUEST ? "ask for"
		: (right == RIGHT_CANCEL && streq(noun, "ticket")) ||
			(right == RIGHT_RUN && streq(noun, "run"))
		? "work on"
		: right_names[right],
	    noun, name,
	    t->environment == NULL ? "" : " in '",
	    t->environment == NULL ? "" : t->environment,
	    t->environment == NULL ? "" : "'", answer.rule);
	return err_hint(e, "ask %s", answer.who_can_grant);
}

bool
access_token_allows_on(const struct platform *p, const struct actor *actor,
    enum right right, const struct access_target *t)
{
	const struct decision own = { .allowed = true };

	return access_narrow(p, actor, right, t, own).allowed;
}

bool
access_token_allows(const struct actor *actor, enum right right,
    const char *environment)
{
	/* Of no name: a token for some tasks or projects does not reach. */
	return access_token_allows_on(NULL, actor, right,
	    &(struct access_target){ .environment = environment });
}

bool
access_token_check_on(struct cx *cx, enum right right,
    const struct access_target *t, struct err *e)
{
	const struct decision own = { .allowed = true };
	const struct decision d =
	    access_narrow(cx->platform, cx->actor, right, t, own);

	if (d.allowed)
		return true;
	err_set(e, ERR_DENIED, "access.denied", "%s: %s", right_names[right],
	    access_token_text(cx->actor, &d, cx->arena));
	return err_hint(e, "ask %s",
	    access_helper(cx->platform, d.basis, cx->arena));
}

bool
access_token_check(struct cx *cx, enum right right, const char *environment,
    struct err *e)
{
	return access_token_check_on(cx, right,
	    &(struct access_target){ .environment = environment }, e);
}

static bool
access_team_mates(const struct platform *p, const char *a, const char *b)
{
	for (size_t i = 0; i < p->nteams; i++)
		if (team_has(&p->teams[i], a) && team_has(&p->teams[i], b))
			return true;
	return false;
}

bool
access_sees(const struct platform *p, const struct actor *actor,
    const char *requester, const struct access_target *t)
{
	const struct decision d = access_decide(p, actor, RIGHT_VIEW, t);
	const struct person_def *person;

	access_use(p, actor, &d);
	if (d.allowed)
		return true;
	if (actor->person == NULL || requester == NULL)
		return false;
	person = platform_person(p, actor->person);
	if (person == NULL || person->disabled ||
	    !access_token_allows_on(p, actor, RIGHT_VIEW, t))
		return false;
	return streq(actor->person, requester) ||
	    access_team_mates(p, actor->person, requester);
}

bool
access_role_within(enum role inner, enum role outer)
{
	return (role_rights[inner].gives & ~role_rights[outer].gives) == 0;
}

const char **
access_environments(struct cx *cx, enum right right, const char *team,
    const char *name)
{
	const struct platform *p = cx->platform;
	const char **names =
	    arena_array(cx->arena, p->nenvironments + 1, sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; i < p->nenvironments; i++) {
		const struct access_target t = {
			.team = team,
			.environment = p->environments[i].name,
			.name = name,
		};

		if (access_decide(p, cx->actor, right, &t).allowed)
			names[n++] = t.environment;
	}
	return names;
}
