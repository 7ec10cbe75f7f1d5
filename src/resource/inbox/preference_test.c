/* SPDX-License-Identifier: MIT */
#include "resource/inbox/preference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/civil.h"

struct bench {
	struct arena *a;
	struct zone *london;
	json_t *kinds;
};

static int
bench_start(void **state)
{
	struct bench *b = test_calloc(1, sizeof(*b));
	struct err e;

	b->a = arena_create();
	b->kinds = json_pack("{s:s,s:s,s:s}", "comment", "digest", "done",
	    "now", "mention", "off");
	assert_true(zone_parse_rule(b->a,
	    str_of("GMT0BST,M3.5.0/1,M10.5.0"), &b->london, &e));
	*state = b;
	return 0;
}

static int
bench_stop(void **state)
{
	struct bench *b = *state;

	json_decref(b->kinds);
	arena_destroy(b->a);
	test_free(b);
	return 0;
}

static struct preference
chosen(const struct bench *b, int from, int to)
{
	return (struct preference){ .kinds = b->kinds, .quiet_from = from,
		.quiet_to = to, .digest = 9 * 60, .zone = b->london };
}

/* In the local time of London. */
static int64_t
at(const struct bench *b, int month, int day, int hour, int minute)
{
	return zone_local_to_utc(b->london,
	    civil_ms(2026, month, day, hour, minute)).utc_ms;
}

static void
test_telling(void **state)
{
	const struct bench *b = *state;
	const struct preference p = chosen(b, 0, 0);
	const struct preference none = { .zone = b->london };

	assert_int_equal(preference_telling(&p, "comment"), TELL_DIGEST);
	assert_int_equal(preference_telling(&p, "done"), TELL_NOW);
	assert_int_equal(preference_telling(&p, "mention"), TELL_OFF);
	assert_int_equal(preference_telling(&p, "approval"), TELL_NOW);
	assert_int_equal(preference_telling(&none, "approval"), TELL_NOW);
	assert_int_equal(preference_telling(&none, "done"), TELL_OFF);
	assert_int_equal(preference_when(&p, "mention", at(b, 5, 1, 12, 0)),
	    0);
}

/* Over midnight, and of a day; what begins is quiet, what ends is not. */
static void
test_quiet(void **state)
{
	const struct bench *b = *state;
	const struct preference night = chosen(b, 22 * 60, 7 * 60);
	const struct preference noon = chosen(b, 12 * 60, 13 * 60);
	const struct {
		const struct preference *p;
		int hour, minute, then_day, then_hour;
	} rows[] = {
		{ &night, 21, 59, 0, 0 },
		{ &night, 22, 0, 2, 7 },
		{ &night, 23, 59, 2, 7 },
		{ &night, 0, 0, 1, 7 },
		{ &night, 6, 59, 1, 7 },
		{ &night, 7, 0, 0, 0 },
		{ &noon, 11, 59, 0, 0 },
		{ &noon, 12, 30, 1, 13 },
		{ &noon, 13, 0, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const int64_t now =
		    at(b, 5, 1, rows[i].hour, rows[i].minute);
		const int64_t then = rows[i].then_day == 0 ? now
		    : at(b, 5, rows[i].then_day, rows[i].then_hour, 0);

		assert_int_equal(preference_when(rows[i].p, "approval", now),
		    then);
	}
}

/* Nine o'clock is nine o'clock on the day that the clock is changed, and the
 * digest of this very minute is that of tomorrow. */
static void
test_digest(void **state)
{
	const struct bench *b = *state;
	const struct preference p = chosen(b, 0, 0);

	assert_int_equal(preference_when(&p, "comment", at(b, 3, 28, 9, 0)),
	    at(b, 3, 29, 9, 0));
	assert_int_equal(at(b, 3, 29, 9, 0) - at(b, 3, 28, 9, 0),
	    23 * CIVIL_HOUR_MS);
	assert_int_equal(preference_when(&p, "comment", at(b, 10, 24, 8, 59)),
	    at(b, 10, 24, 9, 0));
	assert_int_equal(preference_when(&p, "comment", at(b, 10, 24, 9, 1)),
	    at(b, 10, 25, 9, 0));
	assert_int_equal(at(b, 10, 25, 9, 0) - at(b, 10, 24, 9, 0),
	    25 * CIVIL_HOUR_MS);
	assert_int_equal(preference_when(&p, "comment", at(b, 12, 31, 10, 0)),
	    zone_local_to_utc(b->london, civil_ms(2027, 1, 1, 9, 0)).utc_ms);
}

static void
test_minute(void **state)
{
	static const char *const wrong[] = { "24:00", "9:00", "09:60",
		"09:00 ", "", "ab:cd" };
	int minute = -1;

	(void)state;
	assert_true(preference_minute("23:59", &minute));
	assert_int_equal(minute, 1439);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(preference_minute(wrong[i], &minute));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_telling),
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_minute),
	};

	return cmocka_run_group_tests(tests, bench_start, bench_stop);
}
