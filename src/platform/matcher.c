/* SPDX-License-Identifier: MIT */
#include "platform/task.h"

#include <string.h>

#include "base/str.h"
#include "spec/pattern.h"
#include "spec/validate.h"
#include "sys/jq.h"

/* A value as a sentence shows it. */
static const char *
matcher_shown(struct arena *a, const json_t *v)
{
	if (json_is_string(v))
		return arena_strdup(a, json_string_value(v));
	return json_canonical(a, v);
}

static bool
matcher_equal(const json_t *a, const json_t *b)
{
	if (json_is_number(a) && json_is_number(b) &&
	    !(json_is_integer(a) && json_is_integer(b))) {
		double x = json_number_value(a), y = json_number_value(b);

		return !(x < y) && !(x > y);
	}
	return json_equal(a, b);
}

/* value is wanted, or in the list that is wanted; a list value is when one of
 * its elements is. */
static bool
matcher_one_of(const json_t *wanted, const json_t *value)
{
	size_t n = json_array_size(wanted);

	if (json_is_array(value)) {
		for (size_t i = 0; i < json_array_size(value); i++) {
			if (matcher_one_of(wanted, json_array_get(value, i)))
				return true;
		}
		return false;
	}
	if (!json_is_array(wanted))
		return matcher_equal(wanted, value);
	for (size_t i = 0; i < n; i++) {
		if (matcher_equal(json_array_get(wanted, i), value))
			return true;
	}
	return false;
}

static const char *
matcher_list(struct arena *a, const json_t *wanted)
{
	const char *text = "";

	if (!json_is_array(wanted))
		return matcher_shown(a, wanted);
	for (size_t i = 0; i < json_array_size(wanted); i++)
		text = arena_printf(a, "%s%s%s", text, i == 0 ? "" : " or ",
		    matcher_shown(a, json_array_get(wanted, i)));
	return text;
}

/* -1, 0 or 1; both are numbers. */
static int
matcher_compare(const json_t *a, const json_t *b)
{
	double x, y;

	if (json_is_integer(a) && json_is_integer(b)) {
		json_int_t i = json_integer_value(a), j = json_integer_value(b);

		return (i > j) - (i < j);
	}
	x = json_number_value(a);
	y = json_number_value(b);
	return (x > y) - (x < y);
}

struct matcher {
	struct arena *a;
	const char *name;
	const json_t *value; /* NULL or null: absent */
	const char *why;     /* filled by the check */
};

static bool
matcher_say(struct matcher *m, bool holds, const char *text)
{
	m->why = arena_printf(m->a, "%s is %s", m->name, text);
	return holds;
}

static bool
matcher_absent(struct matcher *m)
{
	return matcher_say(m, false, "not given");
}

static bool
matcher_bound(struct matcher *m, const json_t *bound, int sign)
{
	static const char *const words[] = { "less than", "at least",
		"more than", "at most" };
	bool holds;

	if (!json_is_number(m->value))
		return matcher_absent(m);
	holds = matcher_compare(m->value, bound) * sign >= 0;
	return matcher_say(m, holds, arena_printf(m->a, "%s %s",
	    words[(sign < 0 ? 2 : 0) + holds], matcher_shown(m->a, bound)));
}

static bool
matcher_pattern(struct matcher *m, const char *pattern)
{
	struct pattern_cache cache = { .used = 0 };
	bool holds;

	if (!json_is_string(m->value))
		return matcher_absent(m);
	holds = pattern_match(&cache, pattern, json_string_value(m->value));
	pattern_cache_finish(&cache);
	m->why = arena_printf(m->a, "%s %s %s", m->name,
	    holds ? "matches" : "does not match", pattern);
	return holds;
}

static bool
matcher_not(struct matcher *m, const json_t *unwanted)
{
	bool is = m->value != NULL && !json_is_null(m->value) &&
	    matcher_one_of(unwanted, m->value);

	return matcher_say(m, !is, arena_printf(m->a, "%s%s", is ? "" : "not ",
	    is ? matcher_shown(m->a, m->value) : matcher_list(m->a,
	    unwanted)));
}

