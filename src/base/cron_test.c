/* SPDX-License-Identifier: MIT */
#include "base/cron.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct bench {
	struct arena *a;
	struct err e;
	const struct zone *london;
};

static int
setup(void **state)
{
	static struct bench b;
	struct zone *z;

	b = (struct bench){ .a = arena_create() };
	if (!zone_parse_rule(b.a, STR("GMT0BST,M3.5.0/1,M10.5.0"), &z, &b.e))
		return 1;
	b.london = z;
	*state = &b;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	arena_destroy(b->a);
	return 0;
}

static const struct zone *
zone_of(struct bench *b, const char *rule)
{
	struct zone *z;

	if (!zone_parse_rule(b->a, str_of(rule), &z, &b->e))
		fail_msg("%s", b->e.message);
	return z;
}

static struct cron
cron_of(struct bench *b, const char *text)
{
	struct cron c;

	if (!cron_parse(str_of(text), &c, &b->e))
		fail_msg("%s (%s)", b->e.message, b->e.hint);
	return c;
}

/* The next times as people see them, a line each. */
static void
assert_runs(struct bench *b, const char *text, const struct zone *z,
    int64_t after_ms, const char *expect)
{
	struct cron c = cron_of(b, text);
	struct cron_time t[16];
	struct buf out = { 0 };
	char line[CRON_TEXT];
	size_t lines = 0, n;

	for (const char *p = expect; *p != '\0'; p++)
		lines += *p == '\n';
	n = cron_next_runs(&c, z, after_ms, t, lines);
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "%s\n", cron_time_text(&t[i], z, line));
	assert_string_equal(buf_cstr(&out), expect);
	buf_finish(&out);
}

static void
test_fields(void **state)
{
	static const struct {
		const char *text;
		enum cron_part part;
		uint64_t set;
	} rows[] = {
		{ "5 * * * *", CRON_MINUTE, 0x20 },
		{ "05,7 * * * *", CRON_MINUTE, 0xa0 },
		{ "0-4/2 * * * *", CRON_MINUTE, 0x15 },
		{ "*/20 * * * *", CRON_MINUTE, 0x10000100001 },
		{ "* */6 * * *", CRON_HOUR, 0x41041 },
		{ "* * 31 * *", CRON_DAY, 0x80000000 },
		{ "* * * jan,DEC *", CRON_MONTH, 0x1002 },
		{ "* * * mar-may *", CRON_MONTH, 0x38 },
		{ "* * * * mon-fri", CRON_WEEKDAY, 0x3e },
		{ "* * * * 5-7", CRON_WEEKDAY, 0x61 },
		{ "* * * * sat-sun", CRON_WEEKDAY, 0x41 },
		{ "* * * * 7", CRON_WEEKDAY, 0x01 },
		{ "* * * * *", CRON_WEEKDAY, 0x7f },
		{ " 0\t0  1 1 * ", CRON_MONTH, 0x02 },
		{ "@weekly", CRON_WEEKDAY, 0x01 },
		{ "@Yearly", CRON_MONTH, 0x02 },
		{ "@midnight", CRON_HOUR, 0x01 },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cron c = cron_of(b, rows[i].text);

		if (c.set[rows[i].part] != rows[i].set)
			fail_msg("'%s': %llx", rows[i].text,
			    (unsigned long long)c.set[rows[i].part]);
	}
}

