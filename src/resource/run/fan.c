/* SPDX-License-Identifier: MIT */
#include "resource/run/fan.h"

#include <string.h>

#include "base/map.h"
#include "platform/fan.h"
#include "resource/move.h"
#include "resource/plan/plan.h"
#include "resource/run/rows.h"
#include "resource/run/run.h"
#include "resource/run/step.h"
#include "resource/sealed.h"
#include "spec/validate.h"

struct spreading {
	struct cx *cx;
	const struct run *run;
	const struct fan_source *source;
	struct map tasks; /* looked up so far, by name */
	struct map idle;  /* known steps that nothing demanded yet: ident */
};

static void
fan_decref(void *json)
{
	json_decref(json);
}

static const struct task *
fan_task(void *self, const char *name)
{
	struct spreading *s = self;
	const struct task *task = map_get(&s->tasks, name);
	const char *hash;

	if (task != NULL)
		return task;
	hash = plan_closure_task(s->cx, s->run->closure_hash, name);
	if (hash != NULL)
		task = s->source->definition(s->source->self, s->cx, hash);
	if (task != NULL)
		map_put(&s->tasks, name, (void *)(uintptr_t)task);
	return task;
}

static const char *
fan_hashable(void *self, struct arena *a, const char *params)
{
	const struct spreading *s = self;

	return sealed_hmac_text(s->cx->site, a, params);
}

/* A step that the run has already. */
static struct graph_step *
fan_known(void *self, const char *ident)
{
	struct spreading *s = self;
	struct query *q = query(s->cx->db, "fan_known");
	struct graph_step *known = NULL;
	const char *status;

	bind_int(q, "run_id", s->run->id);
	bind_text(q, "ident", ident);
	if (query_next(q)) {
		known = ARENA_NEW(s->cx->arena, struct graph_step);
		memcpy(known->ident, ident, sizeof(known->ident));
		known->id = column_int(q, "id");
		known->state = GRAPH_WAITING;
		status = column_text(q, "status", s->cx->arena);
		if (streq(status, "succeeded") || streq(status, "skipped"))
			known->given = "{}";
		if (streq(status, "idle"))
			map_put(&s->idle, ident, known);
	}
	query_end(q);
	return known;
}

static size_t
fan_count(struct cx *cx, int64_t run_id)
{
	struct query *q = query(cx->db, "fan_count");
	size_t n = 0;

	bind_int(q, "run_id", run_id);
	if (query_next(q))
		n = (size_t)column_int(q, "n");
	query_end(q);
	return n;
}

/* The list of the fan, with what an output says in its place.  A new
 * reference. */
static json_t *
fan_list(struct cx *cx, const struct step *fan, const json_t *over,
    struct err *e)
{
	const char *ident, *name;
	struct step_need *needs;
	size_t n;

	if (!graph_output(over, &ident, &name))
		return item_list(over, e);
	needs = step_needs(cx, fan, &n);
	for (size_t i = 0; i < n; i++) {
		json_t *outputs, *list;
		const json_t *value;

		if (!streq(needs[i].step->ident, ident))
			continue;
		outputs = json_loads(needs[i].step->outputs, 0, NULL);
		value = json_object_get(outputs, name);
		if (value == NULL && streq(needs[i].step->status, "succeeded"))
			list = NULL;
		else
			list = item_list(value, e);
		if (value == NULL && list == NULL)
			err_set(e, ERR_INVALID, "foreach.list",
			    "'%s' did not write its output '%s'",
			    needs[i].step->task, name);
		else if (list == NULL)
			err_set(e, ERR_INVALID, "foreach.list",
			    "foreach goes over a list, and output '%s' of "
			    "'%s' is none",
			    name, needs[i].step->task);
		json_decref(outputs);
		return list;
	}
	err_set(e, ERR_INTERNAL, "foreach.list",
	    "the list comes from a step that is not there");
	return NULL;
}

/* New steps beside failed ones are blocked, idle ones are wanted now. */
static void
fan_join(struct spreading *s, struct run *run, const struct graph *g)
{
	struct cx *cx = s->cx;
	const char *ident;
	void *known;

	for (size_t i = 0; i + 1 < g->count; i++) {
		struct step *step;
		bool old = false;

		for (size_t k = 0; k < g->steps[i]->nedges; k++)
			if (g->steps[i]->edges[k].from->task == NULL)
				old = true;
		step = old ? run_step(cx, g->steps[i]->id) : NULL;
		if (step != NULL && streq(step->status, "waiting"))
			step_block_if_failed(cx, run, step);
	}
	for (size_t i = 0; map_next(&s->idle, &i, &ident, &known);) {
		struct graph_step *step = known;

		step_demand(cx, run, run_step(cx, step->id));
	}
}

