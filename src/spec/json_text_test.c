/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "spec/validate.h"

static void
places_have_pointers(void **state)
{
	/* ^ is where it went wrong */
	static const struct {
		const char *text, *pointer;
	} rows[] = {
		{ "^", "" },
		{ "{^", "" },
		{ "{\"a\"^", "/a" },
		{ "{\"a\": ^1", "/a" },
		{ "{\"a\": \"x^", "/a" },
		{ "{\"a\": 1, ^", "" },
		{ "{\"a\": 1, \"b^", "" },
		{ "{\"a\": {\"b\": [1, {\"c/d\": ^", "/a/b/1/c~1d" },
		{ "{\"a\": [[], {}, ^", "/a/2" },
		{ "{\"a\": \"}{\\\"[\", \"b\": ^", "/b" },
		{ "{\"\xff\": ^", "" },
		{ "]]]}}^", "" },
		{ "[\"a\", \"b\"^", "/1" },
		{ ",:,^", "" },
	};
	struct arena *a = arena_create();
	char deep[200];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(json_where(a, str_of(rows[i].text),
					strcspn(rows[i].text, "^")),
		    rows[i].pointer);
	memset(deep, '[', sizeof(deep));
	(void)json_where(a, (struct str){ deep, sizeof(deep) }, sizeof(deep));
	memset(deep, '{', sizeof(deep));
	assert_string_equal(json_where(a, (struct str){ deep, sizeof(deep) },
				1000),
	    "");
	arena_destroy(a);
}

static struct err
refused(struct str text)
{
	struct err e = { .class = ERR_NONE };
	json_t *v = json_parse(text, &e);

	if (v != NULL)
		fail_msg("'%.*s' was taken", (int)text.n, text.p);
	assert_true(e.hint[0] != '\0');
	assert_non_null(strstr(e.message, "line "));
	return e;
}

static void
bad_texts(void **state)
{
	static const struct {
		const char *text, *code;
		enum err_class class;
	} rows[] = {
		{ "", "json.syntax", ERR_SYNTAX },
		{ " ", "json.syntax", ERR_SYNTAX },
		{ "{", "json.syntax", ERR_SYNTAX },
		{ "{}}", "json.syntax", ERR_SYNTAX },
		{ "{} {}", "json.syntax", ERR_SYNTAX },
		{ "{\"a\":1,}", "json.syntax", ERR_SYNTAX },
		{ "{'a':1}", "json.syntax", ERR_SYNTAX },
		{ "[NaN]", "json.syntax", ERR_SYNTAX },
		{ "[Infinity]", "json.syntax", ERR_SYNTAX },
		{ "[01]", "json.syntax", ERR_SYNTAX },
		{ "[1.]", "json.syntax", ERR_SYNTAX },
		{ "[+1]", "json.syntax", ERR_SYNTAX },
		{ "[\"\t\"]", "json.syntax", ERR_SYNTAX },
		{ "[\"\\x\"]", "json.syntax", ERR_SYNTAX },
		{ "[\"\\u12\"]", "json.syntax", ERR_SYNTAX },
		{ "\xef\xbb\xbf{}", "json.syntax", ERR_SYNTAX },
		{ "{\"a\":1,\"a\":2}", "json.duplicate", ERR_SYNTAX },
		{ "{\"a\":1,\"\\u0061\":2}", "json.duplicate", ERR_SYNTAX },
		{ "[9223372036854775808]", "json.number", ERR_SYNTAX },
		{ "[1e400]", "json.number", ERR_SYNTAX },
		{ "[\"\\u0000\"]", "param.encoding", ERR_INVALID },
		{ "{\"a\\u0000\":1}", "param.encoding", ERR_INVALID },
		{ "[\"\xff\"]", "param.encoding", ERR_INVALID },
		{ "[\"\xc0\x80\"]", "param.encoding", ERR_INVALID },
		{ "[\"\xed\xa0\x80\"]", "param.encoding", ERR_INVALID },
		{ "[\"\\ud800\"]", "param.encoding", ERR_INVALID },
		{ "[\"\\ud800\\u0041\"]", "param.encoding", ERR_INVALID },
		{ "[\"\\udc00\"]", "param.encoding", ERR_INVALID },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err e = refused(str_of(rows[i].text));

		if (strcmp(e.code, rows[i].code) != 0)
			fail_msg("%s: %s", rows[i].text, e.code);
		assert_int_equal(e.class, rows[i].class);
	}
	refused((struct str){ "[1]\0", 4 });
	refused((struct str){ "[\"a\0b\"]", 7 });
	refused((struct str){ NULL, 0 });
}

