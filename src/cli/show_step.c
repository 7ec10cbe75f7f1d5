/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/show.h"
#include "cli/text.h"
#include "spec/run.h"

#define STEP_UNKNOWN "unknown until it runs"

/* A line of the list, and how wide its columns are over all lines. */
struct step_line {
	const char *no, *status, *task, *words, *time, *params, *reason;
	const json_t *fact; /* of the plan, or NULL */
};
struct step_columns {
	int no, task, words, time;
};

/* How far the run is: it decides what a step that did nothing means. */
struct step_stage {
	bool plan;    /* nothing was begun */
	bool queued;  /* nothing is decided any more, it only waits */
	bool settled; /* what is idle now stays so */
	bool over;
	const json_t *facts; /* of the plan, when nothing was begun; or NULL */
};

static bool
step_among(const char *status, const char *const *list)
{
	for (; *list != NULL; list++) {
		if (strcmp(status, *list) == 0)
			return true;
	}
	return false;
}

static bool
step_is_ahead(const char *status)
{
	static const char *const ahead[] = { "idle", "waiting", "ready", NULL };

	return step_among(status, ahead);
}

bool
show_step_failed(const char *status)
{
	static const char *const bad[] = { "failed", "timed_out", "unknown",
		"unkillable", NULL };

	return step_among(status, bad);
}

/* A queued run looks again at what is there: its idle steps are open. */
static struct step_stage
step_stage(const json_t *detail, const json_t *plan)
{
	const json_t *run = json_object_get(detail, "run");
	const char *status = json_string_value(json_object_get(run, "status"));
	bool dry = json_is_true(json_object_get(run, "dry"));
	bool waits = streq(status, "waiting_approval");
	struct step_stage stage = {
		.over = status != NULL && machine_is_final(&run_machine, status)
	};

	stage.queued = streq(status, "queued");
	stage.plan = dry || waits || stage.queued;
	stage.settled = stage.over ||
			((dry || waits) &&
			    !json_is_true(json_object_get(detail, "planning")));
	stage.facts = stage.plan ? json_object_get(plan, "steps") : NULL;
	return stage;
}

/* What the plan has on a step, or NULL. */
static const json_t *
step_fact(const json_t *step, const struct step_stage *stage)
{
	int64_t id = int_get(step, "id", 0);
	json_t *fact;
	size_t i;

	json_array_foreach(stage->facts, i, fact)
	{
		if (int_get(fact, "step", 0) == id)
			return fact;
	}
	return NULL;
}

/* Why its condition keeps it from running, as the plan has it; or NULL. */
static const char *
step_condition(struct session *s, const json_t *fact)
{
	return strcmp(text_get(s->arena, fact, "verdict"), "skipped") == 0
	    ? text_get(s->arena, fact, "why")
	    : NULL;
}

/* A step that did nothing yet: what is to be expected of it. */
static const char *
step_outlook(struct session *s, const json_t *step, const char *status)
{
	const char *preview = text_get(s->arena, step, "preview");

	if (strcmp(preview, "done") == 0)
		return "already done";
	if (json_is_true(json_object_get(step, "foreach")))
		return text_get(s->arena, step, "reason");
	if (strcmp(status, "idle") == 0 &&
	    json_is_string(json_object_get(step, "cleanup")))
		return strcmp(text_get(s->arena, step, "cleanup"), "always") ==
			0
		    ? "will clean up"
		    : "cleans up a failure";
	if (strcmp(status, "idle") == 0)
		return "depends on what is there";
	if (json_array_size(json_object_get(step, "manual")) > 0)
		return "a person does it";
	if (strcmp(preview, "unknown") == 0)
		return STEP_UNKNOWN;
	return "will run";
}

static const char *
step_words(struct session *s, const json_t *step, const char *status)
{
	static const struct {
		const char *status, *words;
	} known[] = {
		{ "approval", "waits for approval" },
		{ "check", "being looked at" },
		{ "checking", "being looked at" },
		{ "manual", "waits for a person" },
		{ "previewing", "what it would do" },
	};

	if (step_is_ahead(status))
		return step_outlook(s, step, status);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(status, known[i].status) == 0)
			return known[i].words;
	}
	if (strcmp(status, "skipped") == 0) {
		const char *reason = text_get(s->arena, step, "reason");

		if (*reason == '\0' || strcmp(reason, "already done") == 0)
			return "already done";
	}
	return text_status(s->arena, status);
}

