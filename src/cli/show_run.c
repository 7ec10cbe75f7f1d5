/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/show.h"
#include "cli/text.h"
#include "spec/run.h"

/* A plan is shown before there is anything to show of its steps. */
static bool
show_is_plan(const json_t *run)
{
	const char *status = json_string_value(json_object_get(run, "status"));

	return streq(status, "waiting_approval") || streq(status, "queued") ||
	       json_is_true(json_object_get(run, "dry"));
}

/* A step that did nothing yet: what is to be expected of it. */
static const char *
show_outlook(struct session *s, const json_t *step)
{
	const char *preview = text_get(s->arena, step, "preview");

	if (strcmp(preview, "done") == 0)
		return "already done";
	if (json_array_size(json_object_get(step, "manual")) > 0)
		return "a person does it";
	if (strcmp(preview, "unknown") == 0)
		return "unknown until it runs";
	return "will run";
}

static bool
show_among(const char *status, const char *const *list)
{
	for (; *list != NULL; list++) {
		if (strcmp(status, *list) == 0)
			return true;
	}
	return false;
}

static const char *
show_step_words(struct session *s, const json_t *step, const char *status)
{
	static const char *const ahead[] = { "idle", "waiting", "ready", NULL };
	static const char *const looking[] = { "check", "checking", NULL };
	const char *reason = text_get(s->arena, step, "reason");

	if (show_among(status, ahead))
		return show_outlook(s, step);
	if (show_among(status, looking))
		return "being looked at";
	if (strcmp(status, "skipped") == 0)
		return *reason != '\0' ? reason : "already done";
	return text_status(s->arena, status);
}

/* How often its command was tried. */
static unsigned
show_tries(const json_t *step)
{
	json_t *attempt;
	unsigned n = 0;
	size_t i;

	json_array_foreach(json_object_get(step, "attempts"), i, attempt)
	{
		if (streq(json_string_value(json_object_get(attempt, "kind")),
			"run"))
			n++;
	}
	return n;
}

static const char *
show_step_time(struct session *s, const json_t *step, bool plan)
{
	struct arena *a = s->arena;
	const json_t *started = json_object_get(step, "started_at");
	const char *usual = text_ms(a, json_object_get(step, "usual_ms"));
	const char *status = text_get(a, step, "status");
	unsigned tries = show_tries(step);
	const char *took;

	if (strcmp(status, "skipped") == 0 || strcmp(status, "not_needed") == 0)
		return "";
	if (plan || json_is_null(started) || started == NULL)
		return *usual == '\0' ? ""
				      : arena_printf(a, "usually %s", usual);
	took = text_span(a, started, json_object_get(step, "ended_at"));
	if (tries > 1)
		return arena_printf(a, "%s, %u tries", took, tries);
	return took;
}

static void
show_step(
    struct session *s, const json_t *step, size_t no, int width, bool plan)
{
	struct arena *a = s->arena;
	const char *status = text_get(a, step, "status");
	const char *words = show_step_words(s, step, status);
	const char *reason = text_get(a, step, "reason");
	const char *params = text_params(a, json_object_get(step, "params"));
	enum term_tone tone = term_status_tone(status);

	if (strcmp(status, "skipped") == 0 ||
	    strcmp(status, "not_needed") == 0 || strcmp(words, reason) == 0)
		reason = "";
	session_say(s, "  %2zu %s %-*s  ", no,
	    session_tone(s, tone, term_status_mark(&s->term, status)), width,
	    text_get(a, step, "task"));
	session_say(s, "%s %s",
	    session_tone(s, tone, arena_printf(a, "%-16s", words)),
	    show_step_time(s, step, plan));
	if (*params != '\0')
		session_say(s, "  %s",
		    session_tone(s, TONE_DIM, arena_printf(a, "(%s)", params)));
	if (*reason != '\0')
		session_say(s, "  %s", reason);
	session_say(s, "\n");
}

void
show_steps(struct session *s, const json_t *detail)
{
	const json_t *run = json_object_get(detail, "run");
	const json_t *steps = json_object_get(detail, "steps");
	int64_t more = int_get(detail, "more_steps", 0);
	bool plan = show_is_plan(run);
	size_t i, width = 4;
	json_t *step;

	json_array_foreach(steps, i, step)
	{
		size_t n = strlen(text_get(s->arena, step, "task"));

		width = n > width ? n : width;
	}
	show_section(s, plan ? "Plan" : "Steps");
	json_array_foreach(steps, i, step)
	    show_step(s, step, i + 1, (int)(width > 32 ? 32 : width), plan);
	if (more > 0)
		session_say(s, "     and %lld more\n", (long long)more);
	if (json_is_true(json_object_get(detail, "planning")))
		session_say(s, "     still being looked at: the plan may "
			       "change\n");
	if (json_is_true(json_object_get(detail, "newer")))
		session_say(s, "     the folder has a newer version of this; "
			       "the run keeps the one above\n");
}

