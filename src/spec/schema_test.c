/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/check.h"
#include "base/clock.h"
#include "spec/schema.h"

static void
durations(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = { { "0s", 0 }, { "5m", 300000 }, { "250ms", 250 },
		{ "1h30m", 5400000 }, { "90d", 7776000000 },
		{ "2w1d3h4m5s6ms", 1307045006 }, { "1s500ms", 1500 } };
	static const char *const bad[] = { "", "5", "m", "5 m", "-5m", "1.5h",
		"5x", "5mm", "5m5m", "30m1h", "5m ", " 5m", "5M", "5sm",
		"99999999999999999999s", "9223372036854775807w",
		"9223372036854775807ms1ms" };
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		ms = -1;
		assert_true(schema_duration(good[i].text, &ms));
		assert_int_equal(ms, good[i].ms);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (schema_duration(bad[i], &ms))
			fail_msg("'%s' passed", bad[i]);
	}
}

static void
times(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1970-01-01T00:00:00.001Z", 1 },
		{ "1969-12-31T23:59:59Z", -1000 },
		{ "2000-02-29T12:00:00Z", 951825600000 },
		{ "2026-11-21T09:22:01.123Z", 1795252921123 },
		{ "2026-11-21T09:22:01.123999z", 1795252921123 },
		{ "2026-11-21t10:22:01.123+01:00", 1795252921123 },
		{ "2026-11-21T03:52:01.123-05:30", 1795252921123 },
		{ "2016-12-31T23:59:60Z", 1483228800000 },
		{ "0000-01-01T00:00:00Z", -62167219200000 },
		{ "9999-12-31T23:59:59Z", 253402300799000 },
	};
	static const char *const bad[] = { "", "2026-11-21",
		"2026-11-21T09:22Z", "2026-11-21T09:22:01",
		"2026-11-21 09:22:01Z", "2026-13-21T09:22:01Z",
		"2026-00-21T09:22:01Z", "2026-11-31T09:22:01Z",
		"2026-11-00T09:22:01Z", "2025-02-29T09:22:01Z",
		"1900-02-29T09:22:01Z", "2026-11-21T24:00:00Z",
		"2026-11-21T09:60:01Z", "2026-11-21T09:22:61Z",
		"2026-11-21T09:22:01.Z", "2026-11-21T09:22:01+24:00",
		"2026-11-21T09:22:01+0100", "2026-11-21T09:22:01Zx",
		"26-11-21T09:22:01Z", "tomorrow" };
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_true(schema_time(good[i].text, &ms));
		assert_int_equal(ms, good[i].ms);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (schema_time(bad[i], &ms))
			fail_msg("'%s' passed", bad[i]);
	}
}

/* Every day of 400 years, against the writer of base/clock. */
static void
every_day_reads_back(void **state)
{
	char text[CLOCK_TEXT];
	int64_t ms;

	(void)state;
	for (int64_t day = -73000; day < 73100; day++) {
		int64_t wall = day * 86400000 + 43200123;

		assert_true(schema_time(clock_text(wall, text), &ms));
		assert_int_equal(ms, wall);
	}
}

struct thing {
	const char *name;
	int64_t at;
	bool on;
};

static void
members(void **state)
{
	static const struct schema fields[] = {
		FIELD(struct thing, name, .flags = F_KEY),
		FIELD_AS(struct thing, at, SCHEMA_TIME),
		FIELD(struct thing, on),
		{ .name = NULL },
	};
	static const struct schema thing = { .kind = SCHEMA_OBJECT,
		.fields = fields };

	(void)state;
	assert_ptr_equal(schema_member(&thing, "at"), &fields[1]);
	assert_ptr_equal(schema_member(&thing, "on"), &fields[2]);
	assert_null(schema_member(&thing, "off"));
	assert_null(schema_member(&fields[0], "x"));
	assert_null(schema_member(NULL, "x"));
	assert_int_equal(fields[0].kind, SCHEMA_STRING);
	assert_int_equal(fields[2].type, SCHEMA_C_BOOL);
	assert_true(schema_nullable(&fields[1]));
	assert_false(schema_nullable(&fields[0]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations),
		cmocka_unit_test(times),
		cmocka_unit_test(every_day_reads_back),
		cmocka_unit_test(members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