static void
fan_write(struct spreading *s, struct run *run, struct step *fan,
    struct graph *g)
{
	struct cx *cx = s->cx;
	size_t waiting = graph_waiting(g->root);
	struct query *q;

	for (size_t i = 0; i < g->count; i++) {
		if (g->steps[i] == g->root)
			continue;
		rows_insert_step(cx, run, g->steps[i]);
		if (g->steps[i]->cleans != NULL)
			run->cleanups++;
		if (g->steps[i]->task->key != NULL)
			run->keyed = true;
		if (g->steps[i]->state != GRAPH_IDLE)
			run->open_steps++;
	}
	g->root->id = fan->id;
	q = query(cx->db, "fan_clear");
	bind_int(q, "id", fan->id);
	query_run(q);
	rows_insert_edges(cx, run, g->root);
	rows_set_lane(cx, g->root);
	q = query(cx->db, "fan_spread");
	bind_int(q, "id", fan->id);
	bind_int(q, "fan", FAN_SPREAD);
	bind_int(q, "waiting", (int64_t)waiting);
	query_run(q);
	fan->fan = FAN_SPREAD;
	fan->waiting = (int64_t)waiting;
}

/* Unless a child that is blocked blocked it already. */
static void
fan_block(struct cx *cx, struct run *run, const struct step *fan)
{
	struct step *now = run_step(cx, fan->id);

	if (now != NULL && streq(now->status, "waiting") && now->waiting > 0)
		step_block_if_failed(cx, run, now);
}

static bool
fan_spread(struct cx *cx, struct run *run, struct step *fan,
    const struct task *task, const struct fan_source *source, struct err *e)
{
	struct spreading s = { .cx = cx, .run = run, .source = source };
	struct graph_source from = { .lookup = fan_task,
		.hashable = fan_hashable, .self = &s,
		.environment = run->environment, .known = fan_known,
		.count = fan_count(cx, run->id) };
	struct graph_step step = { .task = task };
	json_t *params = json_loads(fan->params, 0, NULL);
	json_t *list;
	struct graph g;
	bool ok;

	ASSERT(params != NULL);
	arena_cleanup(cx->arena, fan_decref, params);
	list = fan_list(cx, fan, json_object_get(params, "foreach"), e);
	if (list == NULL)
		return false;
	memcpy(step.ident, fan->ident, sizeof(step.ident) - 1);
	json_object_set_new(params, "foreach", list);
	ok = graph_spread(cx->arena, &from, &step, params, &g, e);
	if (ok) {
		fan_write(&s, run, fan, &g);
		if (fan->waiting > 0)
			move_step(cx, fan, "waiting",
			    arena_printf(cx->arena, "%zu to be done",
				json_array_size(list)));
		fan_join(&s, run, &g);
		fan_block(cx, run, fan);
		/* Whoever settles it may find as many steps open as before. */
		move_save_run(cx, run);
	}
	map_finish(&s.tasks);
	map_finish(&s.idle);
	return ok;
}

/* One list for each output, in the order of the items. */
static void
fan_gather(struct cx *cx, struct run *run, struct step *fan,
    const struct task *task)
{
	struct query *q = query(cx->db, "fan_outputs");
	json_t *lists = json_object();
	size_t n = 0;

	for (size_t i = 0; i < task->noutputs; i++)
		if (!task->outputs[i].secret)
			json_object_set_new(lists, task->outputs[i].name,
			    json_array());
	bind_int(q, "id", fan->id);
	for (; query_next(q); n++) {
		json_t *outputs = json_loads(
		    column_text(q, "outputs", cx->arena), 0, NULL);
		const char *name;
		json_t *list;

		json_object_foreach (lists, name, list) {
			json_t *value = json_object_get(outputs, name);

			json_array_append_new(list,
			    value == NULL ? json_null() : json_incref(value));
		}
		json_decref(outputs);
	}
	query_end(q);
	step_done(cx, run, fan, "succeeded",
	    n == 0 ? "its list is empty"
		   : arena_printf(cx->arena, "%zu done", n),
	    json_canonical(cx->arena, lists));
	json_decref(lists);
}

void
fan_go_on(struct cx *cx, struct run *run, struct step *fan,
    const struct task *task, const struct fan_source *source)
{
	struct err e;

	if (fan->fan == FAN_OPEN &&
	    !fan_spread(cx, run, fan, task, source, &e)) {
		step_failed(cx, run, fan, "failed",
		    arena_strdup(cx->arena, e.message));
		return;
	}
	if (fan->waiting == 0)
		fan_gather(cx, run, fan, task);
}
