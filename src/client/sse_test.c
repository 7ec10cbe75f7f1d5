/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/sse.h"

/* Every event as "id|event|data;" */
static bool
note(void *arg, const struct sse_event *ev)
{
	struct buf *b = arg;

	buf_printf(b, "%s|%s|%.*s;", ev->id == NULL ? "" : ev->id, ev->event,
	    (int)ev->data.n, ev->data.p);
	return !str_is(ev->data, "stop");
}

static const struct {
	const char *bytes, *events;
} streams[] = {
	{ "data: a\n\n", "|message|a;" },
	{ "data:a\n\n", "|message|a;" },
	{ "data:  a\n\n", "|message| a;" },
	{ "data\n\n", "|message|;" },
	{ "data:\n\n", "|message|;" },
	{ "data: a\ndata:\ndata: b\n\n", "|message|a\n\nb;" },
	{ "id: 1\nevent: x\ndata: a\n\ndata: b\n\n", "1|x|a;1|message|b;" },
	{ "id: 1\ndata: a\n\nid\ndata: b\n\n", "1|message|a;|message|b;" },
	{ "id: 1\r\ndata: a\r\n\r\nid: 2\r\ndata: b\r\n\r\n",
	    "1|message|a;2|message|b;" },
	{ "data: a\r\rdata: b\r\r", "|message|a;|message|b;" },
	{ "data: a\r\n\ndata: b\n\r\n", "|message|a;|message|b;" },
	{ ": comment\n\ndata: a\n: more\n\n", "|message|a;" },
	{ "event: x\n\ndata: a\n\n", "|message|a;" },
	{ "data: a: b\nwhat: c\nDATA: d\n\n", "|message|a: b;" },
	{ "\xef\xbb\xbf"
	  "data: a\n\n",
	    "|message|a;" },
	{ "data: a\n", "" },
	{ "\n\n\n", "" },
	{ "data: stop\n\ndata: a\n\n", "|message|stop;" },
};

static void
test_streams(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(streams); i++) {
		size_t n = strlen(streams[i].bytes);

		for (size_t step = 1; step <= n; step++) {
			struct sse s = { 0 };
			struct buf b = { 0 };
			enum sse_end end = SSE_MORE;

			for (size_t k = 0; k < n && end == SSE_MORE; k += step)
				end = sse_feed(&s,
				    (struct str){ streams[i].bytes + k,
					n - k < step ? n - k : step },
				    note, &b);
			assert_string_equal(buf_cstr(&b), streams[i].events);
			buf_finish(&b);
			sse_finish(&s);
		}
	}
}

/* What the break cut off is not joined with what comes after. */
static void
test_restart(void **state)
{
	struct sse s = { 0 };
	struct buf b = { 0 };

	(void)state;
	sse_feed(&s, STR("id: 7\ndata: a\n\nevent: x\ndata: b\nda"), note, &b);
	sse_restart(&s);
	assert_string_equal(s.id.data, "7");
	sse_feed(&s, STR("data: c\n\n"), note, &b);
	assert_string_equal(b.data, "7|message|a;7|message|c;");
	buf_finish(&b);
	sse_finish(&s);
}

static void
test_retry(void **state)
{
	struct sse s = { 0 };
	struct buf b = { 0 };

	(void)state;
	sse_feed(&s, STR("retry: 250\nretry: x\nretry: -1\n"), note, &b);
	assert_int_equal(s.retry_ms, 250);
	sse_feed(&s, STR("id: a\0b\ndata: c\n\n"), note, &b);
	assert_string_equal(b.data, "|message|c;");
	buf_finish(&b);
	sse_finish(&s);
}

static void
test_too_large(void **state)
{
	struct sse s = { 0 };
	struct buf b = { 0 };
	enum sse_end end = SSE_MORE;
	size_t n = 0;

	(void)state;
	while (end == SSE_MORE && n++ < 100000)
		end = sse_feed(&s,
		    STR("data: 0123456789012345678901234567\n"
			"data: 0123456789012345678901234567\n"),
		    note, &b);
	assert_int_equal(end, SSE_TOO_LARGE);
	buf_finish(&b);
	sse_finish(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_retry),
		cmocka_unit_test(test_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
