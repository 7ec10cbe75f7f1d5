/* SPDX-License-Identifier: MIT */
#include "resource/run/results_api.h"

#include "base/limits.h"
#include "resource/artifact/artifact.h"
#include "resource/run/run.h"
#include "resource/sealed.h"
#include "store/record.h"

enum how { HOW_DONE, HOW_STOPPED, HOW_NEVER, HOW_OPEN };

static enum how
step_how(const struct step *s)
{
	if (streq(s->status, "succeeded") || streq(s->status, "skipped"))
		return HOW_DONE;
	if (!machine_is_final(&step_machine, s->status) && s->tries == 0)
		return HOW_OPEN;
	return s->tries > 0 ? HOW_STOPPED : HOW_NEVER;
}

static void
how_json(struct cx *cx, struct json_out *out, const char *name,
    struct step *const *steps, size_t n, enum how how)
{
	json_key(out, name);
	json_array_begin(out);
	for (size_t i = 0; i < n; i++) {
		if (step_how(steps[i]) != how ||
		    streq(steps[i]->status, "not_needed") ||
		    steps[i]->fan != FAN_NONE)
			continue;
		json_str(out,
		    arena_printf(cx->arena, "%s (step %lld)", steps[i]->task,
			(long long)steps[i]->id));
	}
	json_array_end(out);
}

static void
duration_json(struct json_out *out, int64_t began, int64_t ended, int64_t from,
    int64_t to)
{
	if (began == 0 || ended == 0)
		json_kv_null(out, "duration_ms");
	else
		json_kv_int(out, "duration_ms", steady_span(from, to));
}

static void
artifacts_json(struct cx *cx, struct json_out *out, const struct step *s)
{
	size_t n;
	struct artifact **there = artifact_of_step(cx, s->id, &n);

	json_key(out, "artifacts");
	json_array_begin(out);
	for (size_t i = 0; i < n; i++) {
		json_object_begin(out);
		record_json(out, &artifact_schema, there[i]);
		json_object_end(out);
	}
	json_array_end(out);
}

static void
step_json(struct cx *cx, struct json_out *out, const struct step *s)
{
	json_object_begin(out);
	json_kv_int(out, "step", s->id);
	json_kv_str(out, "task", s->task);
	json_kv_raw(out, "params", s->fan != FAN_NONE
		? "{}" : sealed_mask_text(cx->arena, s->params));
	json_kv_bool(out, "foreach", s->fan != FAN_NONE);
	json_kv_str(out, "status", s->status);
	json_kv_str(out, "reason", s->reason);
	json_kv_raw(out, "outputs", sealed_mask_text(cx->arena, s->outputs));
	artifacts_json(cx, out, s);
	duration_json(out, s->started_at, s->ended_at, s->started_steady,
	    s->ended_steady);
	json_object_end(out);
}

bool
results_api_get(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *outputs = "{}";
	struct step **steps;
	struct run *run;
	size_t n, shown;

	if (!run_by_key(cx, call->path[0], &run, e))
		return false;
	steps = run_steps_since(cx, run->id, 0, &n);
	shown = n > LIMIT_LIST ? LIMIT_LIST : n;
	for (size_t i = 0; i < n; i++)
		if (steps[i]->id == run->root_step)
			outputs = steps[i]->outputs;
	json_object_begin(out);
	json_kv_str(out, "run", run->key);
	json_kv_str(out, "task", run->task);
	json_kv_str(out, "status", run->status);
	json_kv_str(out, "reason", run->reason);
	json_kv_raw(out, "outputs", sealed_mask_text(cx->arena, outputs));
	how_json(cx, out, "done", steps, shown, HOW_DONE);
	how_json(cx, out, "stopped", steps, shown, HOW_STOPPED);
	how_json(cx, out, "never", steps, shown, HOW_NEVER);
	json_key(out, "steps");
	json_array_begin(out);
	for (size_t i = 0; i < shown; i++)
		step_json(cx, out, steps[i]);
	json_array_end(out);
	json_kv_int(out, "more_steps", (int64_t)(n - shown));
	duration_json(out, run->started_at, run->ended_at,
	    run->started_steady + run->idle_ms, run->ended_steady);
	json_object_end(out);
	return true;
}
