/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "http/uri.h"

static const struct {
	const char *escaped, *text; /* NULL: refused */
} segments[] = {
	{ "", "" },
	{ "a-b", "a-b" },
	{ "a+b", "a+b" },
	{ "a%20b", "a b" },
	{ "a%2Fb", "a/b" },
	{ "%c3%A4", "\xc3\xa4" },
	{ "%25", "%" },
	{ "%2525", "%25" },
	{ "%00", NULL },
	{ "%", NULL },
	{ "%4", NULL },
	{ "%4x", NULL },
	{ "%x4", NULL },
	{ "%+4", NULL },
	{ "%c3", NULL },
	{ "%c0%af", NULL },
	{ "%ed%a0%80", NULL },
	{ "%f4%90%80%80", NULL },
};

static void
test_segments(void **state)
{
	struct arena *a = arena_create();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(segments); i++) {
		const char *got = NULL;
		struct err e;
		bool ok = uri_segment(a, str_of(segments[i].escaped), &got, &e);

		if (segments[i].text == NULL) {
			assert_false(ok);
			assert_string_equal(e.code, "http.path");
		} else {
			assert_true(ok);
			assert_string_equal(got, segments[i].text);
		}
	}
	arena_destroy(a);
}

static void
test_query(void **state)
{
	struct arena *a = arena_create();
	struct uri_pair *p;
	struct err e;
	size_t n;

	(void)state;
	assert_true(uri_query(a, STR(""), &p, &n, &e));
	assert_int_equal(n, 0);
	assert_true(uri_query(a, (struct str){ 0 }, &p, &n, &e));
	assert_int_equal(n, 0);
	assert_true(uri_query(a, STR("a=1&&b=x+y%2B&a=2&c&d==&"), &p, &n, &e));
	assert_int_equal(n, 5);
	assert_string_equal(p[1].value, "x y+");
	assert_string_equal(p[3].name, "c");
	assert_string_equal(p[3].value, "");
	assert_string_equal(p[4].value, "=");
	assert_string_equal(uri_query_get(p, n, "a"), "1");
	assert_null(uri_query_get(p, n, "x"));
	assert_false(uri_query(a, STR("a=%zz"), &p, &n, &e));
	assert_string_equal(e.code, "http.query");
	assert_false(uri_query(a, STR("=1"), &p, &n, &e));
	assert_false(uri_query(a, STR("a%00=1"), &p, &n, &e));
	arena_destroy(a);
}

static void
test_query_limit(void **state)
{
	struct arena *a = arena_create();
	struct buf b = { 0 };
	struct uri_pair *p;
	struct err e;
	size_t n;

	(void)state;
	for (int i = 0; i < LIMIT_PARAMS; i++)
		buf_adds(&b, "a=1&");
	assert_true(uri_query(a, buf_str(&b), &p, &n, &e));
	assert_int_equal(n, LIMIT_PARAMS);
	buf_adds(&b, "a=1");
	assert_false(uri_query(a, buf_str(&b), &p, &n, &e));
	buf_finish(&b);
	arena_destroy(a);
}

static void
test_encode(void **state)
{
	struct buf b = { 0 };

	(void)state;
	uri_encode(&b, STR("aZ9-._~ /%+\xc3\xa4\0"));
	assert_string_equal(b.data, "aZ9-._~%20%2F%25%2B%C3%A4%00");
	buf_finish(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_query),
		cmocka_unit_test(test_query_limit),
		cmocka_unit_test(test_encode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
