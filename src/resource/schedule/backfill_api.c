/* SPDX-License-Identifier: MIT */
/* Back-fills: the times of a stretch in the past, each as a row that waits;
 * schedule_pump makes their runs. */
#include <stdlib.h>

#include "base/limits.h"
#include "base/plant.h"
#include "resource/access/access.h"
#include "resource/audit.h"
#include "resource/run/run.h"
#include "resource/schedule/schedule_api.h"
#include "spec/schedule.h"
#include "store/record.h"

/* A day is the whole of it, as the last one too. */
static bool
backfill_instant(const struct schedule_def *s, const char *text, bool last,
    struct problems *problems, const char *pointer, int64_t *ret)
{
	int64_t local;
	bool day;

	if (!schedule_parse_local(text, &local, &day)) {
		problem_add(problems, pointer, "field.format",
		    "a date, or a date and time: 2026-01-31, 2026-01-31T06:30",
		    "that is no date");
		return false;
	}
	if (day && last)
		*ret = zone_local_to_utc(s->zone, local + CIVIL_DAY_MS).utc_ms -
		    1;
	else
		*ret = zone_local_to_utc(s->zone, local).utc_ms;
	return true;
}

static bool
backfill_is_done(struct cx *cx, const struct schedule_def *s, int64_t at)
{
	struct query *q = query(cx->db, "schedule_done_at");
	bool done;

	bind_text(q, "schedule", s->name);
	bind_int(q, "at", at);
	done = query_next(q);
	query_end(q);
	return done;
}

static int64_t
backfill_write(struct cx *cx, const struct schedule_def *s, int64_t from,
    int64_t until, int64_t at_once, const struct cron_time *times, size_t n)
{
	struct query *q = query(cx->db, "backfill_insert");
	int64_t id;

	bind_text(q, "schedule", s->name);
	bind_int(q, "from_at", from);
	bind_int(q, "until_at", until);
	bind_int(q, "at_once", at_once);
	bind_text(q, "requester", cx->actor->person);
	bind_int(q, "created_at", cx->now);
	query_run(q);
	id = db_last_id(cx->db);
	for (size_t i = 0; i < n; i++) {
		q = query(cx->db, "schedule_time_insert");
		bind_text(q, "schedule", s->name);
		bind_int(q, "backfill", id);
		bind_int(q, "at", times[i].at_ms);
		bind_text(q, "outcome", "waiting");
		query_run(q);
	}
	audit(cx, "schedule.backfill", s->name, "done", NULL,
	    arena_printf(cx->arena, "{\"backfill\":%lld,\"runs\":%zu}",
		(long long)id, n));
	return id;
}

/* The times of the stretch that are to be run. */
static bool
backfill_times(struct cx *cx, const struct schedule_def *s, int64_t from,
    int64_t until, bool again, struct cron_time **ret, size_t *ret_n,
    size_t *ret_done, struct err *e)
{
	struct cron_time *all = arena_array(cx->arena, LIMIT_BACKFILL,
	    sizeof(*all));
	bool more = false;
	size_t n = cron_missed(&s->cron, s->zone, from - 1, until, all,
	    LIMIT_BACKFILL, &more);

	*ret_n = 0;
	if (more) {
		err_set(e, ERR_INVALID, "backfill.size",
		    "back-fill '%s': more than %d times", s->name,
		    LIMIT_BACKFILL);
		return err_hint(e, "take a shorter stretch");
	}
	for (size_t i = 0; i < n; i++)
		if (again || !backfill_is_done(cx, s, all[i].at_ms))
			all[(*ret_n)++] = all[i];
	*ret_done = n - *ret_n;
	*ret = all;
	if (n > 0)
		return true;
	return err_set(e, ERR_INVALID, "backfill.none",
	    "back-fill '%s': it has no time between these", s->name);
}

bool
schedule_api_backfill(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const struct schedule_def *s;
	struct cron_time *times;
	int64_t from, until, id = 0;
	size_t n, done = 0;
	bool dry = call_bool(call->body, "dry_run"), ok;
	char text[CRON_TEXT];

	if (!schedule_api_find(cx, call->path[0], &s, e) ||
	    !schedule_api_may_run(cx, s, e))
		return false;
	ok = backfill_instant(s, call_text(call->body, "from"), false,
	    call->problems, "/from", &from);
	ok = backfill_instant(s, call_text(call->body, "to"), true,
	    call->problems, "/to", &until) && ok;
	if (!ok)
		return problems_err(call->problems, e);
	if (until > cx->now && !PLANTED("backfill-to-come"))
		until = cx->now;
	if (!backfill_times(cx, s, from, until,
		call_bool(call->body, "again"), &times, &n, &done, e))
		return false;
	if (!dry && n > 0)
		id = backfill_write(cx, s, from, until,
		    call_int(call->body, "limit"), times, n);
	call->status = id == 0 ? 200 : 201;
	json_object_begin(out);
	if (id == 0)
		json_kv_null(out, "id");
	else
		json_kv_int(out, "id", id);
	json_kv_int(out, "runs", (int64_t)n);
	json_kv_int(out, "done", (int64_t)done);
	json_key(out, "times");
	json_array_begin(out);
	for (size_t i = 0; i < n; i++)
		json_str(out, cron_time_text(&times[i], s->zone, text));
	json_array_end(out);
	json_object_end(out);
	return true;
}

