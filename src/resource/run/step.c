/* SPDX-License-Identifier: MIT */
#include "resource/run/step.h"

#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "base/plant.h"
#include "resource/move.h"
#include "resource/plan/plan.h"
#include "resource/run/cleanup.h"
#include "resource/run/rows.h"
#include "resource/run/run.h"

static const char *
first_failed_need(struct cx *cx, int64_t step_id)
{
	struct query *q = query(cx->db, "step_needs_failed");
	const char *task = NULL;

	bind_int(q, "id", step_id);
	if (query_next(q))
		task = column_text(q, "task", cx->arena);
	query_end(q);
	return task;
}

static void
step_block(struct cx *cx, struct run *run, struct step *step,
    const char *task)
{
	move_step(cx, step, "blocked",
	    arena_printf(cx->arena, "'%s', which it needs, did not succeed",
		task));
	run->open_steps--;
}

void
step_block_dependants(struct cx *cx, struct run *run, struct step *failed)
{
	/* A worklist: chains may be long. */
	struct step_list todo = { .items = NULL };

	step_list_add(cx, &todo, failed);
	for (size_t i = 0; i < todo.count; i++) {
		struct step_list waiting = rows_steps_by(cx,
		    "step_dependants", "id", todo.items[i]->id, "waiting");

		for (size_t k = 0; k < waiting.count; k++) {
			step_block(cx, run, waiting.items[k],
			    todo.items[i]->task);
			step_list_add(cx, &todo, waiting.items[k]);
		}
	}
}

bool
step_block_if_failed(struct cx *cx, struct run *run, struct step *step)
{
	const char *failed = first_failed_need(cx, step->id);

	if (failed == NULL)
		return false;
	step_block(cx, run, step, failed);
	step_block_dependants(cx, run, step);
	return true;
}

bool
step_is_held(struct cx *cx, const struct run *run, const struct step *step)
{
	const struct task *task;

	if (!run_is_preview(run) || step->cleans != 0)
		return false;
	if (step->fan != FAN_NONE || step->preview_hash[0] != '\0' ||
	    run->started_at != 0)
		return true;
	task = platform_task(cx->platform, step->task);
	if (task == NULL || !streq(task->hash, step->definition))
		task = plan_definition(cx, step->definition);
	return task == NULL || task->preview.command.kind == COMMAND_NONE;
}

void
step_wake(struct cx *cx, struct run *run, struct step *step)
{

	if (step->target == TARGET_LATE && !streq(step->preview, "again"))
		move_step(cx, step, "check", "its target is looked for");
	else {
		step->held = step_is_held(cx, run, step);
		move_step(cx, step, "ready",
		    step->held ? "waits for the approval" : "");
	}
}

void
step_demand(struct cx *cx, struct run *run, struct step *first)
{
	struct step_list todo = { .items = NULL };

	if (first == NULL)
		return; /* the database failed */
	step_list_add(cx, &todo, first);
	for (size_t i = 0; i < todo.count; i++) {
		/* Two steps may have asked for it meanwhile. */
		struct step *s = run_step(cx, todo.items[i]->id);
		struct step_list idle;
		const char *failed;

		if (s == NULL)
			return; /* the database failed */
		if (!streq(s->status, "idle") && !PLANTED("demand-twice"))
			continue;
		run->open_steps++;
		if (s->target == TARGET_EARLY) {
			move_step(cx, s, "check", "its target is looked for");
			continue;
		}
		failed = first_failed_need(cx, s->id);
		if (failed != NULL) {
			step_block(cx, run, s, failed);
			step_block_dependants(cx, run, s);
			continue;
		}
		move_step(cx, s, "waiting", "waits for what it needs");
		if (s->waiting == 0) {
			step_wake(cx, run, s);
			continue;
		}
		idle = rows_steps_by(cx, "step_needs_idle", "id", s->id,
		    NULL);
		for (size_t k = 0; k < idle.count; k++)
			step_list_add(cx, &todo, idle.items[k]);
	}
}

