/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/show.h"
#include "cli/table.h"
#include "cli/text.h"
#include "spec/work.h"

static void
board_item(struct session *s, const json_t *item)
{
	struct arena *a = s->arena;
	const char *who = text_get(a, item, "assignee");

	session_say(s, "  %-10s %-13s %s%s%s%s\n", text_get(a, item, "key"),
	    text_get(a, item, "priority"), text_get(a, item, "title"),
	    *who != '\0' ? "  (" : "", who, *who != '\0' ? ")" : "");
}

void
show_board(struct session *s, const json_t *board)
{
	const json_t *lane, *item;
	size_t i, k;

	json_array_foreach(json_object_get(board, "lanes"), i, lane)
	{
		const json_t *items = json_object_get(lane, "items");
		const int64_t count = int_get(lane, "count", 0);
		const int64_t more = count - (int64_t)json_array_size(items);

		session_say(s, "%s%s  %lld\n", i > 0 ? "\n" : "",
		    session_tone(s, TONE_STRONG,
			text_status(s->arena,
			    text_get(s->arena, lane, "status"))),
		    (long long)count);
		json_array_foreach(items, k, item) board_item(s, item);
		if (more > 0)
			session_say(s, "  … and %lld more\n",
			    (long long)more);
	}
}

void
show_backlog(struct session *s, const struct op *op, const json_t *items)
{
	bool any = false;

	for (size_t i = 0; work_sections[i] != NULL; i++) {
		json_t *part = session_keep(s, json_array()), *item;
		size_t k;

		json_array_foreach(items, k, item)
		{
			if (strcmp(text_get(s->arena, item, "section"),
				work_sections[i]) == 0)
				json_array_append(part, item);
		}
		if (json_array_size(part) == 0)
			continue;
		session_say(s, "%s%s\n", any ? "\n" : "",
		    session_tone(s, TONE_STRONG, work_sections[i]));
		table_print(s, op, part, s->term.out_tty ? s->term.width : 0);
		any = true;
	}
}
