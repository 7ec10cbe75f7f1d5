/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/check.h"
#include "http/range.h"

static void
ranges_of_ten_bytes(void **state)
{
	static const struct {
		const char *header;
		enum range_kind kind;
		int64_t from, to;
	} cases[] = {
		{ "bytes=0-", RANGE_PART, 0, 10 },
		{ "bytes=4-", RANGE_PART, 4, 10 },
		{ "bytes=4-4", RANGE_PART, 4, 5 },
		{ "bytes=0-9", RANGE_PART, 0, 10 },
		{ "bytes=9-99999999999999999999999", RANGE_PART, 9, 10 },
		{ "bytes=-3", RANGE_PART, 7, 10 },
		{ "bytes=-99", RANGE_PART, 0, 10 },
		{ "bytes=10-", RANGE_NONE, 0, 0 },
		{ "bytes=99999999999999999999999-", RANGE_NONE, 0, 0 },
		{ "bytes=-0", RANGE_NONE, 0, 0 },
		{ "bytes=5-4", RANGE_WHOLE, 0, 0 },
		{ "bytes=-", RANGE_WHOLE, 0, 0 },
		{ "bytes=", RANGE_WHOLE, 0, 0 },
		{ "bytes", RANGE_WHOLE, 0, 0 },
		{ "lines=0-1", RANGE_WHOLE, 0, 0 },
		{ "bytes=0-1,3-4", RANGE_WHOLE, 0, 0 },
		{ "bytes=+1-2", RANGE_WHOLE, 0, 0 },
		{ "bytes=0x1-", RANGE_WHOLE, 0, 0 },
		{ "bytes=1-2 ", RANGE_WHOLE, 0, 0 },
		{ "bytes=1--2", RANGE_WHOLE, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t from = 0, to = 0;

		assert_int_equal(range_parse(str_of(cases[i].header), 10,
				     &from, &to),
		    cases[i].kind);
		assert_int_equal(from, cases[i].from);
		assert_int_equal(to, cases[i].to);
	}
}

static void
nothing_is_said_and_nothing_is_there(void **state)
{
	const struct str none = { 0 };
	int64_t from, to;

	(void)state;
	assert_int_equal(range_parse(none, 10, &from, &to), RANGE_WHOLE);
	assert_int_equal(range_parse(STR("bytes=0-"), 0, &from, &to),
	    RANGE_NONE);
	assert_int_equal(range_parse(STR("bytes=-1"), 0, &from, &to),
	    RANGE_NONE);
	assert_true(range_may(none, "\"a\""));
	assert_true(range_may(STR("\"a\""), "\"a\""));
	assert_false(range_may(STR("W/\"a\""), "\"a\""));
	assert_false(range_may(STR("Sat, 21 Nov 2026 09:22:01 GMT"), "\"a\""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_of_ten_bytes),
		cmocka_unit_test(nothing_is_said_and_nothing_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
