/* SPDX-License-Identifier: MIT */
#include "base/near.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/machine.h"

static const char *
nearest(const char *typed)
{
	static const char *const names[] = { "timeout", "retry", "outputs",
		"run", "undo", "needs" };
	struct near n = near_start(typed);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		near_offer(&n, names[i]);
	return n.best;
}

static unsigned
distance(const char *typed, const char *candidate)
{
	struct near n = near_start(typed);

	near_offer(&n, candidate);
	return n.best == NULL ? 99 : n.distance;
}

static void
test_near(void **state)
{
	(void)state;
	assert_string_equal(nearest("tiemout"), "timeout");
	assert_string_equal(nearest("TIMEOUT"), "timeout");
	assert_string_equal(nearest("output"), "outputs");
	assert_string_equal(nearest("nedes"), "needs");
	assert_string_equal(nearest("rnu"), "run");
	assert_null(nearest("colour"));
	assert_null(nearest(""));
	assert_null(nearest("xy"));
}

static void
test_distance(void **state)
{
	char longest[80];

	(void)state;
	assert_int_equal(distance("abc", "abc"), 0);
	assert_int_equal(distance("abc", "ABC"), 0);
	assert_int_equal(distance("abcdef", "abdcef"), 1);
	assert_int_equal(distance("abcdef", "bcdef"), 1);
	assert_int_equal(distance("abcdef", "abXdeX"), 2);
	assert_int_equal(distance("abcdef", "aXbXcdef"), 2);
	assert_int_equal(distance("abcdef", "abXXXf"), 99);
	assert_int_equal(distance("abc", ""), 99);
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(distance("abc", longest), 99);
	assert_int_equal(distance(longest, "abc"), 99);
	longest[64] = '\0';
	assert_int_equal(distance(longest, longest), 0);
}

/* The first of equally near names wins, a nearer one replaces it. */
static void
test_order(void **state)
{
	struct near n = near_start("abcdef");

	(void)state;
	near_offer(&n, "abXdef");
	near_offer(&n, "abYdef");
	assert_string_equal(n.best, "abXdef");
	near_offer(&n, "abcdef");
	assert_string_equal(n.best, "abcdef");
}

static void
test_machine(void **state)
{
	static const char *const states[] = { "open", "done", NULL };
	static const char *const final[] = { "done", NULL };
	static const struct machine_move moves[] = {
		{ "open", "done", "finished" }, { NULL, NULL, NULL } };
	const struct machine m = { .noun = "ticket", .states = states,
		.final = final, .moves = moves };

	(void)state;
	assert_string_equal(machine_find(&m, "open", "done")->why, "finished");
	assert_null(machine_find(&m, "done", "open"));
	assert_null(machine_find(&m, "open", "open"));
	assert_true(machine_is_final(&m, "done"));
	assert_false(machine_is_final(&m, "open"));
	assert_true(machine_has(&m, "open"));
	assert_false(machine_has(&m, "opened"));
	assert_false(machine_has(&m, NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_near),
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