#define SHAPE "write minute hour day month weekday, like '30 2 * * 1-5'"
static const struct {
	const char *text, *message, *hint;
} mistakes[] = {
	{ "61 * * * *", "column 1: 61 is no minute",
	    "a minute is a number from 0 to 59" },
	{ "* 24 * * *", "column 3: 24 is no hour",
	    "an hour is a number from 0 to 23" },
	{ "* * 0 * *", "column 5: 0 is no day",
	    "a day is a number from 1 to 31" },
	{ "* * * 13 *", "column 7: 13 is no month",
	    "a month is a number from 1 to 12" },
	{ "* * * * 1,8", "column 11: 8 is no weekday",
	    "a weekday is a number from 0 to 7" },
	{ "* * * * monday", "column 9: no weekday is called 'monday'",
	    "write the first three letters of it in English, like "
	    "sun" },
	{ "x * * * *", "column 1: no minute is called 'x'",
	    "a minute is a number from 0 to 59" },
	{ "0 22-2 * * *", "column 3: the range ends before it begins",
	    "write two ranges: 22-23,0-2" },
	{ "0 0 * * fri-mon", "column 9: the range ends before it begins",
	    "write two ranges: 5-6,0-1" },
	{ "5/10 * * * *", "column 2: a step needs a range before it",
	    "write 5-59/10" },
	{ "*/90 * * * *",
	    "column 3: a step of 90 does not fit into "
	    "0-59",
	    "longer intervals are written like: every 90m" },
	{ "*/0 * * * *",
	    "column 3: a step of 0 does not fit into "
	    "0-59",
	    "longer intervals are written like: every 90m" },
	{ "0 10-20/15 * * *", "column 9: a step of 15 does not fit into 10-20",
	    "longer intervals are written like: every 90m" },
	{ "*/ * * * *", "column 3: the number of the step is missing", "" },
	{ "1, * * * *", "column 3: a minute is missing",
	    "a minute is *, a number, a list (1,3), a range (1-3) or "
	    "a step (*/3)" },
	{ "0 0 ? * 1", "column 5: '?' cannot stand in a schedule",
	    "write * instead of ?" },
	{ "0 0 L * *", "column 5: no day is called 'L'",
	    "a day is a number from 1 to 31" },
	{ "0 0 * * 5#2", "column 10: '#' does not belong here",
	    "a weekday is *, a number, a list (1,3), a range (1-3) "
	    "or a step (*/3)" },
	{ "-1 * * * *", "column 1: '-' cannot stand in a schedule",
	    "a minute is *, a number, a list (1,3), a range (1-3) or "
	    "a step (*/3)" },
	{ "99999 * * * *", "column 1: that number is too long", "" },
	{ "* * * *", "column 8: 4 of five fields", SHAPE },
	{ "* * * * * *",
	    "column 11: 6 fields where five are wanted: a schedule "
	    "has no seconds, no year and no command",
	    "if the first one means seconds, leave it out: "
	    "* * * * *" },
	{ "0 5 * * * root tidy",
	    "column 11: 7 fields where five are wanted: a schedule "
	    "has no seconds, no year and no command",
	    SHAPE },
	{ "@reboot", "column 1: there is no such name",
	    "write @hourly, @daily, @weekly, @monthly or @yearly" },
	{ "every", "column 6: that is no interval",
	    "write it like: every 15m, every 6h, every 1h30m" },
	{ "every 15 m", "column 9: that is no interval",
	    "write it like: every 15m, every 6h, every 1h30m" },
	{ "every 5m1h", "column 10: that is no interval",
	    "write it like: every 15m, every 6h, every 1h30m" },
};

static void
test_mistakes(void **state)
{
	struct bench *b = *state;
	struct cron c;

	for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
		char want[256];

		snprintf(want, sizeof(want), "schedule '%s', %s",
		    mistakes[i].text, mistakes[i].message);
		b->e = (struct err){ .class = ERR_NONE };
		assert_false(cron_parse(str_of(mistakes[i].text), &c, &b->e));
		assert_int_equal(b->e.class, ERR_INVALID);
		assert_string_equal(b->e.code, "cron.syntax");
		assert_string_equal(b->e.message, want);
		assert_string_equal(b->e.hint, mistakes[i].hint);
	}
}

static void
test_other_mistakes(void **state)
{
	struct bench *b = *state;
	char longest[300];
	struct cron c;

	assert_false(cron_parse(STR(""), &c, &b->e));
	assert_string_equal(b->e.hint, SHAPE);
	assert_false(cron_parse(STR("* * * * \033[2J"), &c, &b->e));
	assert_string_equal(b->e.message,
	    "schedule, column 9: a character that no schedule has");
	memset(longest, '1', sizeof(longest));
	assert_false(
	    cron_parse((struct str){ longest, sizeof(longest) }, &c, &b->e));
	assert_string_equal(
	    b->e.message, "a schedule is at most 256 bytes long");
	assert_false(cron_parse(STR("every 7h"), &c, &b->e));
	assert_string_equal(b->e.code, "cron.every");
	assert_string_equal(b->e.message,
	    "schedule 'every 7h': intervals begin at midnight, and a day is "
	    "no multiple of this one");
	assert_false(cron_parse(STR("every 0m"), &c, &b->e));
	assert_false(cron_parse(STR("every 2d"), &c, &b->e));
	assert_false(cron_every(30000, CRON_MIDNIGHT, &c, &b->e));
	assert_false(cron_every(INT64_MAX / 60000 * 60000, 0, &c, &b->e));
	assert_false(cron_every(60000, INT64_MAX, &c, &b->e));
}

