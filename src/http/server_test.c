/* SPDX-License-Identifier: MIT */
#include "http/server_testing.h"

static void
test_answer(void **state)
{
	struct house *h = *state;

	talk(dial(h), LAST("/hello"), "HTTP/1.1 200 OK\r\n",
	    "\r\nDate: ", "\r\nContent-Type: text/plain\r\n",
	    "\r\nContent-Length: 5\r\n", "\r\nConnection: close\r\n",
	    "\r\nCache-Control: no-store\r\n",
	    "\r\nX-Content-Type-Options: nosniff\r\n", "\r\n\r\nhello", NULL);
	talk(dial(h), "GET /set HTTP/1.1\r\nX-Given:  v \r\n" CLOSE "\r\n",
	    "201 Created", "Location: /a??X-Evil: 1\r\n",
	    "cache-control: private\r\n", "\r\n\r\nv", NULL);
	talk(dial(h), "GET /who?x HTTP/1.0\r\n\r\n", "127.0.0.1 0 0 GET",
	    "Connection: close", NULL);
	talk(dial(h), "GET /later HTTP/1.0\r\n\r\n", "\r\n\r\nlater", NULL);
}

static void
test_unix(void **state)
{
	struct house *h = *state;
	char want[64];

	snprintf(want, sizeof(want), "local 1 %u GET", getuid());
	talk(dial_unix(h), LAST("/who"), want, NULL);
}

static void
test_head_and_none(void **state)
{
	struct house *h = *state;
	struct buf b = { 0 };
	int fd = dial(h);

	say(fd,
	    "HEAD /hello HTTP/1.1\r\n" HOST "\r\n" GET("/none") LAST("/hello"));
	hear(fd, &b);
	assert_int_equal(count(&b, "Content-Length: 5"), 2);
	assert_int_equal(count(&b, "hello"), 1);
	assert_int_equal(count(&b, "204 No Content"), 1);
	assert_int_equal(count(&b, "Content-Length"), 2);
	buf_finish(&b);
	talk(dial(h), "HEAD /open HTTP/1.1\r\n" CLOSE "\r\n",
	    "text/event-stream", NULL);
	await(&h->gone, 1);
}

static void
test_pipeline(void **state)
{
	struct house *h = *state;
	struct buf b = { 0 }, ask = { 0 };
	int fd = dial(h);

	for (int i = 0; i < 500; i++)
		buf_adds(&ask, GET("/hello"));
	buf_adds(&ask, GET("/later") "POST /echo HTTP/1.1\r\n" HOST
				     "Content-Length: 4\r\n\r\nabcd");
	buf_adds(&ask, LAST("/none"));
	say(fd, ask.data);
	hear(fd, &b);
	assert_int_equal(count(&b, "\r\n\r\nhello"), 500);
	assert_true(
	    strstr(b.data, "\r\n\r\nlater") < strstr(b.data, "\r\n\r\nabcd"));
	assert_true(
	    strstr(b.data, "\r\n\r\nabcd") < strstr(b.data, "204 No Content"));
	buf_finish(&b);
	buf_finish(&ask);
}

