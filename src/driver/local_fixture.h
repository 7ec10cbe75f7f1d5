/* SPDX-License-Identifier: MIT */
/*
 * local_fixture.h: what the tests of the local driver share: a driver in a
 * temporary folder that runs shell scripts and waits for what becomes of
 * them.  For tests alone; everything is static.  Every wait ends after
 * WAIT_MS and fails the test.
 */
#ifndef DRIVER_LOCAL_FIXTURE_H
#define DRIVER_LOCAL_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/scratch_testing.h"
#include "driver/local.h"
#include "driver/log_read.h"
#include "keep/wire.h"
#include "sys/file.h"

#define WAIT_MS 120000
#define TEST_UID 61000
#define TEST_UIDS 500
#define FIXTURE static __attribute__((unused))

struct bench {
	char data[64];
	struct driver driver;
	int64_t last; /* attempt */
};

/* What a test may set; the rest is as a task would have it. */
struct job {
	const char *script;
	enum sandbox sandbox;
	int64_t timeout_ms, grace_ms;
	uint64_t output_cap;
	const char *const *argv; /* instead of the script */
	const char *const *env;
	const struct str *secrets;
	size_t nsecrets;
	const struct work_file *files;
	size_t nfiles;
	const char *const *volumes;
	uint64_t memory_bytes;
	unsigned processes;
};

FIXTURE bool
bench_is_root(void)
{
	return geteuid() == 0;
}

/*
 * The first of the uids of this process.  Two tests at a time with the same
 * ones would count each other's processes (RLIMIT_NPROC is of a uid): each
 * has the name of a range until it ends, an abstract one that leaves nothing.
 */
FIXTURE uid_t
bench_uid(void)
{
	static uid_t first;

	for (unsigned i = 0; first == 0 && i < 8; i++) {
		struct sockaddr_un name = { .sun_family = AF_UNIX };
		int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

		snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1,
		    "slipway-test-uids.%u", i);
		if (fd >= 0 && bind(fd, (struct sockaddr *)&name,
				   sizeof(name)) == 0)
			first = TEST_UID + i * TEST_UIDS;
		else if (fd >= 0)
			close(fd);
	}
	if (first == 0)
		first = TEST_UID;
	return first;
}

FIXTURE struct local_options
bench_options(void)
{
	return (struct local_options){ .uid_first = bench_uid(),
		.uid_count = TEST_UIDS };
}

FIXTURE void
bench_check(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s", e->message);
}

/* Start (again) on the folder, as a new server would. */
FIXTURE void
bench_begin(struct bench *b)
{
	struct local_options o = bench_options();
	struct err e;

	o.server_uid = geteuid();
	o.server_gid = getegid();
	bench_check(local_create(b->data, &o, &b->driver, &e), &e);
}

FIXTURE void
bench_open(struct bench *b)
{
	memset(b, 0, sizeof(*b));
	scratch_make(b->data, sizeof(b->data), "driver");
	bench_begin(b);
}

FIXTURE void
bench_end(struct bench *b)
{
	b->driver.ops->destroy(b->driver.self);
	b->driver.self = NULL;
}

FIXTURE void
bench_close(struct bench *b)
{
	struct err e;

	bench_end(b);
	bench_check(file_remove_tree(AT_FDCWD, b->data, &e), &e);
}

FIXTURE void
bench_work(const struct job *j, const char *argv[4], struct work *ret)
{
	static const char *const env[] = { "PATH=/usr/bin:/bin", "LANG=C",
		NULL };

	argv[0] = "/bin/sh";
	argv[1] = "-c";
	argv[2] = j->script;
	argv[3] = NULL;
	*ret = (struct work){ .argv = j->argv ? j->argv : argv,
		.env = j->env ? j->env : env,
		.files = j->files,
		.nfiles = j->nfiles,
		.secrets = j->secrets,
		.nsecrets = j->nsecrets,
		.volumes = j->volumes,
		.sandbox = j->sandbox,
		.timeout_ms = j->timeout_ms,
		.grace_ms = j->grace_ms ? j->grace_ms : 500,
		.output_cap = j->output_cap ? j->output_cap : LIMIT_LOG_WHOLE,
		.memory_bytes = j->memory_bytes,
		.processes = j->processes };
}

FIXTURE int64_t
bench_start(struct bench *b, const struct job *j)
{
	const char *argv[4];
	struct work w;
	struct err e;

	bench_work(j, argv, &w);
	w.attempt = ++b->last;
	w.token = b->last * 1000;
	bench_check(b->driver.ops->start(b->driver.self, &w, &e), &e);
	return w.attempt;
}

/* The next event of this attempt of that kind; others are dropped. */
FIXTURE struct work_event
bench_wait(struct bench *b, int64_t attempt, enum work_event_kind kind)
{
	int64_t until = clock_boot_ms() + WAIT_MS;
	struct work_event ev;

	for (;;) {
		struct pollfd p = { b->driver.ops->fd(b->driver.self), POLLIN,
			0 };

		while (b->driver.ops->next(b->driver.self, &ev)) {
			if (ev.attempt == attempt && ev.kind == kind)
				return ev;
			buf_finish(&ev.outputs);
		}
		if (clock_boot_ms() >= until)
			fail_msg("no event %d of attempt %" PRId64, (int)kind,
			    attempt);
		(void)poll(&p, 1, 100);
	}
}

FIXTURE struct work_event
bench_run(struct bench *b, const struct job *j)
{
	return bench_wait(b, bench_start(b, j), WORK_ENDED);
}

/* The whole log as text, to be freed. */
FIXTURE char *
bench_log(const struct bench *b, int64_t attempt)
{
	struct log_chunk chunks[64];
	struct buf text = { 0 };
	struct log_read *l;
	uint64_t at = 0;
	size_t n;
	struct err e;

	bench_check(log_read_open(b->data, attempt, &l, &e), &e);
	do {
		n = ARRAY_SIZE(chunks);
		bench_check(log_read_at(l, at, MIB(1), &text, chunks, &n, &e),
		    &e);
		if (n > 0)
			at = chunks[n - 1].offset + chunks[n - 1].length;
	} while (n > 0);
	log_read_close(l);
	buf_addc(&text, '\0');
	return text.data;
}

/* Run and compare everything that came out. */
FIXTURE void
bench_expect(struct bench *b, const struct job *j, const char *text)
{
	struct work_event ev = bench_run(b, j);
	char *log = bench_log(b, ev.attempt);

	assert_string_equal(log, text);
	free(log);
	buf_finish(&ev.outputs);
}

FIXTURE void
bench_until(bool (*fn)(void *arg), void *arg)
{
	const struct timespec moment = { .tv_nsec = 2000000 };
	int64_t until = clock_boot_ms() + WAIT_MS;

	while (!fn(arg)) {
		if (clock_boot_ms() >= until)
			fail_msg("waited for nothing");
		nanosleep(&moment, NULL);
	}
}

struct bench_text {
	const struct bench *b;
	int64_t attempt;
	const char *text;
};

FIXTURE bool
bench_log_is(void *arg)
{
	struct bench_text *t = arg;
	char *log = bench_log(t->b, t->attempt);
	bool same = strcmp(log, t->text) == 0;

	free(log);
	return same;
}

/* Until the log so far is exactly this. */
FIXTURE void
bench_wait_log(const struct bench *b, int64_t attempt, const char *text)
{
	bench_until(bench_log_is, &(struct bench_text){ b, attempt, text });
}

#endif
