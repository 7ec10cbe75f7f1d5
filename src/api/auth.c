/* SPDX-License-Identifier: MIT */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "api/request.h"
#include "base/clock.h"
#include "resource/access/access.h"
#include "resource/glass/glass.h"
#include "resource/token/token.h"

#define AUTH_USER_MS 60000 /* an account's name is asked for anew after that */

bool
auth_is_anonymous(const struct actor *a)
{
	return a->person == NULL && !a->is_operator && !a->is_engine;
}

/* --- where a request comes from ------------------------------------------- */

static struct str
auth_origin_host(struct str origin)
{
	static const char *const schemes[] = { "http://", "https://" };

	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (str_starts(origin, schemes[i]))
			return (struct str){ origin.p + strlen(schemes[i]),
				origin.n - strlen(schemes[i]) };
	return (struct str){ NULL, 0 };
}

bool
auth_origin(const struct request *r, struct err *e)
{
	const struct str origin = exchange_header(r->x, "Origin");
	const struct str site = exchange_header(r->x, "Sec-Fetch-Site");
	const struct str host = exchange_header(r->x, "Host");
	bool foreign = origin.p != NULL &&
	    (host.n == 0 || !str_eq(auth_origin_host(origin), host));

	if (r->op->method == OP_GET && r->op->kind != OP_STREAM)
		return true;
	if (!foreign && !str_case_is(site, "cross-site"))
		return true;
	err_set(e, ERR_DENIED, "csrf.origin",
	    "this request was made by another site");
	return err_hint(e, "open the page of this server itself");
}

/* --- how it came in ------------------------------------------------------- */

static const char *
auth_via(const struct request *r)
{
	return str_starts(exchange_header(r->x, "User-Agent"), "slipway/")
	    ? "cli"
	    : "api";
}

/* --- by account ----------------------------------------------------------- */

struct auth_user {
	int64_t until; /* CLOCK_BOOTTIME ms */
	char name[];   /* "" when the account has none */
};

/* Asking may go over the network: its answer is good for a minute. */
static const char *
auth_user_name(struct api *a, uid_t uid, struct arena *arena)
{
	const char *key = arena_printf(arena, "%u", (unsigned)uid);
	struct auth_user *user = map_get(&a->users, key);
	const char *name = "";
	struct passwd pw, *found = NULL;
	char text[4096];

	if (user != NULL && user->until > clock_boot_ms())
		return user->name;
	if (getpwuid_r(uid, &pw, text, sizeof(text), &found) == 0 &&
	    found != NULL)
		name = found->pw_name;
	user = malloc(sizeof(*user) + strlen(name) + 1);
	ASSERT(user != NULL);
	user->until = clock_boot_ms() + AUTH_USER_MS;
	memcpy(user->name, name, strlen(name) + 1);
	free(map_put(&a->users, key, user));
	return user->name;
}

static bool
auth_disabled(const char *person, struct err *e)
{
	return err_set(e, ERR_UNAUTHENTICATED, "person.disabled",
	    "'%s' has no access any more", person);
}

/*
 * A person that the folder links to the account; else the operator, for root
 * and for whoever started the server; else nobody.
 */
static bool
auth_account(struct request *r, struct err *e)
{
	struct api *a = r->api;
	const uid_t uid = r->x->uid;
	const struct person_def *person = NULL;
	const char *name;

	if (uid == HTTP_UID_NONE) {
		err_set(e, ERR_UNAUTHENTICATED, "auth.confined",
		    "what runs inside a task or a container speaks for "
		    "nobody");
		return err_hint(e, "use a token");
	}
	name = auth_user_name(a, uid, r->arena);
	if (name[0] != '\0')
		person = platform_person_by_unix(r->platform, name);
	if (a->o.site->local && uid == a->o.owner) {
		r->actor.is_local = true;
		if (person != NULL)
			name = person->name;
		r->actor.person =
		    arena_strdup(r->arena, name[0] == '\0' ? "you" : name);
		return true;
	}
	if (person != NULL) {
		r->actor.person = arena_strdup(r->arena, person->name);
		return person->disabled ? auth_disabled(person->name, e)
					: true;
	}
	if (uid == 0 || uid == a->o.owner) {
		r->actor.is_operator = true;
		return true;
	}
	err_set(e, ERR_UNAUTHENTICATED, "auth.unlinked",
	    "your account '%s' (uid %u) is no person of the team's folder",
	    name, (unsigned)uid);
	return err_hint(e,
	    "add 'unix: %s' to a person there, or use a token: --as NAME",
	    name);
}

/* --- by token ------------------------------------------------------------- */

