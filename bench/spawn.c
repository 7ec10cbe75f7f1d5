/* SPDX-License-Identifier: MIT */
/*
 * spawn.c: what one trivial attempt costs beside one bare posix_spawn.
 *
 *	make && cc -D_GNU_SOURCE -Isrc -O2 -o spawn bench/spawn.c \
 *	    build/release/libslipway.a -luv -lcrypto -lsodium
 *	./spawn [COUNT [IN_FLIGHT [PROGRAM]]]
 *
 * Prints attempts per second of the local driver without and with the
 * sandbox, IN_FLIGHT at a time, beside a bare posix_spawn loop of the same
 * program in the same run, and the ratio of the two.
 */
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "driver/local.h"
#include "sys/file.h"

struct bench {
	int count, flight;
	char *program;
	struct driver driver;
	int64_t attempt;
};

static double
bare_rate(const struct bench *b)
{
	char *argv[] = { b->program, NULL }, *env[] = { NULL };
	int64_t begun = clock_boot_us();
	int flight = 0;

	for (int i = 0; i < b->count; i++) {
		pid_t pid;

		if (flight == b->flight && wait(NULL) > 0)
			flight--;
		if (posix_spawn(&pid, b->program, NULL, NULL, argv, env) != 0)
			exit(1);
		flight++;
	}
	while (wait(NULL) > 0)
		;
	return b->count * 1e6 / (double)(clock_boot_us() - begun);
}

static void
attempt_start(struct bench *b, enum sandbox s)
{
	const char *argv[] = { b->program, NULL };
	static const char *const env[] = { "PATH=/usr/bin:/bin", NULL };
	struct work w = { .attempt = ++b->attempt,
		.token = 1,
		.argv = argv,
		.env = env,
		.sandbox = s,
		.grace_ms = 1000,
		.output_cap = LIMIT_LOG_WHOLE };
	struct err e;

	if (b->driver.ops->start(b->driver.self, &w, &e))
		return;
	fprintf(stderr, "spawn: %s\n", e.message);
	exit(1);
}

static int
attempts_end(struct bench *b)
{
	struct work_event ev;
	int ended = 0;

	while (b->driver.ops->next(b->driver.self, &ev)) {
		buf_finish(&ev.outputs);
		if (ev.kind == WORK_STARTED)
			continue;
		if (ev.kind != WORK_ENDED || ev.code != 0) {
			fprintf(stderr, "spawn: an attempt failed: %s\n",
			    ev.detail);
			exit(1);
		}
		ended++;
	}
	return ended;
}

static double
driver_rate(struct bench *b, enum sandbox s)
{
	struct pollfd p = { b->driver.ops->fd(b->driver.self), POLLIN, 0 };
	int64_t begun = clock_boot_us();
	int started = 0, ended = 0;

	while (ended < b->count) {
		while (started < b->count && started - ended < b->flight) {
			attempt_start(b, s);
			started++;
		}
		(void)poll(&p, 1, 10000);
		ended += attempts_end(b);
	}
	return b->count * 1e6 / (double)(clock_boot_us() - begun);
}

int
main(int argc, char **argv)
{
	static const char *const names[] = { "none", "default", "strict" };
	char data[] = "/var/tmp/slipway-bench-XXXXXX", usual[] = "/bin/true";
	struct local_options o = { .server_uid = geteuid(),
		.server_gid = getegid(),
		.uid_first = 61000,
		.uid_count = 1000 };
	struct bench b = { .count = argc > 1 ? (int)strtol(argv[1], NULL, 10) :
					       1000,
		.flight = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 8,
		.program = argc > 3 ? argv[3] : usual };
	double bare;
	struct err e;

	bare = bare_rate(&b);
	if (!mkdtemp(data) || !local_create(data, &o, &b.driver, &e)) {
		fprintf(stderr, "spawn: cannot begin\n");
		return 1;
	}
	printf("bare     %6.0f/s\n", bare);
	for (int s = SANDBOX_NONE; s <= SANDBOX_STRICT; s++) {
		double rate = driver_rate(&b, (enum sandbox)s);

		printf("%-8s %6.0f/s  %.2f of bare\n", names[s], rate,
		    rate / bare);
	}
	b.driver.ops->destroy(b.driver.self);
	usleep(200000);
	(void)file_remove_tree(AT_FDCWD, data, NULL);
	return 0;
}
