/* SPDX-License-Identifier: MIT */
#include "resource/plan/plan.h"
#include "resource/run/history_api.h"
#include "resource/run/run.h"
#include "resource/sealed.h"

/* More steps than anybody reads line by line. */
#define GANTT_STEPS 200

struct gantt { /* times are those of the steady clock */
	struct cx *cx;
	const struct run *run;
	struct json_out *out;
	int64_t released; /* the run was not held any more; 0: it is */
	int64_t cursor;	  /* what the phases so far have told */
};

static int64_t
gantt_at(struct gantt *g, struct query *q)
{
	int64_t at = 0;

	(void)g;
	if (query_next(q))
		at = column_int(q, "at");
	query_end(q);
	return at;
}

static int64_t
gantt_end(const struct gantt *g)
{
	return g->run->ended_at != 0 ? g->run->ended_steady
				     : site_steady(g->cx->site);
}

/* From the cursor on. */
static void
phase(struct gantt *g, const char *kind, int64_t to)
{
	int64_t begin = g->run->created_steady;

	if (to <= g->cursor)
		return;
	json_object_begin(g->out);
	json_kv_str(g->out, "kind", kind);
	json_kv_int(g->out, "from_ms", g->cursor - begin);
	json_kv_int(g->out, "to_ms", to - begin);
	json_object_end(g->out);
	g->cursor = to;
}

static bool
gantt_was_asked(struct gantt *g, const struct step *step)
{
	struct query *q = query(g->cx->db, "gantt_was_asked");
	bool asked;

	bind_int(q, "id", step->id);
	asked = query_next(q);
	query_end(q);
	return asked;
}

static bool
gantt_is_manual(struct gantt *g, const struct step *step)
{
	const struct task *task = plan_definition(g->cx, step->definition);

	return task != NULL && task->manual != NULL;
}

static void
gantt_attempts(struct gantt *g, const struct step *step, bool asked)
{
	const char *gap = asked ? "approval" : "waiting";
	struct attempt **a;
	size_t n;

	a = run_step_attempts(g->cx, step->id, &n);
	for (size_t i = 0; i < n; i++) {
		bool command = streq(a[i]->kind, "run");
		bool shown = i > 0 && streq(a[i - 1]->kind, "preview");

		phase(g, command || shown ? gap : "waiting",
		    a[i]->started_steady);
		phase(g, command ? "run" : "check",
		    a[i]->ended_at != 0 ? a[i]->ended_steady : gantt_end(g));
		if (command)
			gap = "waiting";
	}
	if (n == 0 && step->ended_at != 0 &&
	    (asked || gantt_is_manual(g, step)))
		phase(g, "approval", step->ended_steady);
	if (streq(step->status, "approval") || streq(step->status, "manual"))
		phase(g, "approval", gantt_end(g));
	else if (!machine_is_final(&step_machine, step->status) &&
	    !streq(step->status, "waiting"))
		phase(g, "waiting", gantt_end(g));
}

static void
gantt_step(struct gantt *g, const struct step *step)
{
	bool over = machine_is_final(&step_machine, step->status);
	bool done = streq(step->status, "succeeded") ||
	    streq(step->status, "skipped");
	struct query *q = query(g->cx->db, "gantt_needs_over");
	int64_t needs;

	bind_int(q, "id", step->id);
	needs = gantt_at(g, q);
	json_object_begin(g->out);
	json_kv_int(g->out, "step", step->id);
	json_kv_str(g->out, "task", step->task);
	json_kv_raw(g->out, "params", step->fan != FAN_NONE
		? "{}" : sealed_mask_text(g->cx->arena, step->params));
	json_kv_bool(g->out, "foreach", step->fan != FAN_NONE);
	json_kv_str(g->out, "status", step->status);
	json_kv_int(g->out, "steps", 1);
	json_kv_int(g->out, "done", done);
	json_kv_int(g->out, "bad", over && !done);
	json_key(g->out, "phases");
	json_array_begin(g->out);
	g->cursor = g->run->created_steady;
	phase(g, "approval",
	    g->released != 0 ? g->released : gantt_end(g));
	if (needs > g->cursor)
		g->cursor = needs;
	gantt_attempts(g, step, gantt_was_asked(g, step));
	json_array_end(g->out);
	json_object_end(g->out);
}

static void
gantt_steps(struct gantt *g)
{
	size_t n;
	struct step **steps = run_steps_since(g->cx, g->run->id, 0, &n);

	for (size_t i = 0; i < n; i++)
		if (!streq(steps[i]->status, "not_needed") &&
		    !streq(steps[i]->status, "idle"))
			gantt_step(g, steps[i]);
}

static void
gantt_task(struct gantt *g, struct query *q)
{
	int64_t began = column_int(q, "began"), bad = column_int(q, "bad");
	int64_t open = column_int(q, "open");

	json_object_begin(g->out);
	json_kv_null(g->out, "step");
	json_kv_str(g->out, "task", column_text(q, "task", g->cx->arena));
	json_kv_null(g->out, "params");
	json_kv_bool(g->out, "foreach", false);
	json_kv_str(g->out, "status", open > 0 ? "running"
		: bad > 0		       ? "failed"
					       : "succeeded");
	json_kv_int(g->out, "steps", column_int(q, "steps"));
	json_kv_int(g->out, "done", column_int(q, "done"));
	json_kv_int(g->out, "bad", bad);
	json_key(g->out, "phases");
	json_array_begin(g->out);
	g->cursor = g->run->created_steady;
	phase(g, "approval",
	    g->released != 0 ? g->released : gantt_end(g));
	phase(g, "waiting", began != 0 ? began : gantt_end(g));
	if (began != 0)
		phase(g, "run",
		    open > 0 ? gantt_end(g) : column_int(q, "ended"));
	json_array_end(g->out);
	json_object_end(g->out);
}

static void
gantt_tasks(struct gantt *g)
{
	struct query *q = query(g->cx->db, "gantt_tasks");

	bind_int(q, "run_id", g->run->id);
	while (query_next(q))
		gantt_task(g, q);
	query_end(q);
}

bool
gantt_api_run(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct gantt g = { .cx = cx, .out = out };
	struct query *q;
	struct run *run;
	int64_t n = 0;

	if (!run_by_key(cx, call->path[0], &run, e))
		return false;
	g.run = run;
	g.released = streq(run->status, "waiting_approval")
	    ? 0
	    : run->queued_steady;
	q = query(cx->db, "gantt_count");
	bind_int(q, "run_id", run->id);
	if (query_next(q))
		n = column_int(q, "n");
	query_end(q);
	json_object_begin(out);
	json_kv_str(out, "run", run->key);
	json_kv_str(out, "task", run->task);
	json_kv_str(out, "status", run->status);
	json_kv_int(out, "length_ms", steady_span(run->created_steady, gantt_end(&g)));
	json_kv_int(out, "steps", n);
	json_kv_bool(out, "summarised", n > GANTT_STEPS);
	json_key(out, "bars");
	json_array_begin(out);
	if (n > GANTT_STEPS)
		gantt_tasks(&g);
	else
		gantt_steps(&g);
	json_array_end(out);
	json_object_end(out);
	return true;
}
