/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/check.h"
#include "spec/folder.h"
#include "spec/pattern.h"

static void
test_sorted(void **state)
{
	(void)state;
	for (size_t i = 1; folder_kinds[i].key != NULL; i++)
		assert_true(strcmp(folder_kinds[i - 1].key,
		    folder_kinds[i].key) < 0);
	for (size_t i = 1; folder_task_later[i] != NULL; i++)
		assert_true(strcmp(folder_task_later[i - 1],
		    folder_task_later[i]) < 0);
	for (size_t i = 0; folder_task_later[i] != NULL; i++)
		assert_null(schema_member(&folder_task_schema,
		    folder_task_later[i]));
}

static void
test_patterns(void **state)
{
	static const char *const patterns[] = { FOLDER_NAME, FOLDER_PARAM,
		FOLDER_ENV, FOLDER_PROJECT, FOLDER_SIZE };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		assert_true(pattern_check(patterns[i], NULL));
}

static void
test_size(void **state)
{
	static const char *const bad[] = { "", "1", "K", "0M", "-1K", "1.5G",
		"1k", "1MB", "9999999999999G", " 1K" };
	int64_t n;

	(void)state;
	assert_true(folder_size("1K", &n));
	assert_int_equal(n, 1024);
	assert_true(folder_size("512M", &n));
	assert_int_equal(n, 512 << 20);
	assert_true(folder_size("3G", &n));
	assert_int_equal(n, 3LL << 30);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(folder_size(bad[i], &n));
}

static void
test_span(void **state)
{
	static const char *const bad[] = { "", "..", "10s..", "..10s",
		"2m..10s", "10s...2m", "10s..2m..3m", "10..20",
		"11111111111111111111111111111111111111s..2s" };
	int64_t min, max;

	(void)state;
	assert_true(folder_span("10s..2m", &min, &max));
	assert_int_equal(min, 10000);
	assert_int_equal(max, 120000);
	assert_true(folder_span("1h30m", &min, &max));
	assert_int_equal(min, 5400000);
	assert_int_equal(max, 5400000);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(folder_span(bad[i], &min, &max));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sorted),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_span),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
