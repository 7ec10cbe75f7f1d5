/* SPDX-License-Identifier: MIT */
#include "resource/approval/rule_window.h"

#include "base/cron.h"
#include "base/window.h"
#include "sys/zone_file.h"

/* NULL: the machine does not know it. */
static const struct zone *
rule_zone(struct cx *cx, const struct rule_def *rule)
{
	const struct zone *zone;
	struct err e;

	if (rule->timezone == NULL)
		return cx->platform->zone;
	return zone_file_load(cx->arena, ZONE_FILE_FOLDER, rule->timezone,
		   &zone, &e)
	    ? zone
	    : NULL;
}

static size_t
rule_windows(const struct rule_def *rule)
{
	return json_is_array(rule->window) ? json_array_size(rule->window)
					   : rule->window != NULL;
}

static const char *
rule_window_at(const struct rule_def *rule, size_t i)
{
	return json_string_value(json_is_array(rule->window)
		? json_array_get(rule->window, i)
		: rule->window);
}

bool
rule_window_holds(struct cx *cx, const struct rule_def *rule)
{
	const size_t n = rule_windows(rule);
	const struct zone *zone = n == 0 ? NULL : rule_zone(cx, rule);
	struct window window;
	struct err e;

	if (n == 0 || zone == NULL)
		return n == 0 || !rule->none;
	for (size_t i = 0; i < n; i++)
		if (window_parse(str_of(rule_window_at(rule, i)), &window,
			&e) &&
		    window_holds(&window, zone, cx->now))
			return true;
	return false;
}

const char *
rule_window_text(struct cx *cx, const struct rule_def *rule)
{
	const char *text = "";

	for (size_t i = 0; i < rule_windows(rule); i++)
		text = arena_printf(cx->arena, "%s%s%s", text,
		    i == 0 ? "" : " or ", rule_window_at(rule, i));
	return arena_printf(cx->arena, "%s (%s)", text,
	    rule->timezone != NULL ? rule->timezone
				   : cx->platform->timezone);
}

const char *
rule_window_when(struct cx *cx, const struct rule_def *rule)
{
	const struct zone *zone = rule_zone(cx, rule);
	struct cron_time next = { .at_ms = INT64_MAX, .merged = 1 };
	struct window window;
	char text[CRON_TEXT];
	struct err e;

	for (size_t i = 0; zone != NULL && i < rule_windows(rule); i++) {
		int64_t at;

		if (!window_parse(str_of(rule_window_at(rule, i)), &window,
			&e))
			continue;
		at = window_next(&window, zone, cx->now);
		if (at < next.at_ms)
			next.at_ms = at;
	}
	if (next.at_ms == INT64_MAX)
		return rule_window_text(cx, rule);
	next.nominal_ms = zone_utc_to_local(zone, next.at_ms);
	return arena_printf(cx->arena, "%s, next from %s",
	    rule_window_text(cx, rule), cron_time_text(&next, zone, text));
}
