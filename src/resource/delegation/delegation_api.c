/* SPDX-License-Identifier: MIT */
#include "resource/delegation/delegation_api.h"

#include <errno.h>
#include <stdlib.h>

#include "resource/access/access.h"
#include "resource/delegation/delegation.h"
#include "store/record.h"

static void
delegation_json(struct json_out *out, const struct delegation *d)
{
	json_object_begin(out);
	record_json(out, &delegation_schema, d);
	json_object_end(out);
}

/* A time of the body; without it what is in *ret stays. */
static bool
delegation_when(struct cx *cx, struct call *call, const char *name, bool end,
    int64_t *ret)
{
	const char *text = call_text(call->body, name);

	if (text == NULL ||
	    delegation_time(cx->platform->zone, text, cx->now, end, ret))
		return true;
	problem_add(call->problems, arena_printf(cx->arena, "/%s", name),
	    "delegation.time", "2026-12-24, 2026-12-24T09:00:00Z or +14d",
	    "'%s' is no time", text);
	return false;
}

static bool
delegation_where(struct cx *cx, struct call *call, const struct delegation *d)
{
	bool ok = true;

	if (d->project[0] != '\0' &&
	    platform_project(cx->platform, d->project) == NULL) {
		problem_add(call->problems, "/project", "delegation.project",
		    NULL, "there is no project '%s'", d->project);
		ok = false;
	}
	if (d->environment[0] != '\0' &&
	    platform_environment(cx->platform, d->environment) == NULL) {
		problem_add(call->problems, "/environment",
		    "delegation.environment", "slipway environment list",
		    "there is no environment '%s'", d->environment);
		ok = false;
	}
	return ok;
}

bool
delegation_api_create(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct delegation d = { .person = cx->actor->person,
		.delegate = call->path[0], .from_at = cx->now,
		.project = call_text(call->body, "project"),
		.environment = call_text(call->body, "environment"),
		.note = call_text(call->body, "note") };
	bool ok;

	if (d.person == NULL)
		return access_operator(e,
		    "the operator decides nothing, and so delegates nothing");
	if (!access_token_check(cx, RIGHT_APPROVE,
		d.environment[0] == '\0' ? NULL : d.environment, e))
		return false;
	if (d.environment[0] == '\0' && cx->actor->environments != NULL) {
		err_set(e, ERR_DENIED, "access.denied",
		    "token %s is for some environments: it delegates in one "
		    "of them, and not everywhere",
		    cx->actor->token);
		return err_hint(e, "add --environment ENV");
	}
	ok = delegation_when(cx, call, "from", false, &d.from_at);
	ok = delegation_when(cx, call, "until", true, &d.until_at) && ok;
	ok = delegation_where(cx, call, &d) && ok;
	if (!ok)
		return problems_err(call->problems, e);
	if (!delegation_make(cx, &d, e))
		return false;
	call->status = 201;
	delegation_json(out, &d);
	return true;
}

static int64_t
delegation_number(const char *text)
{
	char *end;
	long long id;

	errno = 0;
	id = strtoll(text, &end, 10);
	return errno != 0 || *end != '\0' || end == text ? 0 : id;
}

bool
delegation_api_end(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	static const struct access_target server = { .name = NULL };
	struct delegation *d =
	    delegation_by_id(cx, delegation_number(call->path[0]));
	const char *person = cx->actor->person;

	if (d == NULL)
		return call_absent(e, "delegation", call->path[0], NULL);
	if ((!streq(person, d->person) && !streq(person, d->delegate)) ||
	    !access_token_allows(cx->actor, RIGHT_APPROVE, NULL)) {
		if (!access_ask(cx->platform, cx->actor, RIGHT_ADMINISTER,
			&server, cx->arena)
			 .allowed) {
			err_set(e, ERR_DENIED, "access.denied",
			    "end delegation %lld: it is of %s and %s",
			    (long long)d->id, d->person, d->delegate);
			return err_hint(e, "ask one of them, or an admin");
		}
	}
	delegation_end(cx, d);
	delegation_json(out, d);
	return true;
}

bool
delegation_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *after = call_text(call->query, "after"), *next = NULL;
	const int64_t limit = call_int(call->query, "limit");
	struct query *q = query(cx->db, "delegation_list");
	int64_t before = after == NULL ? INT64_MAX : delegation_number(after);
	int64_t n = 0, last = 0;

	(void)e;
	bind_int(q, "before", before);
	bind_text(q, "person", call_text(call->query, "person"));
	bind_int(q, "all", call_bool(call->query, "all"));
	bind_int(q, "now", cx->now);
	bind_int(q, "limit", limit + 1);
	list_begin(out);
	while (query_next(q)) {
		struct delegation d;

		if (n++ == limit) {
			next = arena_printf(cx->arena, "%lld",
			    (long long)last);
			break;
		}
		record_read(q, &delegation_schema, &d, cx->arena);
		last = d.id;
		delegation_json(out, &d);
	}
	query_end(q);
	list_end(out, next);
	return true;
}
