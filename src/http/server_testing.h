/* SPDX-License-Identifier: MIT */
/*
 * server_testing.h: for the tests of the HTTP server: a house with a real
 * server on a thread of its own, and raw bytes from the test's thread.
 *
 * Every wait ends: sockets give up after a minute.  A test of a limit makes a
 * house of its own; any other never meets one, however slow the machine is.
 */
#ifndef HTTP_SERVER_TESTING_H
#define HTTP_SERVER_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/scratch_testing.h"
#include "http/server.h"

#define LARGE (8u * 1024 * 1024)
#define HOST "Host: a\r\n"
#define CLOSE HOST "Connection: close\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\n" HOST "\r\n"
#define LAST(path) "GET " path " HTTP/1.1\r\n" CLOSE "\r\n"

struct house {
	struct loop *loop;
	struct http_server *server;
	pthread_t thread;
	int port;
	char folder[64], socket[128];
	char *large;
	struct exchange *held; /* loop thread only */
	atomic_int holding, gone, drained;
};

/* --- handlers, on the loop thread ---------------------------------------- */

static struct house *the_house;

static inline void
answer_later(void *arg)
{
	exchange_answer(arg, 200, "text/plain", STR("later"));
}

static inline void
handle_gone(struct exchange *x)
{
	assert_true(x->gone);
	atomic_fetch_add(&the_house->gone, 1);
	stream_end(x); /* allowed, does nothing */
}

static inline void
handle_events(struct exchange *x)
{
	int64_t from = 0;
	char id[24];

	str_to_int64(exchange_header(x, "Last-Event-ID"), &from);
	stream_begin(x);
	for (int64_t i = from + 1; i <= from + 3; i++) {
		snprintf(id, sizeof(id), "%lld", (long long)i);
		stream_send(x, id, "line", STR("a\r\nb"));
	}
	stream_end(x);
}

static inline void
handle_room(struct exchange *x)
{
	uintptr_t sent = (uintptr_t)x->user;

	while (sent < 200 && stream_room(x) > 70000) {
		stream_send(
		    x, NULL, NULL, (struct str){ the_house->large, 65536 });
		x->user = (void *)++sent;
	}
	if (sent == 200)
		stream_end(x);
}

static inline void
handle_flood(struct exchange *x)
{
	stream_begin(x);
	x->on_gone = handle_gone;
	for (int i = 0; i < 200; i++)
		stream_send(
		    x, NULL, NULL, (struct str){ the_house->large, 65536 });
}

static inline void
handle_stream(struct exchange *x)
{
	if (str_is(x->path, "/events")) {
		handle_events(x);
	} else if (str_is(x->path, "/flood")) {
		handle_flood(x);
	} else if (str_is(x->path, "/room")) {
		stream_begin(x);
		stream_on_room(x, handle_room);
		handle_room(x);
	} else { /* /open: stays open */
		x->on_gone = handle_gone;
		stream_begin(x);
		the_house->held = x;
	}
}

static inline void
handle(void *self, struct exchange *x)
{
	struct house *h = self;

	if (str_is(x->path, "/echo")) {
		exchange_answer(x, 200, "text/plain", x->body);
	} else if (str_is(x->path, "/later")) {
		loop_timer_start(h->loop, 50, answer_later, x);
	} else if (str_is(x->path, "/held")) {
		h->held = x;
		atomic_fetch_add(&h->holding, 1);
	} else if (str_is(x->path, "/large")) {
		exchange_answer(
		    x, 200, "text/plain", (struct str){ h->large, LARGE });
	} else if (str_is(x->path, "/none")) {
		exchange_answer(x, 204, NULL, (struct str){ 0 });
	} else if (str_is(x->path, "/set")) {
		exchange_set(x, "Location", "/a\r\nX-Evil: 1");
		exchange_set(x, "cache-control", "private");
		exchange_answer(x, 201, NULL, exchange_header(x, "x-given"));
	} else if (str_is(x->path, "/who")) {
		exchange_answer(x, 200, "text/plain",
		    str_of(arena_printf(x->arena, "%s %d %u %.*s", x->address,
			x->local, x->uid, (int)x->method.n, x->method.p)));
	} else if (str_is(x->path, "/hello")) {
		exchange_answer(x, 200, "text/plain", STR("hello"));
	} else {
		handle_stream(x);
	}
}

/* --- the house ------------------------------------------------------------ */

static inline void *
house_run(void *arg)
{
	struct house *h = arg;

	loop_run(h->loop);
	return NULL;
}

