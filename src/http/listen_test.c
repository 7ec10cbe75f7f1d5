/* SPDX-License-Identifier: MIT */
#include "http/server_testing.h"

static void
test_caps(void **state)
{
	struct http_options o = { .connections = 3,
		.connections_per_address = 2 };
	struct house *h = house_start(&o);
	struct buf b = { 0 };
	int one = dial(h), two = dial(h), local;

	(void)state;
	say(one, GET("/hello"));
	say(two, GET("/hello"));
	hear_until(one, &b, "hello");
	buf_clear(&b);
	hear_until(two, &b, "hello");
	talk(dial(h), LAST("/hello"), "429 Too Many Requests", "Retry-After: 1",
	    "http.address_full", NULL);
	local = dial_unix(h);
	say(local, GET("/hello"));
	buf_clear(&b);
	hear_until(local, &b, "hello");
	talk(dial_unix(h), LAST("/hello"), "503 Service Unavailable",
	    "http.server_full", NULL);
	close(one);
	close(two);
	close(local);
	/* the server sees them leave in its own time */
	for (int i = 0; i < 6000 && count(&b, "\r\n\r\nhello") == 0; i++) {
		int fd = dial(h);

		usleep(10000);
		buf_clear(&b);
		say(fd, LAST("/hello"));
		hear(fd, &b);
	}
	assert_int_equal(count(&b, "\r\n\r\nhello"), 1);
	buf_finish(&b);
	house_end(h);
}

static double
cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* No descriptor left: no spinning, and all is well when there is one again. */
static void
test_descriptors(void **state)
{
	struct house *h = *state;
	struct rlimit was, now;
	int fds[4], spare;
	double before;

	for (int i = 0; i < 4; i++)
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	spare = dup(0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	now = was;
	now.rlim_cur = (rlim_t)spare + 1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
	before = cpu_seconds();
	for (int i = 0; i < 4; i++) {
		struct sockaddr_in a = { .sin_family = AF_INET,
			.sin_port = htons((uint16_t)h->port),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

		patience(fds[i]);
		assert_int_equal(
		    connect(fds[i], (struct sockaddr *)&a, sizeof(a)), 0);
		say(fds[i], LAST("/hello"));
	}
	usleep(250000);
	assert_true(cpu_seconds() - before < 0.1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
	close(spare);
	for (int i = 0; i < 4; i++) {
		struct buf b = { 0 };

		hear(fds[i], &b);
		assert_true(count(&b, "hello") + count(&b, "server_full") > 0);
		buf_finish(&b);
	}
}

static void
test_listen_errors(void **state)
{
	struct house *h = *state;
	struct http_options o = { .handler = handle, .self = h };
	struct loop *loop = loop_create();
	struct http_server *s = http_server_create(loop, &o);
	char path[400], folder[300];
	struct stat st;
	struct err e;
	int port;

	assert_false(http_listen_tcp(s, "nonsense", &port, &e));
	assert_string_equal(e.code, "http.address");
	assert_true(http_listen_tcp(s, "[::1]:0", &port, &e));
	assert_true(port > 0);
	assert_false(http_listen_unix(s, h->socket, 0600, &e));
	assert_string_equal(e.code, "http.address_used");
	assert_false(http_listen_unix(s, h->folder, 0600, &e));
	snprintf(folder, sizeof(folder), "%s/%0150d", h->folder, 0);
	assert_int_equal(mkdir(folder, 0700), 0);
	snprintf(path, sizeof(path), "%s/sock", folder);
	assert_true(http_listen_unix(s, path, 0660, &e));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	http_server_destroy(s);
	s = http_server_create(loop, &o);
	assert_true(http_listen_unix(s, path, 0660, &e)); /* a dead one */
	http_server_destroy(s);
	loop_destroy(loop);
	unlink(path);
	rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_caps),
		TEST(test_descriptors),
		TEST(test_listen_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
