/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/zone.h"
#include "resource/period.h"

#define NOW INT64_C(1795253000000)

static void
assert_time(const char *text, bool end, const struct zone *z, int64_t wanted)
{
	int64_t at;

	assert_true(period_time(text, end, NOW, z, &at));
	assert_true(at == wanted);
}

static void
test_times(void **state)
{
	static const char *const wrong[] = { "", "yesterday", "2026-13-01",
		"2026-02-30", "2026-11-1", "7 days", "--7d", "2026-11-01T08" };
	struct arena *a = arena_create();
	struct zone *paris;
	struct err e;
	int64_t at;

	(void)state;
	assert_true(zone_parse_rule(a, STR("CET-1CEST,M3.5.0,M10.5.0/3"),
	    &paris, &e));
	assert_time("1970-01-02", false, zone_utc(), INT64_C(86400000));
	assert_time("1970-01-02", true, zone_utc(), INT64_C(172799999));
	assert_time("2026-01-01", false, paris, INT64_C(1767222000000));
	/* the day on which the clock goes back has 25 hours */
	assert_time("2026-10-25", false, paris, INT64_C(1792879200000));
	assert_time("2026-10-25", true, paris, INT64_C(1792969199999));
	assert_time("1970-01-01T00:00:01Z", true, paris, 1000);
	assert_time("7d", false, paris, NOW - INT64_C(604800000));
	assert_time("-12h", true, paris, NOW - INT64_C(43200000));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(period_time(wrong[i], false, NOW, paris, &at));
	arena_destroy(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_times) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
