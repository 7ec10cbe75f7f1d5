/* SPDX-License-Identifier: MIT */
#include "resource/token/token_api.h"

#include <string.h>

#include "resource/access/access.h"
#include "resource/token/token.h"
#include "store/record.h"

static bool
token_administers(struct cx *cx)
{
	static const struct access_target server = { .name = NULL };

	return access_ask(cx->platform, cx->actor, RIGHT_ADMINISTER, &server,
	    cx->arena)
	    .allowed;
}

/* One's own, and those of accounts that one answers for. */
static bool
token_is_theirs(struct cx *cx, const char *person)
{
	return streq(person, cx->actor->person) ||
	    access_answers_for(cx->platform, cx->actor->person, person);
}

static bool
token_person(struct cx *cx, struct call *call, const char **ret,
    struct err *e)
{
	const char *person = call_text(call->body, "person");
	const struct person_def *def;

	if (person == NULL)
		person = cx->actor->person;
	if (person == NULL) {
		problem_add(call->problems, "/person", "field.required",
		    "--person NAME", "the operator is no person: name one");
		return problems_err(call->problems, e);
	}
	if (!token_is_theirs(cx, person) && !token_administers(cx)) {
		err_set(e, ERR_DENIED, "access.denied",
		    "make a token for '%s': only an admin makes tokens for "
		    "others, and who answers for a service account for it",
		    person);
		return err_hint(e, "leave the person out to make your own");
	}
	if (!token_is_theirs(cx, person) &&
	    !access_check_lasting(cx,
		arena_printf(cx->arena, "make a token for '%s'", person), e))
		return false;
	def = platform_person(cx->platform, person);
	if (def == NULL || def->disabled) {
		problem_add(call->problems, "/person", "token.person", NULL,
		    def == NULL ? "no person '%s'" : "'%s' is disabled",
		    person);
		return problems_err(call->problems, e);
	}
	*ret = person;
	return true;
}

static const char *
token_role(struct cx *cx, struct call *call)
{
	const char *role = call_text(call->body, "role");
	const enum role most = cx->actor->ceiling;
	struct token wanted = { .role = role == NULL ? "" : role };

	if (role == NULL)
		return most == ROLE_ADMIN ? "" : role_names[most];
	if (!access_role_within(token_ceiling(&wanted), most))
		problem_add(call->problems, "/role", "token.role", NULL,
		    "your own token is limited to the role %s",
		    role_names[most]);
	return role;
}

static bool
token_reaches(const char *const *names, const char *name)
{
	if (names == NULL)
		return true;
	while (*names != NULL && !streq(*names, name))
		names++;
	return *names != NULL;
}

/* The wanted environments, or those of the asker's own token. */
static const char *
token_wanted_environments(struct cx *cx, struct call *call)
{
	const char *const *most = cx->actor->environments;
	json_t *wanted =
	    json_deep_copy(json_object_get(call->body, "environments"));
	const char *text;

	for (size_t i = 0; i < json_array_size(wanted); i++) {
		const char *name =
		    json_string_value(json_array_get(wanted, i));
		const char *at =
		    arena_printf(cx->arena, "/environments/%zu", i);

		if (platform_environment(cx->platform, name) == NULL)
			problem_add(call->problems, at, "token.environment",
			    NULL, "no environment '%s'", name);
		else if (!token_reaches(most, name))
			problem_add(call->problems, at, "token.environment",
			    NULL, "your own token is not for '%s'", name);
	}
	if (json_array_size(wanted) == 0)
		for (; most != NULL && *most != NULL; most++)
			json_array_append_new(wanted, json_string(*most));
	text = json_canonical(cx->arena, wanted);
	json_decref(wanted);
	return text;
}

/* Does any operation go by that name, or begin so? */
static bool
token_operation(const char *pattern)
{
	const struct actor probe = { .operations =
		(const char *const[]){ pattern, NULL }, .token = "" };
	struct err e;

	for (size_t i = 0; ops[i] != NULL; i++)
		if (token_calls(&probe, ops[i], &e))
			return true;
	return false;
}

