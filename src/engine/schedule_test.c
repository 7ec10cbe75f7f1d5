/* SPDX-License-Identifier: MIT */
/* Schedules, pauses, limits and priorities under a virtual clock. */
#include "engine/engine_testing.h"
#include "base/limits.h"
#include "resource/pause/pause.h"
#include "resource/schedule/schedule.h"
#include "store/meta.h"

#define HEAD                                                                   \
	"slipway: 1\n"                                                         \
	"team: platform\n"                                                     \
	"limits: {db: 2, other: 1}\n"                                          \
	"projects: {OPS: {team: platform}}\n"                                  \
	"---\n"                                                                \
	"people: {tina: {name: T}, ernie: {name: E}}\n"                        \
	"teams: {platform: {members: [tina]}}\n"                               \
	"grants: [{to: tina, role: admin}, {to: ernie, role: member}]\n"       \
	"---\n"                                                                \
	"task: dump\n"                                                         \
	"params: {day: {}}\n"                                                  \
	"argv: [/bin/dump, $params.day]\n"                                     \
	"---\n"

static const char hourly[] = HEAD
    "schedule: hourly\n"
    "task: dump\n"
    "params: {day: $schedule.date}\n"
    "cron: 0 * * * *\n";
static const char every_one[] = HEAD
    "schedule: hourly\n"
    "task: dump\n"
    "params: {day: $schedule.time}\n"
    "missed: all\n"
    "cron: 0 * * * *\n";
static const char not_late[] = HEAD
    "schedule: hourly\n"
    "task: dump\n"
    "missed: none\n"
    "cron: 0 * * * *\n";

#define HOUR CIVIL_HOUR_MS

/* 2026-03-01 10:30 UTC */
static int64_t start_ms;

static void
at(int64_t ms)
{
	start_ms = civil_ms(2026, 3, 1, 10, 30);
	clock_set(start_ms + ms, 1000000 + ms);
}

struct dump {
	bool hold;
	int64_t held;
	unsigned ran;
	char day[64], scheduled[64], first[64];
};

static bool
dump_run(void *self, const struct work *w, struct work_event *ret)
{
	struct dump *d = self;

	(void)ret;
	d->ran++;
	d->held = w->attempt;
	snprintf(d->day, sizeof(d->day), "%s",
	    w->argv[1] == NULL ? "" : w->argv[1]);
	if (d->first[0] == '\0')
		snprintf(d->first, sizeof(d->first), "%s", d->day);
	for (size_t i = 0; w->env[i] != NULL; i++)
		if (strncmp(w->env[i], "SLIPWAY_SCHEDULED_AT=", 21) == 0)
			snprintf(d->scheduled, sizeof(d->scheduled), "%s",
			    w->env[i] + 21);
	return !d->hold;
}

