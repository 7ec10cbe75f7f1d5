/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
assert_text(int64_t ms, const char *expect)
{
	char text[CLOCK_TEXT];

	assert_string_equal(clock_text(ms, text), expect);
}

static void
test_text(void **state)
{
	(void)state;
	assert_text(0, "1970-01-01T00:00:00.000Z");
	assert_text(-1, "1969-12-31T23:59:59.999Z");
	assert_text(1795252921123, "2026-11-21T09:22:01.123Z");
	assert_text(1709164800000, "2024-02-29T00:00:00.000Z");
	assert_text(INT64_MAX, "9999-12-31T23:59:59.999Z");
	assert_text(INT64_MIN, "0001-01-01T00:00:00.000Z");
}

static void
assert_duration(int64_t ms, const char *expect)
{
	char text[32];

	assert_string_equal(clock_duration(ms, text, sizeof(text)), expect);
}

static void
test_duration(void **state)
{
	char tiny[4];

	(void)state;
	assert_duration(-5, "0 ms");
	assert_duration(999, "999 ms");
	assert_duration(1000, "1.0 s");
	assert_duration(1290, "1.2 s");
	assert_duration(59999, "59.9 s");
	assert_duration(60000, "1 m 00 s");
	assert_duration(184000, "3 m 04 s");
	assert_duration(3599999, "59 m 59 s");
	assert_duration(7800000, "2 h 10 m");
	assert_duration(172799999, "47 h 59 m");
	assert_duration(5 * 86400000LL, "5 d");
	assert_string_equal(clock_duration(184000, tiny, sizeof(tiny)), "3 m");
}

static void
test_clocks_advance(void **state)
{
	int64_t wall = clock_wall_ms();
	int64_t boot = clock_boot_ms();
	int64_t us = clock_boot_us();

	(void)state;
	assert_true(wall > 1700000000000);
	assert_true(boot > 0);
	assert_true(clock_boot_us() >= us);
	assert_true(us / 1000 >= boot);
#ifdef SLIPWAY_TESTING
	clock_shift(3600000);
	assert_true(clock_wall_ms() >= wall + 3600000);
	assert_true(clock_boot_ms() >= boot + 3600000);
	assert_true(clock_boot_us() >= us + 3600000000);
	clock_shift(-3600000);
	assert_true(clock_boot_ms() < boot + 3600000);

	static const _Atomic int64_t shifts[2] = { -7200000, 3600000 };

	clock_follow(shifts);
	assert_true(clock_wall_ms() < wall);
	assert_true(clock_boot_ms() >= boot + 3600000);
	clock_follow(NULL);
	assert_true(clock_wall_ms() >= wall);
#endif
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_clocks_advance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
