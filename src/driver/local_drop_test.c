/* SPDX-License-Identifier: MIT */
/* A server that was started as root and has given its rights up. */
#include "driver/local_fixture.h"

#include <errno.h>
#include <grp.h>

#define SERVER_ID 60999

static int
setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct local_options o = bench_options();
	struct err e;

	*state = b;
	if (!bench_is_root())
		return 0;
	scratch_make(b->data, sizeof(b->data), "drop");
	assert_return_code(chown(b->data, SERVER_ID, SERVER_ID), errno);
	o.server_uid = o.server_gid = SERVER_ID;
	bench_check(local_create(b->data, &o, &b->driver, &e), &e);
	assert_return_code(setgroups(0, NULL), errno);
	assert_return_code(setresgid(SERVER_ID, SERVER_ID, SERVER_ID), errno);
	assert_return_code(setresuid(SERVER_ID, SERVER_ID, SERVER_ID), errno);
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;
	struct err e;

	if (b->driver.self) {
		bench_end(b);
		/* the top of it lies in a folder that is not ours */
		(void)file_remove_tree(AT_FDCWD, b->data, &e);
	}
	free(b);
	return 0;
}

static struct bench *
bench_of(void **state)
{
	struct bench *b = *state;

	if (!b->driver.self)
		skip();
	return b;
}

static void
attempts_run_as_others(void **state)
{
	struct bench *b = bench_of(state);

	for (int s = SANDBOX_NONE; s <= SANDBOX_STRICT; s++) {
		struct work_event ev = bench_run(b,
		    &(struct job){
			.script = "echo a=b > \"$SLIPWAY_OUTPUT\"; id -u; "
				  "echo x > /dev/stderr",
			.sandbox = (enum sandbox)s });
		char *log = bench_log(b, ev.attempt);

		assert_string_equal(buf_cstr(&ev.outputs), "a=b\n");
		assert_in_range(strtol(log, NULL, 10), bench_uid(),
		    bench_uid() + TEST_UIDS - 1);
		assert_non_null(strstr(log, "\nx\n"));
		free(log);
		buf_finish(&ev.outputs);
	}
}

static void
pinned_files_arrive(void **state)
{
	struct bench *b = bench_of(state);
	char source[128];
	struct work_file file = { .name = "tool", .source = source };
	int fd;

	snprintf(source, sizeof(source), "%s/pinned", b->data);
	fd = open(source, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(file_write_all(fd, "#!/bin/sh\necho tool\n", 20));
	close(fd);
	bench_expect(b,
	    &(struct job){ .script = "./tool", .files = &file, .nfiles = 1 },
	    "tool\n");
}

static void
cancels(void **state)
{
	struct bench *b = bench_of(state);
	int64_t id = bench_start(b,
	    &(struct job){ .script = "echo up; sleep 100",
		.sandbox = SANDBOX_DEFAULT });

	bench_wait(b, id, WORK_STARTED);
	b->driver.ops->cancel(b->driver.self, id, id * 1000, 100);
	assert_int_equal(bench_wait(b, id, WORK_ENDED).reason,
	    WORK_CANCELLED);
}

struct absent {
	char path[128];
};

static bool
is_absent(void *arg)
{
	return !file_exists(((struct absent *)arg)->path);
}

/* The files of a foreign uid are not ours to remove: the spawner does it. */
static void
workspaces_are_removed(void **state)
{
	struct bench *b = bench_of(state);
	struct work_event ev = bench_run(b,
	    &(struct job){ .script = "mkdir -m 0 d; touch f" });
	struct absent a;

	snprintf(a.path, sizeof(a.path), "%s/ws/%" PRId64, b->data,
	    ev.attempt);
	bench_until(is_absent, &a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attempts_run_as_others),
		cmocka_unit_test(pinned_files_arrive),
		cmocka_unit_test(cancels),
		cmocka_unit_test(workspaces_are_removed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
