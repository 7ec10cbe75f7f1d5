/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "http/head.h"

#define GET "GET / HTTP/1.1\r\n"
#define HOST "Host: a\r\n"
#define END "\r\n"

static const struct {
	const char *bytes;
	enum refusal why; /* REFUSAL_NONE: accepted */
} heads[] = {
	{ GET HOST END, REFUSAL_NONE },
	{ "HEAD /a/b%20c?x=%C3%A4&y HTTP/1.1\r\n" HOST END, REFUSAL_NONE },
	{ "GET / HTTP/1.0\r\n" END, REFUSAL_NONE },
	{ GET "hOsT:[::1]:80" END END, REFUSAL_NONE },
	{ GET HOST "X:\t a \t" END END, REFUSAL_NONE },
	{ GET HOST "X:" END END, REFUSAL_NONE },
	{ GET HOST "X: gr\xc3\xbc\xc3\x9f" END END, REFUSAL_NONE },
	{ GET HOST "X: 1" END "X: 2" END END, REFUSAL_NONE },
	{ GET HOST "Content-Length: 0007" END END, REFUSAL_NONE },
	{ GET HOST "Transfer-Encoding: Chunked" END END, REFUSAL_NONE },
	{ GET HOST "Content-Encoding: identity" END END, REFUSAL_NONE },
	{ GET HOST "Upgrade: h2c" END "Connection: Upgrade" END END,
	    REFUSAL_NONE },

	{ "\r\n" GET HOST END, REFUSAL_REQUEST_LINE },
	{ "GET /\r\n\r\n", REFUSAL_REQUEST_LINE },
	{ "GET\r\n\r\n", REFUSAL_REQUEST_LINE },
	{ "GET / HTTPS/1.1\r\n" HOST END, REFUSAL_REQUEST_LINE },
	{ "GET / HTTP/1.1 \r\n" HOST END, REFUSAL_REQUEST_LINE },
	{ " GET / HTTP/1.1\r\n" HOST END, REFUSAL_REQUEST_LINE },
	{ "G(T / HTTP/1.1\r\n" HOST END, REFUSAL_REQUEST_LINE },
	{ "GET  / HTTP/1.1\r\n" HOST END, REFUSAL_TARGET },
	{ "GET /  HTTP/1.1\r\n" HOST END, REFUSAL_TARGET },
	{ "GET\t/ HTTP/1.1\r\n" HOST END, REFUSAL_REQUEST_LINE },
	{ "get / HTTP/1.1\r\n" HOST END, REFUSAL_METHOD },
	{ "CONNECT a:1 HTTP/1.1\r\n" HOST END, REFUSAL_METHOD },
	{ "TRACE / HTTP/1.1\r\n" HOST END, REFUSAL_METHOD },
	{ "GET / HTTP/1.2\r\n" HOST END, REFUSAL_VERSION },
	{ "GET / HTTP/0.9\r\n" HOST END, REFUSAL_VERSION },
	{ "GET / HTTP/2.0\r\n" HOST END, REFUSAL_VERSION },
	{ "PRI * HTTP/2.0\r\n\r\n", REFUSAL_VERSION },
	{ "GET / HTTP/1.10\r\n" HOST END, REFUSAL_VERSION },
	{ "GET / http/1.1\r\n" HOST END, REFUSAL_REQUEST_LINE },
	{ "GET http://a/ HTTP/1.1\r\n" HOST END, REFUSAL_TARGET_FORM },
	{ "OPTIONS * HTTP/1.1\r\n" HOST END, REFUSAL_TARGET_FORM },
	{ "GET a HTTP/1.1\r\n" HOST END, REFUSAL_TARGET_FORM },
	{ "GET /a\x01 HTTP/1.1\r\n" HOST END, REFUSAL_TARGET },
	{ "GET /a\x7f HTTP/1.1\r\n" HOST END, REFUSAL_TARGET },
	{ "GET /\xc3\xa4 HTTP/1.1\r\n" HOST END, REFUSAL_TARGET },
	{ "GET /a#b HTTP/1.1\r\n" HOST END, REFUSAL_TARGET },
	{ "GET /a\rb HTTP/1.1\r\n" HOST END, REFUSAL_TARGET },
	{ "GET /%4 HTTP/1.1\r\n" HOST END, REFUSAL_TARGET },
	{ "GET /%4g HTTP/1.1\r\n" HOST END, REFUSAL_TARGET },
	{ "GET /\"<>\\^`{|} HTTP/1.1\r\n" HOST END, REFUSAL_TARGET },

	{ "GET / HTTP/1.1\n" HOST END, REFUSAL_BARE_LF },
	{ GET "Host: a\n\r\n", REFUSAL_BARE_LF },
	{ GET HOST "\n", REFUSAL_BARE_LF },
	{ GET HOST "X: a\rb" END END, REFUSAL_FIELD },
	{ GET HOST "X: a\r\r\n" END, REFUSAL_FIELD },
	{ GET HOST "X: a\x01" END END, REFUSAL_FIELD },
	{ GET HOST "X: a\x7f" END END, REFUSAL_FIELD },
	{ GET HOST "X : a" END END, REFUSAL_FIELD },
	{ GET HOST "X\t: a" END END, REFUSAL_FIELD },
	{ GET HOST "X(: a" END END, REFUSAL_FIELD },
	{ GET HOST "\xc3\xa4: a" END END, REFUSAL_FIELD },
	{ GET HOST ": a" END END, REFUSAL_FIELD },
	{ GET HOST "X" END END, REFUSAL_FIELD },
	{ GET HOST " X: a" END END, REFUSAL_FOLDED },
	{ GET HOST "X: a" END "\tb" END END, REFUSAL_FOLDED },
	{ GET " " HOST END, REFUSAL_FOLDED },

	{ GET END, REFUSAL_HOST },
	{ GET "Host:" END END, REFUSAL_HOST },
	{ GET "Host: a b" END END, REFUSAL_HOST },
	{ GET "Host: a/b" END END, REFUSAL_HOST },
	{ GET "Host: u@a" END END, REFUSAL_HOST },
	{ GET HOST HOST END, REFUSAL_TWICE },
	{ GET HOST "Origin: a" END "oRIGIN: b" END END, REFUSAL_TWICE },
	{ GET HOST "Authorization: a" END "Authorization: a" END END,
	    REFUSAL_TWICE },

	{ GET HOST "Content-Length: 1" END "Content-Length: 1" END END,
	    REFUSAL_TWICE },
	{ GET HOST "Content-Length: 1, 1" END END, REFUSAL_LENGTH },
	{ GET HOST "Content-Length: +1" END END, REFUSAL_LENGTH },
	{ GET HOST "Content-Length: -1" END END, REFUSAL_LENGTH },
	{ GET HOST "Content-Length: 0x1" END END, REFUSAL_LENGTH },
	{ GET HOST "Content-Length: 1 1" END END, REFUSAL_LENGTH },
	{ GET HOST "Content-Length:" END END, REFUSAL_LENGTH },
	{ GET HOST "Content-Length: 1048577" END END, REFUSAL_BODY_LARGE },
	{ GET HOST "Content-Length: 99999999999999999999999" END END,
	    REFUSAL_BODY_LARGE },
	{ GET HOST "Content-Length: 18446744073709551617" END END,
	    REFUSAL_BODY_LARGE },
	{ GET HOST "Content-Length: 1" END "Transfer-Encoding: chunked" END END,
	    REFUSAL_FRAMING },
	{ GET HOST "Transfer-Encoding: chunked" END "Content-Length: 0" END END,
	    REFUSAL_FRAMING },
	{ "POST / HTTP/1.0\r\nTransfer-Encoding: chunked" END END,
	    REFUSAL_FRAMING },
	{ GET HOST "Transfer-Encoding: chunked" END
		   "Transfer-Encoding: chunked" END END,
	    REFUSAL_TWICE },
	{ GET HOST "Transfer-Encoding: gzip, chunked" END END, REFUSAL_CODING },
	{ GET HOST "Transfer-Encoding: chunked, identity" END END,
	    REFUSAL_CODING },
	{ GET HOST "Transfer-Encoding: identity" END END, REFUSAL_CODING },
	{ GET HOST "Transfer-Encoding: xchunked" END END, REFUSAL_CODING },
	{ GET HOST "Transfer-Encoding: \vchunked" END END, REFUSAL_FIELD },
	{ GET HOST "Transfer-Encoding: chunked\t" END END, REFUSAL_FIELD },
	{ GET HOST "Content-Length:\t1" END END, REFUSAL_FIELD },
	{ GET HOST "Transfer-Encoding:" END END, REFUSAL_CODING },
	{ GET HOST "Content-Encoding: gzip" END END, REFUSAL_CONTENT_CODING },
	{ GET HOST "Expect: 200-ok" END END, REFUSAL_EXPECT },
};

