/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/show.h"
#include "cli/text.h"
#include "spec/run.h"
#include "spec/run_plan.h"

#define SHOW_FAILURES 3 /* in full; the rest is counted */

/* "exit 3", "signal 9": how the last attempt of a step ended; more only when
 * the reason does not tell it. */
static const char *
show_exit(struct session *s, const json_t *step, const char *reason)
{
	const json_t *attempts = json_object_get(step, "attempts");
	const json_t *last =
	    json_array_get(attempts, json_array_size(attempts) - 1);
	const char *detail = text_get(s->arena, last, "detail");
	const char *how = "";
	int64_t code = int_get(last, "code", -1);
	int64_t sig = int_get(last, "signal", 0);

	if (sig != 0)
		how = arena_printf(s->arena, ", signal %lld", (long long)sig);
	else if (code > 0)
		how = arena_printf(s->arena, ", exit %lld", (long long)code);
	if (strstr(reason, detail) == NULL)
		how = arena_printf(s->arena, "%s, %s", how, detail);
	return how;
}

/* "exit code 3" behind "exit 3" says nothing new. */
static bool
show_repeats(const char *how, const char *reason)
{
	const char *code = strstr(reason, "exit code ");

	return code == reason && strncmp(how, ", exit ", 7) == 0 &&
	       strcmp(how + 7, reason + 10) == 0;
}

/* It is no work: it cleans up after a step. */
static bool
show_cleans(const json_t *step)
{
	return json_is_integer(json_object_get(step, "cleans"));
}

static void
show_step_failure(struct session *s, const json_t *step)
{
	struct arena *a = s->arena;
	const char *status = text_get(a, step, "status");
	const char *reason = text_get(a, step, "reason");
	const char *how = show_exit(s, step, reason);
	const char *bar = s->term.utf8 ? "│" : "|";
	json_t *line;
	size_t i;

	session_say(s, "\n%s step %s %s%s%s: %s%s\n",
	    session_tone(s, TONE_BAD, term_status_mark(&s->term, status)),
	    text_get(a, step, "id"), text_get(a, step, "task"),
	    show_cleans(step) ? ", which cleans up after step " : "",
	    show_cleans(step) ? text_get(a, step, "cleans") : "",
	    text_status(a, status), how);
	if (!show_repeats(how, reason))
		show_below(s, 2, reason);
	json_array_foreach(json_object_get(step, "tail"), i, line)
	    session_say(s, "  %s %s\n", bar, text_value(a, line));
}

void
show_hands(struct session *s, const json_t *detail)
{
	const char *run =
	    text_get(s->arena, json_object_get(detail, "run"), "key");
	json_t *step;
	size_t i;

	json_array_foreach(json_object_get(detail, "steps"), i, step)
	{
		if (streq(json_string_value(json_object_get(step, "status")),
			"unknown"))
			show_step_failure(s, step);
		show_hand(s, run, step);
	}
}

/* How to go on; step: the last one that failed, or NULL. */
static void
show_go_on(struct session *s, const char *run, const json_t *step, bool retry)
{
	if (retry)
		session_say(s, "\nretry from here: slipway retry %s\n", run);
	else
		session_say(s, "\n");
	if (step != NULL)
		session_say(s, "its whole log:   slipway logs %s --step %s\n",
		    run, text_get(s->arena, step, "id"));
}

void
show_failure(struct session *s, const json_t *detail)
{
	struct arena *a = s->arena;
	const json_t *run = json_object_get(detail, "run");
	const char *key = text_get(a, run, "key");
	bool retry = strcmp(text_get(a, run, "status"), "cancelled") == 0 &&
		     json_is_string(json_object_get(run, "started_at"));
	unsigned shown = 0;
	json_t *step, *failed = NULL;
	size_t i;

	json_array_foreach(json_object_get(detail, "steps"), i, step)
	{
		const char *status = text_get(a, step, "status");

		if (!show_step_failed(status))
			continue;
		failed = step;
		retry = retry || (strcmp(status, "unknown") != 0 &&
		    !show_cleans(step));
		if (shown++ >= SHOW_FAILURES)
			continue;
		show_step_failure(s, step);
		show_hand(s, key, step);
	}
	if (shown > SHOW_FAILURES)
		session_say(s, "\nand %u more steps\n", shown - SHOW_FAILURES);
	if (retry || failed != NULL)
		show_go_on(s, key, failed, retry);
}