static void
test_never(void **state)
{
	static const char *const never[] = { "0 0 30 2 *", "0 0 31 4,6,9,11 *",
		"0 0 30,31 feb */2" };
	static const char *const some[] = { "0 0 29 2 *", "0 0 31 4,5 *",
		"0 0 30 2 1", "0 0 */30 2 *" };
	struct bench *b = *state;
	struct cron c;

	for (size_t i = 0; i < ARRAY_SIZE(never); i++) {
		assert_false(cron_parse(str_of(never[i]), &c, &b->e));
		assert_string_equal(b->e.code, "cron.never");
	}
	for (size_t i = 0; i < ARRAY_SIZE(some); i++)
		cron_of(b, some[i]);
	assert_runs(b, "0 12 29 2 */6", b->london, civil_ms(2098, 1, 1, 0, 0),
	    "Sat 2116-02-29 12:00 GMT\nSun 2128-02-29 12:00 GMT\n");
}

static void
test_dates(void **state)
{
	struct bench *b = *state;
	int64_t from = civil_ms(2026, 1, 1, 0, 0);

	/* Both restricted: one is enough. */
	assert_runs(b, "0 9 13 * fri", b->london, from,
	    "Fri 2026-01-02 09:00 GMT\nFri 2026-01-09 09:00 GMT\n"
	    "Tue 2026-01-13 09:00 GMT\nFri 2026-01-16 09:00 GMT\n");
	/* One begins with an asterisk: both are needed. */
	assert_runs(b, "0 9 */2 * fri", b->london, from,
	    "Fri 2026-01-09 09:00 GMT\nFri 2026-01-23 09:00 GMT\n");
	assert_runs(b, "@monthly", b->london, from,
	    "Sun 2026-02-01 00:00 GMT\nSun 2026-03-01 00:00 GMT\n"
	    "Wed 2026-04-01 00:00 BST\n");
	assert_runs(b, "59 23 31 12 *", b->london, civil_ms(9998, 6, 1, 0, 0),
	    "Thu 9998-12-31 23:59 GMT\nFri 9999-12-31 23:59 GMT\n");
}

static void
test_gap_and_overlap(void **state)
{
	struct bench *b = *state;
	int64_t spring = civil_ms(2026, 3, 28, 12, 0);
	int64_t autumn = civil_ms(2026, 10, 24, 12, 0);

	assert_runs(b, "30 1 * * *", b->london, spring,
	    "Sun 2026-03-29 02:00 BST (01:30 is skipped on that day)\n"
	    "Mon 2026-03-30 01:30 BST\n");
	assert_runs(b, "15,45 1,2 * * *", b->london, spring,
	    "Sun 2026-03-29 02:00 BST (01:15 is skipped on that day; 2 times "
	    "in one)\nSun 2026-03-29 02:15 BST\nSun 2026-03-29 02:45 BST\n");
	assert_runs(b, "0 1,2 * * *", b->london, spring,
	    "Sun 2026-03-29 02:00 BST (01:00 is skipped on that day; 2 times "
	    "in one)\nMon 2026-03-30 01:00 BST\n");
	assert_runs(b, "30 1 * * *", b->london, autumn,
	    "Sun 2026-10-25 01:30 BST (the first of two, once)\n"
	    "Mon 2026-10-26 01:30 GMT\n");
	assert_runs(
	    b, "*/30 1 * * *", b->london, spring, "Mon 2026-03-30 01:00 BST\n");
	assert_runs(b, "*/30 1 * * *", b->london, autumn,
	    "Sun 2026-10-25 01:00 BST (one of two, both count)\n"
	    "Sun 2026-10-25 01:30 BST (one of two, both count)\n"
	    "Sun 2026-10-25 01:00 GMT (one of two, both count)\n"
	    "Sun 2026-10-25 01:30 GMT (one of two, both count)\n"
	    "Mon 2026-10-26 01:00 GMT\n");
	assert_runs(b, "30 2 * * *",
	    zone_of(b, "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"),
	    civil_ms(2026, 10, 3, 0, 0),
	    "Sun 2026-10-04 02:30 +11\nMon 2026-10-05 02:30 +11\n");
	assert_runs(b, "15 2 * * *",
	    zone_of(b, "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"),
	    civil_ms(2026, 10, 3, 0, 0),
	    "Sun 2026-10-04 02:30 +11 (02:15 is skipped on that day)\n"
	    "Mon 2026-10-05 02:15 +11\n");
}

