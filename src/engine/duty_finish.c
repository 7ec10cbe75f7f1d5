/* SPDX-License-Identifier: MIT */
/* finish: what the driver reports becomes the fate of steps and runs. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/plant.h"
#include "engine/engine_private.h"
#include "resource/artifact/artifact.h"
#include "resource/move.h"
#include "resource/run/cleanup.h"
#include "resource/run/run.h"
#include "resource/run/step.h"
#include "resource/ticket/ticket.h"

#define LOST_TRIES 3
#define STARTS_WAIT_MS 20

/* How an attempt ended. */
static const char *
attempt_status(const struct work_event *ev)
{
	if (ev->kind == WORK_GONE)
		return "unknown";
	switch (ev->reason) {
	case WORK_EXITED:
		return ev->code == 0 ? "succeeded" : "failed";
	case WORK_TIMED_OUT:
		return "timed_out";
	case WORK_CANCELLED:
		return "cancelled";
	case WORK_UNKILLABLE:
		return "unkillable";
	case WORK_SIGNALLED:
	case WORK_SPAWN_FAILED:
	case WORK_OUT_OF_MEMORY:
	default:
		return "failed";
	}
}

const char *
attempt_words(struct cx *cx, const struct work_event *ev)
{
	if (ev->kind == WORK_GONE)
		return arena_printf(cx->arena,
		    "%s: nobody knows whether it finished",
		    ev->detail[0] ? ev->detail : "its keeper is gone");
	switch (ev->reason) {
	case WORK_EXITED:
		return arena_printf(cx->arena, "exit code %d", ev->code);
	case WORK_TIMED_OUT:
		return "ran into its timeout";
	case WORK_CANCELLED:
		return "cancelled";
	case WORK_UNKILLABLE:
		return "it could not be killed";
	case WORK_SIGNALLED:
		return arena_printf(cx->arena, "killed by signal %d (%s)",
		    ev->signal, strsignal(ev->signal));
	case WORK_OUT_OF_MEMORY:
		return "used more memory than it may";
	case WORK_SPAWN_FAILED:
	default:
		return arena_printf(cx->arena, "could not be started: %s",
		    ev->detail);
	}
}

static void
attempt_end(struct cx *cx, struct attempt *a, const struct work_event *ev)
{
	a->code = ev->code;
	a->signal = ev->signal;
	a->detail = arena_strdup(cx->arena, ev->detail);
	a->layers = ev->layers;
	if (ev->started_ms > 0)
		a->started_at = ev->started_ms;
	a->ended_at = ev->ended_ms > 0 ? ev->ended_ms : cx->now;
	a->duration_ms = ev->duration_ms;
	a->ended_steady = ev->ended_ms > 0
	    ? a->started_steady + ev->duration_ms
	    : site_steady(cx->site);
	a->log_bytes = (int64_t)ev->log_bytes;
	a->log_dropped = (int64_t)ev->log_dropped;
	move_attempt(cx, a, attempt_status(ev));
}

/* A pause that doubles, with up to a tenth of jitter. */
static int64_t
retry_pause(const struct task *task, int64_t tries)
{
	int64_t pause = task->backoff_min_ms;

	for (int64_t i = 1; i < tries && pause < task->backoff_max_ms; i++)
		pause *= 2;
	if (pause > task->backoff_max_ms)
		pause = task->backoff_max_ms;
	return pause + (int64_t)(id_random_u64() % 100) * pause / 1000;
}

/* The command (or its target) did not come out: again, or the end. */
static void
run_failed(struct cx *cx, struct run *run, struct step *step,
    const struct task *task, const char *status, const char *words)
{
	int64_t pause;

	if (step_is_stopped(run, step)) {
		step_failed(cx, run, step, "cancelled", words);
		return;
	}
	if (streq(status, "cancelled"))
		status = "failed";
	if ((step->tries > task->retry_times && !PLANTED("tries-ignored")) ||
	    (!streq(status, "failed") && !streq(status, "timed_out"))) {
		step_failed(cx, run, step, status, words);
		return;
	}
	if (machine_find(&step_machine, step->status, "retry") == NULL) {
		step_failed(cx, run, step, status, words);
		return;
	}
	pause = retry_pause(task, step->tries);
	step->due_at = site_steady(cx->site) + pause;
	move_step(cx, step, "retry",
	    arena_printf(cx->arena, "%s; try %lld of %lld follows in %.1f s",
		words, (long long)step->tries + 1,
		(long long)task->retry_times + 1, (double)pause / 1000));
}

