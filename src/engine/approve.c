/* SPDX-License-Identifier: MIT */
/* Approvals and previews of steps that are about to begin. */
#include "base/limits.h"
#include "engine/engine_private.h"
#include "resource/approval/approval.h"
#include "resource/move.h"
#include "resource/run/cleanup.h"
#include "resource/run/run.h"
#include "resource/run/step.h"
#include "resource/ticket/ticket.h"

bool
step_has_preview(const struct task *task)
{
	return task->preview.command.kind != COMMAND_NONE;
}

/* Is it asked for?  Then it waits, and the step is moved. */
static enum approval_state
step_ask(struct cx *cx, struct run *run, struct step *step,
    const struct task *task)
{
	enum approval_state state;
	const struct ticket *t;
	struct err e;
	json_t *params = work_params(cx, step, &e);

	if (params == NULL) {
		step_failed(cx, run, step, "failed",
		    arena_strdup(cx->arena, e.message));
		return APPROVAL_ASKED;
	}
	state = approval_step(cx, run, step, task, params,
	    step->preview_hash);
	json_decref(params);
	if (state == APPROVAL_ASKED) {
		t = ticket_by_id(cx, run->ticket_id);
		run_begins(cx, run);
		move_step(cx, step, "approval",
		    arena_printf(cx->arena,
			"waits for an approval: slipway approve %s",
			t == NULL ? "TICKET" : t->key));
	}
	return state;
}

/*
 * What was approved once may wait for limits, or for an equal step elsewhere;
 * its preview is then made again right before the command.
 */
bool
step_may_begin(struct engine *g, struct cx *cx, struct run *run,
    struct step *step, const struct task *task)
{
	if (!step_has_preview(task))
		return (step->asked || task->napprove == 0) ||
		    step_ask(cx, run, step, task) != APPROVAL_ASKED;
	if (approval_step_was_given(cx, run, step))
		return true;
	if (!claim_paused(cx, task, step) && claim_lane(cx, step) &&
	    claim_limits(g, cx, task, step))
		start_attempt(g, cx, run, step, "preview");
	return false;
}

/* What it said, as text; NULL and *ret_why when that is none. */
static const char *
preview_text(struct cx *cx, const struct step *step,
    const struct work_event *ev, const char **ret_why)
{
	struct buf said = { .data = NULL };
	const char *text = NULL;

	(void)step;
	if (cx->site->log_output != NULL &&
	    !cx->site->log_output(cx->site->log_tail_self, ev->attempt,
		LIMIT_SHOW_BYTES + 1, &said))
		*ret_why = "its log cannot be read";
	else if (said.len > LIMIT_SHOW_BYTES || ev->log_dropped > 0)
		*ret_why = "it says more than 64 KiB";
	else if (!str_is_utf8(buf_str(&said)))
		*ret_why = "what it says is no UTF-8 text";
	else
		text = arena_str(cx->arena, buf_str(&said));
	buf_finish(&said);
	return text;
}

void
finish_preview(struct engine *g, struct cx *cx, struct run *run,
    struct step *step, const struct task *task, const struct work_event *ev,
    const char *status)
{
	const char *text = NULL, *why = attempt_words(cx, ev);
	struct err e;

	if (step_is_stopped(run, step)) {
		step_failed(cx, run, step, "cancelled", run->reason);
		return;
	}
	if (ev->kind == WORK_GONE) {
		move_step(cx, step, "ready", "its preview is to be made again");
		return;
	}
	if (streq(status, "succeeded"))
		text = preview_text(cx, step, ev, &why);
	if (run_is_preview(run)) {
		move_step(cx, step, "ready", "");
		if (text != NULL)
			step->preview_hash = approval_preview_store(cx, text);
		step_park(cx, step, 0, text != NULL
			? "waits for the approval"
			: arena_printf(cx->arena,
			      "unknown until it runs (its preview failed: %s)",
			      why));
		return;
	}
	if (text == NULL) {
		step_failed(cx, run, step,
		    streq(status, "timed_out") ? "timed_out" : "failed",
		    arena_printf(cx->arena, "its preview failed: %s", why));
		return;
	}
	step->preview_hash = approval_preview_store(cx, text);
	/* Begun while the plan was made, and its needs are not done yet. */
	if (step->waiting > 0) {
		step_missing(cx, run, step, "waits for what it needs");
		return;
	}
	if (step_ask(cx, run, step, task) == APPROVAL_ASKED)
		return;
	move_step(cx, step, "ready", "");
	/* Begun while the plan was made; else duty_start says what is wrong. */
	if (streq(run->status, "queued") && !ticket_lets_run(cx, run, &e))
		return;
	if (!claim_closed(g, cx) && claim_run_key(g, cx, run, step) &&
	    !claim_paused(cx, task, step) &&
	    claim_required(cx, run, task, step) &&
	    !step_shares(cx, run, step) && claim_key(cx, run, task, step) &&
	    claim_lane(cx, step))
		start_attempt(g, cx, run, step, "run");
}