static inline void
house_stop(void *arg)
{
	struct house *h = arg;

	loop_stop(h->loop);
}

static inline struct house *
house_start(const struct http_options *o)
{
	struct house *h = calloc(1, sizeof(*h));
	struct http_options options = *o;
	struct err e;

	the_house = h;
	options.handler = handle;
	options.self = h;
	h->large = malloc(LARGE);
	memset(h->large, 'x', LARGE);
	scratch_make(h->folder, sizeof(h->folder), "http");
	snprintf(h->socket, sizeof(h->socket), "%s/sock", h->folder);
	h->loop = loop_create();
	h->server = http_server_create(h->loop, &options);
	assert_true(http_listen_tcp(h->server, "127.0.0.1:0", &h->port, &e));
	assert_true(http_listen_unix(h->server, h->socket, 0600, &e));
	assert_int_equal(pthread_create(&h->thread, NULL, house_run, h), 0);
	return h;
}

static inline void
house_end(struct house *h)
{
	loop_post(h->loop, house_stop, h);
	pthread_join(h->thread, NULL);
	http_server_destroy(h->server);
	loop_destroy(h->loop);
	unlink(h->socket);
	rmdir(h->folder);
	free(h->large);
	free(h);
}

static inline int
setup(void **state)
{
	struct http_options o = { .comment_ms = 150 };

	*state = house_start(&o);
	return 0;
}

static inline int
teardown(void **state)
{
	house_end(*state);
	return 0;
}

/* --- the client side ------------------------------------------------------ */

static inline void
patience(int fd)
{
	struct timeval minute = { .tv_sec = 60 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &minute, sizeof(minute));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &minute, sizeof(minute));
}

static inline int
dial(const struct house *h)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)h->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	patience(fd);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

static inline int
dial_unix(const struct house *h)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(a.sun_path, h->socket, strlen(h->socket) + 1);
	patience(fd);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

static inline void
say(int fd, const char *bytes)
{
	size_t n = strlen(bytes);

	assert_int_equal(send(fd, bytes, n, MSG_NOSIGNAL), n);
}

/* Whoever stops this process for a moment ends a wait that has a limit. */
static inline ssize_t
hear_some(int fd, void *piece, size_t size)
{
	ssize_t n;

	do {
		n = recv(fd, piece, size, 0);
	} while (n < 0 && errno == EINTR);
	return n;
}

/* All until the server hangs up; fails when that takes too long. */
static inline void
hear(int fd, struct buf *b)
{
	char piece[65536];
	ssize_t n;

	while ((n = hear_some(fd, piece, sizeof(piece))) > 0)
		buf_add(b, piece, (size_t)n);
	if (n < 0 && errno != ECONNRESET)
		fail_msg("recv: %s, after: %s", strerror(errno), buf_cstr(b));
	close(fd);
}

/* Until `what` has been heard. */
static inline void
hear_until(int fd, struct buf *b, const char *what)
{
	char piece[4096];

	while (strstr(buf_cstr(b), what) == NULL) {
		ssize_t n = hear_some(fd, piece, sizeof(piece));

		if (n <= 0)
			fail_msg("no '%s' in: %s", what, buf_cstr(b));
		buf_add(b, piece, (size_t)n);
	}
}

static inline unsigned
count(const struct buf *b, const char *what)
{
	const char *at = buf_cstr(b);
	unsigned n = 0;

	while ((at = strstr(at, what)) != NULL) {
		n++;
		at += strlen(what);
	}
	return n;
}

/* Send, hear all, expect each of the NULL-terminated texts. */
static inline void
talk(int fd, const char *bytes, ...)
{
	struct buf b = { 0 };
	const char *want;
	va_list ap;

	say(fd, bytes);
	hear(fd, &b);
	va_start(ap, bytes);
	while ((want = va_arg(ap, const char *)) != NULL)
		if (strstr(buf_cstr(&b), want) == NULL)
			fail_msg("'%s' not in: %s", want, buf_cstr(&b));
	va_end(ap);
	buf_finish(&b);
}

static inline void
await(atomic_int *value, int want)
{
	for (int i = 0; i < 6000 && atomic_load(value) != want; i++)
		usleep(10000);
	assert_int_equal(atomic_load(value), want);
}

/* From the loop: what was held for a client is answered. */
static inline void
release_held(void *arg)
{
	struct house *h = arg;

	exchange_answer(h->held, 200, "text/plain", STR("late"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
