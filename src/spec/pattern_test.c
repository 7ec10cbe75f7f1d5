/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "spec/pattern.h"

static bool
matches(const char *pattern, const char *text)
{
	struct pattern_cache cache = { .used = 0 };
	bool yes = pattern_match(&cache, pattern, text);

	pattern_cache_finish(&cache);
	return yes;
}

static void
the_whole_text_must_match(void **state)
{
	(void)state;
	assert_true(matches("[a-z]+", "billing"));
	assert_false(matches("[a-z]+", "billing2"));
	assert_false(matches("[a-z]+", "2billing"));
	assert_false(matches("[a-z]+", "billing\n"));
	assert_false(matches("[a-z]+", "x\nbilling"));
	assert_true(matches("a|b", "b"));
	assert_false(matches("a|b", "ab"));
	assert_false(matches("a|b", "b; rm -rf /"));
	assert_true(matches(".*", "gr\xc3\xb6\xc3\x9f"));
	assert_false(matches("(", "("));
}

static void
a_cache_makes_room(void **state)
{
	static const char *const patterns[] = { "a", "b", "c", "d", "e", "f",
		"g", "h", "i", "(", "k", "l", "m", "n", "o", "p", "q", "r" };
	struct pattern_cache cache = { .used = 0 };

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
			assert_int_equal(
			    pattern_match(&cache, patterns[i], patterns[i]),
			    patterns[i][0] != '(');
			assert_false(pattern_match(&cache, patterns[i], "z"));
		}
	}
	pattern_cache_finish(&cache);
}

static void
good_patterns_pass(void **state)
{
	static const char *const good[] = { "", "[a-z][a-z0-9_]{1,30}",
		"(a|b)*", "[]a]+", "[^]]", "[[:alpha:]]{2,}", "a{,3}",
		"((a{10}){9}){9}", "\\.[.]",
		"[a-z]{1,253}(\\.[a-z]{1,63}){9}", "[{(*+?]+", "x*y+z?", "^a$",
		"(^a|b$)" };
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		if (!pattern_check(good[i], &e))
			fail_msg("%s: %s", good[i], e.message);
	}
}

static void
bad_patterns_do_not(void **state)
{
	static const char *const bad[] = { "(", ")", "a)(b", "[a", "a**", "a+?",
		"a{2}{3}", "^*", "*", "(*a)", "|*", "(a)\\1",
		"((a{100}){100}){100}", "a{6000}", "a{3,2}", "[b-a]",
		"[[:nope:]]", "(((((((((((((((((a)))))))))))))))))", "a\\" };
	char longer[PATTERN_BYTES + 2];
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (pattern_check(bad[i], &e))
			fail_msg("%s passed", bad[i]);
		assert_string_equal(e.code, "pattern.invalid");
		assert_int_equal(e.class, ERR_INVALID);
		assert_true(e.hint[0] != '\0');
	}
	memset(longer, 'a', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	assert_false(pattern_check(longer, &e));
}

static void
browsers_read_the_same(void **state)
{
	static const struct {
		const char *posix, *ecma;
	} rows[] = {
		{ "[a-z][a-z0-9_]{1,30}", "^(?:[a-z][a-z0-9_]{1,30})$" },
		{ "a|b", "^(?:a|b)$" },
		{ "[[:alpha:]_]+", "^(?:[a-zA-Z_]+)$" },
		{ "[^[:space:][:digit:]]", "^(?:[^ \\t\\n\\v\\f\\r0-9])$" },
		{ "[]a\\[]", "^(?:[\\]a\\\\\\[])$" },
		{ "[^]]", "^(?:[^\\]])$" },
		{ "[[.-.][=a=]]", "^(?:[\\-a])$" },
		{ "a{,3}", "^(?:a{0,3})$" },
		{ "a\\-b\\.c\\@", "^(?:a-b\\.c@)$" },
		{ "\\<a\\>", "^(?:\\ba\\b)$" },
		{ "a]}", "^(?:a\\]\\})$" },
		{ "gr\xc3\xb6.", "^(?:gr\xc3\xb6.)$" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf b = { 0 };

		pattern_ecma(&b, rows[i].posix);
		assert_string_equal(b.data, rows[i].ecma);
		buf_finish(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_whole_text_must_match),
		cmocka_unit_test(a_cache_makes_room),
		cmocka_unit_test(good_patterns_pass),
		cmocka_unit_test(bad_patterns_do_not),
		cmocka_unit_test(browsers_read_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
