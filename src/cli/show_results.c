/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/str.h"
#include "cli/show.h"
#include "cli/text.h"

/* "model.bin, 12 KiB" and how to get it. */
static void
results_artifacts(struct session *s, const json_t *step, const char *run)
{
	struct arena *a = s->arena;
	const json_t *list = json_object_get(step, "artifacts");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *file = json_array_get(list, i);
		const char *name = text_get(a, file, "name");

		session_say(s, "       %s, %s: slipway artifact get %s %s %s\n",
		    name, text_bytes(a, int_get(file, "size", 0)), run,
		    text_get(a, step, "step"), text_shell(a, name));
	}
}

static void
results_step(struct session *s, const json_t *step, const char *run)
{
	struct arena *a = s->arena;
	const char *status = text_get(a, step, "status");
	const char *params = text_params(a, json_object_get(step, "params"));
	const char *outputs = text_params(a, json_object_get(step, "outputs"));
	const char *reason = text_get(a, step, "reason");

	session_say(s, "  %4s %s %s%s  %s  %s%s%s%s\n",
	    text_get(a, step, "step"),
	    session_tone(s, term_status_tone(status),
		term_status_mark(&s->term, status)),
	    text_get(a, step, "task"),
	    json_is_true(json_object_get(step, "foreach")) ? ", each" : "",
	    session_tone(s, term_status_tone(status), text_status(a, status)),
	    text_ms(a, json_object_get(step, "duration_ms")),
	    *params != '\0' ? "  (" : "", params, *params != '\0' ? ")" : "");
	show_below(s, 7, reason);
	show_below(s, 7, outputs);
	results_artifacts(s, step, run);
}

static void
results_list(struct session *s, const json_t *results, const char *name)
{
	const json_t *list = json_object_get(results, name);
	const char *all = "";

	for (size_t i = 0; i < json_array_size(list); i++)
		all = arena_printf(s->arena, "%s%s%s", all,
		    i == 0 ? "" : ", ",
		    text_value(s->arena, json_array_get(list, i)));
	show_field(s, name, all);
}

void
show_results(struct session *s, const json_t *results)
{
	struct arena *a = s->arena;
	const char *run = text_get(a, results, "run");
	const char *status = text_get(a, results, "status");
	int64_t more = int_get(results, "more_steps", 0);
	json_t *step;
	size_t i;

	show_title(s, run, text_get(a, results, "task"), status);
	show_field(s, "reason", text_get(a, results, "reason"));
	show_field(s, "took",
	    text_ms(a, json_object_get(results, "duration_ms")));
	if (strcmp(status, "succeeded") != 0) {
		results_list(s, results, "done");
		results_list(s, results, "stopped");
		results_list(s, results, "never");
	}
	show_outputs(s, run, json_object_get(results, "outputs"));
	show_section(s, "Steps");
	json_array_foreach(json_object_get(results, "steps"), i, step)
	    results_step(s, step, run);
	if (more > 0)
		session_say(s, "       and %lld more\n", (long long)more);
}

/* "half in 1.2 s, 95 of 100 in 4 s" */
static const char *
stats_times(struct session *s, const json_t *stats, const char *half,
    const char *most)
{
	struct arena *a = s->arena;

	if (!json_is_integer(json_object_get(stats, half)))
		return "";
	return arena_printf(a, "half in %s, 95 of 100 in %s",
	    text_ms(a, json_object_get(stats, half)),
	    text_ms(a, json_object_get(stats, most)));
}

static const char *
stats_share(struct session *s, int64_t done, int64_t all)
{
	if (all == 0)
		return "none yet";
	return arena_printf(s->arena, "%lld of %lld succeeded (%lld %%)",
	    (long long)done, (long long)all, (long long)(done * 100 / all));
}

void
show_stats(struct session *s, const json_t *stats)
{
	struct arena *a = s->arena;
	const char *task = text_get(a, stats, "task");

	show_title(s, task, "", "");
	show_field(s, "asked for", stats_share(s,
	    int_get(stats, "succeeded", 0), int_get(stats, "runs", 0)));
	show_field(s, "took", stats_times(s, stats, "p50_ms", "p95_ms"));
	show_field(s, "waited", stats_times(s, stats, "waited_p50_ms",
	    "waited_p95_ms"));
	show_field(s, "as a step", stats_share(s,
	    int_get(stats, "steps_succeeded", 0), int_get(stats, "steps", 0)));
	show_field(s, "took", stats_times(s, stats, "step_p50_ms",
	    "step_p95_ms"));
	if (int_get(stats, "saved_ms", 0) > 0)
		show_field(s, "saved",
		    text_ms(a, json_object_get(stats, "saved_ms")));
	session_say(s, "\neach time: slipway task history %s\n",
	    text_shell(a, task));
}
