/* SPDX-License-Identifier: MIT */
#include "resource/run/history_api.h"

#include "base/clock.h"
#include "resource/access/access.h"
#include "resource/run/run.h"
#include "store/record.h"

static void
time_json(struct json_out *out, const char *name, int64_t at)
{
	char text[CLOCK_TEXT];

	if (at == 0)
		json_kv_null(out, name);
	else
		json_kv_str(out, name, clock_text(at, text));
}

/* The number to go on behind; false: it is none. */
static bool
page_after(const struct call *call, int64_t otherwise, int64_t *ret,
    struct err *e)
{
	const char *after = call_text(call->query, "after");

	*ret = otherwise;
	return after == NULL || str_to_int64(str_of(after), ret) ||
	    err_set(e, ERR_INVALID, "page.after",
		"'%s' is not the `next` of a page", after);
}

static const char *
page_next(struct cx *cx, bool more, int64_t id)
{
	return more ? arena_printf(cx->arena, "%lld", (long long)id) : NULL;
}

/* --- a task --------------------------------------------------------------- */

static void
task_row(struct json_out *out, const struct task *task, const struct run *run,
    const struct step *step)
{
	json_object_begin(out);
	json_kv_str(out, "run", run->key);
	json_kv_int(out, "step", step->id);
	json_kv_bool(out, "asked", run->root_step == step->id);
	json_kv_str(out, "status", step->status);
	json_kv_str(out, "reason", step->reason);
	json_kv_str(out, "requester", run->requester);
	json_kv_str(out, "environment", run->environment);
	json_kv_int(out, "attempts", step->tries);
	json_kv_str(out, "definition", step->definition);
	json_kv_bool(out, "current", streq(step->definition, task->hash));
	json_kv_int(out, "waited_ms",
	    steady_span(run->created_steady, step->started_steady));
	if (step->ended_at == 0)
		json_kv_null(out, "duration_ms");
	else
		json_kv_int(out, "duration_ms",
		    steady_span(step->started_steady, step->ended_steady));
	time_json(out, "started_at", step->started_at);
	time_json(out, "ended_at", step->ended_at);
	json_object_end(out);
}

static bool
task_visible(struct cx *cx, const char *name, const struct task **ret,
    struct err *e)
{
	struct access_target target = { .name = name };

	*ret = platform_task(cx->platform, name);
	if (*ret == NULL)
		return call_absent(e, "task", name, NULL);
	target.team = (*ret)->team;
	return access_ask(cx->platform, cx->actor, RIGHT_VIEW, &target,
		   cx->arena)
		   .allowed ||
	    call_absent(e, "task", name, NULL);
}

bool
history_api_task(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	int64_t limit = call_int(call->query, "limit"), before, *ids;
	const struct task *task;
	struct query *q;
	int64_t n = 0;

	if (!task_visible(cx, call->path[0], &task, e) ||
	    !page_after(call, INT64_MAX, &before, e))
		return false;
	ids = arena_array(cx->arena, (size_t)limit, sizeof(*ids));
	q = query(cx->db, "history_of_task");
	bind_text(q, "task", task->name);
	bind_int(q, "before", before);
	bind_int(q, "limit", limit);
	while (n < limit && query_next(q))
		ids[n++] = column_int(q, "id");
	query_end(q);
	list_begin(out);
	for (int64_t i = 0; i < n; i++) {
		struct step *step = run_step(cx, ids[i]);
		struct run *run =
		    step == NULL ? NULL : run_by_id(cx, step->run_id);

		if (run != NULL && run_visible(cx, run))
			task_row(out, task, run, step);
	}
	list_end(out, page_next(cx, n == limit, n > 0 ? ids[n - 1] : 0));
	return true;
}

/* --- a run ---------------------------------------------------------------- */

static void
run_row(struct cx *cx, struct json_out *out, struct query *q,
    const struct attempt *a)
{
	json_object_begin(out);
	json_kv_int(out, "attempt", a->id);
	json_kv_int(out, "step", a->step_id);
	json_kv_str(out, "task", column_text(q, "task", cx->arena));
	json_kv_int(out, "no", a->no);
	json_kv_str(out, "kind", a->kind);
	json_kv_str(out, "status", a->status);
	json_kv_int(out, "code", a->code);
	json_kv_int(out, "signal", a->signal);
	json_kv_str(out, "detail", a->detail);
	json_kv_str(out, "definition",
	    column_text(q, "definition", cx->arena));
	time_json(out, "started_at", a->started_at);
	time_json(out, "ended_at", a->ended_at);
	json_kv_int(out, "duration_ms", a->duration_ms);
	json_object_end(out);
}

bool
history_api_run(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	int64_t limit = call_int(call->query, "limit"), after, n = 0, id = 0;
	struct query *q;
	struct run *run;

	if (!run_by_key(cx, call->path[0], &run, e) ||
	    !page_after(call, 0, &after, e))
		return false;
	q = query(cx->db, "history_of_run");
	bind_int(q, "run_id", run->id);
	bind_int(q, "after", after);
	bind_int(q, "step", call_int(call->query, "step"));
	bind_int(q, "limit", limit + 1);
	list_begin(out);
	for (; query_next(q) && n < limit; n++) {
		struct attempt a;

		record_read(q, &attempt_schema, &a, cx->arena);
		run_row(cx, out, q, &a);
		id = a.id;
	}
	if (n == limit)
		n += query_next(q);
	query_end(q);
	list_end(out, page_next(cx, n > limit, id));
	return true;
}
