/* SPDX-License-Identifier: MIT */
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static bool
is_utf8(const char *s)
{
	return str_is_utf8(str_of(s));
}

static void
test_compare(void **state)
{
	struct str none = { NULL, 0 };

	(void)state;
	assert_true(str_eq(none, STR("")));
	assert_true(str_is(none, ""));
	assert_true(str_is(str_of(NULL), ""));
	assert_true(str_is(STR("ab"), "ab"));
	assert_false(str_is(STR("ab"), "abc"));
	assert_false(str_eq((struct str){ "a\0b", 3 }, STR("a")));
	assert_true(str_case_is(STR("Content-LENGTH"), "content-length"));
	assert_false(str_case_is(STR("["), "{"));
	assert_false(str_case_is(STR("@"), "`"));
	assert_true(str_starts(none, ""));
	assert_true(str_starts(STR("abc"), "ab"));
	assert_false(str_starts(STR("a"), "ab"));
	assert_true(str_ends(STR("abc"), "bc"));
	assert_false(str_ends(STR("c"), "bc"));
	assert_true(streq(NULL, NULL));
	assert_false(streq(NULL, ""));
	assert_true(streq("a", "a"));
}

static void
test_cut_and_trim(void **state)
{
	struct str rest, head;

	(void)state;
	head = str_cut(STR("a=b=c"), '=', &rest);
	assert_true(str_is(head, "a") && str_is(rest, "b=c"));
	head = str_cut(STR("a="), '=', &rest);
	assert_true(str_is(head, "a") && rest.n == 0 && rest.p != NULL);
	head = str_cut(STR("a"), '=', &rest);
	assert_true(str_is(head, "a") && rest.p == NULL);
	head = str_cut(str_of(NULL), '=', &rest);
	assert_true(head.n == 0 && rest.p == NULL);
	assert_true(str_is(str_trim(STR(" \t a b\t ")), "a b"));
	assert_int_equal(str_trim(STR(" \t ")).n, 0);
	assert_true(str_is(str_trim(STR("\na")), "\na"));
}

static void
test_int64(void **state)
{
	static const char *const bad[] = { "", "-", "+1", " 1", "1 ", "1a",
		"0x1", "--1", "9223372036854775808", "-9223372036854775809",
		"99999999999999999999999", "1.0" };
	int64_t v = 42;

	(void)state;
	assert_true(str_to_int64(STR("9223372036854775807"), &v));
	assert_true(v == INT64_MAX);
	assert_true(str_to_int64(STR("-9223372036854775808"), &v));
	assert_true(v == INT64_MIN);
	assert_true(str_to_int64(STR("-0"), &v) && v == 0);
	assert_true(str_to_int64(STR("007"), &v) && v == 7);
	assert_true(str_to_int64((struct str){ "123", 2 }, &v) && v == 12);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(str_to_int64(str_of(bad[i]), &v));
	assert_false(str_to_int64((struct str){ "1\0", 2 }, &v));
	assert_true(v == 12);
}

static void
test_utf8(void **state)
{
	(void)state;
	assert_true(is_utf8("") && is_utf8("plain"));
	assert_true(is_utf8("\xc2\x80") && is_utf8("\xdf\xbf"));
	assert_true(is_utf8("\xe0\xa0\x80") && is_utf8("\xef\xbf\xbf"));
	assert_true(is_utf8("\xed\x9f\xbf") && is_utf8("\xee\x80\x80"));
	assert_true(is_utf8("\xf0\x90\x80\x80"));
	assert_true(is_utf8("\xf4\x8f\xbf\xbf"));
	assert_false(is_utf8("\x80"));
	assert_false(is_utf8("\xc0\xaf") || is_utf8("\xc1\xbf"));
	assert_false(is_utf8("\xe0\x9f\xbf"));
	assert_false(is_utf8("\xed\xa0\x80"));
	assert_false(is_utf8("\xf0\x8f\xbf\xbf"));
	assert_false(is_utf8("\xf4\x90\x80\x80") || is_utf8("\xf5\x80"));
	assert_false(is_utf8("\xc3") || is_utf8("a\xe2\x82"));
	assert_false(is_utf8("\xc3\x28"));
	assert_false(str_is_utf8((struct str){ "a\0b", 3 }));
}

static void
test_buf(void **state)
{
	static const int64_t numbers[] = { 0, 7, -10, INT64_MAX, INT64_MIN };
	struct buf b = { 0 };
	char big[1000];

	(void)state;
	assert_string_equal(buf_cstr(&b), "");
	buf_add(&b, NULL, 0);
	assert_null(b.data);
	buf_clear(&b);
	buf_consume(&b, 0);
	for (int i = 0; i < 1000; i++)
		buf_addc(&b, 'x');
	assert_int_equal(b.len, 1000);
	assert_int_equal(b.data[1000], 0);
	buf_consume(&b, 999);
	assert_string_equal(buf_cstr(&b), "x");
	memset(big, 'y', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	buf_printf(&b, "%s%d", big, 5);
	assert_int_equal(b.len, 1001);
	assert_string_equal(b.data + 1000, "5");
	buf_clear(&b);
	buf_adds(&b, "ab");
	buf_addstr(&b, (struct str){ "c\0d", 3 });
	assert_int_equal(buf_str(&b).n, 5);
	assert_memory_equal(b.data, "abc\0d", 6);
	buf_clear(&b);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		buf_addint(&b, numbers[i]);
		buf_addc(&b, ' ');
	}
	assert_string_equal(b.data, "0 7 -10 9223372036854775807 "
				    "-9223372036854775808 ");
	buf_finish(&b);
	assert_null(b.data);
	buf_finish(NULL);
}

/* Lengths around the capacity, where an off-by-one would show. */
static void
test_buf_printf_at_the_edge(void **state)
{
	(void)state;
	for (int n = 120; n < 140; n++) {
		struct buf b = { 0 };

		buf_printf(&b, "%*d", n, 1);
		buf_printf(&b, "%*d", n, 2);
		assert_int_equal(b.len, 2 * n);
		assert_int_equal(strlen(b.data), 2 * n);
		buf_finish(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_cut_and_trim),
		cmocka_unit_test(test_int64),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_buf),
		cmocka_unit_test(test_buf_printf_at_the_edge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
