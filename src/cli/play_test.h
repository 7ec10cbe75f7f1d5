/* SPDX-License-Identifier: MIT */
/*
 * play_test.h: play the whole command line against a server that answers from
 * a table of routes.
 *
 * cli_main runs in a child process with its own stdin, stdout and stderr, or
 * on a terminal of its own; what it printed, its exit code and what it asked
 * the server are the result, which is valid until the next play.
 */
#ifndef CLI_PLAY_TEST_H
#define CLI_PLAY_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/str.h"
#include "cli/cli.h"

#define LIMIT_MS 20000

struct route {
	const char *start; /* of the request: "GET /v1/runs/R-1 " */
	int status;
	const char *type; /* NULL: JSON */
	const char *body;
};

struct result {
	int code;
	char out[65536], err[16384];
	struct buf asked; /* requests with their bodies */
};

static void
answer(int fd, const struct route *routes, struct result *r)
{
	struct buf in = { 0 };
	char chunk[4096], head[256];
	const struct route *route = routes;
	const char *body = NULL, *length;
	size_t want = SIZE_MAX;
	ssize_t n;

	while (in.len < want && (n = read(fd, chunk, sizeof(chunk))) > 0) {
		buf_add(&in, chunk, (size_t)n);
		body = strstr(in.data, "\r\n\r\n");
		if (body == NULL || want != SIZE_MAX)
			continue;
		length = strcasestr(in.data, "content-length:");
		want = (size_t)(body + 4 - in.data);
		if (length != NULL && length < body)
			want += strtoul(length + 15, NULL, 10);
	}
	if (body != NULL) {
		buf_add(&r->asked, in.data, strcspn(in.data, "\r"));
		buf_printf(&r->asked, " %s\n", body + 4);
		while (route->start != NULL && strncmp(in.data, route->start,
						   strlen(route->start)) != 0)
			route++;
		n = snprintf(head, sizeof(head),
		    "HTTP/1.1 %d X\r\nContent-Type: %s\r\n"
		    "Connection: close\r\n\r\n",
		    route->start == NULL ? 404 : route->status,
		    route->type == NULL ? "application/json" : route->type);
		n = send(fd, head, (size_t)n, MSG_NOSIGNAL);
		if (n > 0 && route->start != NULL)
			(void)!send(
			    fd, route->body, strlen(route->body), MSG_NOSIGNAL);
	}
	buf_finish(&in);
	close(fd);
}

static int
listen_at(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 16), 0);
	return fd;
}

static _Noreturn void
run_cli(const char *dir, char **argv)
{
	char path[128];
	int argc = 0;

	snprintf(path, sizeof(path), "%s/sock", dir);
	setenv("SLIPWAY_SOCKET", path, 1);
	setenv("XDG_CONFIG_HOME", dir, 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	unsetenv("SLIPWAY_URL");
	unsetenv("SLIPWAY_TOKEN");
	unsetenv("SLIPWAY_AS");
	while (argv[argc] != NULL)
		argc++;
	exit(cli_main(argc, argv));
}

static void
child(const char *dir, const char *in, char **argv)
{
	static const char *const names[] = { "in", "out", "err" };
	char path[128];

	for (int i = 0; i < 3; i++) {
		int fd;

		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
		if (i == 0 && in != NULL) {
			(void)!write(fd, in, strlen(in));
			lseek(fd, 0, SEEK_SET);
		}
		dup2(fd, i);
	}
	run_cli(dir, argv);
}

static void
slurp(const char *dir, const char *name, char *to, size_t size)
{
	char path[128];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	assert_non_null(f);
	n = fread(to, 1, size - 1, f);
	to[n] = '\0';
	fclose(f);
	unlink(path);
}

static struct result *
play(const struct route *routes, const char *in, char **argv)
{
	static struct result r;
	char dir[] = "/tmp/cli_test.XXXXXX", path[128];
	int64_t end = clock_boot_ms() + LIMIT_MS;
	int fd, status = 0;
	pid_t pid;

	buf_finish(&r.asked);
	memset(&r, 0, sizeof(r));
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/sock", dir);
	fd = listen_at(path);
	pid = fork();
	if (pid == 0)
		child(dir, in, argv);
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		if (poll(&p, 1, 10) > 0)
			answer(accept(fd, NULL, NULL), routes, &r);
		if (waitpid(pid, &status, WNOHANG) == pid)
			break;
		assert_true(clock_boot_ms() < end);
	}
	close(fd);
	unlink(path);
	slurp(dir, "out", r.out, sizeof(r.out));
	slurp(dir, "err", r.err, sizeof(r.err));
	snprintf(path, sizeof(path), "%s/in", dir);
	unlink(path);
	rmdir(dir);
	r.code = WEXITSTATUS(status);
	return &r;
}

struct reply {
	const char *question; /* typed when this is on the screen */
	const char *answer;
};

/* Everything that the terminal showed is in out. */
static struct result *
play_terminal(
    const struct route *routes, const struct reply *replies, char **argv)
{
	static struct result r;
	char dir[] = "/tmp/cli_test.XXXXXX", path[128];
	int64_t end = clock_boot_ms() + LIMIT_MS;
	struct pollfd p[2] = { { .events = POLLIN }, { .events = POLLIN } };
	size_t len = 0, seen = 0;
	int status = 0, tty;
	pid_t pid;

	buf_finish(&r.asked);
	memset(&r, 0, sizeof(r));
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/sock", dir);
	p[0].fd = listen_at(path);
	pid = forkpty(&tty, NULL, NULL, NULL);
	if (pid == 0)
		run_cli(dir, argv);
	p[1].fd = tty;
	for (;;) {
		ssize_t n = -1;

		assert_true(clock_boot_ms() < end);
		poll(p, 2, 100);
		if (p[0].revents & POLLIN)
			answer(accept(p[0].fd, NULL, NULL), routes, &r);
		if (p[1].revents == 0)
			continue;
		if (p[1].revents & POLLIN)
			n = read(tty, r.out + len, sizeof(r.out) - 1 - len);
		if (n <= 0)
			break;
		len += (size_t)n;
		r.out[len] = '\0';
		while (replies->question != NULL &&
		       strstr(r.out + seen, replies->question) != NULL) {
			(void)!write(
			    tty, replies->answer, strlen(replies->answer));
			seen = len;
			replies++;
		}
	}
	waitpid(pid, &status, 0);
	close(tty);
	close(p[0].fd);
	unlink(path);
	rmdir(dir);
	assert_null(replies->question);
	r.code = WEXITSTATUS(status);
	return &r;
}

#define PLAY_TERMINAL(routes, replies, ...)                                    \
	play_terminal((routes), (replies),                                     \
	    (char **)(uintptr_t)(const char *const[]){                         \
		"slipway", __VA_ARGS__, NULL })
#define PLAY(routes, in, ...)                                                  \
	play((routes), (in),                                                   \
	    (char **)(uintptr_t)(const char *const[]){                         \
		"slipway", __VA_ARGS__, NULL })
#define assert_has(text, part)                                                 \
	do {                                                                   \
		if (strstr((text), (part)) == NULL)                            \
			fail_msg("'%s' is not in: %s", (part), (text));        \
	} while (0)
#define assert_lacks(text, part) assert_null(strstr((text), (part)))

#endif
