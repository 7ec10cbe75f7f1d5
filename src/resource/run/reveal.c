/* SPDX-License-Identifier: MIT */
#include "resource/run/reveal.h"

#include "base/clock.h"
#include "base/near.h"
#include "resource/access/access.h"
#include "resource/audit.h"
#include "resource/move.h"
#include "resource/plan/plan.h"
#include "resource/run/cleanup.h"
#include "resource/run/run.h"
#include "resource/run/step.h"
#include "resource/sealed.h"
#include "resource/ticket/ticket.h"
#include "resource/undo/undo.h"

static bool
reveal_allowed(struct cx *cx, const struct run *run,
    const struct output_def *def, struct err *e)
{
	const char *person = cx->actor->person;
	const char *to = def->to == NULL ? "requester" : def->to;

	if (!access_token_check_on(cx, RIGHT_RUN,
		&(struct access_target){ run->team, run->environment,
		    run->task }, e))
		return false;
	if (person != NULL && streq(to, "requester") &&
	    streq(person, run->requester))
		return true;
	if (person != NULL && !streq(to, "requester") &&
	    platform_is_one_of(cx->platform, person, to))
		return true;
	return err_set(e, ERR_DENIED, "secret.not_yours",
	    "'%s' of %s is for %s only", def->name, run->key,
	    streq(to, "requester") ? run->requester : to);
}

/* Only the first reading counts; who and when are kept. */
static bool
reveal_once(struct cx *cx, const struct run *run, const struct step *step,
    const struct output_def *def, struct err *e)
{
	struct query *q = query(cx->db, "reveal_get");
	char at[CLOCK_TEXT];
	bool shown = false;

	bind_int(q, "step_id", step->id);
	bind_text(q, "output", def->name);
	if (query_next(q)) {
		shown = true;
		err_set(e, ERR_CONFLICT, "secret.already_shown",
		    "'%s' of %s was shown to %s at %s already, and is shown "
		    "once",
		    def->name, run->key, column_text(q, "person", cx->arena),
		    clock_text(column_int(q, "at"), at));
		err_hint(e, "ask for a new one");
	}
	query_end(q);
	if (shown)
		return !def->once;
	q = query(cx->db, "reveal_insert");
	bind_int(q, "run_id", run->id);
	bind_int(q, "step_id", step->id);
	bind_text(q, "output", def->name);
	bind_text(q, "person", cx->actor->person);
	bind_int(q, "at", cx->now);
	query_run(q);
	return true;
}

static bool
reveal_write(struct cx *cx, const struct step *step, const char *output,
    struct json_out *out, struct err *e)
{
	json_t *sealed = json_loads(step->outputs, 0, NULL);
	json_t *plain = sealed_to_plain(cx->site, sealed, e);
	const char *value =
	    json_string_value(json_object_get(plain, output));
	bool ok = plain != NULL;

	if (ok && value == NULL)
		ok = err_set(e, ERR_NOT_FOUND, "output.missing",
		    "'%s' was not written by '%s'", output, step->task);
	if (ok) {
		json_object_begin(out);
		json_kv_str(out, "output", output);
		json_kv_str(out, "value", value);
		json_object_end(out);
	}
	json_decref(sealed);
	json_decref(plain);
	return ok;
}

bool
run_reveal(struct cx *cx, struct run *run, struct step *step,
    const char *output, struct json_out *out, struct err *e)
{
	const struct task *task = plan_definition(cx, step->definition);
	const struct output_def *def =
	    task == NULL ? NULL : task_output(task, output);
	struct near near = near_start(output);

	if (def == NULL || !def->secret) {
		for (size_t i = 0; task != NULL && i < task->noutputs; i++)
			if (task->outputs[i].secret)
				near_offer(&near, task->outputs[i].name);
		err_set(e, ERR_NOT_FOUND, "output.unknown",
		    "'%s' has no secret output '%s'", step->task, output);
		if (near.best != NULL)
			err_hint(e, "did you mean '%s'?", near.best);
		return false;
	}
	/* What was taken from elsewhere was made for whoever asked there. */
	if (step->tries == 0) {
		err_set(e, ERR_CONFLICT, "secret.made_elsewhere",
		    "'%s' was not made by %s: '%s' was there already", output,
		    run->key, step->task);
		return err_hint(e, "ask who made it, or ask for a new one");
	}
	if (!reveal_allowed(cx, run, def, e) ||
	    !reveal_write(cx, step, output, out, e) ||
	    !reveal_once(cx, run, step, def, e))
		return false;
	audit(cx, "secret.revealed",
	    arena_printf(cx->arena, "%s/%s", run->key, output), "allowed",
	    def->once ? "once" : "", NULL);
	return true;
}