static enum head_verdict
read_whole(const char *bytes, size_t n, struct head *h)
{
	head_init(h);
	return head_read(h, (struct str){ bytes, n });
}

/* The same verdict whether the bytes come at once or one by one. */
static void
test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		size_t n = strlen(heads[i].bytes);
		enum head_verdict v;
		struct head h;

		v = read_whole(heads[i].bytes, n, &h);
		if ((v == HEAD_OK) != (heads[i].why == REFUSAL_NONE) ||
		    h.why != heads[i].why)
			fail_msg("%s: %s", heads[i].bytes,
			    refusal_info(h.why)->code);
		if (v == HEAD_OK)
			assert_int_equal(h.bytes, n);
		head_init(&h);
		v = HEAD_MORE;
		for (size_t k = 1; k <= n && v == HEAD_MORE; k++)
			v = head_read(&h, (struct str){ heads[i].bytes, k });
		assert_int_equal(h.why, heads[i].why);
	}
}

static void
test_nul(void **state)
{
	static const char bytes[] = GET HOST "X: a\0b" END END;
	struct head h;

	(void)state;
	assert_int_equal(
	    read_whole(bytes, sizeof(bytes) - 1, &h), HEAD_REFUSED);
	assert_int_equal(h.why, REFUSAL_FIELD);
}