static void
test_intervals(void **state)
{
	struct bench *b = *state;
	const struct zone *sao_paulo =
	    zone_of(b, "<-03>3<-02>,M11.1.0/0,M2.3.0/0");
	const struct zone *back =
	    zone_of(b, "<-03>3<-02>,M11.1.0/0,M2.3.0/0:30");
	struct cron_time t;
	struct cron c;

	assert_runs(b, "every 6h", b->london, civil_ms(2026, 3, 28, 17, 0),
	    "Sat 2026-03-28 18:00 GMT\nSun 2026-03-29 00:00 GMT\n"
	    "Sun 2026-03-29 07:00 BST\nSun 2026-03-29 13:00 BST\n"
	    "Sun 2026-03-29 19:00 BST\nMon 2026-03-30 00:00 BST\n"
	    "Mon 2026-03-30 06:00 BST\n");
	assert_runs(b, "every 30m", b->london, civil_ms(2026, 10, 25, 0, 0),
	    "Sun 2026-10-25 01:30 BST (one of two, both count)\n"
	    "Sun 2026-10-25 01:00 GMT (one of two, both count)\n"
	    "Sun 2026-10-25 01:30 GMT (one of two, both count)\n"
	    "Sun 2026-10-25 02:00 GMT\n");
	assert_runs(b, "every 12h", sao_paulo, civil_ms(2026, 10, 31, 20, 0),
	    "Sun 2026-11-01 01:00 -02 (00:00 is skipped on that day)\n"
	    "Sun 2026-11-01 13:00 -02\nMon 2026-11-02 00:00 -02\n");
	/* Over midnight back into the day before: no second midnight. */
	assert_runs(b, "every 1h30m", back, civil_ms(2026, 2, 14, 22, 0),
	    "Sat 2026-02-14 21:00 -02\nSat 2026-02-14 22:30 -02\n"
	    "Sun 2026-02-15 00:00 -02 (one of two, both count)\n"
	    "Sun 2026-02-15 00:30 -03\n");
	assert_runs(b, "every 1h30m", back, civil_ms(2026, 2, 15, 2, 45),
	    "Sun 2026-02-15 00:30 -03\n");

	assert_true(cron_every(
	    7 * CIVIL_HOUR_MS, civil_ms(2026, 3, 28, 20, 0), &c, &b->e));
	assert_true(cron_next(&c, b->london, 0, &t));
	assert_int_equal(t.at_ms, civil_ms(2026, 3, 28, 20, 0));
	assert_true(cron_next(&c, b->london, t.at_ms, &t));
	assert_int_equal(t.at_ms, civil_ms(2026, 3, 29, 3, 0));
	assert_int_equal(t.nominal_ms, civil_ms(2026, 3, 29, 4, 0));
}

static void
test_missed(void **state)
{
	struct bench *b = *state;
	struct cron nightly = cron_of(b, "30 2 * * *");
	struct cron minutes = cron_of(b, "* * * * *");
	struct cron rare = cron_of(b, "0 0 29 2 *");
	int64_t from = civil_ms(2026, 1, 1, 2, 30);
	int64_t until = civil_ms(2026, 1, 4, 2, 30);
	struct cron_time t[5];
	bool more;

	assert_int_equal(
	    cron_missed(&nightly, b->london, from, until, t, 5, &more), 3);
	assert_false(more);
	assert_int_equal(t[0].at_ms, civil_ms(2026, 1, 2, 2, 30));
	assert_int_equal(t[2].at_ms, until);
	assert_int_equal(
	    cron_missed(&nightly, b->london, from, until, t, 2, &more), 2);
	assert_true(more);
	assert_int_equal(
	    cron_missed(&nightly, b->london, until, from, t, 2, &more), 0);
	assert_int_equal(
	    cron_missed(&nightly, b->london, from, until, t, 0, &more), 0);
	assert_true(more);

	assert_true(cron_latest(&nightly, b->london, from, until, t));
	assert_int_equal(t->at_ms, until);
	assert_true(cron_latest(&nightly, b->london, from, until - 1, t));
	assert_int_equal(t->at_ms, civil_ms(2026, 1, 3, 2, 30));
	assert_true(cron_latest(&nightly, b->london, until - 1, until, t));
	assert_false(cron_latest(&nightly, b->london, from, from + 1, t));
	assert_false(cron_latest(&nightly, b->london, until, from, t));
	assert_true(cron_latest(&minutes, b->london, 0, until + 1, t));
	assert_int_equal(t->at_ms, until);
	assert_true(cron_latest(&rare, b->london, 0, until, t));
	assert_int_equal(t->at_ms, civil_ms(2024, 2, 29, 0, 0));
	assert_false(cron_next(&rare, b->london, INT64_MAX, t));
	assert_true(cron_next(&rare, b->london, INT64_MIN, t));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_other_mistakes),
		cmocka_unit_test(test_never),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_gap_and_overlap),
		cmocka_unit_test(test_intervals),
		cmocka_unit_test(test_missed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