static bool
show_failed(const char *status)
{
	static const char *const bad[] = { "failed", "timed_out", "unknown",
		"unkillable", NULL };

	return show_among(status, bad);
}

/* "exit 3", "signal 9": how the last attempt of a step ended. */
static const char *
show_exit(struct session *s, const json_t *step)
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
	if (*detail != '\0')
		how = arena_printf(s->arena, "%s, %s", how, detail);
	return how;
}

static void
show_step_failure(struct session *s, const json_t *step, size_t no)
{
	struct arena *a = s->arena;
	const char *status = text_get(a, step, "status");
	const char *reason = text_get(a, step, "reason");
	const char *bar = s->term.utf8 ? "│" : "|";
	json_t *line;
	size_t i;

	session_say(s, "\n%s step %zu %s: %s%s\n",
	    session_tone(s, TONE_BAD, term_status_mark(&s->term, status)), no,
	    text_get(a, step, "task"), text_status(a, status),
	    show_exit(s, step));
	if (*reason != '\0')
		session_say(s, "  %s\n", reason);
	json_array_foreach(json_object_get(step, "tail"), i, line)
	    session_say(s, "  %s %s\n", bar, text_value(a, line));
}

void
show_failure(struct session *s, const json_t *detail)
{
	struct arena *a = s->arena;
	const char *run = text_get(a, json_object_get(detail, "run"), "key");
	const char *status =
	    text_get(a, json_object_get(detail, "run"), "status");
	unsigned shown = 0;
	json_t *step, *failed = NULL;
	size_t i;

	json_array_foreach(json_object_get(detail, "steps"), i, step)
	{
		if (!show_failed(text_get(a, step, "status")))
			continue;
		failed = step;
		if (shown++ < 3)
			show_step_failure(s, step, i + 1);
		if (strcmp(text_get(a, step, "status"), "unknown") == 0)
			show_next(s,
			    arena_printf(a,
				"slipway resolve %s --step %lld --outcome "
				"succeeded --note …",
				run, (long long)int_get(step, "id", 0)),
			    "say what became of it");
	}
	if (shown > 3)
		session_say(s, "\nand %u more steps\n", shown - 3);
	if (shown == 0 && strcmp(status, "cancelled") != 0)
		return;
	session_say(s, "\nretry from here: slipway retry %s\n", run);
	if (failed == NULL)
		return;
	session_say(s, "its whole log:   slipway logs %s --step %lld\n", run,
	    (long long)int_get(failed, "id", 0));
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
	const json_t *started = json_object_get(run, "started_at");
	const char *took =
	    text_span(a, started, json_object_get(run, "ended_at"));

	session_say(s, "%s %s %s", text_get(a, run, "key"),
	    session_tone(s, term_status_tone(status),
		term_status_mark(&s->term, status)),
	    text_status(a, status));
	if (*took != '\0')
		session_say(s, " in %s", took);
	session_say(s, "%s%s\n", *reason != '\0' ? ": " : "", reason);
}

void
show_run(struct session *s, const json_t *detail)
{
	struct arena *a = s->arena;
	const json_t *run = json_object_get(detail, "run");
	const char *key = text_get(a, run, "key");
	const char *status = text_get(a, run, "status");

	show_title(s, key, text_get(a, run, "task"), status);
	show_field(s, "reason", text_get(a, run, "reason"));
	show_field(s, "requester",
	    arena_printf(a, "%s, %s", text_get(a, run, "requester"),
		text_ago(a, json_object_get(run, "created_at"))));
	show_field(s, "watchers", text_get(a, detail, "watchers"));
	show_field(s, "environment", text_get(a, run, "environment"));
	show_params(s, "parameters", json_object_get(run, "params"));
	show_field(s, "ticket", text_get(a, detail, "ticket"));
	show_field(s, "retry of", text_get(a, detail, "retry_of"));
	show_field(s, "plan", text_hash(a, run, "plan_hash"));
	show_field(s, "cancelled by", text_get(a, run, "cancel_by"));
	show_field(s, "took",
	    text_span(a, json_object_get(run, "started_at"),
		json_object_get(run, "ended_at")));
	show_steps(s, detail);
	if (strcmp(status, "succeeded") == 0)
		show_outputs(s, key, show_run_outputs(detail));
	if (machine_is_final(&run_machine, status))
		show_failure(s, detail);
	else
		session_say(s, "\nfollow it: slipway follow %s\n", key);
}