/* The outputs file of an attempt of that kind, as it is kept. */
static bool
finish_outputs(struct cx *cx, const struct run *run, const struct step *step,
    const struct task *task, const char *kind, const struct work_event *ev,
    const char **ret, struct err *e)
{
	struct secrets_seen secrets = { NULL, 0 };

	if (ev->outputs_cut)
		return err_set(e, ERR_INVALID, "outputs.size",
		    "its outputs file is too large or no regular file");
	if (ev->outputs.len > 0 && outputs_are_open(task))
		secrets = work_secrets(cx, run, step, task, kind);
	return outputs_parse(cx, task, buf_str(&ev->outputs), secrets, ret, e);
}

static void
finish_check(struct cx *cx, struct run *run, struct step *step,
    const struct task *task, const struct work_event *ev,
    const char *status)
{
	const char *outputs, *words = attempt_words(cx, ev);
	bool preview = run_is_preview(run) && step->cleans == 0;
	struct err e;

	if (step_is_stopped(run, step)) {
		step_failed(cx, run, step, "cancelled", run->reason);
		return;
	}
	if (ev->kind == WORK_GONE) {
		move_step(cx, step, "check", "to be checked again");
		return;
	}
	if (streq(status, "succeeded")) {
		step->preview = "done";
		if (ev->outputs.len == 0 ||
		    !finish_outputs(cx, run, step, task, "check", ev,
			&outputs, &e))
			outputs = step_known_outputs(cx, step);
		artifact_adopt_known(cx, step);
		step_done(cx, run, step, "skipped", "already done", outputs);
		return;
	}
	if (ev->reason == WORK_EXITED && ev->code == 1) {
		if (!preview && step->cleans == 0 &&
		    streq(step->preview, "done") &&
		    ticket_was_approved(cx, run) && !PLANTED("void-missing")) {
			step->preview = "missing";
			run_void(cx, run,
			    arena_printf(cx->arena,
				"'%s' was there when it was approved and is "
				"missing now",
				step->task));
		} else
			step->preview = "missing";
		step_missing(cx, run, step, "");
		return;
	}
	words = arena_printf(cx->arena, "its check itself failed: %s", words);
	if (preview) {
		step->preview = "unknown";
		step_missing(cx, run, step,
		    arena_printf(cx->arena, "unknown until it runs (%s)",
			words));
	} else
		step_failed(cx, run, step,
		    streq(status, "timed_out") ? "timed_out" : "failed",
		    words);
}

/* What it wrote before it failed: whoever cleans up wants to know. */
static const char *
outputs_of_failure(struct cx *cx, const struct run *run,
    const struct step *step, const struct task *task,
    const struct work_event *ev)
{
	const char *outputs = "{}";
	struct err ignored;

	if (task->ncleanups > 0)
		(void)finish_outputs(cx, run, step, task, "run", ev, &outputs,
		    &ignored);
	return outputs;
}

/* What the driver took, in the order that the task declares.  false: e says
 * which is missing, and why. */
static bool
finish_artifacts(struct engine *g, struct cx *cx, const struct step *step,
    const struct task *task, const struct work_event *ev, struct err *e)
{
	const struct work_artifact *taken =
	    (const struct work_artifact *)(const void *)ev->artifacts.data;
	size_t n = ev->artifacts.len / sizeof(*taken);
	struct artifact_bytes *left =
	    arena_array(cx->arena, task->nartifacts + 1, sizeof(*left));

	if (task->nartifacts == 0)
		return true;
	for (size_t i = 0; i < task->nartifacts; i++) {
		const struct artifact_def *a = &task->artifacts[i];

		if (i < n && !taken[i].taken &&
		    taken[i].size > (uint64_t)a->max_bytes)
			return err_set(e, ERR_INVALID, "artifact.large",
			    "artifact '%s' ('%s'): it has %" PRIu64 " bytes, "
			    "and its max: is %" PRId64, a->name, a->path,
			    taken[i].size, a->max_bytes);
		if (i >= n || !taken[i].taken)
			return err_set(e, ERR_INVALID, "artifact.missing",
			    "artifact '%s' ('%s'): %s", a->name, a->path,
			    i < n ? taken[i].why : "it was not taken");
		left[i] = (struct artifact_bytes){
			arena_strdup(cx->arena, taken[i].sha256),
			(int64_t)taken[i].size };
	}
	g->artifacts_due = 0;
	return artifact_keep(cx, step, task, left, e);
}

