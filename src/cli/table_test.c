/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/table.h"
#include "cli/text.h"
#include "spec/ticket.h"

static char *
print(const char *rows, int width)
{
	struct session s;
	json_t *items = json_loads(rows, 0, NULL);
	char *text = NULL;
	size_t n = 0;

	assert_non_null(items);
	session_init(&s);
	s.term.colour = false;
	s.out = open_memstream(&text, &n);
	table_print(&s, &op_ticket_list, items, width);
	fclose(s.out);
	json_decref(items);
	session_finish(&s);
	return text;
}

static const char one[] =
    "[{\"key\": \"OPS-1\", \"status\": \"waiting_approval\", "
    "\"priority\": \"customer\", \"requester\": \"ernie\", "
    "\"environment\": \"prod\", \"title\": \"a database that is called "
    "orders and has a rather \\u001b[31mlong\\ntitle\"}]";

static void
test_whole(void **state)
{
	char *text = print(one, 0);

	(void)state;
	assert_non_null(strstr(text, "KEY "));
	assert_non_null(strstr(text, "OPS-1  waiting approval  customer"));
	assert_non_null(strstr(text, "has a rather long title\n"));
	free(text);
}

/* Short columns stay whole, the title gives way. */
static void
test_fits(void **state)
{
	(void)state;
	for (int width = 70; width <= 140; width += 10) {
		char *text = print(one, width);
		struct str left = str_of(text);

		while (left.n > 0) {
			struct str line = str_cut(left, '\n', &left);

			assert_true(line.n <= (size_t)width);
		}
		assert_non_null(strstr(text, "OPS-1  waiting approval"));
		free(text);
	}
}

/* Columns that do not fit are left out, the empty ones first, and named. */
static void
test_narrow(void **state)
{
	char *text = print(one, 45);

	(void)state;
	assert_non_null(strstr(text, "OPS-1  waiting approval"));
	assert_null(strstr(text, "ENVIRONMENT"));
	assert_non_null(strstr(text, "too narrow for "));
	assert_non_null(strstr(text, "environment"));
	assert_non_null(strstr(text, "TITLE"));
	free(text);
}

static void
test_heading(void **state)
{
	struct arena *a = arena_create();

	(void)state;
	assert_string_equal(table_heading(a, "created_at"), "CREATED");
	assert_string_equal(table_heading(a, "full_name"), "FULL NAME");
	assert_string_equal(table_heading(a, "at"), "AT");
	arena_destroy(a);
}

static void
test_relative(void **state)
{
	static const struct {
		int64_t away;
		const char *text;
	} rows[] = {
		{ 0, "just now" },
		{ -1000, "just now" },
		{ 1000, "in a moment" },
		{ -42000, "42 s ago" },
		{ -180000, "3 min ago" },
		{ 86400000 - 1, "in 23 h" },
		{ -47 * 3600000LL, "47 h ago" },
		{ -5 * 86400000LL, "5 days ago" },
		{ -30 * 86400000LL, "2026-10-22" },
	};
	const int64_t now = 1795252921000; /* 2026-11-21 */
	struct arena *a = arena_create();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(
		    text_relative(a, now + rows[i].away, now), rows[i].text);
	arena_destroy(a);
}

static void
test_shell(void **state)
{
	struct arena *a = arena_create();

	(void)state;
	assert_string_equal(text_shell(a, "database-1"), "database-1");
	assert_string_equal(text_shell(a, ""), "''");
	assert_string_equal(text_shell(a, "it's $x"), "'it'\\''s $x'");
	arena_destroy(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_fits),
		cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_heading),
		cmocka_unit_test(test_relative),
		cmocka_unit_test(test_shell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
