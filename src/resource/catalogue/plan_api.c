/* SPDX-License-Identifier: MIT */
/* plan.get and plan.diff. */
#include <string.h>

#include "base/diff.h"
#include "resource/access/access.h"
#include "resource/approval/approval.h"
#include "resource/catalogue/catalogue_api.h"
#include "resource/plan/plan.h"
#include "resource/ticket/ticket.h"
#include "spec/validate.h"
#include "sys/digest.h"

static void
plan_decref(void *json)
{
	json_decref(json);
}

/* Of a ticket that the actor may see: who decides sees what is decided. */
static bool
plan_is_of_ticket(struct cx *cx, const char *hash)
{
	struct query *q = query(cx->db, "plan_tickets");
	int64_t ids[100];
	size_t n = 0;
	bool seen = false;

	bind_text(q, "hash", hash);
	while (n < ARRAY_SIZE(ids) && query_next(q))
		ids[n++] = column_int(q, "ticket_id");
	query_end(q);
	for (size_t i = 0; i < n && !seen; i++) {
		const struct ticket *t = ticket_by_id(cx, ids[i]);

		seen = t != NULL && ticket_visible(cx, t);
	}
	return seen;
}

/* Who may see what the plan is for may see the plan. */
static bool
plan_is_visible(struct cx *cx, const char *hash, const char *body)
{
	json_t *plan = json_loads(body, 0, NULL);
	const json_t *env = json_object_get(plan, "environment");
	const struct task *task;
	const char *name = call_text(plan, "task");

	ASSERT(plan != NULL);
	arena_cleanup(cx->arena, plan_decref, plan);
	task = name == NULL ? NULL : platform_task(cx->platform, name);
	return access_sees(cx->platform, cx->actor,
	    call_text(plan, "requester"),
	    &(struct access_target){
		.team = task == NULL ? NULL : task->team,
		.environment = call_text(env, "name"),
		.name = name }) ||
	    plan_is_of_ticket(cx, hash);
}

#define PLAN_BEGIN 8 /* digits that tell one */

/* The only plan whose hash begins so, as it is shown; else what was typed. */
static const char *
plan_meant(struct cx *cx, const char *typed)
{
	const size_t n = strlen(typed);
	const char *meant = typed;
	struct query *q;
	size_t found = 0;

	if (n < PLAN_BEGIN || n >= DIGEST_HEX - 1 ||
	    strspn(typed, "0123456789abcdef") != n)
		return typed;
	q = query(cx->db, "plan_meant");
	bind_text(q, "begin", typed);
	for (; query_next(q); found++)
		meant = column_text(q, "hash", cx->arena);
	query_end(q);
	return found == 1 ? meant : typed;
}

bool
catalogue_api_plan(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *hash = plan_meant(cx, call->path[0]);
	struct query *q = query(cx->db, "catalogue_plan");
	const char *body = NULL;
	int64_t created = 0;

	bind_text(q, "hash", hash);
	if (query_next(q)) {
		body = column_text(q, "body", cx->arena);
		created = column_int(q, "created_at");
	}
	query_end(q);
	if (body == NULL || !plan_is_visible(cx, hash, body))
		return call_absent(e, "plan", call->path[0], NULL);
	json_object_begin(out);
	json_kv_str(out, "hash", hash);
	json_kv_raw(out, "body", body);
	json_kv_time(out, "created_at", created);
	json_object_end(out);
	return true;
}

static void
change_json(struct cx *cx, struct json_out *out, const char *at,
    const json_t *old, const json_t *now)
{
	json_object_begin(out);
	json_kv_str(out, "at", at);
	json_kv_raw(out, "old",
	    old == NULL ? "null" : json_canonical(cx->arena, old));
	json_kv_raw(out, "new",
	    now == NULL ? "null" : json_canonical(cx->arena, now));
	json_object_end(out);
}

/* Bodies are shallow: objects of objects of values. */
static void
changes_json(struct cx *cx, struct json_out *out, const char *at,
    json_t *old, json_t *now, int depth)
{
	const char *key;
	json_t *value;

	if (old != NULL && now != NULL && json_equal(old, now))
		return;
	if (depth == 0 || !json_is_object(old) || !json_is_object(now)) {
		change_json(cx, out, at, old, now);
		return;
	}
	json_object_foreach (old, key, value)
		changes_json(cx, out, arena_printf(cx->arena, "%s/%s", at, key),
		    value, json_object_get(now, key), depth - 1);
	json_object_foreach (now, key, value)
		if (json_object_get(old, key) == NULL)
			changes_json(cx, out,
			    arena_printf(cx->arena, "%s/%s", at, key), NULL,
			    value, depth - 1);
}

static json_t *
plan_read(struct cx *cx, const char *hash, struct err *e)
{
	const char *body = plan_body(cx, hash);
	json_t *json;

	if (body == NULL || !plan_is_visible(cx, hash, body)) {
		call_absent(e, "plan", hash, NULL);
		return NULL;
	}
	json = json_loads(body, 0, NULL);
	arena_cleanup(cx->arena, plan_decref, json);
	return json;
}

static const char *
plan_preview(struct cx *cx, const json_t *plan)
{
	const char *hash = call_text(plan, "preview");

	return hash == NULL ? "" : approval_preview(cx, hash);
}

bool
catalogue_api_plan_diff(struct cx *cx, struct call *call,
    struct json_out *out, struct err *e)
{
	const char *before = plan_meant(cx, call->path[0]);
	const char *after = plan_meant(cx, call->path[1]);
	json_t *old = plan_read(cx, before, e);
	json_t *now = old == NULL ? NULL : plan_read(cx, after, e);

	if (now == NULL)
		return false;
	json_object_begin(out);
	json_kv_str(out, "old", before);
	json_kv_str(out, "new", after);
	json_key(out, "changes");
	json_array_begin(out);
	changes_json(cx, out, "", old, now, 4);
	json_array_end(out);
	json_kv_str(out, "preview",
	    diff_lines(cx->arena, plan_preview(cx, old),
		plan_preview(cx, now)));
	json_object_end(out);
	return true;
}