static void
test_keep_alive(void **state)
{
	struct house *h = *state;
	struct buf b = { 0 };
	int fd = dial(h);

	say(fd, "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	hear_until(fd, &b, "hello");
	assert_int_equal(count(&b, "Connection: keep-alive"), 1);
	say(fd, LAST("/hello"));
	buf_clear(&b);
	hear(fd, &b);
	assert_int_equal(count(&b, "\r\n\r\nhello"), 1);
	assert_int_equal(count(&b, "Connection: keep-alive"), 0);
	buf_finish(&b);
}

static void
test_idle(void **state)
{
	struct http_options o = { .idle_ms = 300 };
	struct house *h = house_start(&o);
	struct buf b = { 0 };
	int fd = dial(h);

	(void)state;
	say(fd, GET("/hello"));
	hear(fd, &b);
	assert_int_equal(count(&b, "\r\n\r\nhello"), 1);
	assert_int_equal(count(&b, "Connection"), 0);
	buf_finish(&b);
	house_end(h);
}

/* The sending half is shut down before the answer. */
static void
test_half_close(void **state)
{
	struct house *h = *state;
	struct buf b = { 0 };
	int fd = dial(h);

	say(fd, GET("/later") GET("/hello"));
	shutdown(fd, SHUT_WR);
	hear(fd, &b);
	assert_int_equal(count(&b, "\r\n\r\nlater"), 1);
	assert_int_equal(count(&b, "\r\n\r\nhello"), 1);
	buf_finish(&b);
}

static void
test_bodies(void **state)
{
	struct house *h = *state;
	struct buf b = { 0 };
	int fd = dial(h);

	say(fd, "POST /echo HTTP/1.1\r\n" HOST
		"Transfer-Encoding: chunked\r\n\r\n3\r\nab");
	usleep(20000);
	say(fd, "c\r\n5\r\ndefgh\r\n0\r\n\r\n");
	hear_until(fd, &b, "abcdefgh");
	buf_clear(&b);
	say(fd, "POST /echo HTTP/1.1\r\nExpect: 100-continue\r\n" CLOSE
		"Content-Length: 3\r\n\r\n");
	hear_until(fd, &b, "HTTP/1.1 100 Continue\r\n\r\n");
	say(fd, "xyz");
	hear(fd, &b);
	assert_int_equal(count(&b, "\r\n\r\nxyz"), 1);
	buf_finish(&b);
}

static void
test_refusals(void **state)
{
	struct house *h = *state;

	talk(dial(h), "GET / HTTP/1.1\nHost: a\n\n", "400 Bad Request",
	    "application/problem+json", "\"code\":\"http.bare_lf\"",
	    "\"type\":\"about:blank\"", "\"status\":400", "\"hint\":", NULL);
	talk(dial(h),
	    "POST /echo HTTP/1.1\r\n" HOST
	    "Content-Length: 44\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "0\r\n\r\n" GET("/hello"),
	    "http.framing", NULL);
	talk(dial(h),
	    "POST /echo HTTP/1.1\r\n" HOST
	    "Transfer-Encoding: chunked\r\n\r\n8000000000000000\r\n",
	    "http.chunk", NULL);
	talk(dial(h),
	    "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 9999999\r\n"
	    "Expect: 100-continue\r\n\r\n",
	    "413 Content Too Large", NULL);
	talk(dial(h), "GET / HTTP/3.0\r\n\r\n", "505 HTTP Version", NULL);
}

/* One bad request in a pipeline: nothing behind it is answered. */
static void
test_smuggling(void **state)
{
	struct house *h = *state;
	struct buf b = { 0 };
	int fd = dial(h);

	say(fd, GET("/hello") "POST /echo HTTP/1.1\r\n" HOST
			      "Content-Length: 3\r\nContent-Length: "
			      "3\r\n\r\nabc" GET("/hello") GET("/none"));
	hear(fd, &b);
	assert_int_equal(count(&b, "HTTP/1.1 "), 2);
	assert_int_equal(count(&b, "http.twice"), 1);
	assert_int_equal(count(&b, "Connection: close"), 1);
	buf_finish(&b);
}

static void
test_oversized(void **state)
{
	struct house *h = *state;
	size_t n = 1024 * 1024;
	char *fill = malloc(n + 1);
	struct buf b = { 0 };
	int fd = dial(h);

	memset(fill, 'a', n);
	fill[n] = '\0';
	say(fd, "GET / HTTP/1.1\r\n" HOST "X: ");
	/* The refusal comes while we still send: it must arrive all the same.
	 */
	(void)!send(fd, fill, n, MSG_NOSIGNAL);
	hear(fd, &b);
	assert_int_equal(count(&b, "431 Request Header Fields Too Large"), 1);
	buf_clear(&b);
	fd = dial(h);
	say(fd, "GET /");
	(void)!send(fd, fill, n, MSG_NOSIGNAL);
	hear(fd, &b);
	assert_int_equal(count(&b, "414 URI Too Long"), 1);
	free(fill);
	buf_finish(&b);
}

static void
test_slow_head(void **state)
{
	struct http_options o = { .head_ms = 300 };
	struct house *h = house_start(&o);
	struct buf b = { 0 };
	static const char head[] = "GET / HTTP/1.1\r\nHost: a\r\n";
	int silent = dial(h);

	(void)state;
	/* who is late with the first byte already is like the silent one */
	for (int tries = 0; tries < 50 && b.len == 0; tries++) {
		int fd = dial(h);

		for (int i = 0; i < 20; i++) {
			if (send(fd, &head[i], 1, MSG_NOSIGNAL) < 0)
				break;
			usleep(30000);
		}
		hear(fd, &b);
	}
	assert_int_equal(count(&b, "408 Request Timeout"), 1);
	assert_int_equal(count(&b, "http.head_slow"), 1);
	buf_clear(&b);
	hear(silent, &b);
	assert_int_equal(b.len, 0);
	buf_finish(&b);
	house_end(h);
}

static void
test_slow_body(void **state)
{
	struct http_options o = { .body_ms = 300 };
	struct house *h = house_start(&o);

	(void)state;
	talk(dial(h),
	    "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\na",
	    "http.body_slow", NULL);
	house_end(h);
}

static void
test_large(void **state)
{
	struct house *h = *state;
	struct buf b = { 0 };
	int fd = dial(h);

	say(fd, LAST("/large"));
	usleep(100000);
	hear(fd, &b);
	assert_true(b.len > LARGE && b.len < LARGE + 400);
	assert_int_equal(b.data[b.len - 1], 'x');
	buf_finish(&b);
}

/* A reader that stalls is cut. */
static void
test_stalls(void **state)
{
	struct http_options o = { .body_ms = 300 };
	struct house *h = house_start(&o);
	struct buf b = { 0 };
	int fd = dial(h);

	(void)state;
	say(fd, GET("/large"));
	usleep(900000);
	hear(fd, &b);
	assert_true(b.len < LARGE);
	buf_finish(&b);
	house_end(h);
}

static void
release_when_gone(void *arg)
{
	struct house *h = arg;

	if (h->held->gone) {
		release_held(h);
		atomic_fetch_add(&h->gone, 1);
	} else {
		loop_timer_start(h->loop, 5, release_when_gone, h);
	}
}

/* The client resets the connection while the handler thinks. */
static void
test_reset(void **state)
{
	struct house *h = *state;
	struct linger now = { .l_onoff = 1 };
	int fd = dial(h);

	say(fd, GET("/held"));
	await(&h->holding, 1);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
	loop_post(h->loop, release_when_gone, h);
	await(&h->gone, 1);
	talk(dial(h), LAST("/hello"), "hello", NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_answer),
		TEST(test_unix),
		TEST(test_head_and_none),
		TEST(test_pipeline),
		TEST(test_keep_alive),
		cmocka_unit_test(test_idle),
		TEST(test_half_close),
		TEST(test_bodies),
		TEST(test_refusals),
		TEST(test_smuggling),
		TEST(test_oversized),
		cmocka_unit_test(test_slow_head),
		cmocka_unit_test(test_slow_body),
		TEST(test_large),
		cmocka_unit_test(test_stalls),
		TEST(test_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
