/* SPDX-License-Identifier: MIT */
#include "base/civil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

/* Every day of the years 1 to 9999, and a second of each, as libc has it. */
static void
test_every_day(void **state)
{
	int64_t day = CIVIL_MIN_MS;

	(void)state;
	for (int64_t n = 0; day <= CIVIL_MAX_MS; day += CIVIL_DAY_MS, n++) {
		int64_t ms = day + n * 7919 % 86400 * CIVIL_SECOND_MS;
		time_t s = (time_t)(ms / 1000);
		struct civil c = civil_of(ms);
		struct tm t;

		if (gmtime_r(&s, &t) == NULL || c.year != t.tm_year + 1900 ||
		    c.month != t.tm_mon + 1 || c.day != t.tm_mday ||
		    c.hour != t.tm_hour || c.minute != t.tm_min ||
		    c.second != t.tm_sec || c.weekday != t.tm_wday ||
		    civil_days(c.year, c.month, c.day) * CIVIL_DAY_MS != day)
			fail_msg("wrong at %lld", (long long)ms);
	}
	assert_int_equal(civil_of(CIVIL_MAX_MS).year, 9999);
	assert_int_equal(civil_of(CIVIL_MIN_MS).year, 1);
}

static void
test_arithmetic(void **state)
{
	(void)state;
	assert_int_equal(civil_ms(1970, 1, 1, 0, 0), 0);
	assert_int_equal(civil_ms(2026, 3, 29, 2, 30), 1774751400000);
	assert_int_equal(civil_month_days(2000, 2), 29);
	assert_int_equal(civil_month_days(1900, 2), 28);
	assert_int_equal(civil_month_days(2028, 2), 29);
	assert_int_equal(civil_month_days(2026, 12), 31);
	assert_int_equal(civil_floor(-1, 60), -60);
	assert_int_equal(civil_floor(59, 60), 0);
	assert_int_equal(civil_floor(-60, 60), -60);
	assert_int_equal(civil_ceil(-59, 60), 0);
	assert_int_equal(civil_ceil(1, 60), 60);
	assert_int_equal(civil_ceil(60, 60), 60);
	assert_int_equal(civil_of(-1).second, 59);
}

static void
test_minute(void **state)
{
	static const char *const wrong[] = { "", "9:00", "09:60", "24:01",
		"09-00", "09:0x", "09:000", "99:00" };
	int minute = -1;

	(void)state;
	assert_true(civil_minute(str_of("09:30"), &minute));
	assert_int_equal(minute, 570);
	assert_true(civil_minute(str_of("24:00"), &minute));
	assert_int_equal(minute, 1440);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(civil_minute(str_of(wrong[i]), &minute));
	assert_int_equal(minute, 1440);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_day),
		cmocka_unit_test(test_arithmetic),
		cmocka_unit_test(test_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
