/* SPDX-License-Identifier: MIT */
#include "resource/run/run_view.h"

#include <ctype.h>
#include <string.h>

#include "base/limits.h"
#include "resource/limit/limit.h"
#include "resource/pause/pause.h"
#include "resource/plan/plan.h"
#include "resource/run/key.h"
#include "resource/run/rows.h"
#include "resource/run/run.h"
#include "resource/run/step.h"
#include "resource/sealed.h"
#include "resource/ticket/ticket.h"
#include "resource/undo/undo.h"
#include "store/record.h"

#define TAIL_BYTES 2048
#define TAIL_LINES 20

void
run_view_run(struct cx *cx, struct json_out *out, const struct run *run)
{
	struct run masked = *run;

	masked.params = sealed_mask_text(cx->arena, run->params);
	json_object_begin(out);
	record_json(out, &run_schema, &masked);
	json_object_end(out);
}

/* The last lines of the log of what failed. */
static void
tail_json(struct cx *cx, struct json_out *out, const struct attempt *last)
{
	const char *text = cx->site->log_tail == NULL
	    ? ""
	    : cx->site->log_tail(cx->site->log_tail_self, last->id,
		  TAIL_BYTES, cx->arena);
	struct str rest = str_of(text);
	struct str lines[TAIL_LINES];
	size_t n = 0;

	while (rest.p != NULL && rest.n > 0)
		lines[n++ % TAIL_LINES] = str_cut(rest, '\n', &rest);
	for (size_t i = n > TAIL_LINES ? n - TAIL_LINES : 0; i < n; i++)
		json_strn(out, lines[i % TAIL_LINES].p,
		    lines[i % TAIL_LINES].n);
}

static bool
step_is_bad(const struct step *s)
{
	return streq(s->status, "failed") || streq(s->status, "timed_out") ||
	    streq(s->status, "unknown") || streq(s->status, "unkillable");
}

static void
attempts_json(struct cx *cx, struct json_out *out, const struct step *step)
{
	size_t n;
	struct attempt **all = run_step_attempts(cx, step->id, &n);
	const struct attempt *last = NULL;

	json_key(out, "attempts");
	json_array_begin(out);
	for (size_t i = 0; i < n; i++) {
		last = all[i];
		json_object_begin(out);
		record_json(out, &attempt_schema, last);
		json_object_end(out);
	}
	json_array_end(out);
	json_key(out, "tail");
	json_array_begin(out);
	if (step_is_bad(step) && last != NULL)
		tail_json(cx, out, last);
	json_array_end(out);
}

static void
needs_json(struct cx *cx, struct json_out *out, const struct step *step)
{
	size_t n;
	struct step_need *needs = step_needs(cx, step, &n);

	json_key(out, "needs");
	json_array_begin(out);
	for (size_t i = 0; i < n && i < LIMIT_LIST; i++) {
		if (needs[i].name[0] == '\0')
			continue;
		json_object_begin(out);
		json_kv_str(out, "name", needs[i].name);
		json_kv_int(out, "step", needs[i].step->id);
		json_object_end(out);
	}
	json_array_end(out);
}

/* Its length; of what is not over, until now. */
static void
duration_json(struct cx *cx, struct json_out *out, int64_t began,
    int64_t ended, int64_t from, int64_t to)
{
	if (began == 0)
		json_kv_null(out, "duration_ms");
	else
		json_kv_int(out, "duration_ms",
		    steady_span(from, ended == 0 ? site_steady(cx->site) : to));
}

/* Why it does not go on; what holds up all is told of what could start. */
static const char *
step_reason(struct cx *cx, const struct step *s)
{
	const struct pause *all;

	if (s->held && s->wait_on[0] == '=')
		return key_waiting(cx, s->wait_on + 1);
	if (s->held && isalpha((unsigned char)s->wait_on[0]) &&
	    streq(s->status, "ready"))
		return limit_words_now(cx, s->wait_on);
	if (s->held || (!streq(s->status, "ready") && !streq(s->status, "check")))
		return s->reason;
	all = pause_find(cx, PAUSE_ALL, "");
	return all == NULL ? s->reason : pause_words(cx, all);
}

