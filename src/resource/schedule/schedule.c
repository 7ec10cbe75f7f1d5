/* SPDX-License-Identifier: MIT */
#include "resource/schedule/schedule.h"

#include "base/limits.h"
#include "base/plant.h"
#include "resource/access/access.h"
#include "resource/ask/ask.h"
#include "resource/audit.h"
#include "resource/pause/pause.h"
#include "store/meta.h"

struct row { /* what the database knows of a schedule */
	const char *rule;
	int64_t seen_at;
	int64_t high_at; /* the latest seen_at ever */
};

static bool
schedule_read(struct cx *cx, const char *name, struct row *ret)
{
	struct query *q = query(cx->db, "schedule_get");
	bool found;

	bind_text(q, "name", name);
	found = query_next(q);
	if (found)
		*ret = (struct row){ column_text(q, "rule", cx->arena),
			column_int(q, "seen_at"), column_int(q, "high_at") };
	query_end(q);
	return found;
}

static void
schedule_seen(struct cx *cx, const struct schedule_def *s, struct row *row)
{
	struct query *q = query(cx->db, "schedule_put");

	row->seen_at = cx->now;
	if (row->high_at < cx->now)
		row->high_at = cx->now;
	bind_text(q, "name", s->name);
	bind_text(q, "rule", s->rule);
	bind_int(q, "seen_at", row->seen_at);
	bind_int(q, "high_at", row->high_at);
	query_run(q);
}

/* What may have been missed begins here.  Nothing is from before the clock
 * went back, and nothing from before the data were restored. */
static int64_t
schedule_from(struct cx *cx, const struct row *row)
{
	int64_t from = meta_get_int(cx->db, "restored_at", 0);

	if (from < row->seen_at || from > cx->now)
		from = row->seen_at;
	return from < row->high_at && row->high_at <= cx->now ? row->high_at
							      : from;
}

/* false: this time was fired before. */
static bool
time_take(struct cx *cx, const char *schedule, int64_t backfill, int64_t at,
    const char *outcome)
{
	struct query *q = query(cx->db, "schedule_time_insert");

	bind_text(q, "schedule", schedule);
	bind_int(q, "backfill", backfill);
	bind_int(q, "at", at);
	bind_text(q, "outcome", outcome);
	return query_run_count(q) > 0 || PLANTED("schedule-fires-twice");
}

static void
time_ends(struct cx *cx, const char *schedule, int64_t backfill, int64_t at,
    const char *outcome, const struct run *run, const char *reason)
{
	struct query *q = query(cx->db, "schedule_time_outcome");
	char text[SCHEDULE_TIME_TEXT];

	bind_text(q, "schedule", schedule);
	bind_int(q, "backfill", backfill);
	bind_int(q, "at", at);
	bind_text(q, "outcome",
	    backfill != 0 && PLANTED("backfill-date-twice") ? "waiting"
							    : outcome);
	bind_int(q, "run_id", run == NULL ? 0 : run->id);
	bind_text(q, "reason", reason);
	query_run(q);
	audit(cx, arena_printf(cx->arena, "schedule.%s", outcome), schedule,
	    "done", reason,
	    arena_printf(cx->arena, "{\"at\":\"%s\",\"run\":\"%s\"}",
		schedule_time_text(at, text), run == NULL ? "" : run->key));
}

static void
params_forget(void *json)
{
	json_decref(json);
}

static bool
schedule_ask(struct cx *cx, const struct schedule_def *s, int64_t at,
    struct ask ask, struct run **ret, struct err *e)
{
	json_t *given = schedule_params(s->params, s->zone, at), *params;
	struct problems problems;
	struct asked asked;

	arena_cleanup(cx->arena, params_forget, given);
	problems_init(&problems, cx->arena);
	if (!ask_environment(cx, s->environment, s->request,
		&ask.environment, e) ||
	    !ask_params(cx, s->task, given, &problems, &params, e))
		return false;
	ask.params = params;
	if (!ask_make(cx, &ask, &asked, e))
		return false;
	*ret = asked.run;
	return true;
}

bool
schedule_make(struct cx *cx, const struct schedule_def *s, int64_t at,
    int64_t backfill, const char *requester, struct run **ret,
    struct err *e)
{
	const struct ask ask = { .task = s->task, .request = s->request,
		.requester = requester != NULL ? requester
		    : arena_printf(cx->arena, "schedule:%s", s->name),
		.schedule = s->name, .scheduled_at = at,
		.backfill = backfill };