struct auth_touch {
	struct job job;
	int64_t id, now;
};

static bool
auth_touch_run(struct job *job, struct db *db, struct err *e)
{
	struct auth_touch *touch = (struct auth_touch *)(void *)job;

	(void)e;
	token_used(db, touch->id, touch->now);
	return true;
}

static void
auth_touch_done(struct job *job, bool ok)
{
	(void)ok;
	free(job);
}

/* Remember the use of a token, once a minute. */
static void
auth_touch(struct api *a, const struct token *t, int64_t now)
{
	const uintptr_t minute = (uintptr_t)(now / TOKEN_USED_MS);
	struct auth_touch *touch;

	if (now - t->used_at < TOKEN_USED_MS ||
	    (uintptr_t)map_get(&a->touched, t->prefix) == minute)
		return;
	map_put(&a->touched, t->prefix, (void *)minute);
	touch = calloc(1, sizeof(*touch));
	ASSERT(touch != NULL);
	*touch = (struct auth_touch){ .job = { .run = auth_touch_run,
					  .done = auth_touch_done },
		.id = t->id,
		.now = now };
	writer_submit(a->o.writer, &touch->job);
}

static bool
auth_token(struct request *r, struct db *db, struct str authorization,
    struct err *e)
{
	struct cx cx = request_cx(r, db);
	const struct person_def *person;
	const struct token *t;
	struct str text;

	if (!str_case_is(str_cut(authorization, ' ', &text), "Bearer")) {
		err_set(e, ERR_UNAUTHENTICATED, "auth.scheme",
		    "the Authorization header is not 'Bearer TOKEN'");
		return err_hint(e, "slipway token create makes a token");
	}
	t = token_by_text(&cx, str_trim(text));
	if (t == NULL)
		return err_set(e, ERR_UNAUTHENTICATED, "token.unknown",
		    "there is no such token");
	/* The bearer is known from here on, if only for the audit chain. */
	r->actor.token = t->prefix;
	if (!token_check(t, cx.now, e))
		return false;
	person = platform_person(r->platform, t->person);
	if (person == NULL || person->disabled)
		return auth_disabled(t->person, e);
	r->actor.person = arena_strdup(r->arena, person->name);
	token_reach(t, &r->actor, r->arena);
	auth_touch(r->api, t, cx.now);
	return true;
}

/* --- all of it ------------------------------------------------------------ */

static bool
auth_who(struct request *r, struct db *db, struct err *e)
{
	const struct str authorization =
	    exchange_header(r->x, "Authorization");

	if (authorization.p != NULL)
		return auth_token(r, db, authorization, e);
	if (r->x->local)
		return auth_account(r, e);
	err_set(e, ERR_UNAUTHENTICATED, "auth.missing",
	    "this needs to know who you are");
	return err_hint(e, "send a token: Authorization: Bearer slw_…");
}

bool
auth_request(struct request *r, struct db *db, struct err *e)
{
	r->actor.via = auth_via(r);
	if (r->op->role == ROLE_ANYBODY)
		return true;
	if (!auth_who(r, db, e))
		return false;
	r->actor.glass = r->actor.person != NULL &&
	    glass_is_open(db, r->actor.person, clock_wall_ms());
	return true;
}

bool
auth_allows(struct request *r, struct db *db, struct err *e)
{
	struct cx cx = request_cx(r, db);

	if (r->actor.token != NULL && !token_calls(&r->actor, r->op, e))
		return false;
	switch (r->op->role) {
	case ROLE_ANYBODY:
	case ROLE_SIGNED_IN:
		return true;
	case ROLE_VIEWER:
		return access_admits(&cx, RIGHT_VIEW, e);
	case ROLE_MEMBER:
		return access_admits(&cx, RIGHT_RUN, e);
	case ROLE_APPROVER:
		return access_admits(&cx, RIGHT_APPROVE, e);
	case ROLE_ADMIN:
		break;
	}
	return access_admits(&cx, RIGHT_ADMINISTER, e);
}

bool
auth_again(struct cx *cx, struct err *e)
{
	const struct actor *actor = cx->actor;
	const struct person_def *person;
	const struct token *t;

	if (actor->person == NULL || actor->is_local)
		return true;
	person = platform_person(cx->platform, actor->person);
	if (person == NULL || person->disabled)
		return auth_disabled(actor->person, e);
	if (actor->token == NULL)
		return true;
	t = token_by_prefix(cx, actor->token);
	if (t == NULL)
		return err_set(e, ERR_UNAUTHENTICATED, "token.unknown",
		    "there is no such token");
	return token_check(t, cx->now, e);
}