/* Whether show_failure will say why the run ended. */
static bool
show_tells_failure(const json_t *detail)
{
	json_t *step;
	size_t i;

	json_array_foreach(json_object_get(detail, "steps"), i, step)
	{
		const char *status =
		    json_string_value(json_object_get(step, "status"));

		if (status != NULL && show_step_failed(status) &&
		    !show_cleans(step))
			return true;
	}
	return false;
}

void
show_outputs(struct session *s, const char *run, const json_t *outputs)
{
	struct arena *a = s->arena;
	const char *key;
	json_t *value;

	if (json_object_size(outputs) == 0)
		return;
	show_section(s, "Outputs");
	json_object_foreach((json_t *)(uintptr_t)outputs, key, value)
	{
		const char *text = text_value(a, value);

		if (strcmp(text, "***") == 0)
			text = arena_printf(a,
			    "secret; read it: slipway reveal %s %s", run,
			    text_shell(a, text_word(a, key)));
		show_field(s, text_word(a, key), text);
	}
}

/*
 * The task that was asked for is the last in the order of work; it carries
 * the outputs of the run.
 */
const json_t *
show_run_outputs(const json_t *detail)
{
	const json_t *steps = json_object_get(detail, "steps");
	const json_t *root = json_object_get(detail, "run");
	const char *task = json_string_value(json_object_get(root, "task"));
	const json_t *outputs = NULL;
	json_t *step;
	size_t i;

	json_array_foreach(steps, i, step)
	{
		if (streq(
			json_string_value(json_object_get(step, "task")), task))
			outputs = json_object_get(step, "outputs");
	}
	return outputs;
}

void
show_run_end(struct session *s, const json_t *detail)
{
	struct arena *a = s->arena;
	const json_t *run = json_object_get(detail, "run");
	const char *status = text_get(a, run, "status");
	const char *reason = text_get(a, run, "reason");
	const char *took =
	    text_ms(a, json_object_get(detail, "duration_ms"));

	session_say(s, "%s %s %s", text_get(a, run, "key"),
	    session_tone(s, term_status_tone(status),
		term_status_mark(&s->term, status)),
	    text_status(a, status));
	if (*took != '\0')
		session_say(s, " %s %s",
		    machine_is_final(&run_machine, status) ? "in" : "for",
		    took);
	if (*reason != '\0' && !show_tells_failure(detail))
		session_say(s, ": %s", reason);
	session_say(s, "\n");
}

/* Who else wants it, when that is not the requester alone. */
static const char *
show_watchers(struct session *s, const json_t *detail)
{
	const char *watchers = text_get(s->arena, detail, "watchers");
	const char *requester =
	    text_get(s->arena, json_object_get(detail, "run"), "requester");

	return strcmp(watchers, requester) == 0 ? "" : watchers;
}

/* A step that was begun has an attempt that ran its command. */
static bool
show_began(const json_t *step)
{
	json_t *attempt;
	size_t i;

	json_array_foreach(json_object_get(step, "attempts"), i, attempt)
	{
		if (streq(json_string_value(json_object_get(attempt, "kind")),
			"run"))
			return true;
	}
	return false;
}

/* Its task; with its number where it is one of several. */
static const char *
show_step_name(struct session *s, const json_t *steps, const json_t *step)
{
	const char *task = text_get(s->arena, step, "task");
	json_t *other;
	size_t i;

	json_array_foreach(steps, i, other)
	{
		if (other != step && !json_is_true(json_object_get(other,
		    "foreach")) &&
		    strcmp(text_get(s->arena, other, "task"), task) == 0)
			return arena_printf(s->arena, "%s %s", task,
			    text_get(s->arena, step, "id"));
	}
	return task;
}