/* How often its command was tried. */
static unsigned
step_tries(const json_t *step)
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
step_time(struct session *s, const json_t *step, const char *status)
{
	static const char *const none[] = { "skipped", "not_needed", "blocked",
		NULL };
	struct arena *a = s->arena;
	const json_t *started = json_object_get(step, "started_at");
	const char *usual = text_ms(a, json_object_get(step, "usual_ms"));
	unsigned tries = step_tries(step);
	const char *took;

	if (step_among(status, none))
		return "";
	if (step_is_ahead(status) || json_is_null(started) || started == NULL)
		return *usual == '\0' ? ""
				      : arena_printf(a, "usually %s", usual);
	took = text_ms(a, json_object_get(step, "duration_ms"));
	if (tries > 1)
		return arena_printf(a, "%s, %u tries", took, tries);
	return took;
}

/* Why the target of a step is not known before it runs. */
static const char *
step_unknown_reason(struct arena *a, const char *reason)
{
	struct str why = str_of(reason);

	if (!str_starts(why, STEP_UNKNOWN " (") || !str_ends(why, ")"))
		return "";
	why.p += sizeof(STEP_UNKNOWN " (") - 1;
	why.n -= sizeof(STEP_UNKNOWN " ()") - 1;
	return arena_str(a, why);
}

/* What is worth a line of its own; a failure is told below the list. */
static const char *
step_reason(struct session *s, const json_t *step, const char *status,
    const char *words, const struct step_stage *stage)
{
	const char *reason = text_get(s->arena, step, "reason");

	if (strcmp(words, STEP_UNKNOWN) == 0)
		return step_unknown_reason(s->arena, reason);
	if (strcmp(status, "not_needed") == 0 ||
	    strcmp(status, "manual") == 0 || strcmp(words, reason) == 0)
		return "";
	if (step_is_ahead(status) && ((stage->plan && !stage->queued) ||
	    strcmp(status, "ready") != 0))
		return "";
	if (stage->over && show_step_failed(status))
		return "";
	return reason;
}

static struct step_line
step_line(struct session *s, const json_t *step, const struct step_stage *stage)
{
	struct arena *a = s->arena;
	const char *status = text_get(a, step, "status");
	const char *params = text_params(a, json_object_get(step, "params"));
	const char *undoes = text_get(a, step, "undoes");
	struct step_line l;

	if (strcmp(status, "idle") == 0 && stage->settled &&
	    !json_is_integer(json_object_get(step, "cleans")))
		status = "not_needed";
	l.no = text_get(a, step, "id");
	l.status = status;
	l.task = text_get(a, step, "task");
	if (json_is_true(json_object_get(step, "foreach")))
		l.task = arena_printf(a, "%s, each", l.task);
	else if (json_is_integer(json_object_get(step, "cleans")))
		l.task = arena_printf(a, "%s, after %s", l.task,
		    text_get(a, step, "cleans"));
	l.words = step_words(s, step, status);
	l.time = step_time(s, step, status);
	l.params = *params == '\0' ? "" : arena_printf(a, "(%s)", params);
	l.reason = step_reason(s, step, status, l.words, stage);
	l.fact = step_fact(step, stage);
	if (step_is_ahead(status) && step_condition(s, l.fact) != NULL) {
		l.words = "will be skipped";
		l.reason = step_condition(s, l.fact);
		l.time = "";
	}
	if (*undoes != '\0')
		l.reason = arena_printf(a, "undoes %s%s%s", undoes,
		    *l.reason == '\0' ? "" : "; ", l.reason);
	return l;
}

static int
step_wider(int width, const char *text)
{
	int n = (int)strlen(text);

	return n > width ? n : width;
}

static struct step_columns
step_columns(const struct step_line *lines, size_t n)
{
	struct step_columns c = { .no = 2, .task = 4 };

	for (size_t i = 0; i < n; i++) {
		c.no = step_wider(c.no, lines[i].no);
		c.task = step_wider(c.task, lines[i].task);
		c.words = step_wider(c.words, lines[i].words);
		c.time = step_wider(c.time, lines[i].time);
	}
	if (c.task > 32)
		c.task = 32;
	return c;
}

