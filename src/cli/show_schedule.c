/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/show.h"
#include "cli/text.h"
#include "spec/pause.h"
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

/* "limit db", "everything" */
static const char *
pause_what(struct arena *a, const json_t *pause)
{
	const char *kind = text_get(a, pause, "kind");

	if (strcmp(kind, "all") == 0)
		return "everything";
	return arena_printf(a, "%s %s", kind, text_get(a, pause, "name"));
}

void
show_paused(struct session *s, const json_t *pause)
{
	struct arena *a = s->arena;
	const char *kind = text_get(a, pause, "kind");
	const char *name = text_get(a, pause, "name");

	session_say(s, "%s is paused: %s\n  what runs goes on, nothing of it "
	    "starts\n", pause_what(a, pause), text_get(a, pause, "reason"));
	session_say(s, "  go on: slipway resume %s%s%s\n", kind,
	    *name == '\0' ? "" : " ", text_shell(a, name));
}

void
show_resumed(struct session *s, const json_t *pause)
{
	struct arena *a = s->arena;

	session_say(s, "%s goes on; paused by %s %s: %s\n",
	    pause_what(a, pause), text_get(a, pause, "person"),
	    text_ago(a, json_object_get(pause, "at")),
	    text_get(a, pause, "reason"));
}

void
show_backfilled(struct session *s, const json_t *made)
{
	struct arena *a = s->arena;
	const char *id = text_get(a, made, "id");
	int64_t runs = int_get(made, "runs", 0), done = int_get(made, "done", 0);
	json_t *time;
	size_t i;

	if (*id == '\0')
		session_say(s, "would make %lld run%s", (long long)runs,
		    runs == 1 ? "" : "s");
	else
		session_say(s, "back-fill %s makes %lld run%s", id,
		    (long long)runs, runs == 1 ? "" : "s");
	if (done > 0)
		session_say(s, "; %lld time%s left out: done already",
		    (long long)done, done == 1 ? "" : "s");
	session_say(s, "\n");
	json_array_foreach(json_object_get(made, "times"), i, time)
	    session_say(s, "  %s\n", text_value(a, time));
	if (*id == '\0')
		session_say(s, "nothing was started: these are the times\n");
	else
		session_say(s, "see how it goes: slipway backfill list\n"
		    "end it:          slipway backfill cancel %s\n", id);
}
