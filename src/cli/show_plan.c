/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "cli/show.h"
#include "cli/text.h"

/* "30 s (12 s to 2 min, 10 times)" */
static const char *
plan_usual(struct arena *a, const json_t *step)
{
	int64_t n = int_get(step, "samples", 0);

	if (n == 0)
		return "";
	return arena_printf(a, "  usually %s (%s to %s, of %lld)",
	    text_ms(a, json_object_get(step, "median_ms")),
	    text_ms(a, json_object_get(step, "min_ms")),
	    text_ms(a, json_object_get(step, "max_ms")), (long long)n);
}

void
show_claims(struct session *s, int indent, const json_t *step)
{
	struct arena *a = s->arena;
	const char *key = text_get(a, step, "key");
	const char *held = text_get(a, step, "key_held_by");
	json_t *require;
	size_t i;

	if (*key != '\0')
		session_say(s, "%*sone at a time for %s%s%s\n", indent, "",
		    key, *held != '\0' ? ", now " : "", held);
	json_array_foreach(json_object_get(step, "requires"), i, require)
	    session_say(s, "%*s%s: %s\n", indent, "",
		json_is_false(json_object_get(require, "met"))
		    ? "requires, not met yet"
		    : "requires",
		text_get(a, require, "words"));
}

static void
plan_step(struct session *s, const json_t *step)
{
	struct arena *a = s->arena;
	const char *why = text_get(a, step, "why");
	const char *params = text_params(a, json_object_get(step, "params"));

	session_say(s, "  %4s %-18s %-10s%s%s%s%s%s%s\n",
	    text_get(a, step, "step"),
	    arena_printf(a, "%s%s", text_get(a, step, "task"),
		json_is_true(json_object_get(step, "foreach")) ? ", each"
							       : ""),
	    text_status(a, text_get(a, step, "verdict")),
	    *params != '\0' ? "  (" : "", params, *params != '\0' ? ")" : "",
	    *why != '\0' ? "  " : "", why, plan_usual(a, step));
	show_claims(s, 7, step);
}

static void
plan_previews(struct session *s, const json_t *plan)
{
	struct arena *a = s->arena;
	bool first = true;
	json_t *step;
	size_t i;

	json_array_foreach(json_object_get(plan, "steps"), i, step)
	{
		const char *text =
		    text_lines(a, json_object_get(step, "preview"));

		if (*text == '\0')
			continue;
		if (first)
			show_section(s, "Previews");
		first = false;
		session_say(s, "  step %s, %s (%s):\n",
		    text_get(a, step, "step"), text_get(a, step, "task"),
		    text_hash(a, step, "preview_hash"));
		show_below(s, 6, text);
	}
}

/* "3.4 s along the longest way; 2 steps never ran before" */
static const char *
plan_expected(struct session *s, const json_t *plan, int64_t unknown)
{
	struct arena *a = s->arena;
	const char *steps = arena_printf(a, "%lld step%s never ran before",
	    (long long)unknown, unknown == 1 ? "" : "s");

	if (unknown > 0 && int_get(plan, "expected_ms", 0) == 0)
		return arena_printf(a, "not known: %s", steps);
	return arena_printf(a, "%s along the longest way%s%s",
	    text_ms(a, json_object_get(plan, "expected_ms")),
	    unknown > 0 ? "; " : "", unknown > 0 ? steps : "");
}

void
show_plan_facts(struct session *s, const json_t *plan)
{
	int64_t unknown = int_get(plan, "unknown_durations", 0);

	plan_previews(s, plan);
	show_section(s, "Expected");
	session_say(s, "  %s\n", plan_expected(s, plan, unknown));
}

static void
plan_approval(struct session *s, const json_t *approval)
{
	struct arena *a = s->arena;
	const char *who = text_get(a, approval, "may_decide");
	bool late = strcmp(text_get(a, approval, "asked"), "step") == 0;

	session_say(s, "  %s by %s%s\n", text_get(a, approval, "rule"),
	    text_get(a, approval, "source"),
	    late ? arena_printf(a, ", when step %s is about to begin",
		       text_get(a, approval, "step"))
		 : "");
	session_say(s, "      may decide: %s%s\n",
	    *who != '\0' ? who : "nobody",
	    json_is_true(json_object_get(approval, "requester_named"))
		? "; not the requester"
		: "");
}

void
show_later(struct session *s, const json_t *of)
{
	const json_t *later = json_object_get(of, "later");
	json_t *text;
	size_t i;

	if (json_array_size(later) > 0)
		show_section(s, "At other times");
	json_array_foreach(later, i, text)
	    session_say(s, "  %s\n", text_value(s->arena, text));
}

void
show_run_plan(struct session *s, const json_t *plan)
{
	struct arena *a = s->arena;
	json_t *item;
	size_t i;

	show_title(s, text_get(a, plan, "run"), "the plan", "");
	show_field(s, "plan", text_hash(a, plan, "plan_hash"));
	show_field(s, "cost", text_get(a, plan, "cost"));
	show_section(s, "Steps");
	json_array_foreach(json_object_get(plan, "steps"), i, item)
	    plan_step(s, item);
	if (int_get(plan, "more_steps", 0) > 0)
		session_say(s, "  and %s more\n",
		    text_get(a, plan, "more_steps"));
	show_plan_rest(s, plan);
}

void
show_plan_rest(struct session *s, const json_t *plan)
{
	const json_t *approvals = json_object_get(plan, "approvals");
	json_t *item;
	size_t i;

	if (json_array_size(approvals) > 0)
		show_section(s, "Approvals");
	json_array_foreach(approvals, i, item) plan_approval(s, item);
	show_later(s, plan);
	show_plan_facts(s, plan);
}

/* A value as it stands in the plan, on one line. */
static const char *
diff_value(struct session *s, const json_t *value)
{
	char *text;
	const char *kept;

	if (value == NULL || json_is_null(value))
		return "nothing";
	text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	ASSERT(text != NULL);
	kept = text_word(s->arena, text);
	free(text);
	return kept;
}

void
show_plan_diff(struct session *s, const json_t *diff)
{
	const json_t *changes = json_object_get(diff, "changes");
	const char *preview = text_get(s->arena, diff, "preview");
	json_t *change;
	size_t i;

	session_say(s, "old  %s\nnew  %s\n", text_get(s->arena, diff, "old"),
	    text_get(s->arena, diff, "new"));
	if (json_array_size(changes) == 0)
		session_say(s, "\nthey are over the same\n");
	json_array_foreach(changes, i, change)
	    session_say(s, "\n%s\n  - %s\n  + %s\n",
		text_get(s->arena, change, "at"),
		diff_value(s, json_object_get(change, "old")),
		diff_value(s, json_object_get(change, "new")));
	if (*preview != '\0')
		session_say(s, "\nwhat the preview said\n%s\n", preview);
}
