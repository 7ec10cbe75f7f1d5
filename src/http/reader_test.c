/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "http/reader.h"

#define POST "POST / HTTP/1.1\r\nHost: a\r\n"
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

static const struct {
	const char *bytes;
	enum refusal why;
	const char *body; /* of the first request, when it is whole */
} inputs[] = {
	{ POST "\r\n", REFUSAL_NONE, "" },
	{ POST "Content-Length: 0\r\n\r\n", REFUSAL_NONE, "" },
	{ POST "Content-Length: 3\r\n\r\nabc", REFUSAL_NONE, "abc" },
	{ POST "Content-Length: 3\r\n\r\nab", REFUSAL_NONE, NULL },
	{ POST "Content-Length: 3\r\n\r\nabcGET", REFUSAL_NONE, "abc" },
	{ CHUNKED "0\r\n\r\n", REFUSAL_NONE, "" },
	{ CHUNKED "3\r\nabc\r\n0\r\n\r\n", REFUSAL_NONE, "abc" },
	{ CHUNKED "00000003\r\nabc\r\n0A\r\n0123456789\r\n00\r\n\r\nGET",
	    REFUSAL_NONE, "abc0123456789" },
	{ CHUNKED "1\r\n\n\r\n1\r\n\r\r\n0\r\n\r\n", REFUSAL_NONE, "\n\r" },
	{ CHUNKED "3\r\nabc\r\n0\r\n", REFUSAL_NONE, NULL },

	{ CHUNKED "\r\n", REFUSAL_CHUNK, NULL },
	{ CHUNKED "g\r\n", REFUSAL_CHUNK, NULL },
	{ CHUNKED "-1\r\n", REFUSAL_CHUNK, NULL },
	{ CHUNKED "+1\r\n", REFUSAL_CHUNK, NULL },
	{ CHUNKED " 1\r\n", REFUSAL_CHUNK, NULL },
	{ CHUNKED "1 \r\n", REFUSAL_CHUNK, NULL },
	{ CHUNKED "0x1\r\n", REFUSAL_CHUNK, NULL },
	{ CHUNKED "1;a=b\r\n", REFUSAL_CHUNK, NULL },
	{ CHUNKED "1\na\r\n", REFUSAL_CHUNK, NULL },
	{ CHUNKED "1\r\rab\r\n", REFUSAL_CHUNK, NULL },
	{ CHUNKED "1\r\nab\r\n", REFUSAL_CHUNK, NULL },
	{ CHUNKED "1\r\na\n0\r\n\r\n", REFUSAL_CHUNK, NULL },
	{ CHUNKED "1\r\na\rb", REFUSAL_CHUNK, NULL },
	{ CHUNKED "000000001\r\na\r\n", REFUSAL_CHUNK, NULL },
	{ CHUNKED "8000000000000000\r\n", REFUSAL_CHUNK, NULL },
	{ CHUNKED "100001\r\n", REFUSAL_BODY_LARGE, NULL },
	{ CHUNKED "ffffffff\r\n", REFUSAL_BODY_LARGE, NULL },
	{ CHUNKED "1\r\na\r\n100000\r\n", REFUSAL_BODY_LARGE, NULL },
	{ CHUNKED "0\r\nX: a\r\n\r\n", REFUSAL_TRAILER, NULL },
	{ CHUNKED "0\r\n\n", REFUSAL_TRAILER, NULL },
	{ CHUNKED "0\r\n\rX", REFUSAL_CHUNK, NULL },
	/* http_parser takes the first for a Transfer-Encoding */
	{ POST "Transfer-Encodingx: a\r\nContent-Length: 0\r\n\r\n",
	    REFUSAL_DISAGREE, NULL },
	{ "GET / HTTP/1.1\nHost: a\r\n\r\n", REFUSAL_BARE_LF, NULL },
};

static void
feed(struct reader *r, const char *bytes, size_t n, size_t step)
{
	reader_init(r);
	for (size_t i = 0; i < n && r->state < READER_DONE; i += step) {
		size_t piece = n - i < step ? n - i : step;

		reader_add(r, (struct str){ bytes + i, piece });
		reader_step(r);
	}
}

static void
test_inputs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(inputs); i++) {
		for (size_t step = 1; step < 100; step += 9) {
			const char *body = inputs[i].body;
			struct reader r;

			feed(
			    &r, inputs[i].bytes, strlen(inputs[i].bytes), step);
			if (r.why != inputs[i].why ||
			    (r.state == READER_DONE) != (body != NULL))
				fail_msg("%s: %s", inputs[i].bytes,
				    refusal_info(r.why)->code);
			if (body != NULL)
				assert_true(str_is(reader_body(&r), body));
			reader_finish(&r);
		}
	}
}

