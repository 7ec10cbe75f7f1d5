/* SPDX-License-Identifier: MIT */
#include "cli/show.h"
#include "cli/text.h"
#include "spec/schedule.h"

static void
show_times(struct session *s, const json_t *times)
{
	struct arena *a = s->arena;
	json_t *time;
	size_t i;

	if (json_array_size(times) == 0)
		return;
	show_section(s, "Last");
	json_array_foreach(times, i, time)
	{
		const char *run = text_get(a, time, "run");

		session_say(s, "  %s  %s%s%s%s%s\n", text_get(a, time, "at"),
		    *run == '\0' ? text_get(a, time, "outcome") : run,
		    *run == '\0' ? "" : " ",
		    text_get(a, time, "status"),
		    *text_get(a, time, "reason") == '\0' ? "" : ": ",
		    text_get(a, time, "reason"));
	}
}

void
show_schedule(struct session *s, const json_t *schedule)
{
	static const char *const fields[] = { "team", "task", "request",
		"environment", "when", "timezone", "missed", "overlap",
		"paused" };
	const json_t *params = json_object_get(schedule, "params");
	const json_t *next = json_object_get(schedule, "next");
	struct arena *a = s->arena;
	json_t *time;
	size_t i;

	show_title(s, text_get(a, schedule, "name"),
	    text_get(a, schedule, "doc"), "");
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		show_field(s, fields[i], text_get(a, schedule, fields[i]));
	show_field(s, "defined in", text_get(a, schedule, "where"));
	if (json_object_size(params) > 0) {
		show_section(s, "Parameters");
		show_tree(s, params, 2);
	}
	show_section(s, "Next");
	json_array_foreach(next, i, time)
	    session_say(s, "  %s\n", text_get(a, time, "text"));
	show_times(s, json_object_get(schedule, "times"));
}