/* A list as it is stored; each of its names must be known. */
static const char *
token_scope(struct cx *cx, struct call *call, const char *field)
{
	const struct platform *p = cx->platform;
	const json_t *list = json_object_get(call->body, field);

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));
		const char *at =
		    arena_printf(cx->arena, "/%s/%zu", field, i);

		if (streq(field, "operations") ? token_operation(name)
			: streq(field, "projects")
			? platform_project(p, name) != NULL
			: platform_task(p, name) != NULL ||
			    platform_request(p, name) != NULL)
			continue;
		problem_add(call->problems, at, "token.scope", NULL,
		    "no %.*s '%s'", (int)strlen(field) - 1, field, name);
	}
	return list == NULL ? "[]" : json_canonical(cx->arena, list);
}

/* What is limited to some tasks or operations makes nothing wider, or as
 * wide. */
static bool
token_may_make(struct cx *cx, struct err *e)
{
	const struct actor *a = cx->actor;

	if (a->tasks == NULL && a->projects == NULL && a->operations == NULL)
		return true;
	err_set(e, ERR_DENIED, "token.scope",
	    "token %s is limited to some tasks, projects or operations, and "
	    "makes no tokens",
	    a->token);
	return err_hint(e, "ask yourself, with a wider token");
}

static int64_t
token_expires(struct cx *cx, struct call *call)
{
	int64_t ms = 0, at;
	const struct token *own;

	ASSERT(schema_duration(call_text(call->body, "expires"), &ms));
	at = cx->now + ms;
	if (cx->actor->token == NULL)
		return at;
	own = token_by_prefix(cx, cx->actor->token);
	return own != NULL && own->expires_at < at ? own->expires_at : at;
}

bool
token_api_create(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct token_wish wish = { .name = call_text(call->body, "name") };
	char text[TOKEN_TEXT + 1];
	const struct token *t;

	if (!token_may_make(cx, e) ||
	    !token_person(cx, call, &wish.person, e))
		return false;
	wish.read_only = call_bool(call->body, "read_only");
	wish.tasks = token_scope(cx, call, "tasks");
	wish.projects = token_scope(cx, call, "projects");
	wish.operations = token_scope(cx, call, "operations");
	wish.role = token_role(cx, call);
	wish.environments = token_wanted_environments(cx, call);
	wish.expires_at = token_expires(cx, call);
	if (!problems_err(call->problems, e))
		return false;
	t = token_make(cx, &wish, text);
	json_object_begin(out);
	json_kv_str(out, "token", text);
	json_kv_str(out, "prefix", t->prefix);
	json_kv_str(out, "person", t->person);
	json_kv_time(out, "expires_at", t->expires_at);
	json_object_end(out);
	call->status = 201;
	return true;
}

static void
token_json(struct json_out *out, const struct token *t)
{
	json_object_begin(out);
	record_json(out, &token_schema, t);
	json_object_end(out);
}

bool
token_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *person = call_text(call->query, "person");
	const char *after = call_text(call->query, "after");
	const int64_t limit = call_int(call->query, "limit");
	const bool all = token_administers(cx);
	const struct token *last =
	    after == NULL ? NULL : token_by_prefix(cx, after);
	int64_t n = 0;
	struct token t;
	struct query *q;

	if (person == NULL && !all)
		person = cx->actor->person;
	if (!all && !token_is_theirs(cx, person)) {
		err_set(e, ERR_DENIED, "access.denied",
		    "list tokens of '%s': only an admin sees those of others",
		    person);
		return err_hint(e, "leave the person out to see your own");
	}
	q = query(cx->db, person == NULL ? "token_list" : "token_list_of");
	if (person != NULL)
		bind_text(q, "person", person);
	bind_int(q, "below", last == NULL ? INT64_MAX : last->id);
	bind_int(q, "limit", limit + 1);
	list_begin(out);
	while (n < limit && query_next(q)) {
		memset(&t, 0, sizeof(t));
		record_read(q, &token_schema, &t, cx->arena);
		token_json(out, &t);
		n++;
	}
	list_end(out, n == limit && query_next(q) ? t.prefix : NULL);
	query_end(q);
	return true;
}

bool
token_api_revoke(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	/* A whole token is welcome too. */
	const char *prefix =
	    arena_strndup(cx->arena, call->path[0],
		strnlen(call->path[0], TOKEN_PREFIX));
	struct token *t = token_by_prefix(cx, prefix);

	if (t == NULL ||
	    (!token_is_theirs(cx, t->person) && !token_administers(cx)))
		return call_absent(e, "token", prefix, NULL);
	token_revoke(cx, t);
	token_json(out, t);
	return true;
}