/* Several requests, cut anywhere: always the same ones come out. */
static void
test_pipeline(void **state)
{
	static const char bytes[] =
	    GET("/1") CHUNKED "3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n" GET("/3") POST
	    "Content-Length: 2\r\n\r\nxy" GET("/5");
	static const char *const bodies[] = { "", "abcd", "", "xy", "" };
	size_t n = sizeof(bytes) - 1;

	(void)state;
	for (size_t step = 1; step <= n; step++) {
		struct reader r;
		size_t got = 0;

		reader_init(&r);
		for (size_t i = 0; i < n; i += step) {
			size_t piece = n - i < step ? n - i : step;

			reader_add(&r, (struct str){ bytes + i, piece });
			while (reader_step(&r) == READER_DONE) {
				assert_true(
				    str_is(reader_body(&r), bodies[got++]));
				reader_next(&r);
			}
		}
		assert_int_equal(got, ARRAY_SIZE(bodies));
		assert_true(reader_idle(&r));
		assert_null(r.in.data);
		reader_finish(&r);
	}
}

/* A stream keeps nothing of what asked for it, but what comes after. */
static void
test_forget(void **state)
{
	struct reader r;

	(void)state;
	reader_init(&r);
	reader_add(&r, STR("GET /first HTTP/1.1\r\nHost: h\r\n\r\nlost"));
	assert_int_equal(reader_step(&r), READER_DONE);
	assert_true(str_is(head_field(reader_head(&r), "host"), "h"));
	reader_forget(&r);
	assert_null(r.in.data);
	assert_null(head_field(reader_head(&r), "host").p);
	reader_add(&r, STR(GET("/second")));
	reader_next(&r);
	assert_int_equal(reader_step(&r), READER_DONE);
	assert_true(str_is(reader_text(&r, r.head.path), "/second"));
	reader_finish(&r);
}

/* What is sent ahead does not move the request that is being answered. */
static void
test_ahead(void **state)
{
	struct reader r;
	struct str path;

	(void)state;
	reader_init(&r);
	reader_add(&r, STR(GET("/first") "GET /sec"));
	assert_int_equal(reader_step(&r), READER_DONE);
	path = reader_text(&r, r.head.path);
	for (int i = 0; i < 1000; i++)
		reader_add(&r, STR("ond"));
	assert_true(str_is(path, "/first"));
	reader_next(&r);
	assert_false(reader_idle(&r));
	assert_int_equal(reader_step(&r), READER_HEAD);
	reader_add(&r, STR(" HTTP/1.0\r\n\r\n"));
	assert_int_equal(reader_step(&r), READER_DONE);
	assert_int_equal(reader_text(&r, r.head.path).n, 4 + 3000);
	assert_false(reader_keeps_alive(&r));
	reader_finish(&r);
}

static void
test_continue(void **state)
{
	struct reader r;

	(void)state;
	reader_init(&r);
	reader_add(
	    &r, STR(POST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
	assert_int_equal(reader_step(&r), READER_BODY);
	assert_true(reader_continue(&r));
	assert_false(reader_continue(&r));
	reader_add(&r, STR("ab"));
	assert_int_equal(reader_step(&r), READER_DONE);
	assert_false(reader_continue(&r));
	reader_finish(&r);
}

static void
test_largest(void **state)
{
	struct buf b = { 0 };
	struct reader r;

	(void)state;
	buf_adds(&b, CHUNKED);
	for (size_t i = 0; i < LIMIT_BODY_BYTES / 16; i++)
		buf_adds(&b, "10\r\n0123456789abcdef\r\n");
	buf_adds(&b, "0\r\n\r\n");
	feed(&r, b.data, b.len, 60000);
	assert_int_equal(r.state, READER_DONE);
	assert_int_equal(reader_body(&r).n, LIMIT_BODY_BYTES);
	assert_memory_equal(
	    reader_body(&r).p + LIMIT_BODY_BYTES - 16, "0123456789abcdef", 16);
	reader_finish(&r);
	buf_finish(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inputs),
		cmocka_unit_test(test_pipeline),
		cmocka_unit_test(test_ahead),
		cmocka_unit_test(test_forget),
		cmocka_unit_test(test_continue),
		cmocka_unit_test(test_largest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