static void
test_parts(void **state)
{
	static const char bytes[] = "POST /a/b?c=d?e HTTP/1.1\r\n"
				    "Host: a\r\n"
				    "Connection: foo, Close\r\n"
				    "Expect: 100-Continue\r\n"
				    "Content-Length: 12\r\n"
				    "Last:  x y \r\n\r\nbody";
	struct str whole = STR(bytes);
	struct head h;

	(void)state;
	assert_int_equal(read_whole(bytes, whole.n, &h), HEAD_OK);
	assert_int_equal(h.bytes, whole.n - 4);
	assert_true(str_is(head_text(bytes, h.method), "POST"));
	assert_true(str_is(head_text(bytes, h.path), "/a/b"));
	assert_true(str_is(head_text(bytes, h.query), "c=d?e"));
	assert_true(str_is(head_text(bytes, h.target), "/a/b?c=d?e"));
	assert_int_equal(h.length, 12);
	assert_int_equal(h.fields, 5);
	assert_true(h.close && !h.keep_alive && h.expect_continue);
	whole.n = h.bytes;
	assert_true(str_is(head_field(whole, "last"), "x y"));
	assert_true(str_is(head_field(whole, "HOST"), "a"));
	assert_null(head_field(whole, "POST /a/b?c=d?e HTTP/1.1").p);
	assert_null(head_field(whole, "body").p);
}

static char *
filled(const char *before, size_t n, const char *after)
{
	size_t a = strlen(before), b = strlen(after);
	char *p = malloc(a + n + b + 1);

	assert_non_null(p);
	memcpy(p, before, a);
	memset(p + a, 'a', n);
	memcpy(p + a + n, after, b + 1);
	return p;
}

static void
test_limits(void **state)
{
	static const struct {
		const char *before;
		size_t n;
		const char *after;
		enum refusal why;
	} cases[] = {
		{ "GET /", LIMIT_TARGET_BYTES - 1, " HTTP/1.1\r\n" HOST END,
		    REFUSAL_NONE },
		{ "GET /", LIMIT_TARGET_BYTES, " HTTP/1.1\r\n" HOST END,
		    REFUSAL_TARGET_LONG },
		{ "GET /", LIMIT_HEAD_BYTES, "", REFUSAL_TARGET_LONG },
		{ GET HOST "X: ", LIMIT_HEAD_BYTES, "", REFUSAL_HEAD_LARGE },
		{ GET HOST "X: ", LIMIT_HEAD_BYTES, END END,
		    REFUSAL_HEAD_LARGE },
		{ GET HOST "X: ", MIB(1), END END, REFUSAL_HEAD_LARGE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *bytes =
		    filled(cases[i].before, cases[i].n, cases[i].after);
		struct head h;

		read_whole(bytes, strlen(bytes), &h);
		assert_int_equal(h.why, cases[i].why);
		free(bytes);
	}
}

static void
test_many_fields(void **state)
{
	struct buf b = { 0 };
	struct head h;

	(void)state;
	buf_adds(&b, GET HOST);
	for (int i = 1; i < LIMIT_HEADERS; i++)
		buf_adds(&b, "X: a\r\n");
	buf_adds(&b, END);
	assert_int_equal(read_whole(b.data, b.len, &h), HEAD_OK);
	b.len -= 2;
	buf_adds(&b, "X: a\r\n\r\n");
	assert_int_equal(read_whole(b.data, b.len, &h), HEAD_REFUSED);
	assert_int_equal(h.why, REFUSAL_HEAD_LARGE);
	buf_finish(&b);
}

static void
test_refusals(void **state)
{
	(void)state;
	for (enum refusal r = 0; r < REFUSALS; r++) {
		struct buf b = { 0 };

		assert_non_null(refusal_info(r)->code);
		assert_non_null(refusal_info(r)->hint);
		refusal_answer(r, "now", &b);
		assert_null(strstr(b.data, "Unknown"));
		buf_finish(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_many_fields),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