/* Parameters go below when the terminal is too narrow for them. */
static void
step_show(
    struct session *s, const struct step_line *l, const struct step_columns *c)
{
	enum term_tone tone = term_status_tone(l->status);
	int indent = c->no + 7;
	int used = c->no + c->task + c->words + 10 + (c->time > 0 ? c->time : 0);
	bool beside = *l->params != '\0' &&
		      used + (int)strlen(l->params) <= show_width(s);
	bool more = *l->time != '\0' || beside;

	session_say(s, "  %*s %s %-*s  %s", c->no, l->no,
	    session_tone(s, tone, term_status_mark(&s->term, l->status)),
	    c->task, l->task,
	    session_tone(s, tone,
		arena_printf(
		    s->arena, "%-*s", more ? c->words : 0, l->words)));
	if (more)
		session_say(s, "  %-*s", beside ? c->time : 0, l->time);
	if (beside)
		session_say(s, "%s%s", c->time > 0 ? "  " : "",
		    session_tone(s, TONE_DIM, l->params));
	session_say(s, "\n");
	if (!beside)
		show_below(s, indent, l->params);
	show_below(s, indent, l->reason);
	if (*l->reason == '\0')
		show_claims(s, indent, l->fact);
}

void
show_steps(struct session *s, const json_t *detail, const json_t *plan)
{
	const json_t *steps = json_object_get(detail, "steps");
	int64_t more = int_get(detail, "more_steps", 0);
	struct step_stage stage = step_stage(detail, plan);
	size_t n = json_array_size(steps);
	struct step_line *lines = arena_array(s->arena, n + 1, sizeof(*lines));
	struct step_columns columns;
	json_t *stays;
	size_t i;

	for (i = 0; i < n; i++)
		lines[i] = step_line(s, json_array_get(steps, i), &stage);
	columns = step_columns(lines, n);
	show_section(s, stage.plan ? "Plan" : "Steps");
	for (i = 0; i < n; i++)
		step_show(s, &lines[i], &columns);
	if (more > 0)
		session_say(s, "     and %lld more\n", (long long)more);
	json_array_foreach(json_object_get(detail, "stays"), i, stays)
	    session_say(s, "     stays: %s\n", text_value(s->arena, stays));
	if (json_is_true(json_object_get(detail, "planning")))
		session_say(s, "     still being looked at: the plan may "
			       "change\n");
	if (json_is_true(json_object_get(detail, "newer")))
		session_say(s, "     the folder has a newer version of this; "
			       "the run keeps the one above\n");
}

/* --- what a person has to do --- */

static void
step_show_manual(struct session *s, const json_t *step)
{
	struct arena *a = s->arena;
	const char *params = text_params(a, json_object_get(step, "params"));
	json_t *item;
	size_t i;

	session_say(s, "\n%s step %s %s is done by a person%s%s%s:\n",
	    session_tone(
		s, TONE_BUSY, term_status_mark(&s->term, "manual")),
	    text_get(a, step, "id"), text_get(a, step, "task"),
	    *params != '\0' ? " (" : "", params, *params != '\0' ? ")" : "");
	json_array_foreach(json_object_get(step, "manual"), i, item)
	    session_say(s, "  [ ] %s\n", text_value(a, item));
	session_say(s, "  when it is done (or: failed, when it cannot be):\n");
}

static void
step_show_unknown(struct session *s)
{
	session_say(s,
	    "  it started, and how it ended is not known: it is not tried "
	    "again by itself\n"
	    "  look what it did, then say so (or: failed, or: retry):\n");
}

void
show_hand(struct session *s, const char *run, const json_t *step)
{
	const char *status = text_get(s->arena, step, "status");

	if (strcmp(status, "manual") == 0)
		step_show_manual(s, step);
	else if (strcmp(status, "unknown") == 0)
		step_show_unknown(s);
	else
		return;
	session_say(s,
	    "  slipway resolve %s --step %s --outcome succeeded --note …\n",
	    run, text_get(s->arena, step, "id"));
}