void
step_missing(struct cx *cx, struct run *run, struct step *step,
    const char *reason)
{
	const bool cleans = step->cleans != 0;
	const char *failed = cleans ? NULL : first_failed_need(cx, step->id);
	struct step_list idle;

	if (failed != NULL) {
		step_block(cx, run, step, failed);
		step_block_dependants(cx, run, step);
		return;
	}
	if (step->waiting == 0 || cleans) {
		step->held = step_is_held(cx, run, step);
		move_step(cx, step, "ready", reason);
		return;
	}
	move_step(cx, step, "waiting", reason);
	idle = rows_steps_by(cx, "step_needs_idle", "id", step->id, NULL);
	for (size_t i = 0; i < idle.count; i++)
		step_demand(cx, run, idle.items[i]);
}

void
step_done(struct cx *cx, struct run *run, struct step *step,
    const char *status, const char *reason, const char *outputs)
{
	struct query *q;
	struct step_list ready;

	step->outputs = outputs;
	move_step(cx, step, status, reason);
	run->open_steps--;
	cleanup_ended(cx, run, step);

	if (PLANTED("waiting-not-counted"))
		return;
	q = query(cx->db, "step_dependants_done");
	bind_int(q, "id", step->id);
	if (query_run_count(q) == 0)
		return;
	ready = rows_steps_by(cx, "step_dependants_ready", "id", step->id,
	    NULL);
	for (size_t i = 0; i < ready.count; i++)
		step_wake(cx, run, ready.items[i]);
}

void
step_failed(struct cx *cx, struct run *run, struct step *step,
    const char *status, const char *reason)
{
	move_step(cx, step, status, reason);
	run->open_steps--;
	if (!streq(status, "cancelled") && step->cleans == 0)
		run->failed_steps++;
	cleanup_ended(cx, run, step);
	if (!PLANTED("block-missing"))
		step_block_dependants(cx, run, step);
}

struct step_need *
step_needs(struct cx *cx, const struct step *step, size_t *ret_n)
{
	struct query *q = query(cx->db, "step_needs");
	struct step_need *needs = NULL;
	size_t n = 0, cap = 0;

	bind_int(q, "id", step->id);
	while (query_next(q)) {
		if (n == cap) {
			struct step_need *more;

			cap = cap == 0 ? 8 : cap * 2;
			more = arena_array(cx->arena, cap, sizeof(*more));
			if (n > 0)
				memcpy(more, needs, n * sizeof(*more));
			needs = more;
		}
		needs[n].name = column_text(q, "edge_name", cx->arena);
		needs[n++].step = rows_step(cx, q);
	}
	query_end(q);
	*ret_n = n;
	return needs;
}

const char *
step_known_outputs(struct cx *cx, const struct step *step)
{
	struct query *q = query(cx->db, "step_known_outputs");
	const char *outputs = NULL;

	bind_text(q, "ident", step->ident);
	if (query_next(q))
		outputs = column_text(q, "outputs", cx->arena);
	query_end(q);
	return outputs == NULL ? "{}" : outputs;
}

const char *
step_near(struct cx *cx, int64_t run_id, const char *name)
{
	struct query *q = query(cx->db, "step_tasks");
	struct near near = near_start(name);

	bind_int(q, "run_id", run_id);
	while (query_next(q))
		near_offer(&near, column_text(q, "task", cx->arena));
	query_end(q);
	return near.best;
}

static int
compare_int64(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

struct step_usual
step_usual(struct cx *cx, const char *task)
{
	struct query *q = query(cx->db, "step_usual");
	int64_t ms[10];
	size_t n = 0;

	bind_text(q, "task", task);
	while (query_next(q) && n < ARRAY_SIZE(ms))
		ms[n++] = column_int(q, "ms");
	query_end(q);
	if (n == 0)
		return (struct step_usual){ .median_ms = -1 };
	qsort(ms, n, sizeof(ms[0]), compare_int64);
	return (struct step_usual){ .samples = (int64_t)n, .min_ms = ms[0],
		.median_ms = ms[n / 2], .max_ms = ms[n - 1] };
}

int64_t
step_usual_ms(struct cx *cx, const char *task)
{
	return step_usual(cx, task).median_ms;
}
