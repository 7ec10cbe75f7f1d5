/* SPDX-License-Identifier: MIT */
#include "resource/undo/undo.h"

#include <string.h>

#include "base/limits.h"
#include "resource/plan/plan.h"
#include "resource/run/run.h"
#include "resource/sealed.h"
#include "resource/undo/undo_private.h"
#include "spec/validate.h"
#include "store/record.h"

static void
undo_decref(void *json)
{
	json_decref(json);
}

json_t *
undo_keep(struct cx *cx, json_t *json)
{
	ASSERT(json != NULL);
	arena_cleanup(cx->arena, undo_decref, json);
	return json;
}

size_t
undo_find(const struct undo *u, int64_t step_id)
{
	size_t low = 0, high = u->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (u->steps[middle].step->id < step_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < u->count && u->steps[low].step->id == step_id ? low
								    : u->count;
}

/* --- what becomes of each step --- */

/* A value that came from an output, as that step left it. */
static json_t *
undo_value(const struct undo *u, const json_t *value)
{
	const char *ident, *name;
	json_t *outputs, *found;

	if (!graph_output(value, &ident, &name))
		return json_deep_copy(value);
	for (size_t i = 0; i < u->count; i++) {
		if (!streq(u->steps[i].step->ident, ident))
			continue;
		outputs = json_loads(u->steps[i].step->outputs, 0, NULL);
		found = json_deep_copy(json_object_get(outputs, name));
		json_decref(outputs);
		return found == NULL ? json_null() : found;
	}
	return json_null();
}

json_t *
undo_given(struct cx *cx, const struct undo *u, const struct undo_step *s)
{
	json_t *stored = json_loads(s->step->params, 0, NULL), *value;
	json_t *given = undo_keep(cx, json_object());
	const char *name;

	json_object_foreach (stored, name, value)
		json_object_set_new(given, name, undo_value(u, value));
	json_decref(stored);
	return given;
}

/* Parameters and outputs of the same names. */
static json_t *
undo_params(struct cx *cx, const struct undo *u, const struct undo_step *s)
{
	const json_t *given = undo_given(cx, u, s);
	json_t *outputs = json_loads(s->step->outputs, 0, NULL);
	json_t *plain = json_object(), *params;

	for (const struct schema *f = s->undo->params->fields;
	     f->name != NULL; f++) {
		json_t *v = json_object_get(given, f->name);

		if (v == NULL)
			v = json_object_get(outputs, f->name);
		if (v != NULL)
			json_object_set(plain, f->name, v);
	}
	params = undo_keep(cx,
	    sealed_from_plain(cx->site, s->undo->params, plain));
	json_decref(plain);
	json_decref(outputs);
	return params;
}

static const struct task *
undo_pinned(struct cx *cx, const struct run *run, const char *name)
{
	const char *hash = plan_closure_task(cx, run->closure_hash, name);

	return hash == NULL ? NULL : plan_definition(cx, hash);
}

static bool
undo_began(const struct step *s)
{
	return s->tries > 0 && machine_is_final(&step_machine, s->status) &&
	    !streq(s->status, "succeeded") && !streq(s->status, "skipped");
}

/* Was it this run that made it?  What was taken over has no try of its own,
 * and ended when the run was asked for. */
static bool
undo_made_here(const struct undo *u, const struct undo_step *s)
{
	return s->step->tries > 0 ||
	    (s->task->manual != NULL &&
		s->step->ended_at != u->run->created_at);
}

static void
undo_judge(struct cx *cx, struct undo *u, struct undo_step *s)
{
	const struct step *step = s->step;

	if (step->fan != FAN_NONE || step->cleanup != CLEANUP_NONE)
		return;
	if (undo_began(step)) {
		s->why = arena_printf(cx->arena,
		    "it %s: look at what it left",
		    streq(step->status, "failed") ? "failed"
			: arena_printf(cx->arena, "is %s", step->status));
		return;
	}
	if (streq(step->status, "skipped") &&
	    streq(step->reason, "already done")) {
		s->why = "it was there before";
		return;
	}
	if (!streq(step->status, "succeeded"))
		return;
	s->task = plan_definition(cx, step->definition);
	if (s->task == NULL) {
		s->why = "its definition is not stored";
	} else if (s->task->command.kind == COMMAND_NONE &&
	    s->task->manual == NULL) {
		return; /* it made nothing itself */
	} else if (!undo_made_here(u, s)) {
		s->why = step->reason;
	} else if (s->task->undo == NULL) {
		s->why = "no undo task";
	} else {
		s->undo = undo_pinned(cx, u->run, s->task->undo);
		if (s->undo == NULL)
			s->why = arena_printf(cx->arena,
			    "its undo task '%s' is not stored with %s",
			    s->task->undo, u->run->key);
	}
}

/* What another undo took away already. */
static void
undo_judge_done(struct cx *cx, struct undo *u, int64_t but)
{
	struct query *q = query(cx->db, "undo_done");

	bind_int(q, "run_id", u->run->id);
	bind_int(q, "but", but);
	while (query_next(q)) {
		size_t i = undo_find(u, column_int(q, "of_step"));

		if (i == u->count)
			continue;
		u->steps[i].undo = NULL;
		u->steps[i].why = arena_printf(cx->arena, "%s undid it",
		    column_text(q, "key", cx->arena));
	}
	query_end(q);
}

/* --- may it be undone --- */

static struct run *
undo_row(struct cx *cx, struct query *q)
{
	struct run *run = ARENA_NEW(cx->arena, struct run);

	record_read(q, &run_schema, run, cx->arena);
	return run;
}

/* The newest undo that is on its way, or did anything. */
static struct run *
undo_newest(struct cx *cx, const struct run *of, bool active)
{
	struct query *q = query(cx->db, "undo_runs");
	struct run *found = NULL;

	bind_int(q, "run_id", of->id);
	while (found == NULL && query_next(q)) {
		struct run *run = undo_row(cx, q);

		if (!active || !machine_is_final(&run_machine, run->status))
			found = run;
	}
	query_end(q);
	return found;
}

static bool
undo_did_anything(struct cx *cx, const struct run *run)
{
	struct query *q = query(cx->db, "undo_done");
	bool any;

	bind_int(q, "run_id", run->id);
	bind_int(q, "but", 0);
	any = query_next(q);
	query_end(q);
	return any;
}

struct run *
undo_of(struct cx *cx, const struct run *run)
{
	struct run *last = undo_newest(cx, run, false), *active;

	if (last == NULL)
		return NULL; /* as of most */
	active = undo_newest(cx, run, true);
	if (active != NULL)
		return active;
	return undo_did_anything(cx, run) ? last : NULL;
}

/* What an undo run is over must still be as it was when that was asked. */
static bool
undo_is_fresh(struct cx *cx, const struct run *undo_run, struct err *e)
{
	const struct run *of = run_by_id(cx, undo_run->undo_of);

	if (of != NULL && machine_is_final(&run_machine, of->status) &&
	    of->ended_at <= undo_run->created_at)
		return true;
	err_set(e, ERR_CONFLICT, "undo.stale",
	    "%s does not go on: what it undoes ran again since",
	    undo_run->key);
	return of == NULL ? false : err_hint(e, "slipway undo %s", of->key);
}

/* Another undo of the same was asked for since: what is left is its. */
static bool
undo_is_last(struct cx *cx, const struct run *undo_run, struct err *e)
{
	const struct run *of = run_by_id(cx, undo_run->undo_of);
	const struct run *last = of == NULL ? NULL
					    : undo_newest(cx, of, false);

	if (last == NULL || last->id <= undo_run->id)
		return true;
	err_set(e, ERR_CONFLICT, "undo.stale",
	    "%s does not go on: %s, which undoes the same, came after it",
	    undo_run->key, last->key);
	return err_hint(e, "slipway show %s", last->key);
}

bool
undo_lets_retry(struct cx *cx, const struct run *run, struct err *e)
{
	const struct run *by;

	if (run->undo_of != 0)
		return undo_is_fresh(cx, run, e) && undo_is_last(cx, run, e);
	by = undo_of(cx, run);
	if (by == NULL)
		return true;
	err_set(e, ERR_CONFLICT, "run.undone",
	    "%s does not go on: %s %s it", run->key, by->key,
	    machine_is_final(&run_machine, by->status) ? "undid"
						       : "is undoing");
	return err_hint(e, "slipway again %s", run->key);
}

static bool
undo_allowed(struct cx *cx, const struct run *run, struct err *e)
{
	const struct run *by;

	if (run->undo_of != 0) {
		by = run_by_id(cx, run->undo_of);
		err_set(e, ERR_CONFLICT, "undo.undo",
		    "%s is itself the undo of %s", run->key,
		    by == NULL ? "another run" : by->key);
		return by == NULL ? false
				  : err_hint(e, "to have it all again: slipway "
						"again %s", by->key);
	}
	if (run->dry)
		return err_set(e, ERR_CONFLICT, "undo.dry",
		    "%s was a plan only: it made nothing", run->key);
	if (!machine_is_final(&run_machine, run->status)) {
		err_set(e, ERR_CONFLICT, "undo.active",
		    "%s is %s: what it makes can be undone when it is over",
		    run->key, machine_words(cx->arena, run->status));
		return err_hint(e, "cancel it first: slipway cancel %s",
		    run->key);
	}
	by = undo_newest(cx, run, true);
	if (by == NULL)
		return true;
	err_set(e, ERR_CONFLICT, "undo.done", "%s is being undone by %s",
	    run->key, by->key);
	return err_hint(e, "slipway follow %s", by->key);
}

/* There is nothing left to undo: say why not. */
static bool
undo_nothing(struct cx *cx, const struct undo *u, struct err *e)
{
	const struct run *by = undo_of(cx, u->run);
	const char *text = "it made nothing";

	for (size_t i = u->count; i-- > 0;)
		if (u->steps[i].why != NULL)
			text = arena_printf(cx->arena, "%s: %s",
			    u->steps[i].step->task, u->steps[i].why);
	if (by == NULL)
		return err_set(e, ERR_CONFLICT, "undo.nothing",
		    "%s has nothing to undo: %s", u->run->key, text);
	err_set(e, ERR_CONFLICT, "undo.done", "%s was undone by %s",
	    u->run->key, by->key);
	return err_hint(e, "slipway show %s", by->key);
}

/* --- the whole --- */

/* It has nothing to run: it is there so that all the others are wanted. */
static bool
undo_last(struct cx *cx, const struct run *run, const struct task **ret,
    struct err *e)
{
	json_t *body = undo_keep(cx,
	    json_pack("{s:s,s:s,s:s,s:{s:{s:s}}}", "task", "undo", "team",
		run->team, "doc", "Everything is undone.", "params", "run",
		"type", "string"));
	struct task *task;

	if (!task_from_json(cx->arena, body, &task, e))
		return false;
	plan_store_definition(cx, task);
	*ret = task;
	return true;
}

static bool
undo_think(struct cx *cx, const struct run *run, int64_t but,
    struct undo *u, struct err *e)
{
	struct step **steps = run_steps_since(cx, run->id, 0, &u->count);

	u->run = run;
	u->steps = arena_array(cx->arena, u->count + 1, sizeof(*u->steps));
	for (size_t i = 0; i < u->count; i++)
		u->steps[i] = (struct undo_step){ .step = steps[i] };
	for (size_t i = 0; i < u->count; i++)
		undo_judge(cx, u, &u->steps[i]);
	undo_judge_done(cx, u, but);
	for (size_t i = 0; i < u->count; i++) {
		struct undo_step *s = &u->steps[i];

		u->nparts += s->undo != NULL;
		if (s->undo != NULL)
			s->params = undo_params(cx, u, s);
	}
	return undo_last(cx, run, &u->last, e) && undo_order(cx, u, e);
}

bool
undo_make(struct cx *cx, const struct run *run, struct undo *ret,
    struct err *e)
{
	struct undo u = { .nparts = 0 };

	if (!undo_allowed(cx, run, e) || !undo_think(cx, run, 0, &u, e))
		return false;
	if (u.nparts == 0)
		return undo_nothing(cx, &u, e);
	*ret = u;
	return true;
}

bool
undo_again(struct cx *cx, const struct run *undo_run, struct undo *ret,
    struct err *e)
{
	const struct run *run = run_by_id(cx, undo_run->undo_of);
	struct undo u = { .nparts = 0 };

	if (run == NULL) {
		db_failed(cx->db, e);
		return false;
	}
	if (!undo_think(cx, run, undo_run->id, &u, e))
		return false;
	*ret = u;
	return true;
}
