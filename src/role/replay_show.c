/* SPDX-License-Identifier: MIT */
#include "role/replay.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "cli/text.h"

#define REPLAY_LINES 200 /* steps that anybody reads */
#define REPLAY_NAME 32
#define REPLAY_NEEDS 48  /* bytes of the numbers before one */

/* What each step needs: "3, 4", by its number as text. */
static void
show_index(struct arena *a, const json_t *edges, struct map *needs)
{
	const json_t *edge;
	size_t i;

	json_array_foreach(edges, i, edge) {
		const char *to = text_get(a, edge, "to_step");
		const char *before = map_get(needs, to);

		if (before != NULL && str_ends(str_of(before), "…"))
			continue;
		map_put(needs, to, before == NULL
		    ? arena_strdup(a, text_get(a, edge, "from_step"))
		    : arena_printf(a, "%s, %s", before,
			  strlen(before) > REPLAY_NEEDS
			      ? "…"
			      : text_get(a, edge, "from_step")));
	}
}

static const char *
show_name(struct arena *a, const json_t *row)
{
	return arena_printf(a, "%s%s", text_get(a, row, "task"),
	    int_get(row, "fan", 0) != 0 ? ", each" : "");
}

static void
show_graph(struct arena *a, const json_t *steps)
{
	const json_t *rows = json_object_get(steps, "rows"), *row;
	struct map needs = { 0 };
	int width = 4;
	size_t i;

	show_index(a, json_object_get(steps, "edges"), &needs);
	json_array_foreach(rows, i, row)
		if (i < REPLAY_LINES && strlen(show_name(a, row)) > (size_t)width)
			width = (int)strlen(show_name(a, row));
	width = width > REPLAY_NAME ? REPLAY_NAME : width;
	printf("\nGraph\n");
	json_array_foreach(rows, i, row) {
		const char *id = text_get(a, row, "id");
		const char *params =
		    text_params(a, json_object_get(row, "params"));
		const char *reason = text_get(a, row, "reason");
		const char *before = map_get(&needs, id);
		bool fan = int_get(row, "fan", 0) != 0;

		if (i == REPLAY_LINES) {
			printf("  and %zu more\n", json_array_size(rows) - i);
			break;
		}
		printf("  %4s  %-*s  %s%s%s%s%s%s%s%s\n", id, width,
		    show_name(a, row), text_status(a, text_get(a, row, "status")),
		    fan || *params == '\0' ? "" : "  (",
		    fan ? "" : params, fan || *params == '\0' ? "" : ")",
		    before == NULL ? "" : "  after ",
		    before == NULL ? "" : before, *reason == '\0' ? "" : ": ",
		    reason);
	}
	map_finish(&needs);
}

static void
show_decisions(struct arena *a, const json_t *needs)
{
	const json_t *need, *vote;
	char at[CLOCK_TEXT];
	size_t i, k;

	printf("\nDecisions\n");
	if (json_array_size(needs) == 0)
		printf("  no rule asked for an approval\n");
	json_array_foreach(needs, i, need) {
		int64_t step = int_get(need, "step", 0);

		printf("  %s of %s, over %s %s: %s\n",
		    text_get(a, need, "rule"), text_get(a, need, "source"),
		    step == 0 ? "the plan"
			      : arena_printf(a, "step %lld,", (long long)step),
		    text_hash(a, need, "hash"),
		    text_status(a, text_get(a, need, "status")));
		json_array_foreach(json_object_get(need, "votes"), k, vote)
			printf("      %s: %s, %s\n",
			    text_get(a, vote, "person"),
			    strcmp(text_get(a, vote, "decision"), "approve") ==
				    0
				? "approved"
				: "declined",
			    clock_text(int_get(vote, "at", 0), at));
	}
}

void
replay_show(struct arena *a, const json_t *bundle)
{
	const json_t *run = json_object_get(bundle, "run");

	printf("\n%s  %s in %s  [%s]\n  asked by %s; plan %s, definitions "
	       "%s\n", text_get(a, run, "key"), text_get(a, run, "task"),
	    text_get(a, run, "environment"),
	    text_status(a, text_get(a, run, "status")),
	    text_get(a, run, "requester"), text_hash(a, run, "plan_hash"),
	    text_hash(a, run, "closure_hash"));
	show_graph(a, json_object_get(bundle, "steps"));
	show_decisions(a, json_object_get(bundle, "needs"));
}