static void
finish_run(struct engine *g, struct cx *cx, struct run *run,
    struct step *step, const struct task *task, const struct work_event *ev,
    const char *status)
{
	const char *words = attempt_words(cx, ev);
	const char *outputs;
	struct err e;

	if (ev->kind == WORK_GONE &&
	    (task->idempotent || PLANTED("lost-run-again")) &&
	    step->tries < LOST_TRIES && !step_is_stopped(run, step)) {
		move_step(cx, step, "ready",
		    arena_printf(cx->arena, "%s; it may be run again", words));
		return;
	}
	if (!streq(status, "succeeded")) {
		step->outputs = outputs_of_failure(cx, run, step, task,
		    ev);
		run_failed(cx, run, step, task, status, words);
		return;
	}
	if (!finish_outputs(cx, run, step, task, "run", ev, &outputs, &e)) {
		step->outputs = "{}";
		step_failed(cx, run, step, "failed",
		    arena_strdup(cx->arena, e.message));
		return;
	}
	if (!finish_artifacts(g, cx, step, task, ev, &e)) {
		run_failed(cx, run, step, task, "failed",
		    arena_strdup(cx->arena, e.message));
		return;
	}
	step->outputs = outputs;
	if (step->target == TARGET_NONE || PLANTED("verify-skipped")) {
		step_done(cx, run, step, "succeeded", "", outputs);
		return;
	}
	move_step(cx, step, "verifying", "its target is looked for");
	start_attempt(g, cx, run, step, "verify");
}

static void
finish_verify(struct engine *g, struct cx *cx, struct run *run,
    struct step *step, const struct task *task, const struct work_event *ev,
    const char *status)
{
	if (streq(status, "succeeded"))
		step_done(cx, run, step, "succeeded", "", step->outputs);
	else if (ev->kind == WORK_GONE && !step_is_stopped(run, step))
		start_attempt(g, cx, run, step, "verify");
	else if (ev->reason == WORK_EXITED && ev->code == 1)
		run_failed(cx, run, step, task, "failed",
		    "it ended with 0, and its target is still missing");
	else
		run_failed(cx, run, step, task, "failed",
		    arena_printf(cx->arena, "its check itself failed: %s",
			attempt_words(cx, ev)));
}

void
step_unpark(struct cx *cx, const struct step *step)
{
	struct query *q;

	if (PLANTED("unpark-missing"))
		return;
	q = query(cx->db, "step_parked_on");
	bind_int(q, "id", step->id);
	query_run(q);
}

static void
finish_ended(struct engine *g, struct cx *cx, struct attempt *a,
    const struct work_event *ev)
{
	struct step *step = run_step(cx, a->step_id);
	struct run *run = run_by_id(cx, a->run_id);
	const struct task *task;

	if (step == NULL || run == NULL)
		return; /* the database failed; the round comes to nothing */
	task = engine_task(g, cx, step->definition);
	attempt_end(cx, a, ev);
	if (task != NULL)
		claim_freed(g, cx, step, task);
	if (task == NULL || step->attempts != a->no)
		return;
	if (streq(a->kind, "check") && streq(step->status, "checking"))
		finish_check(cx, run, step, task, ev, a->status);
	else if (streq(a->kind, "preview") &&
	    streq(step->status, "previewing"))
		finish_preview(g, cx, run, step, task, ev, a->status);
	else if (streq(a->kind, "run") && streq(step->status, "running"))
		finish_run(g, cx, run, step, task, ev, a->status);
	else if (streq(a->kind, "verify") &&
	    streq(step->status, "verifying"))
		finish_verify(g, cx, run, step, task, ev, a->status);
	step_unpark(cx, step);
	run_settle(cx, run);
}

/* That an attempt runs is news, not a decision: it may wait for the end of a
 * short one and share its commit. */
static bool
starts_may_wait(struct engine *g)
{
	int64_t now = clock_boot_ms();

	for (size_t i = 0; i < g->npending; i++)
		if (g->pending[i].kind != WORK_STARTED)
			return false;
	if (g->npending == 0)
		return false;
	if (g->starts_due_boot_ms == 0)
		g->starts_due_boot_ms = now + STARTS_WAIT_MS;
	if (g->starts_due_boot_ms <= now)
		return false;
	if (g->starts_due_boot_ms < g->next_due_boot_ms)
		g->next_due_boot_ms = g->starts_due_boot_ms;
	return true;
}

void
duty_finish(struct engine *g, struct cx *cx)
{
	if (starts_may_wait(g))
		return;
	g->starts_due_boot_ms = 0;
	while (g->nhandled < g->npending) {
		const struct work_event *ev = &g->pending[g->nhandled];
		struct attempt *a = run_attempt(cx, ev->attempt);

		engine_hook(g);
		g->nhandled++;
		if (ev->kind != WORK_STARTED)
			engine_ended(g, ev);
		/* A late word of an older server's attempt, or the second
		 * word of one that is over. */
		if (a == NULL ||
		    (a->token != ev->token && !PLANTED("fence-ignored")) ||
		    machine_is_final(&attempt_machine, a->status))
			continue;
		if (ev->kind == WORK_STARTED) {
			if (streq(a->status, "starting")) {
				a->layers = ev->layers;
				move_attempt(cx, a, "running");
			}
			continue;
		}
		finish_ended(g, cx, a, ev);
	}
}
