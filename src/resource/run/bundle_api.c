/* SPDX-License-Identifier: MIT */
#include "resource/run/bundle_api.h"

#include <string.h>

#include "resource/approval/approval.h"
#include "resource/plan/plan.h"
#include "resource/run/run.h"
#include "resource/sealed.h"
#include "resource/ticket/ticket.h"
#include "spec/bundle.h"

static json_t *
bundle_parse(const char *text)
{
	json_t *value = text == NULL ? NULL
				     : json_loads(text, JSON_DECODE_ANY, NULL);

	return value == NULL ? json_null() : value;
}

/* Secret values as the plan has them, and as the idents of steps do. */
static json_t *
bundle_params(struct cx *cx, const char *text)
{
	json_t *params = bundle_parse(text), *hashed;

	hashed = sealed_to_hmac(cx->site, params);
	json_decref(params);
	return hashed;
}

static bool
bundle_is_number(const char *column)
{
	static const char *const numbers[] = { "id", "fan", "started_at",
		"ended_at", "started_steady", "ended_steady", "from_step",
		"to_step", "step_id", "no", "code", "seq", "at" };

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (streq(column, numbers[i]))
			return true;
	return false;
}

/* All columns of the current row; `params` is the one that holds JSON. */
static json_t *
bundle_row(struct cx *cx, struct query *q, const char *params)
{
	json_t *row = json_object();

	for (int i = 0; i < column_count(q); i++) {
		const char *name = column_name(q, i);
		const struct str text = column_str_at(q, i);

		if (params != NULL && streq(name, params))
			json_object_set_new(row, name, bundle_params(cx,
			    arena_str(cx->arena, text)));
		else if (bundle_is_number(name))
			json_object_set_new(row, name,
			    json_integer(column_int_at(q, i)));
		else
			json_object_set_new(row, name,
			    json_stringn(text.p, text.n));
	}
	return row;
}

static json_t *
bundle_rows(struct cx *cx, const char *statement, int64_t run_id,
    const char *params)
{
	struct query *q = query(cx->db, statement);
	json_t *list = json_array();

	bind_int(q, "run_id", run_id);
	while (query_next(q))
		json_array_append_new(list, bundle_row(cx, q, params));
	query_end(q);
	return list;
}

static json_t *
bundle_definitions(struct cx *cx, const struct run *run,
    const json_t *closure)
{
	struct query *q = query(cx->db, "bundle_definitions");
	json_t *all = json_object(), *hash;
	const char *name;

	bind_int(q, "run_id", run->id);
	while (query_next(q))
		json_object_set_new(all, column_text(q, "hash", cx->arena),
		    bundle_parse(column_text(q, "body", cx->arena)));
	query_end(q);
	json_object_foreach((json_t *)(uintptr_t)closure, name, hash) {
		q = query(cx->db, "bundle_definition");
		bind_text(q, "hash", json_string_value(hash));
		if (query_next(q))
			json_object_set_new(all, json_string_value(hash),
			    bundle_parse(column_text(q, "body", cx->arena)));
		query_end(q);
	}
	return all;
}

static json_t *
bundle_votes(struct cx *cx, const struct need *need)
{
	json_t *list = json_array();
	size_t n;
	struct vote *votes = approval_votes(cx, need->id, &n);

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
		    json_pack("{s:s,s:s,s:s,s:s,s:I}", "person",
			votes[i].person, "decision", votes[i].decision, "hash",
			votes[i].plan_hash, "via", votes[i].via, "at",
			(json_int_t)votes[i].at));
	return list;
}

static json_t *
bundle_needs(struct cx *cx, const struct run *run)
{
	json_t *list = json_array();
	size_t n = 0;
	struct need *needs = run->ticket_id == 0
	    ? NULL
	    : approval_needs(cx, run->ticket_id, &n);

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
		    json_pack("{s:I,s:I,s:s,s:s,s:s,s:I,s:o,s:s,s:o}", "need",
			(json_int_t)needs[i].id, "step",
			(json_int_t)needs[i].step_id, "hash",
			needs[i].plan_hash, "rule", needs[i].rule, "source",
			needs[i].source, "wanted",
			(json_int_t)needs[i].wanted, "eligible",
			bundle_parse(needs[i].eligible), "status",
			needs[i].status, "votes",
			bundle_votes(cx, &needs[i])));
	return list;
}

static json_t *
bundle_events(struct cx *cx, const struct run *run, const char *ticket)
{
	struct query *q = query(cx->db, "bundle_events");
	json_t *list = json_array();

	bind_text(q, "run", run->key);
	bind_text(q, "ticket", ticket);
	while (query_next(q))
		json_array_append_new(list, bundle_row(cx, q, NULL));
	query_end(q);
	return list;
}

static json_t *
bundle_closure(struct cx *cx, const struct run *run)
{
	struct query *q = query(cx->db, "closure_get");
	json_t *closure;

	bind_text(q, "hash", run->closure_hash);
	closure = bundle_parse(
	    query_next(q) ? column_text(q, "body", cx->arena) : NULL);
	query_end(q);
	return closure;
}

static json_t *
bundle_run(struct cx *cx, const struct run *r)
{
	return json_pack("{s:s,s:s,s:s,s:s,s:o,s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:I}",
	    "key", r->key, "task", r->task, "team", r->team, "environment",
	    r->environment, "params", bundle_params(cx, r->params),
	    "plan_hash", r->plan_hash, "closure_hash", r->closure_hash,
	    "status", r->status, "requester", r->requester, "via", r->via,
	    "created_at", (json_int_t)r->created_at, "started_at",
	    (json_int_t)r->started_at, "ended_at", (json_int_t)r->ended_at);
}

bool
bundle_api_get(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const struct ticket *t = NULL;
	char hash[DIGEST_HEX];
	json_t *all, *closure;
	const char *text;
	struct run *run;

	if (!run_by_key(cx, call->path[0], &run, e))
		return false;
	if (run->ticket_id != 0)
		t = ticket_by_id(cx, run->ticket_id);
	closure = bundle_closure(cx, run);
	all = json_pack("{s:i,s:o,s:o,s:o,s:O,s:o}", "bundle", BUNDLE_VERSION,
	    "run", bundle_run(cx, run), "ticket",
	    t == NULL ? json_null()
		      : json_pack("{s:s,s:s,s:s}", "key", t->key, "requester",
			    t->requester, "last_editor", t->last_editor),
	    "plan", bundle_parse(plan_body(cx, run->plan_hash)), "closure",
	    closure, "definitions", bundle_definitions(cx, run, closure));
	ASSERT(all != NULL);
	json_decref(closure);
	json_object_set_new(all, "steps",
	    json_pack("{s:o,s:o,s:o}", "rows",
		bundle_rows(cx, "bundle_steps", run->id, "params"), "edges",
		bundle_rows(cx, "bundle_edges", run->id, NULL), "attempts",
		bundle_rows(cx, "bundle_attempts", run->id, NULL)));
	json_object_set_new(all, "needs", bundle_needs(cx, run));
	json_object_set_new(all, "events",
	    bundle_events(cx, run, t == NULL ? run->key : t->key));
	text = json_canonical(cx->arena, all);
	digest_hex(text, strlen(text), hash);
	json_object_set_new(all, "hash", json_string(hash));
	json_raw(out, json_canonical(cx->arena, all));
	json_decref(all);
	return true;
}