static void
places_are_named(void **state)
{
	struct err e = refused(STR("{\n  \"a\": 1,\n  \"a\": 2\n}"));

	(void)state;
	assert_non_null(strstr(e.message, "line 3 column "));
	e = refused(STR("{\n  \"\xc3\xb6\": \"\\u0000\"}"));
	assert_non_null(strstr(e.message, "line 2 column 9: NUL"));
}

static void
depth_is_limited(void **state)
{
	struct buf b = { 0 };
	struct err e;
	json_t *v;

	(void)state;
	for (int i = 0; i < LIMIT_JSON_DEPTH; i++)
		buf_addc(&b, '[');
	for (int i = 0; i < LIMIT_JSON_DEPTH; i++)
		buf_addc(&b, ']');
	v = json_parse(buf_str(&b), &e);
	assert_non_null(v);
	json_decref(v);
	buf_clear(&b);
	for (int i = 0; i < 1000000; i++)
		buf_addc(&b, '[');
	e = refused(buf_str(&b));
	assert_string_equal(e.code, "json.depth");
	assert_int_equal(e.class, ERR_SYNTAX);
	assert_non_null(strstr(e.message, "line 1 column 33"));
	buf_clear(&b);
	for (int i = 0; i < 1000000; i++)
		buf_addc(&b, '9');
	e = refused(buf_str(&b));
	assert_string_equal(e.code, "json.number");
	buf_finish(&b);
	/* Brackets in texts do not count. */
	v = json_parse(
	    STR("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"\"]"), &e);
	assert_non_null(v);
	json_decref(v);
}

static void
canonical(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ " { \"b\" : [ 1 , true , null ] , \"a\" : \"x\" } ",
		    "{\"a\":\"x\",\"b\":[1,true,null]}" },
		{ "[9007199254740993,-0,-0.0,0.0]",
		    "[9007199254740993,0,0,0]" },
		{ "[1.0,1.5,-2.25,100.0]", "[1,1.5,-2.25,100]" },
		{ "[333333333.33333329,1e30,4.50,2e-3,1e-27]",
		    "[333333333.3333333,1e+30,4.5,0.002,1e-27]" },
		{ "[1e17,1e18,1e21,1e-6,1e-7,123456789012345680000.0]",
		    "[100000000000000000,1e+18,1e+21,0.000001,1e-7,"
		    "1.2345678901234568e+20]" },
		{ "[5e-324,1.7976931348623157e308,0.1,1.2e-7]",
		    "[5e-324,1.7976931348623157e+308,0.1,1.2e-7]" },
		{ "\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/"
		  "\"",
		    "\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"" },
		/* the order of RFC 8785, section 3.2.3 */
		{ "{\"\\u20ac\":0,\"\\r\":0,\"\\ufb33\":0,\"1\":0,"
		  "\"\\ud83d\\ude00\":0,\"\\u0080\":0,\"\\u00f6\":0}",
		    "{\"\\r\":0,\"1\":0,\"\xc2\x80\":0,\"\xc3\xb6\":0,"
		    "\"\xe2\x82\xac\":0,\"\xf0\x9f\x98\x80\":0,"
		    "\"\xef\xac\xb3\":0}" },
		{ "{\"ab\":1,\"a\":{},\"\":[]}",
		    "{\"\":[],\"a\":{},\"ab\":1}" },
	};
	struct arena *a = arena_create();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct err e;
		json_t *v = json_parse(str_of(rows[i].from), &e);

		assert_non_null(v);
		assert_string_equal(json_canonical(a, v), rows[i].to);
		json_decref(v);
	}
	arena_destroy(a);
}

/* Doubles of random bits read back as the same bits. */
static void
reals_read_back(void **state)
{
	struct arena *a = arena_create();
	uint64_t seed = 88172645463325252u;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		double v, back;
		json_t *j;

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		memcpy(&v, &seed, sizeof(v));
		j = json_real(v); /* NULL for NaN and infinity */
		if (j == NULL)
			continue;
		back = strtod(json_canonical(a, j), NULL);
		assert_memory_equal(&v, &back, sizeof(v));
		json_decref(j);
		arena_reset(a);
	}
	arena_destroy(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_have_pointers),
		cmocka_unit_test(bad_texts),
		cmocka_unit_test(places_are_named),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(canonical),
		cmocka_unit_test(reals_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
