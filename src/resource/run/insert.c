/* SPDX-License-Identifier: MIT */
/* Writing a new run with its steps and edges. */
#include "base/limits.h"
#include "resource/approval/approval.h"
#include "resource/artifact/artifact.h"
#include "resource/audit.h"
#include "resource/run/key.h"
#include "resource/run/rows.h"
#include "resource/run/run.h"
#include "resource/run/step.h"
#include "resource/sealed.h"
#include "resource/sight.h"
#include "spec/validate.h"
#include "store/record.h"

static const char *
first_status(const struct graph_step *s)
{
	switch (s->state) {
	case GRAPH_CHECK:
		return "check";
	case GRAPH_WAITING:
		return "waiting";
	case GRAPH_READY:
		return "ready";
	case GRAPH_GIVEN:
		return "succeeded";
	case GRAPH_IDLE:
	default:
		return "idle";
	}
}

static int64_t
target_of(const struct graph_step *s)
{
	if (s->fan != FAN_NONE || s->task->creates.kind == CREATES_NONE)
		return TARGET_NONE;
	return s->early ? TARGET_EARLY : TARGET_LATE;
}

static const char *
fan_reason(struct cx *cx, const struct graph_step *fan)
{
	json_t *params = graph_step_params(fan);
	const char *reason = arena_printf(cx->arena, "%zu to be done",
	    json_array_size(json_object_get(params, "foreach")));

	json_decref(params);
	return reason;
}

void
rows_insert_step(struct cx *cx, const struct run *run, struct graph_step *s)
{
	struct step row = { .run_id = run->id, .ident = s->ident,
		.task = s->task->name, .definition = s->task->hash,
		.params = s->params,
		.status = first_status(s), .waiting = (int64_t)graph_waiting(s),
		.target = target_of(s), .reason = "", .preview = "",
		.preview_hash = "",
		/* What is inserted later was not in the plan, but for what
		 * cleans up. */
		.asked = s->cleans != NULL ||
		    (run->root_step == 0 &&
			!approval_is_late(s->task, s->symbolic)),
		.outputs = "{}", .priority = run->priority, .wait_on = "",
		.rank = run->created_at - run->priority * RUN_LEVEL_MS,
		.seq = site_next_seq(cx->site) };
	struct query *q = query(cx->db, "step_insert");

	row.fan = s->fan;
	row.cleanup = s->cleanup;
	row.cleans = s->cleans == NULL ? 0 : s->cleans->id;
	if (s->fan == FAN_OPEN)
		row.reason = "its list is not known yet";
	else if (s->fan == FAN_SPREAD)
		row.reason = fan_reason(cx, s);
	if (s->state == GRAPH_GIVEN) {
		row.outputs = s->given;
		row.reason = "taken over from the run that it tries again";
		row.ended_at = s->given_at;
	}
	row.held = s->state == GRAPH_READY && step_is_held(cx, run, &row);
	record_bind(q, &step_schema, &row);
	query_run(q);
	s->id = db_last_id(cx->db);
	rows_insert_edges(cx, run, s);
	if (s->fan == FAN_SPREAD)
		rows_set_lane(cx, s);
}

void
rows_set_lane(struct cx *cx, const struct graph_step *fan)
{
	json_t *params = graph_step_params(fan);
	const json_t *most = json_object_get(params, "max_parallel");
	struct query *q;

	if (most != NULL) {
		q = query(cx->db, "lane_set");
		bind_int(q, "fan", fan->id);
		bind_int(q, "most", json_integer_value(most));
		query_run(q);
	}
	json_decref(params);
}

void
rows_insert_edges(struct cx *cx, const struct run *run,
    const struct graph_step *s)
{
	for (size_t i = 0; i < s->nedges; i++) {
		struct query *q = query(cx->db, "edge_insert");
		bind_int(q, "run_id", run->id);
		bind_int(q, "from_step", s->edges[i].from->id);
		bind_int(q, "to_step", s->id);
		bind_text(q, "name", s->edges[i].name);
		query_run(q);
	}
}