/* One entry of when:. */
static bool
matcher_holds(struct matcher *m, const json_t *wanted)
{
	const json_t *part;
	const char *all = "";

	if (!json_is_object(wanted)) {
		if (m->value == NULL || json_is_null(m->value))
			return matcher_absent(m);
		if (matcher_one_of(wanted, m->value))
			return matcher_say(m, true, matcher_list(m->a, wanted));
		return matcher_say(m, false, arena_printf(m->a, "%s, not %s",
		    matcher_shown(m->a, m->value), matcher_list(m->a,
		    wanted)));
	}
	for (unsigned i = 0; i < 4; i++) {
		static const char *const keys[] = { "min", "max", "matches",
			"not" };
		bool holds = true;

		part = json_object_get(wanted, keys[i]);
		if (part == NULL)
			continue;
		if (i < 2)
			holds = matcher_bound(m, part, i == 0 ? 1 : -1);
		else if (i == 2)
			holds = matcher_pattern(m, json_string_value(part));
		else
			holds = matcher_not(m, part);
		if (!holds)
			return false;
		all = arena_printf(m->a, "%s%s%s", all,
		    all[0] == '\0' ? "" : " and ", m->why);
	}
	m->why = all;
	return true;
}

/* The escape hatch: a program over all there is. */
static enum match
matcher_program(struct matcher *m, const struct matched_on *on,
    const json_t *program)
{
	const char *text = json_string_value(program);
	json_t *data;
	struct err e;
	bool holds = false, ok = false;

	data = json_pack("{s:s?, s:O?, s:O?}", "env", on->env, "params",
	    on->params, "needs", on->needs);
	if (on->jq == NULL || text == NULL || data == NULL)
		err_set(&e, ERR_UNAVAILABLE, "jq.failed",
		    "jq: nothing runs it here");
	else
		ok = jq_ask(on->jq, text, json_canonical(m->a, data), &holds,
		    &e);
	json_decref(data);
	m->why = ok
	    ? arena_printf(m->a, "jq '%s' is %s", text, holds ? "true" : "false")
	    : arena_strdup(m->a, e.message);
	return !ok ? MATCH_FAILED : holds ? MATCH_YES : MATCH_NO;
}

static const json_t *
matcher_value(const struct matched_on *on, const char *name,
    const json_t *environment)
{
	return streq(name, "env") ? environment
				  : json_object_get(on->params, name);
}

enum match
matchers_try(const json_t *when, const struct matched_on *on, struct arena *a,
    const char **ret_why)
{
	const char *all = "", *name;
	json_t *walked = (json_t *)(uintptr_t)when;
	json_t *environment = on->env == NULL ? NULL : json_string(on->env);
	json_t *wanted;
	enum match match = MATCH_YES;

	json_object_foreach (walked, name, wanted) {
		struct matcher m = { .a = a, .name = name };

		m.value = matcher_value(on, name, environment);
		if (streq(name, "jq"))
			match = matcher_program(&m, on, wanted);
		else
			match = matcher_holds(&m, wanted) ? MATCH_YES
							  : MATCH_NO;
		all = match == MATCH_YES
		    ? arena_printf(a, "%s%s%s", all,
			  all[0] == '\0' ? "" : ", ", m.why)
		    : m.why;
		if (match != MATCH_YES)
			break;
	}
	json_decref(environment);
	if (ret_why != NULL)
		*ret_why = all[0] == '\0' ? "always" : all;
	return match;
}

bool
matchers_want_needs(const json_t *when)
{
	json_t *walked = (json_t *)(uintptr_t)when, *wanted;
	const char *name;

	json_object_foreach (walked, name, wanted)
		if (str_starts(str_of(name), "needs.") ||
		    (streq(name, "jq") && json_is_string(wanted) &&
			strstr(json_string_value(wanted), "needs") != NULL))
			return true;
	return false;
}