static int64_t
count(struct rig *r, const char *table, const char *where)
{
	sqlite3 *raw = folder_raw(&r->folder);
	sqlite3_stmt *stmt;
	char sql[256];
	int64_t n;

	snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM %s WHERE %s", table,
	    where);
	assert_int_equal(sqlite3_prepare_v2(raw, sql, -1, &stmt, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	n = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(raw);
	return n;
}

static void
fires_each_time_once(void **state)
{
	struct dump d = { .hold = false };
	struct rig r;

	(void)state;
	at(0);
	rig_make(&r, hourly, dump_run, &d);
	rig_settle(&r);
	assert_int_equal(d.ran, 0);
	at(HOUR / 2);
	rig_settle(&r);
	assert_int_equal(d.ran, 1);
	assert_string_equal(d.day, "2026-03-01");
	assert_string_equal(d.scheduled, "2026-03-01T11:00:00Z");
	assert_int_equal(count(&r, "run",
			     "requester = 'schedule:hourly' AND via = "
			     "'schedule' AND status = 'succeeded'"),
	    1);
	rig_settle(&r);
	rig_restart(&r);
	rig_settle(&r);
	assert_int_equal(d.ran, 1);

	/* Back an hour, and over the same time again. */
	at(-HOUR / 4);
	rig_settle(&r);
	at(HOUR / 2 + 1000);
	rig_settle(&r);
	assert_int_equal(d.ran, 1);
	assert_int_equal(count(&r, "audit", "action = 'clock.back'"), 1);
	at(HOUR + HOUR / 2);
	rig_settle(&r);
	assert_int_equal(d.ran, 2);

	/* Ten years on: the latest one, and no more; and back. */
	at(87600 * HOUR + HOUR / 2);
	rig_settle(&r);
	assert_int_equal(d.ran, 3);
	at(2 * HOUR + HOUR / 2);
	rig_settle(&r);
	assert_int_equal(d.ran, 3);
	at(3 * HOUR + HOUR / 2);
	rig_settle(&r);
	assert_int_equal(d.ran, 4);
	rig_end(&r);
}

static void
makes_up_for_what_was_missed(void **state)
{
	static const struct {
		const char *folder;
		unsigned ran;
		const char *first;
	} rows[] = {
		{ hourly, 1, "2026-03-01" },
		{ every_one, 5, "2026-03-01T11:00:00Z" },
		{ not_late, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct dump d = { .hold = false };
		struct rig r;

		at(0);
		rig_make(&r, rows[i].folder, dump_run, &d);
		rig_settle(&r);
		at(5 * HOUR);
		rig_restart(&r);
		rig_settle(&r);
		assert_int_equal(d.ran, rows[i].ran);
		assert_string_equal(d.first, rows[i].first);
		at(500 * HOUR);
		rig_settle(&r);
		assert_true(d.ran <= rows[i].ran + LIMIT_MISSED);
		rig_end(&r);
	}
}

/* What came up to the backup's end is not made up for, and what waited is not
 * made; a clock without a battery fires nothing. */
static void
a_restore_and_a_dead_clock_fire_nothing(void **state)
{
	struct dump d = { .hold = true };
	struct cx *cx;
	struct rig r;

	(void)state;
	at(0);
	rig_make(&r, every_one, dump_run, &d);
	rig_settle(&r);
	at(2 * HOUR);
	rig_settle(&r);
	assert_int_equal(d.ran, 1);
	at(5 * HOUR);
	cx = rig_begin(&r, "tina");
	meta_set_int(cx->db, "restored_at", cx->now);
	rig_commit(&r);
	rig_restart(&r);
	fake_end(r.fake, d.held, WORK_EXITED, 0);
	rig_settle(&r);
	assert_int_equal(d.ran, 1);
	assert_int_equal(count(&r, "schedule_time", "outcome = 'dropped'"), 1);
	at(-56 * 365 * 24 * HOUR);
	rig_restart(&r);
	rig_settle(&r);
	at(6 * HOUR);
	rig_settle(&r);
	assert_int_equal(d.ran, 2);
	fake_end(r.fake, d.held, WORK_EXITED, 0);
	rig_settle(&r);
	assert_int_equal(d.ran, 2);
	rig_end(&r);
}

static void
one_that_runs_makes_the_next_wait_or_skip(void **state)
{
	struct dump d = { .hold = true };
	struct rig r;

	(void)state;
	at(0);
	rig_make(&r, hourly, dump_run, &d);
	rig_settle(&r);
	at(HOUR / 2);
	rig_settle(&r);
	at(HOUR + HOUR / 2);
	rig_settle(&r);
	assert_int_equal(d.ran, 1);
	assert_int_equal(count(&r, "schedule_time",
			     "outcome = 'skipped' AND reason = "
			     "'R-1 is not over'"),
	    1);
	fake_end(r.fake, d.held, WORK_EXITED, 0);
	rig_settle(&r);
	rig_end(&r);

	d = (struct dump){ .hold = true };
	at(0);
	rig_make(&r, every_one, dump_run, &d);
	rig_settle(&r);
	at(2 * HOUR);
	rig_settle(&r);
	assert_int_equal(d.ran, 1);
	assert_int_equal(count(&r, "schedule_time", "outcome = 'waiting'"), 1);
	fake_end(r.fake, d.held, WORK_EXITED, 0);
	rig_restart(&r);
	rig_settle(&r);
	assert_int_equal(d.ran, 2);
	assert_int_equal(count(&r, "schedule_time", "outcome = 'waiting'"), 0);
	fake_end(r.fake, d.held, WORK_EXITED, 0);
	rig_settle(&r);
	rig_end(&r);
}

static void
stop(struct rig *r, const char *kind, const char *name, bool on)
{
	struct cx *cx = rig_begin(r, "tina");
	struct err e = { 0 };

	if (on)
		assert_ok(pause_set(cx, kind, name, "disk full", &e), &e);
	else
		assert_ok(pause_end(cx, kind, name, &e), &e);
	rig_commit(r);
}

static void
a_pause_passes_over_and_survives(void **state)
{
	struct dump d = { .hold = false };
	struct asked asked;
	struct err e = { 0 };
	struct cx *cx;
	struct rig r;

	(void)state;
	at(0);
	rig_make(&r, hourly, dump_run, &d);
	rig_settle(&r);
	stop(&r, PAUSE_SCHEDULE, "hourly", true);
	at(2 * HOUR);
	rig_restart(&r);
	rig_settle(&r);
	assert_int_equal(d.ran, 0);
	stop(&r, PAUSE_SCHEDULE, "hourly", false);
	rig_settle(&r);
	assert_int_equal(d.ran, 0);
	at(3 * HOUR);
	rig_settle(&r);
	assert_int_equal(d.ran, 1);

	stop(&r, PAUSE_TASK, "dump", true);
	assert_ok(rig_ask(&r, "tina", "dump", NULL, NULL,
		      "{\"day\":\"x\"}", &asked, &e),
	    &e);
	rig_settle(&r);
	assert_string_equal(rig_step(&r, asked.run, "dump")->reason,
	    "task dump is paused by tina: disk full");
	rig_restart(&r);
	rig_settle(&r);
	assert_int_equal(d.ran, 1);
	stop(&r, PAUSE_TASK, "dump", false);
	stop(&r, PAUSE_ALL, "", true);
	rig_settle(&r);
	assert_int_equal(d.ran, 1);
	stop(&r, PAUSE_ALL, "", false);
	rig_settle(&r);
	assert_int_equal(d.ran, 2);

	cx = rig_begin(&r, "ernie");
	assert_false(pause_set(cx, PAUSE_ALL, "", "", &e));
	assert_string_equal(e.code, "access.denied");
	assert_false(pause_set(cx, PAUSE_TASK, "dump", "", &e));
	rig_commit(&r);
	rig_end(&r);
}

static const char limited[] = HEAD
    "task: one\n"
    "params: {n: {type: integer}}\n"
    "uses: {db: 1}\n"
    "argv: [/bin/one]\n"
    "---\n"
    "task: both\n"
    "uses: {db: 2}\n"
    "argv: [/bin/both]\n"
    "---\n"
    "task: other\n"
    "params: {n: {type: integer}}\n"
    "uses: {other: 1}\n"
    "argv: [/bin/other]\n"
    "---\n"
    "request: hurry\n"
    "task: one\n"
    "priority: interruption\n"
    "---\n"
    "request: slow\n"
    "task: one\n"
    "priority: operational\n";

struct board {
	char order[4096];
	int64_t attempts[600];
	size_t n;
};

static bool
board_run(void *self, const struct work *w, struct work_event *ret)
{
	struct board *b = self;
	size_t used = strlen(b->order);

	(void)ret;
	snprintf(b->order + used, sizeof(b->order) - used, "%s ",
	    w->argv[0] + 5);
	b->attempts[b->n++] = w->attempt;
	return false;
}

static struct run *
ask(struct rig *r, const char *task, const char *request, int n)
{
	struct asked asked;
	struct err e = { 0 };
	char params[32] = "{}";

	if (n >= 0)
		snprintf(params, sizeof(params), "{\"n\":%d}", n);
	assert_ok(rig_ask(r, "tina", task, request, NULL, params, &asked, &e),
	    &e);
	return asked.run;
}

/* Many wait for one limit; somebody who waits for another is not late, and
 * what is large is not passed by for ever. */
static void
limits_starve_nobody(void **state)
{
	struct board b = { .n = 0 };
	struct run *large, *second;
	struct rig r;

	(void)state;
	at(0);
	rig_make(&r, limited, board_run, &b);
	ask(&r, "other", NULL, 0);
	rig_settle(&r);
	for (int i = 0; i < 3; i++)
		ask(&r, "one", NULL, i);
	rig_settle(&r);
	assert_string_equal(b.order, "other one one ");
	large = ask(&r, "both", NULL, -1);
	for (int i = 10; i < 110; i++)
		ask(&r, "one", NULL, i);
	second = ask(&r, "other", NULL, 1);
	rig_settle(&r);
	assert_string_equal(rig_step(&r, large, "both")->reason,
	    "waiting for db 2/2 held by R-2, R-3");
	fake_end(r.fake, b.attempts[0], WORK_EXITED, 0);
	rig_settle(&r);
	assert_string_equal(rig_step(&r, second, "other")->status, "running");
	for (size_t i = 1; i < 5; i++) {
		if (i != 3)
			fake_end(r.fake, b.attempts[i], WORK_EXITED, 0);
		rig_settle(&r);
	}
	/* The third of the small ones, then the large one alone. */
	assert_string_equal(b.order, "other one one other one both ");
	rig_restart(&r);
	rig_settle(&r);
	assert_string_equal(b.order, "other one one other one both ");
	fake_end(r.fake, b.attempts[5], WORK_EXITED, 0);
	rig_settle(&r);
	assert_string_equal(b.order,
	    "other one one other one both one one ");
	rig_end(&r);
}

/* A level of priority is worth ten minutes. */
static void
priorities_age(void **state)
{
	struct board b = { .n = 0 };
	struct run *low, *high, *low_later;
	struct rig r;

	(void)state;
	at(0);
	rig_make(&r, limited, board_run, &b);
	ask(&r, "one", NULL, 100);
	ask(&r, "one", NULL, 101);
	rig_settle(&r);
	low = ask(&r, NULL, "slow", 1);
	at(29 * CIVIL_MINUTE_MS);
	high = ask(&r, NULL, "hurry", 2);
	rig_settle(&r);
	fake_end(r.fake, b.attempts[0], WORK_EXITED, 0);
	rig_settle(&r);
	assert_string_equal(rig_step(&r, high, "one")->status, "running");
	assert_string_equal(rig_step(&r, low, "one")->status, "ready");
	low_later = ask(&r, NULL, "slow", 3);
	at(31 * CIVIL_MINUTE_MS);
	high = ask(&r, NULL, "hurry", 4);
	rig_settle(&r);
	fake_end(r.fake, b.attempts[1], WORK_EXITED, 0);
	rig_settle(&r);
	assert_string_equal(rig_step(&r, low, "one")->status, "running");
	assert_string_equal(rig_step(&r, high, "one")->status, "ready");
	fake_end(r.fake, b.attempts[2], WORK_EXITED, 0);
	rig_settle(&r);
	assert_string_equal(rig_step(&r, high, "one")->status, "running");
	assert_string_equal(rig_step(&r, low_later, "one")->status, "ready");
	rig_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fires_each_time_once),
		cmocka_unit_test(makes_up_for_what_was_missed),
		cmocka_unit_test(a_restore_and_a_dead_clock_fire_nothing),
		cmocka_unit_test(one_that_runs_makes_the_next_wait_or_skip),
		cmocka_unit_test(a_pause_passes_over_and_survives),
		cmocka_unit_test(limits_starve_nobody),
		cmocka_unit_test(priorities_age),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
