/* SPDX-License-Identifier: MIT */
#include "resource/token/token.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "resource/audit.h"
#include "store/record.h"
#include "sys/digest.h"

#define TOKEN_NAMING 8 /* random characters that name it */
#define TOKEN_SECRET 32

static struct token *
token_one(struct cx *cx, struct query *q)
{
	struct token *t = NULL;

	if (query_next(q)) {
		t = ARENA_NEW(cx->arena, struct token);
		record_read(q, &token_schema, t, cx->arena);
	}
	query_end(q);
	return t;
}

struct token *
token_by_prefix(struct cx *cx, const char *prefix)
{
	struct query *q = query(cx->db, "token_by_prefix");

	bind_text(q, "prefix", prefix);
	return token_one(cx, q);
}

struct token *
token_by_text(struct cx *cx, struct str text)
{
	char hash[DIGEST_HEX];
	struct query *q;

	if (text.n != TOKEN_TEXT || !str_starts(text, TOKEN_START))
		return NULL;
	digest_hex(text.p, text.n, hash);
	q = query(cx->db, "token_by_hash");
	bind_text(q, "hash", hash);
	return token_one(cx, q);
}

/* The person behind a new token: not whom the token in hand names, when
 * another person made that one. */
static const char *
token_maker(struct cx *cx)
{
	const struct actor *a = cx->actor;
	const struct token *own =
	    a->token == NULL ? NULL : token_by_prefix(cx, a->token);

	if (own == NULL ||
	    platform_person(cx->platform, own->created_by) == NULL)
		return actor_name(a);
	return own->created_by;
}

struct token *
token_make(struct cx *cx, const struct token_wish *wish,
    char text[TOKEN_TEXT + 1])
{
	struct token *t = ARENA_NEW(cx->arena, struct token);
	char naming[TOKEN_NAMING + 1], secret[TOKEN_SECRET + 1];
	char *hash = arena_alloc(cx->arena, DIGEST_HEX);
	struct query *q;

	do {
		t->prefix = arena_printf(cx->arena, TOKEN_START "%s",
		    id_text(naming, TOKEN_NAMING));
	} while (token_by_prefix(cx, t->prefix) != NULL);
	snprintf(text, TOKEN_TEXT + 1, "%s_%s", t->prefix,
	    id_text(secret, TOKEN_SECRET));
	t->hash = digest_hex(text, TOKEN_TEXT, hash);
	t->person = wish->person;
	t->name = wish->name;
	t->role = wish->role;
	t->environments = wish->environments;
	t->read_only = wish->read_only;
	t->tasks = wish->tasks;
	t->projects = wish->projects;
	t->operations = wish->operations;
	t->created_by = token_maker(cx);
	t->created_at = cx->now;
	t->expires_at = wish->expires_at;
	q = query(cx->db, "token_insert");
	record_bind(q, &token_schema, t);
	query_run(q);
	t->id = db_last_id(cx->db);
	audit(cx, "token.created", t->prefix, "done",
	    arena_printf(cx->arena, "for %s: %s", t->person, t->name), NULL);
	return t;
}

enum role
token_ceiling(const struct token *t)
{
	for (enum role r = ROLE_ANYBODY; r < ROLE_ADMIN; r++)
		if (streq(role_names[r], t->role))
			return r;
	return ROLE_ADMIN;
}

/* NULL-terminated; NULL for an empty list: all. */
static const char *const *
token_names(const char *json, struct arena *a)
{
	json_t *list = json_loads(json, 0, NULL);
	size_t n = json_array_size(list);
	const char **names = NULL;

	ASSERT(list != NULL);
	if (n > 0)
		names = arena_array(a, n + 1, sizeof(*names));
	for (size_t i = 0; i < n; i++)
		names[i] = arena_strdup(a,
		    json_string_value(json_array_get(list, i)));
	json_decref(list);
	return names;
}

void
token_reach(const struct token *t, struct actor *actor, struct arena *a)
{
	actor->ceiling = token_ceiling(t);
	actor->environments = token_names(t->environments, a);
	actor->tasks = token_names(t->tasks, a);
	actor->projects = token_names(t->projects, a);
	actor->operations = token_names(t->operations, a);
	actor->read_only = t->read_only;
}

/* "run.get", or "ticket.*" for all of them. */
static bool
token_pattern(const char *pattern, const char *name)
{
	const size_t n = strlen(pattern);

	if (n > 0 && pattern[n - 1] == '*')
		return strncmp(pattern, name, n - 1) == 0;
	return streq(pattern, name);
}

bool
token_calls(const struct actor *actor, const struct op *op, struct err *e)
{
	const char *const *o = actor->operations;

	while (o != NULL && *o != NULL && !token_pattern(*o, op->name))
		o++;
	if (o != NULL && *o == NULL)
		err_set(e, ERR_DENIED, "token.scope",
		    "token %s is not for %s", actor->token, op->name);
	else if (actor->read_only && op->method != OP_GET)
		err_set(e, ERR_DENIED, "token.scope",
		    "token %s is for reading, and %s changes something",
		    actor->token, op->name);
	else
		return true;
	return err_hint(e, "ask yourself, with a wider token: slipway token "
			   "create");
}

bool
token_check(const struct token *t, int64_t now, struct err *e)
{
	if (t->revoked_at != 0)
		err_set(e, ERR_UNAUTHENTICATED, "token.revoked",
		    "token %s was revoked", t->prefix);
	else if (t->expires_at <= now)
		err_set(e, ERR_UNAUTHENTICATED, "token.expired",
		    "token %s has expired", t->prefix);
	else
		return true;
	return err_hint(e, "make another: slipway token create --name NAME");
}

void
token_revoke(struct cx *cx, struct token *t)
{
	struct query *q;

	if (t->revoked_at != 0)
		return;
	t->revoked_at = cx->now;
	q = query(cx->db, "token_revoke");
	bind_int(q, "id", t->id);
	bind_int(q, "now", cx->now);
	query_run(q);
	audit(cx, "token.revoked", t->prefix, "done",
	    arena_printf(cx->arena, "of %s: %s", t->person, t->name), NULL);
}

void
token_used(struct db *db, int64_t id, int64_t now)
{
	struct query *q = query(db, "token_used");

	bind_int(q, "id", id);
	bind_int(q, "now", now);
	query_run(q);
}
