/* SPDX-License-Identifier: MIT */
#include "base/diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static void
shows_what_is_between(void **state)
{
	struct arena *a = arena_create();

	(void)state;
	assert_string_equal(diff_lines(a, "a\nb\nc\n", "a\nB\nx\nc\n"),
	    "- b\n+ B\n+ x\n");
	assert_string_equal(diff_lines(a, "a\n", "a\n"), "");
	assert_string_equal(diff_lines(a, "", "a"), "+ a\n");
	assert_string_equal(diff_lines(a, "a\na\n", "a\n"), "- a\n");
	arena_destroy(a);
}

static void
counts_what_is_too_much(void **state)
{
	struct arena *a = arena_create();
	char *many = arena_alloc(a, 2 * 300 + 1);
	const char *text;

	(void)state;
	for (int i = 0; i < 300; i++) {
		many[2 * i] = 'x';
		many[2 * i + 1] = '\n';
	}
	many[600] = '\0';
	text = diff_lines(a, many, "");
	assert_non_null(strstr(text, "- … 100 more lines\n"));
	arena_destroy(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_what_is_between),
		cmocka_unit_test(counts_what_is_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