/* It has no say in how the run ended: that stays. */
static bool
resolve_cleanup(struct cx *cx, const struct run *run, struct step *step,
    const char *outcome, const char *note, struct err *e)
{
	if (streq(outcome, "retry")) {
		err_set(e, ERR_CONFLICT, "step.cleans",
		    "step %lld of %s cleans up after step %lld: it runs again "
		    "with that one",
		    (long long)step->id, run->key, (long long)step->cleans);
		return err_hint(e, "alone it is a run of its own: slipway run "
		    "%s", step->task);
	}
	audit(cx, "step.resolved",
	    arena_printf(cx->arena, "%s/%lld", run->key,
		(long long)step->id),
	    "done", note,
	    arena_printf(cx->arena, "{\"outcome\":\"%s\"}", outcome));
	move_step(cx, step, outcome,
	    arena_printf(cx->arena, "%s: %s", actor_name(cx->actor), note));
	return true;
}

bool
run_resolve(struct cx *cx, struct run *run, struct step *step,
    const char *outcome, const char *note, struct err *e)
{
	const char *who = actor_name(cx->actor);
	bool manual = streq(step->status, "manual"), goes_on;
	struct err ignored;

	if (!manual && !streq(step->status, "unknown"))
		return err_set(e, ERR_CONFLICT, "step.not_open",
		    "step %lld of %s is %s: only an unknown or a manual one "
		    "is for a person to decide",
		    (long long)step->id, run->key,
		    machine_words(cx->arena, step->status));
	if (cleanup_is_open(cx, run, step) ||
	    (!manual && cleanup_of_blocked_is_open(cx, run))) {
		err_set(e, ERR_CONFLICT, "step.cleaning",
		    "step %lld of %s is being cleaned up after",
		    (long long)step->id, run->key);
		return err_hint(e, "slipway follow %s", run->key);
	}
	if (step->cleans != 0 && streq(step->status, "unknown"))
		return resolve_cleanup(cx, run, step, outcome, note, e);
	/* What became of an unknown one may be said when nothing more may
	 * start. */
	goes_on = ticket_lets_run(cx, run, e);
	if (!goes_on && step->cleans == 0 &&
	    (manual || streq(outcome, "retry")))
		return false;
	if (!manual && !streq(run->status, "running") &&
	    machine_find(&run_machine, run->status, "running") == NULL)
		return err_set(e, ERR_CONFLICT, "run.waits",
		    "%s is %s: decide on that first", run->key,
		    machine_words(cx->arena, run->status));
	if (!manual && !streq(run->status, "running") &&
	    !undo_lets_retry(cx, run, e))
		return false;
	audit(cx, "step.resolved",
	    arena_printf(cx->arena, "%s/%lld", run->key,
		(long long)step->id),
	    "done", note,
	    arena_printf(cx->arena, "{\"outcome\":\"%s\"}", outcome));
	if (streq(outcome, "retry")) {
		if (manual)
			return err_set(e, ERR_CONFLICT, "step.manual",
			    "a manual step is done or it is not: succeeded "
			    "or failed");
		return run_retry(cx, run, step, e);
	}
	if (!manual) {
		/* It was counted as failed, and what needs it is blocked. */
		if (!streq(run->status, "running")) {
			if (!run_reopen(cx, run,
				arena_printf(cx->arena, "resolved by %s", who),
				e))
				return false;
			/* Its approval may have lapsed since it began; not
			 * when it was withdrawn or edited. */
			if (ticket_lets_run(cx, run, &ignored))
				ticket_run_started(cx, run);
		}
		run->failed_steps--;
		run->open_steps++;
	}
	if (streq(outcome, "succeeded"))
		step_done(cx, run, step, "succeeded",
		    arena_printf(cx->arena, "%s: %s", who, note), "{}");
	else
		step_failed(cx, run, step, "failed",
		    arena_printf(cx->arena, "%s: %s", who, note));
	if (goes_on && !manual && streq(outcome, "succeeded") &&
	    !step_is_stopped(run, step))
		run_unblock(cx, run);
	run_settle(cx, run);
	return true;
}
