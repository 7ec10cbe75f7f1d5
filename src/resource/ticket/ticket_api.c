/* SPDX-License-Identifier: MIT */
#include "resource/ticket/ticket_api.h"

#include <string.h>

#include "base/limits.h"
#include "base/near.h"
#include "resource/access/access.h"
#include "resource/approval/approval.h"
#include "resource/audit.h"
#include "resource/delegation/delegation.h"
#include "resource/search/search.h"
#include "resource/sight.h"
#include "resource/ticket/comment.h"
#include "resource/ticket/view.h"
#include "resource/ticket/work.h"
#include "store/record.h"

static void
decref(void *json)
{
	json_decref(json);
}

static int64_t
ticket_before(struct cx *cx, const char *after)
{
	struct ticket *t;
	struct err e;

	if (after == NULL)
		return INT64_MAX;
	return ticket_by_key(cx, after, &t, &e) ? t->id : INT64_MAX;
}

/* Person and those they stand in for, as needs name them; JSON, or NULL. */
static const char *
list_asked(struct cx *cx, const char *person)
{
	struct delegation *in_force;
	json_t *names;
	size_t n;

	if (person == NULL)
		return NULL;
	in_force = delegation_in_force(cx, person, NULL, &n);
	names = json_pack("[o]", json_string(
	    arena_printf(cx->arena, "\"%s\"", person)));
	arena_cleanup(cx->arena, decref, names);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(names, json_string(
		    arena_printf(cx->arena, "\"%s\"", in_force[i].person)));
	return json_canonical(cx->arena, names);
}

/* Nothing waits for somebody whom the folder does not know. */
static bool
list_person(struct cx *cx, const char *name, struct err *e)
{
	const struct platform *p = cx->platform;
	struct near near = near_start(name);

	if (platform_person(p, name) != NULL)
		return true;
	for (size_t i = 0; i < p->npeople; i++)
		near_offer(&near, p->people[i].name);
	return call_absent(e, "person", name, near.best);
}

/* A condition of the list; people may be "me". */
static const char *
list_wanted(struct cx *cx, const struct call *call, const char *name)
{
	static const char *const people[] = { "requester", "assignee",
		"watcher", "waiting_for" };
	const char *value = call_text(call->query, name);

	for (size_t i = 0; value != NULL && i < ARRAY_SIZE(people); i++)
		if (streq(people[i], name) && streq(value, "me") &&
		    cx->actor->person != NULL)
			return cx->actor->person;
	return value;
}

/* Nothing was found: is it for a name that nobody has? */
static bool
list_people(struct cx *cx, const struct call *call, struct err *e)
{
	static const char *const people[] = { "requester", "assignee",
		"watcher" };

	for (size_t i = 0; i < ARRAY_SIZE(people); i++) {
		const char *name = list_wanted(cx, call, people[i]);

		if (name != NULL && strchr(name, ':') == NULL &&
		    !list_person(cx, name, e))
			return false;
	}
	return true;
}

static void
list_bind(struct cx *cx, struct query *q, const struct call *call)
{
	static const char *const filters[] = { "status", "requester", "kind",
		"project", "priority", "assignee", "epic", "label", "watcher" };

	for (size_t i = 0; i < ARRAY_SIZE(filters); i++)
		bind_text(q, filters[i], list_wanted(cx, call, filters[i]));
	bind_text(q, "asked",
	    list_asked(cx, list_wanted(cx, call, "waiting_for")));
	bind_int(q, "before",
	    ticket_before(cx, call_text(call->query, "after")));
	sight_bind(cx, q);
}

/* A page of what a query finds, on top of the other conditions. */
static bool
list_search(struct cx *cx, const struct call *call, struct json_out *out,
    struct err *e)
{
	static const struct search_is fields[] = { { JQL_STATUS, "status" },
		{ JQL_REQUESTER, "requester" }, { JQL_KIND, "kind" },
		{ JQL_PROJECT, "project" }, { JQL_PRIORITY, "priority" },
		{ JQL_ASSIGNEE, "assignee" }, { JQL_EPIC, "epic" },
		{ JQL_LABELS, "label" }, { JQL_WATCHER, "watcher" } };
	const size_t limit = (size_t)call_int(call->query, "limit");
	const char *query = call_text(call->query, "query");
	struct search_is is[ARRAY_SIZE(fields)];
	const struct search what = { .query = query == NULL ? "" : query,
		.filter = call_text(call->query, "filter"), .is = is,
		.nis = ARRAY_SIZE(fields) };
	const struct ticket *t = NULL;
	const int64_t *ids;
	size_t n;

	if (call_text(call->query, "waiting_for") != NULL)
		return err_set(e, ERR_INVALID, "ticket.query",
		    "waiting_for and a query do not go together");
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		is[i] = (struct search_is){ fields[i].field,
			list_wanted(cx, call, fields[i].value) };
	if (!search_find(cx, &what, call_text(call->query, "after"), limit + 1,
		&ids, &n, e) ||
	    (n == 0 && !list_people(cx, call, e)))
		return false;
	list_begin(out);
	for (size_t i = 0; i < n && i < limit; i++) {
		t = ticket_by_id(cx, ids[i]);
		ticket_json(cx, out, t);
	}
	list_end(out, n > limit ? t->key : NULL);
	return true;
}

