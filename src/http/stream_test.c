/* SPDX-License-Identifier: MIT */
#include "http/server_testing.h"

static void
test_events(void **state)
{
	struct house *h = *state;
	struct buf b = { 0 };
	int fd = dial(h);

	say(fd, "GET /events HTTP/1.1\r\nLast-Event-ID: 7\r\n" CLOSE "\r\n");
	hear(fd, &b);
	assert_int_equal(count(&b, "Content-Type: text/event-stream\r\n"), 1);
	assert_int_equal(count(&b, "retry: 1000\n\n"), 1);
	assert_int_equal(
	    count(&b, "id: 8\nevent: line\ndata: a\ndata: b\n\n"), 1);
	assert_int_equal(count(&b, "id: 10\n"), 1);
	assert_true(str_ends(buf_str(&b), "\r\n0\r\n\r\n"));
	buf_clear(&b);
	fd = dial(h);
	say(fd, "GET /events HTTP/1.0\r\n\r\n");
	hear(fd, &b);
	assert_int_equal(count(&b, "chunked"), 0);
	assert_true(str_ends(buf_str(&b), "data: b\n\n"));
	buf_finish(&b);
}

static void
test_comment_and_leaving(void **state)
{
	struct house *h = *state;
	struct buf b = { 0 };
	int fd = dial(h);

	say(fd, GET("/open"));
	hear_until(fd, &b, "retry");
	buf_clear(&b);
	hear_until(fd, &b, ":\n\n");
	assert_int_equal(atomic_load(&h->gone), 0);
	close(fd);
	await(&h->gone, 1);
	buf_finish(&b);
}

/* A watcher that does not read is cut; the others notice nothing. */
static void
test_stalled(void **state)
{
	struct house *h = *state;
	struct buf b = { 0 };
	int fd = dial(h);

	say(fd, GET("/flood"));
	await(&h->gone, 1);
	talk(dial(h), LAST("/hello"), "hello", NULL);
	hear(fd, &b);
	assert_true(b.len < 200 * 65536);
	buf_finish(&b);
}

static void
test_room(void **state)
{
	struct house *h = *state;
	struct buf b = { 0 };
	int fd = dial(h);

	say(fd, LAST("/room"));
	usleep(100000);
	hear(fd, &b);
	assert_true(b.len > 200 * 65536);
	assert_true(str_ends(buf_str(&b), "\r\n0\r\n\r\n"));
	buf_finish(&b);
}

static void
drained(void *arg)
{
	struct house *h = arg;

	atomic_store(&h->drained, 1);
}

static void
drain(void *arg)
{
	struct house *h = arg;

	http_server_drain(h->server, 60000, drained, h);
}

static void
test_drain(void **state)
{
	struct house *h = *state;
	struct buf b = { 0 };
	int idle = dial(h), stream = dial(h), busy = dial(h);

	say(stream, GET("/open"));
	hear_until(stream, &b, "retry");
	say(busy, GET("/held"));
	await(&h->holding, 1);
	loop_post(h->loop, drain, h);
	hear(idle, &b);
	hear(stream, &b);
	assert_false(str_ends(buf_str(&b), "0\r\n\r\n")); /* broken off */
	await(&h->gone, 1);
	loop_post(h->loop, release_held, h);
	buf_clear(&b);
	hear(busy, &b);
	assert_int_equal(count(&b, "Connection: close"), 1);
	assert_int_equal(count(&b, "\r\n\r\nlate"), 1);
	await(&h->drained, 1);
	buf_finish(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_events),
		TEST(test_comment_and_leaving),
		TEST(test_stalled),
		TEST(test_room),
		TEST(test_drain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