static void
backfill_json(struct cx *cx, struct json_out *out, const struct backfill *b)
{
	struct query *q = query(cx->db, "backfill_counts");

	bind_text(q, "schedule", b->schedule);
	bind_int(q, "backfill", b->id);
	json_object_begin(out);
	record_json(out, &backfill_schema, b);
	if (query_next(q)) {
		json_kv_int(out, "runs", column_int(q, "total"));
		json_kv_int(out, "waiting", column_int(q, "waiting"));
		json_kv_int(out, "active", column_int(q, "active"));
		json_kv_int(out, "succeeded", column_int(q, "succeeded"));
	}
	query_end(q);
	json_object_end(out);
}

/* As its schedule; that of one which is gone only to who asked. */
static bool
backfill_is_visible(struct cx *cx, const struct backfill *b)
{
	const struct schedule_def *s;
	struct err ignored;

	return streq(cx->actor->person, b->requester) ||
	    schedule_api_find(cx, b->schedule, &s, &ignored);
}

bool
backfill_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *after = call_text(call->query, "after");
	int64_t limit = call_int(call->query, "limit"), n = 0, last = 0;
	struct query *q = query(cx->db, "backfill_list");
	const char *next = NULL;

	(void)e;
	bind_int(q, "before",
	    after == NULL ? INT64_MAX : strtoll(after, NULL, 10));
	list_begin(out);
	while (query_next(q)) {
		struct backfill b;

		record_read(q, &backfill_schema, &b, cx->arena);
		if (!backfill_is_visible(cx, &b))
			continue;
		if (n == limit) {
			next = arena_printf(cx->arena, "%lld",
			    (long long)last);
			break;
		}
		backfill_json(cx, out, &b);
		last = b.id;
		n++;
	}
	query_end(q);
	list_end(out, next);
	return true;
}

static bool
backfill_find(struct cx *cx, const char *text, struct backfill *ret,
    struct err *e)
{
	struct query *q = query(cx->db, "backfill_get");
	int64_t id = 0;
	bool found;

	(void)str_to_int64(str_of(text), &id);
	bind_int(q, "id", id);
	found = query_next(q);
	if (found)
		record_read(q, &backfill_schema, ret, cx->arena);
	query_end(q);
	if (!found || !backfill_is_visible(cx, ret))
		return call_absent(e, "back-fill", text, NULL);
	return true;
}

static void
backfill_cancel_runs(struct cx *cx, const struct backfill *b)
{
	int64_t ids[100];
	struct query *q = query(cx->db, "backfill_runs");
	size_t n = 0;

	bind_text(q, "schedule", b->schedule);
	bind_int(q, "backfill", b->id);
	while (n < ARRAY_SIZE(ids) && query_next(q))
		ids[n++] = column_int(q, "id");
	query_end(q);
	for (size_t i = 0; i < n; i++) {
		struct run *run = run_by_id(cx, ids[i]);

		if (run == NULL)
			return; /* the database failed */
		run_cancel(cx, run,
		    arena_printf(cx->arena, "back-fill %lld was cancelled",
			(long long)b->id));
	}
}

static bool
backfill_may_cancel(struct cx *cx, const struct backfill *b, struct err *e)
{
	const struct schedule_def *s =
	    platform_schedule(cx->platform, b->schedule);

	if (streq(cx->actor->person, b->requester))
		return access_token_check(cx, RIGHT_CANCEL, NULL, e);
	return access_check_seen(cx, RIGHT_CANCEL,
	    &(struct access_target){
		.team = s == NULL ? NULL : s->task->team,
		.environment = s == NULL ? NULL : s->environment,
		.name = s == NULL ? NULL : s->task->name },
	    "back-fill of", b->schedule, e);
}

bool
backfill_api_cancel(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct backfill b;
	struct query *q;

	if (!backfill_find(cx, call->path[0], &b, e) ||
	    !backfill_may_cancel(cx, &b, e))
		return false;
	q = query(cx->db, "schedule_time_drop");
	bind_text(q, "schedule", b.schedule);
	bind_int(q, "backfill", b.id);
	bind_text(q, "reason",
	    arena_printf(cx->arena, "cancelled by %s",
		actor_name(cx->actor)));
	query_run(q);
	q = query(cx->db, "backfill_end");
	bind_int(q, "id", b.id);
	bind_text(q, "status", "cancelled");
	bind_int(q, "now", cx->now);
	query_run(q);
	if (call_bool(call->body, "runs"))
		backfill_cancel_runs(cx, &b);
	audit(cx, "schedule.backfill_cancelled", b.schedule, "done", NULL,
	    arena_printf(cx->arena, "{\"backfill\":%lld}", (long long)b.id));
	if (!backfill_find(cx, call->path[0], &b, e))
		return false;
	backfill_json(cx, out, &b);
	return true;
}