	return schedule_ask(cx, s, at, ask, ret, e);
}

bool
schedule_plan(struct cx *cx, const struct schedule_def *s, int64_t at,
    const char *requester, struct run **ret, struct err *e)
{
	const struct ask ask = { .task = s->task, .request = s->request,
		.requester = requester, .dry = true };

	return schedule_ask(cx, s, at, ask, ret, e);
}

/* The run of a time whose row is there.  What cannot be made is written down
 * and not tried again. */
static void
time_make(struct cx *cx, const struct schedule_def *s, int64_t at,
    int64_t backfill, const char *requester)
{
	const struct actor actor = { .person = requester,
		.is_engine = requester == NULL, .via = "schedule",
		.address = "", .ceiling = ROLE_ADMIN };
	struct cx own = *cx;
	struct run *run = NULL;
	struct err e = { 0 };
	bool made;

	own.actor = &actor;
	db_savepoint(cx->db);
	made = (requester == NULL ||
		   access_check_seen(&own,
		       s->request == NULL ? RIGHT_RUN : RIGHT_REQUEST,
		       &(struct access_target){ s->task->team,
			   s->environment,
			   s->request == NULL ? s->task->name
					      : s->request->name },
		       "schedule", s->name, &e)) &&
	    schedule_make(&own, s, at, backfill, requester, &run, &e);
	if (made)
		db_release(cx->db);
	else
		db_rollback_to(cx->db);
	time_ends(&own, s->name, backfill, at, made ? "made" : "failed", run,
	    made ? "" : arena_strdup(cx->arena, e.message));
}

static int64_t
schedule_active(struct cx *cx, const char *schedule, int64_t backfill,
    const char **ret_key)
{
	struct query *q = query(cx->db, "schedule_active");
	int64_t n = 0;

	bind_text(q, "schedule", schedule);
	bind_int(q, "backfill", backfill);
	if (query_next(q)) {
		n = column_int(q, "n");
		*ret_key = column_text(q, "key", cx->arena);
	}
	query_end(q);
	return n;
}

static void
schedule_fire(struct cx *cx, const struct schedule_def *s, int64_t at)
{
	const char *key = "";

	if (!time_take(cx, s->name, 0, at, "waiting"))
		return;
	if (s->overlap == OVERLAP_QUEUE)
		return; /* schedule_pump makes it */
	if (s->overlap == OVERLAP_SKIP && !PLANTED("schedule-overlaps") &&
	    schedule_active(cx, s->name, 0, &key) > 0) {
		time_ends(cx, s->name, 0, at, "skipped", NULL,
		    arena_printf(cx->arena, "%s is not over", key));
		return;
	}
	time_make(cx, s, at, 0, NULL);
}

/* Which of the times after `from` are fired, oldest first; the newest ones
 * when there are too many. */
static size_t
schedule_due(const struct schedule_def *s, int64_t from, int64_t now,
    int64_t to[LIMIT_MISSED])
{
	size_t most = s->missed == MISSED_ALL ? LIMIT_MISSED : 1, n = 0;
	struct cron_time t;
	int64_t until = now;

	if (s->missed == MISSED_NONE && from < now - SCHEDULE_LATE_MS)
		from = now - SCHEDULE_LATE_MS;
	while (n < most && cron_latest(&s->cron, s->zone, from, until, &t)) {
		to[n++] = t.at_ms;
		until = t.at_ms - 1;
		if (until <= from)
			break;
	}
	for (size_t i = 0; i < n / 2; i++) {
		int64_t swap = to[i];

		to[i] = to[n - 1 - i];
		to[n - 1 - i] = swap;
	}
	return n;
}

bool
schedule_turn(struct cx *cx, const struct schedule_def *s, int64_t *ret_next)
{
	struct row row = { .seen_at = cx->now };
	struct cron_time next;
	int64_t due[LIMIT_MISSED], from;
	bool known = schedule_read(cx, s->name, &row);
	bool wrote = false;

	*ret_next = INT64_MAX;
	if (!known || !streq(row.rule, s->rule) || row.seen_at > cx->now) {
		/* Of another rule nothing was missed; and a clock that went
		 * back finds the rows of what was fired. */
		schedule_seen(cx, s, &row);
		wrote = true;
	}
	from = schedule_from(cx, &row);
	if (cron_next(&s->cron, s->zone, from, &next) &&
	    next.at_ms <= cx->now) {
		bool paused = s->paused ||
		    pause_find(cx, PAUSE_SCHEDULE, s->name) != NULL;
		size_t n = paused
		    ? 0
		    : schedule_due(s, from, cx->now, due);

		for (size_t i = 0; i < n; i++)
			schedule_fire(cx, s, due[i]);
		schedule_seen(cx, s, &row);
		wrote = true;
	}
	if (cron_next(&s->cron, s->zone, cx->now, &next))
		*ret_next = next.at_ms;
	return wrote;
}