bool
ticket_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *waiting_for = list_wanted(cx, call, "waiting_for");
	int64_t limit = call_int(call->query, "limit"), n = 0;
	const char *next = NULL, *last = NULL;
	struct query *q;

	if (waiting_for == NULL || call_text(call->query, "query") != NULL ||
	    call_text(call->query, "filter") != NULL)
		return list_search(cx, call, out, e);
	if (!list_person(cx, waiting_for, e))
		return false;
	q = query(cx->db, "ticket_list");
	list_bind(cx, q, call);
	list_begin(out);
	while (query_next(q)) {
		struct ticket *row = ARENA_NEW(cx->arena, struct ticket);

		if (n == limit) {
			next = last;
			break;
		}
		record_read(q, &ticket_schema, row, cx->arena);
		/* Whom a need really waits for is seen row by row. */
		if (!approval_waits_for(cx, row, waiting_for))
			continue;
		last = row->key;
		ticket_json(cx, out, row);
		n++;
	}
	query_end(q);
	list_end(out, next);
	return true;
}

bool
ticket_api_get(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct ticket *t;

	return ticket_by_key(cx, call->path[0], &t, e) &&
	    ticket_detail_as(cx, out, t, call_bool(call->query, "html"));
}

/* The requester, or a member of the owner team (cancel right). */
static bool
ticket_is_mine(struct cx *cx, const struct ticket *t, struct err *e)
{
	struct access_target target = ticket_target(t);

	if (cx->actor->person != NULL &&
	    streq(cx->actor->person, t->requester))
		return access_token_check_on(cx, RIGHT_CANCEL, &target, e);
	if (t->task[0] != '\0')
		target.name = t->task;
	return access_check_seen(cx, RIGHT_CANCEL, &target, "ticket", t->key,
	    e);
}

/* Who could ask for the same, where it is and where it is to be. */
static bool
ticket_may_edit(struct cx *cx, const struct ticket *t,
    const char *environment, struct err *e)
{
	const bool request = t->request[0] != '\0';
	struct access_target target = ticket_target(t);
	const enum right right = request ? RIGHT_REQUEST : RIGHT_RUN;

	if (!access_check_seen(cx, right, &target, "ticket", t->key, e))
		return false;
	if (environment == NULL ||
	    platform_environment(cx->platform, environment) == NULL)
		return true; /* ticket_edit knows better words for it */
	target.environment = environment;
	return access_check_seen(cx, right, &target, "ticket", t->key, e);
}

/* Does the body change what the ticket's task is asked to do? */
static bool
edit_is_of_plan(const struct ticket *t, const json_t *body)
{
	static const char *const plan[] = { "params", "environment" };
	size_t named = 0;

	for (size_t i = 0; i < ARRAY_SIZE(plan); i++)
		named += json_object_get(body, plan[i]) != NULL;
	/* Nothing but a title asks a declined request again. */
	return named > 0 || (t->task[0] != '\0' &&
	    json_object_size(body) ==
		(json_object_get(body, "title") != NULL ? 1u : 0u));
}

static bool
edit_plan(struct cx *cx, struct call *call, struct ticket *t, struct err *e)
{
	const char *environment = call_text(call->body, "environment");

	if (t->task[0] == '\0') {
		err_set(e, ERR_CONFLICT, "ticket.no_task",
		    "%s has no task: it has no parameters and no environment",
		    t->key);
		return err_hint(e, "slipway ticket edit %s --description TEXT",
		    t->key);
	}
	return ticket_may_edit(cx, t, environment, e) &&
	    ticket_edit(cx, t, call_text(call->body, "title"), environment,
		json_object_get(call->body, "params"), call->problems, e);
}

/* The body without what edit_plan takes. */
static json_t *
edit_fields(struct cx *cx, const json_t *body)
{
	json_t *fields = json_copy((json_t *)(uintptr_t)body);

	arena_cleanup(cx->arena, decref, fields);
	json_object_del(fields, "params");
	json_object_del(fields, "environment");
	return fields;
}

bool
ticket_api_edit(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const json_t *fields = edit_fields(cx, call->body);
	struct ticket *t;
	bool plan;

	if (!ticket_by_key(cx, call->path[0], &t, e))
		return false;
	plan = edit_is_of_plan(t, call->body);
	if (plan && !edit_plan(cx, call, t, e))
		return false;
	if (!plan || json_object_size(fields) >
		(json_object_get(fields, "title") != NULL ? 1u : 0u)) {
		if (!ticket_change(cx, t, fields, call->problems, e))
			return false;
	}
	return ticket_detail(cx, out, t);
}

static bool
ticket_vote(struct cx *cx, struct call *call, bool approve,
    struct json_out *out, struct err *e)
{
	struct ticket *t;

	if (!ticket_by_key(cx, call->path[0], &t, e) ||
	    !ticket_decide(cx, t, call_text(call->body, "plan_hash"), approve,
		call_text(call->body, "note"), e))
		return false;
	return ticket_detail(cx, out, ticket_by_id(cx, t->id));
}

bool
ticket_api_approve(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	return ticket_vote(cx, call, true, out, e);
}

bool
ticket_api_decline(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	return ticket_vote(cx, call, false, out, e);
}

bool
ticket_api_comment(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct ticket *t;

	if (!ticket_by_key(cx, call->path[0], &t, e) ||
	    !comment_allowed(cx, t, e))
		return false;
	comment_add(cx, t, call_text(call->body, "text"));
	return ticket_detail(cx, out, t);
}

bool
ticket_api_withdraw(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct ticket *t;
	const char *note = call_text(call->body, "note");

	if (!ticket_by_key(cx, call->path[0], &t, e) ||
	    !ticket_is_mine(cx, t, e) ||
	    !ticket_close(cx, t,
		arena_printf(cx->arena, "withdrawn by %s%s%s",
		    actor_name(cx->actor), note[0] ? ": " : "", note),
		e))
		return false;
	return ticket_detail(cx, out, ticket_by_id(cx, t->id));
}