void
run_view_step(struct cx *cx, struct json_out *out, const struct step *s)
{
	const struct task *task = platform_task(cx->platform, s->task);
	int64_t usual = step_usual_ms(cx, s->task);

	if (task == NULL || !streq(task->hash, s->definition))
		task = plan_definition(cx, s->definition);
	json_object_begin(out);
	json_kv_int(out, "id", s->id);
	json_kv_str(out, "task", s->task);
	json_kv_str(out, "doc", task == NULL ? NULL : task->doc);
	json_kv_bool(out, "foreach", s->fan != FAN_NONE);
	json_kv_str(out, "cleanup",
	    s->cleanup == CLEANUP_ON_FAILURE ? "on_failure"
		: s->cleanup == CLEANUP_ALWAYS ? "always"
					       : NULL);
	if (s->cleans != 0)
		json_kv_int(out, "cleans", s->cleans);
	else
		json_kv_null(out, "cleans");
	json_kv_raw(out, "params",
	    s->fan != FAN_NONE ? "{}" : sealed_mask_text(cx->arena, s->params));
	json_kv_str(out, "status", s->status);
	json_kv_str(out, "reason", step_reason(cx, s));
	json_kv_str(out, "preview", s->preview);
	json_kv_str(out, "definition", s->definition);
	needs_json(cx, out, s);
	json_kv_str(out, "undoes", undo_step_text(cx, s));
	json_key(out, "manual");
	json_array_begin(out);
	for (size_t i = 0; task != NULL && task->manual != NULL &&
	     task->manual[i] != NULL;
	     i++)
		json_str(out, task->manual[i]);
	json_array_end(out);
	json_kv_raw(out, "outputs", sealed_mask_text(cx->arena, s->outputs));
	attempts_json(cx, out, s);
	if (usual < 0)
		json_kv_null(out, "usual_ms");
	else
		json_kv_int(out, "usual_ms", usual);
	json_kv_time(out, "started_at", s->started_at);
	json_kv_time(out, "ended_at", s->ended_at);
	duration_json(cx, out, s->started_at, s->ended_at, s->started_steady,
	    s->ended_steady);
	json_object_end(out);
}

static bool
run_is_old(struct cx *cx, const struct run *run)
{
	const struct task *task = platform_task(cx->platform, run->task);

	return task == NULL || !streq(task->closure_hash, run->closure_hash);
}

static void
undo_json(struct cx *cx, struct json_out *out, const struct run *run)
{
	const struct run *of =
	    run->undo_of == 0 ? NULL : run_by_id(cx, run->undo_of);
	const struct run *by = undo_of(cx, run);
	size_t n;
	const char **stays = undo_left(cx, run, &n);

	json_kv_str(out, "undo_of", of == NULL ? NULL : of->key);
	json_key(out, "stays");
	json_array_begin(out);
	for (size_t i = 0; i < n && i < LIMIT_LIST; i++)
		json_str(out, stays[i]);
	json_array_end(out);
	json_kv_str(out, "undone_by", by == NULL ? NULL : by->key);
}

void
run_view_detail(struct cx *cx, struct json_out *out, const struct run *run)
{
	size_t nsteps, nwatchers;
	const struct step_list steps =
	    rows_steps_first(cx, run->id, LIMIT_LIST, &nsteps);
	const char **watchers = run_watchers(cx, run->id, &nwatchers);
	struct ticket *ticket =
	    run->ticket_id == 0 ? NULL : ticket_by_id(cx, run->ticket_id);
	struct run *before =
	    run->retry_of == 0 ? NULL : run_by_id(cx, run->retry_of);

	json_object_begin(out);
	json_key(out, "run");
	run_view_run(cx, out, run);
	duration_json(cx, out, run->started_at, run->ended_at,
	    run->started_steady + run->idle_ms, run->ended_steady);
	json_kv_str(out, "ticket", ticket == NULL ? NULL : ticket->key);
	json_kv_str(out, "retry_of", before == NULL ? NULL : before->key);
	json_kv_str(out, "retry_of_closure",
	    before == NULL ? NULL : before->closure_hash);
	undo_json(cx, out, run);
	json_kv_bool(out, "planning", run_is_planning(cx, run));
	json_kv_bool(out, "newer", run_is_old(cx, run));
	json_key(out, "watchers");
	json_array_begin(out);
	for (size_t i = 0; i < nwatchers; i++)
		json_str(out, watchers[i]);
	json_array_end(out);
	json_key(out, "steps");
	json_array_begin(out);
	for (size_t i = 0; i < steps.count; i++)
		run_view_step(cx, out, steps.items[i]);
	json_array_end(out);
	json_kv_int(out, "more_steps", (int64_t)(nsteps - steps.count));
	json_object_end(out);
}