/* --- times that wait ------------------------------------------------------ */

struct group { /* the waiting times of one schedule, or of a back-fill */
	const char *schedule;
	int64_t backfill;
	int64_t at_once;
	const char *requester; /* NULL: the schedule */
};

static void
group_read(struct cx *cx, struct group *g)
{
	struct query *q;

	g->at_once = 1;
	g->requester = NULL;
	if (g->backfill == 0)
		return;
	q = query(cx->db, "backfill_get");
	bind_int(q, "id", g->backfill);
	if (query_next(q)) {
		g->at_once = column_int(q, "at_once");
		g->requester = column_text(q, "requester", cx->arena);
	}
	query_end(q);
}

static bool
group_first(struct cx *cx, const struct group *g, int64_t *ret_at)
{
	struct query *q = query(cx->db, "schedule_first_waiting");
	bool found;

	bind_text(q, "schedule", g->schedule);
	bind_int(q, "backfill", g->backfill);
	found = query_next(q);
	if (found)
		*ret_at = column_int(q, "at");
	query_end(q);
	return found;
}

static void
group_drop(struct cx *cx, const struct group *g)
{
	struct query *q = query(cx->db, "schedule_time_drop");

	bind_text(q, "schedule", g->schedule);
	bind_int(q, "backfill", g->backfill);
	bind_text(q, "reason", "the schedule is no longer in the folder");
	query_run(q);
	q = query(cx->db, "backfill_end");
	bind_int(q, "id", g->backfill);
	bind_text(q, "status", "cancelled");
	bind_int(q, "now", cx->now);
	query_run(q);
}

/* What waited in a backup does not begin by itself where it is restored. */
static bool
group_drop_restored(struct cx *cx, const struct group *g)
{
	const int64_t restored = meta_get_int(cx->db, "restored_at", 0);
	bool wrote = false;
	int64_t at;

	while (g->backfill == 0 && group_first(cx, g, &at) && at < restored) {
		time_ends(cx, g->schedule, 0, at, "dropped", NULL,
		    "it waited when the data were restored");
		wrote = true;
	}
	return wrote;
}

static bool
group_pump(struct cx *cx, struct group *g)
{
	const struct schedule_def *s =
	    platform_schedule(cx->platform, g->schedule);
	const char *key;
	bool wrote = false;
	int64_t at;

	if (s == NULL) {
		group_drop(cx, g);
		return true;
	}
	if (pause_find(cx, PAUSE_SCHEDULE, s->name) != NULL ||
	    (s->paused && g->backfill == 0))
		return false;
	group_read(cx, g);
	wrote = group_drop_restored(cx, g);
	while (!db_failed(cx->db, NULL) &&
	    schedule_active(cx, s->name, g->backfill, &key) <
		g->at_once + PLANTED("backfill-one-more") &&
	    group_first(cx, g, &at)) {
		time_make(cx, s, at, g->backfill, g->requester);
		wrote = true;
	}
	if (g->backfill != 0 && !group_first(cx, g, &at)) {
		struct query *q = query(cx->db, "backfill_end");

		bind_int(q, "id", g->backfill);
		bind_text(q, "status", "done");
		bind_int(q, "now", cx->now);
		query_run(q);
	}
	return wrote;
}

bool
schedule_pump(struct cx *cx)
{
	struct group g = { .schedule = "", .backfill = -1 };
	bool wrote = false;

	for (;;) {
		struct query *q = query(cx->db, "schedule_waiting");
		bool found;

		bind_text(q, "schedule", g.schedule);
		bind_int(q, "backfill", g.backfill);
		found = query_next(q);
		if (found)
			g = (struct group){
				column_text(q, "schedule", cx->arena),
				column_int(q, "backfill"), 0, NULL
			};
		query_end(q);
		if (!found)
			return wrote;
		wrote |= group_pump(cx, &g);
	}
}
