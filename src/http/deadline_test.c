/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "http/deadline.h"

static void
test_order(void **state)
{
	struct deadlines all = {
		.ms = { [DEADLINE_HEAD] = 10, [DEADLINE_IDLE] = 50 }
	};
	struct deadline a = { 0 }, b = { 0 }, c = { 0 };
	enum deadline_kind kind;
	uint64_t due;

	(void)state;
	assert_false(deadline_soonest(&all, &due));
	deadline_set(&all, &a, DEADLINE_IDLE, 100);
	deadline_set(&all, &b, DEADLINE_HEAD, 105);
	deadline_set(&all, &c, DEADLINE_HEAD, 106);
	assert_true(deadline_soonest(&all, &due));
	assert_int_equal(due, 115);
	assert_null(deadline_take(&all, 114, &kind));
	assert_ptr_equal(deadline_take(&all, 115, &kind), &b);
	assert_int_equal(kind, DEADLINE_HEAD);
	assert_null(deadline_take(&all, 115, &kind));
	deadline_set(&all, &c, DEADLINE_IDLE, 120);
	assert_ptr_equal(deadline_take(&all, 1000, &kind), &a);
	assert_ptr_equal(deadline_take(&all, 1000, &kind), &c);
	assert_null(deadline_take(&all, 1000, &kind));
}

static void
test_clear(void **state)
{
	struct deadlines all = { .ms = { [DEADLINE_BODY] = 1 } };
	struct deadline d[3] = { 0 };
	enum deadline_kind kind;

	(void)state;
	for (int i = 0; i < 3; i++)
		deadline_set(&all, &d[i], DEADLINE_BODY, 0);
	deadline_clear(&all, &d[1]);
	deadline_clear(&all, &d[1]);
	assert_ptr_equal(deadline_take(&all, 1, &kind), &d[0]);
	deadline_clear(&all, &d[2]);
	assert_null(deadline_take(&all, 1, &kind));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
