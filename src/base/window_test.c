/* SPDX-License-Identifier: MIT */
#include "base/window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/civil.h"

static struct window
window_of(const char *text)
{
	struct window w;
	struct err e = { 0 };

	if (!window_parse(str_of(text), &w, &e))
		fail_msg("'%s': %s", text, e.message);
	return w;
}

/* Monday 2026-03-02 is the first day of these. */
static int64_t
at(int day, int hour, int minute)
{
	return civil_ms(2026, 3, 1 + day, hour, minute);
}

static bool
holds(const char *text, int day, int hour, int minute)
{
	const struct window w = window_of(text);

	return window_holds(&w, zone_utc(), at(day, hour, minute));
}

static void
test_holds(void **state)
{
	(void)state;
	assert_true(holds("mon-fri 09:00-17:00", 1, 9, 0));
	assert_true(holds("mon-fri 09:00-17:00", 5, 16, 59));
	assert_false(holds("mon-fri 09:00-17:00", 1, 8, 59));
	assert_false(holds("mon-fri 09:00-17:00", 1, 17, 0));
	assert_false(holds("mon-fri 09:00-17:00", 6, 12, 0));
	assert_true(holds("sat,sun", 7, 0, 0));
	assert_true(holds("sat-sun", 7, 23, 59));
	assert_false(holds("sat,sun", 8, 0, 0));
	assert_true(holds("sun", 7, 12, 0));
	assert_true(holds("00:00-24:00", 3, 0, 0));
	assert_true(holds("mon 22:00-06:00", 1, 23, 0));
	assert_true(holds("mon 22:00-06:00", 2, 5, 59));
	assert_false(holds("mon 22:00-06:00", 2, 6, 0));
	assert_false(holds("mon 22:00-06:00", 2, 22, 0));
	assert_false(holds("mon 22:00-06:00", 1, 5, 0));
	assert_true(holds("sun 22:00-06:00", 8, 5, 0));
}

static void
test_wrong(void **state)
{
	static const char *const wrong[] = { "", " ", "mon-fri ", "mo",
		"mon-fri 9-17", "09:00-09:00", "24:00-08:00", "* 09:00-10:00",
		"1-5", "mon 09:00-17:00 UTC", "mon  09:00-17:00",
		"mon,,tue", "mon-fri 09:00-25:00", "09:00" };
	struct window w;
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (window_parse(str_of(wrong[i]), &w, &e))
			fail_msg("'%s' was taken", wrong[i]);
	assert_string_equal(e.code, "window.syntax");
}

/* The next time that it begins is the first instant from which it holds: as
 * one finds by looking at every minute. */
static void
test_next(void **state)
{
	static const char *const texts[] = { "mon-fri 09:00-17:00", "sun",
		"22:00-06:00", "sun 01:15-01:45", "sat 23:30-02:30",
		"02:10-02:20" };
	struct arena *a = arena_create();
	struct zone *z;
	struct err e;

	(void)state;
	assert_true(zone_parse_rule(a,
	    str_of("GMT0BST,M3.5.0/1,M10.5.0"), &z, &e));
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const struct window w = window_of(texts[i]);
		int64_t from = civil_ms(2026, 3, 27, 0, 7);
		int64_t next = window_next(&w, z, from);
		bool before = window_holds(&w, z, from);

		for (int64_t t = from + CIVIL_MINUTE_MS;
		     t < from + 9 * CIVIL_DAY_MS; t += CIVIL_MINUTE_MS) {
			bool now = window_holds(&w, z, t);

			if (now && !before && next != t)
				fail_msg("'%s' begins at %lld, not %lld",
				    texts[i], (long long)t, (long long)next);
			if (now && !before)
				next = window_next(&w, z, t);
			before = now;
		}
		assert_true(next > from);
	}
	arena_destroy(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_holds),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
