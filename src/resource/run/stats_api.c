/* SPDX-License-Identifier: MIT */
#include "resource/run/stats_api.h"

#include <stdlib.h>

#include "resource/access/access.h"

/* As many of the newest runs as are looked at; the index gives them in this
 * order, so that older history costs nothing. */
#define STATS_RUNS 1000

struct stats {
	int64_t runs, succeeded, steps;
	int64_t took[STATS_RUNS], waited[STATS_RUNS], each[STATS_RUNS];
	size_t ntook, nwaited, neach;
};

static int
compare_ms(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The value that `percent` of them do not exceed (nearest rank). */
static void
percentile_json(struct json_out *out, const char *name, int64_t *ms, size_t n,
    size_t percent)
{
	if (n == 0) {
		json_kv_null(out, name);
		return;
	}
	qsort(ms, n, sizeof(ms[0]), compare_ms);
	json_kv_int(out, name, ms[(n * percent + 99) / 100 - 1]);
}

static void
stats_read(struct cx *cx, const char *task, struct stats *st)
{
	struct query *q = query(cx->db, "run_ended_of_task");

	bind_text(q, "task", task);
	bind_int(q, "most", STATS_RUNS);
	while (st->runs < STATS_RUNS && query_next(q)) {
		char *status = column_text(q, "status", cx->arena);
		int64_t began = column_int(q, "started_at");

		st->runs++;
		if (began > 0)
			st->waited[st->nwaited++] =
			    steady_span(column_int(q, "created_steady"),
				column_int(q, "started_steady"));
		if (!streq(status, "succeeded"))
			continue;
		st->succeeded++;
		if (began > 0)
			st->took[st->ntook++] =
			    steady_span(column_int(q, "started_steady") +
				    column_int(q, "idle_ms"),
				column_int(q, "ended_steady"));
	}
	query_end(q);
}

/* Wherever it ran: most tasks are only ever a step of another. */
static void
stats_read_steps(struct cx *cx, const char *task, struct stats *st)
{
	struct query *q = query(cx->db, "stats_steps");

	bind_text(q, "task", task);
	bind_int(q, "limit", STATS_RUNS);
	while (st->steps < STATS_RUNS && query_next(q)) {
		st->steps++;
		if (column_int(q, "succeeded") != 0)
			st->each[st->neach++] = column_int(q, "ms");
	}
	query_end(q);
}

bool
stats_api_task(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const struct task *t = platform_task(cx->platform, call->path[0]);
	struct access_target target = { .name = call->path[0] };
	struct stats *st = ARENA_NEW(cx->arena, struct stats);

	if (t == NULL)
		return call_absent(e, "task", call->path[0], NULL);
	target.team = t->team;
	if (!access_ask(cx->platform, cx->actor, RIGHT_VIEW, &target,
		cx->arena)
		 .allowed)
		return call_absent(e, "task", call->path[0], NULL);
	stats_read(cx, t->name, st);
	stats_read_steps(cx, t->name, st);
	json_object_begin(out);
	json_kv_str(out, "task", t->name);
	json_kv_int(out, "runs", st->runs);
	json_kv_int(out, "succeeded", st->succeeded);
	if (st->runs == 0)
		json_kv_null(out, "success_percent");
	else
		json_kv_int(out, "success_percent",
		    st->succeeded * 100 / st->runs);
	percentile_json(out, "p50_ms", st->took, st->ntook, 50);
	percentile_json(out, "p95_ms", st->took, st->ntook, 95);
	json_kv_int(out, "steps", st->steps);
	json_kv_int(out, "steps_succeeded", (int64_t)st->neach);
	percentile_json(out, "step_p50_ms", st->each, st->neach, 50);
	percentile_json(out, "step_p95_ms", st->each, st->neach, 95);
	percentile_json(out, "waited_p50_ms", st->waited, st->nwaited, 50);
	percentile_json(out, "waited_p95_ms", st->waited, st->nwaited, 95);
	json_kv_int(out, "saved_ms", (int64_t)st->ntook * t->saves_ms);
	json_object_end(out);
	return true;
}