/* What succeeded in the run that this one tries again, and is the same still,
 * need not be done again. */
static void
take_over(struct cx *cx, int64_t run_id, const struct graph *g,
    const char *afresh)
{
	bool *anew = arena_array(cx->arena, g->count, sizeof(*anew));

	for (size_t i = 0; i < g->count; i++) {
		const struct graph_step *s = g->steps[i];
		struct query *q;

		anew[i] = s->cleans != NULL || streq(s->ident, afresh);
		for (size_t k = 0; k < s->nedges; k++)
			anew[i] = anew[i] || anew[s->edges[k].from->index];
		if (anew[i])
			continue;
		q = query(cx->db, "step_given");

		bind_int(q, "run_id", run_id);
		bind_text(q, "ident", g->steps[i]->ident);
		bind_text(q, "definition", g->steps[i]->task->hash);
		if (query_next(q)) {
			g->steps[i]->given =
			    column_text(q, "outputs", cx->arena);
			g->steps[i]->given_at = column_int(q, "ended_at");
		}
		query_end(q);
	}
}

int64_t
run_next_id(struct cx *cx)
{
	struct query *q = query(cx->db, "run_next_id");
	int64_t id = 1;

	if (query_next(q))
		id = column_int(q, "id");
	query_end(q);
	return id;
}

/* What evidence is made of: what was asked, of which folder, and why it needs
 * no approval if it needs none. */
static void
audit_asked(struct cx *cx, const struct run *run)
{
	struct buf detail = { 0 };
	struct json_out out;

	json_out_init(&out, &detail);
	json_object_begin(&out);
	json_kv_str(&out, "task", run->task);
	json_kv_str(&out, "environment", run->environment);
	json_kv_str(&out, "plan_hash", run->plan_hash);
	json_kv_str(&out, "folder", cx->platform->hash);
	json_kv_str(&out, "commit", cx->platform->commit);
	json_kv_str(&out, "why", run->reason);
	json_object_end(&out);
	audit(cx, "run.asked", run->key, "done", run->status,
	    buf_cstr(&detail));
	buf_finish(&detail);
}

void
run_insert(struct cx *cx, struct run *run, struct graph *g,
    const char *afresh)
{
	struct query *q;

	if (run->retry_of != 0) {
		take_over(cx, run->retry_of, g, afresh);
		graph_demand(g);
	}
	for (size_t i = 0; i < g->count; i++)
		run->keyed = run->keyed || g->steps[i]->task->key != NULL;
	run->key_lock = key_lock_of(cx, g->root, run->environment);
	run->key = arena_printf(cx->arena, "R-%lld", (long long)run_next_id(cx));
	run->created_at = cx->now;
	run->created_steady = site_steady(cx->site);
	if (streq(run->status, "queued"))
		run->queued_steady = run->created_steady;
	run->scope_id = sight_scope(cx, run->team, run->environment,
	    run->task);
	run->seq = site_next_seq(cx->site);
	q = query(cx->db, "run_insert");
	record_bind(q, &run_schema, run);
	query_run(q);
	run->id = db_last_id(cx->db);

	for (size_t i = 0; i < g->count; i++) {
		rows_insert_step(cx, run, g->steps[i]);
		if (g->steps[i]->cleans != NULL)
			run->cleanups++;
		if (g->steps[i]->state != GRAPH_IDLE &&
		    g->steps[i]->state != GRAPH_GIVEN)
			run->open_steps++;
	}
	if (run->retry_of != 0)
		artifact_given(cx, run->id, run->retry_of);
	run->root_step = g->root->id;
	q = query(cx->db, "run_set_root");
	bind_int(q, "id", run->id);
	bind_int(q, "root_step", run->root_step);
	bind_int(q, "open_steps", run->open_steps);
	bind_int(q, "cleanups", run->cleanups);
	query_run(q);
	run_watch(cx, run, run->requester, run->ticket_id);
	audit_asked(cx, run);
	cx->site->changed(cx->site->changed_self, cx->db, run->id);
}
