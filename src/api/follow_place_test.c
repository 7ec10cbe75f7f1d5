/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "api/follow_place.h"

static struct follow_place place;
static struct follow_open opens[FOLLOW_OPEN];

static bool
parse(const char *text, size_t *ret_n)
{
	return follow_place_parse(str_of(text), &place, opens, ret_n);
}

static void
there_and_back(void **state)
{
	static const char text[] = "r7.s9.12.h40;31:4096,40:100";
	struct buf out = { 0 };
	size_t n;

	(void)state;
	assert_true(parse(text, &n));
	assert_int_equal(place.run, 7);
	assert_int_equal(place.seq, 9);
	assert_int_equal(place.step, 12);
	assert_int_equal(place.attempt, 40);
	assert_int_equal(n, 2);
	assert_int_equal(opens[0].attempt, 31);
	assert_int_equal(opens[0].offset, 4096);
	follow_place_write(&out, &place);
	for (size_t i = 0; i < n; i++)
		follow_place_add(&out, &opens[i], i == 0);
	assert_string_equal(buf_cstr(&out), text);
	buf_finish(&out);
}

static void
nothing_open(void **state)
{
	size_t n;

	(void)state;
	assert_true(parse("r0.s0.0.h0", &n));
	assert_int_equal(n, 0);
}

static void
what_is_no_place(void **state)
{
	static const char *const bad[] = { "", "7", "r", "r1", "r1.s2",
		"r1.s2.3", "r1.s2.3.h", "r-1.s0.0.h0", "r1.s2.3.h4;5:1",
		"r1.s2.3.h4;4", "r1.s2.3.h4;4:", "r1.s2.3.h4;4:-1",
		"r1.s2.3.h4;0:1", "r1.s2.3.h4;3:1,3:2", "r1.s2.3.h4;3:1,2:2",
		"x1.s2.3.h4", "r99999999999999999999.s0.0.h0",
		"r1.s2.3.h4;4:1 ", "r1.s2.3.h4;,", NULL };
	size_t n;

	(void)state;
	for (size_t i = 0; bad[i] != NULL; i++)
		if (parse(bad[i], &n))
			fail_msg("'%s' was taken for a place", bad[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(nothing_open),
		cmocka_unit_test(what_is_no_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