/* Of a run that was stopped: what is done, what was cut off, what is left. */
static void
show_undone(struct session *s, const json_t *detail)
{
	struct arena *a = s->arena;
	const char *done = "", *stopped = "", *never = "", *cleaned = "";
	const json_t *steps = json_object_get(detail, "steps");
	json_t *step;
	size_t i;

	json_array_foreach(steps, i, step)
	{
		const char *status = text_get(a, step, "status");
		const char **list = &never;

		if (strcmp(status, "not_needed") == 0 ||
		    json_is_true(json_object_get(step, "foreach")))
			continue;
		if (strcmp(status, "succeeded") == 0 ||
		    strcmp(status, "skipped") == 0)
			list = show_cleans(step) ? &cleaned : &done;
		else if (show_began(step))
			list = &stopped;
		*list = arena_printf(a, "%s%s%s", *list,
		    **list == '\0' ? "" : ", ",
		    show_step_name(s, steps, step));
	}
	show_field(s, "done", done);
	show_field(s, "cut off", stopped);
	show_field(s, "never begun", never);
	show_field(s, "cleaned up", cleaned);
	if (*done != '\0' &&
	    json_string_value(json_object_get(detail, "undo_of")) == NULL &&
	    json_string_value(json_object_get(detail, "undone_by")) == NULL)
		show_field(s, "to undo it",
		    arena_printf(a, "slipway undo %s",
			text_get(a, json_object_get(detail, "run"), "key")));
}

/* Of what was not begun: the facts of its plan; or NULL. */
static const json_t *
show_facts(struct session *s, const char *run, const char *status)
{
	json_t *plan;
	struct err ignored;

	if (strcmp(status, "waiting_approval") != 0 &&
	    strcmp(status, "queued") != 0)
		return NULL;
	return session_get(s, &op_run_plan, run, &plan, &ignored) ? plan : NULL;
}

void
show_run(struct session *s, const json_t *detail)
{
	struct arena *a = s->arena;
	const json_t *run = json_object_get(detail, "run");
	const char *key = text_get(a, run, "key");
	const char *status = text_get(a, run, "status");
	bool over = machine_is_final(&run_machine, status);

	show_title(s, key, text_get(a, run, "task"), status);
	if (!over || !show_tells_failure(detail))
		show_field(s, "reason", text_get(a, run, "reason"));
	show_field(s, "requester",
	    arena_printf(a, "%s, %s", text_get(a, run, "requester"),
		text_ago(a, json_object_get(run, "created_at"))));
	show_field(s, "watchers", show_watchers(s, detail));
	show_field(s, "environment", text_get(a, run, "environment"));
	show_params(s, "parameters", json_object_get(run, "params"));
	show_field(s, "ticket", text_get(a, detail, "ticket"));
	show_field(s, "retry of", text_get(a, detail, "retry_of"));
	show_field(s, "undoes", text_get(a, detail, "undo_of"));
	show_field(s, "undone by", text_get(a, detail, "undone_by"));
	show_field(s, "definitions", text_hash(a, run, "closure_hash"));
	show_field(s, "they were", text_hash(a, detail, "retry_of_closure"));
	show_field(s, "plan", text_hash(a, run, "plan_hash"));
	show_field(s, "cancelled by", text_get(a, run, "cancel_by"));
	show_field(s, over ? "took" : "for",
	    text_ms(a, json_object_get(detail, "duration_ms")));
	if (strcmp(status, "cancelled") == 0)
		show_undone(s, detail);
	show_steps(s, detail, show_facts(s, key, status));
	if (strcmp(status, "succeeded") == 0)
		show_outputs(s, key, show_run_outputs(detail));
	if (over) {
		show_failure(s, detail);
		return;
	}
	show_hands(s, detail);
	session_say(s, "\nfollow it: slipway follow %s\n", key);
}
