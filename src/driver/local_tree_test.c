/* SPDX-License-Identifier: MIT */
/* Nothing outlives the end of a command, whoever dies and when. */
#include "driver/local_fixture.h"

#include <errno.h>
#include <signal.h>

#include "driver/local_attempt.h"

#define VOLUME_UID 61999

struct fixture {
	struct bench bench;
	char volume[64];
	const char *volumes[2];
	char life[80]; /* FIFO: has writers while anybody lives */
	int reader;
	int k;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char path[96];

	bench_open(&f->bench);
	scratch_make(f->volume, sizeof(f->volume), "volume");
	snprintf(f->life, sizeof(f->life), "%s/life", f->volume);
	assert_return_code(mkfifo(f->life, 0666), errno);
	assert_return_code(chmod(f->life, 0666), errno);
	if (bench_is_root())
		assert_return_code(chown(f->volume, VOLUME_UID, VOLUME_UID),
		    errno);
	f->volumes[0] = f->volume;
	f->reader = open(f->life, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	snprintf(path, sizeof(path), "%s/k", f->bench.data);
	f->k = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	struct err e;

	bench_close(&f->bench);
	bench_check(file_remove_tree(AT_FDCWD, f->volume, &e), &e);
	close(f->reader);
	close(f->k);
	free(f);
	return 0;
}

/* The script gets $LIFE open for writing as descriptor 9. */
static int64_t
start(struct fixture *f, enum sandbox s, const char *script,
    int64_t timeout_ms, int64_t grace_ms)
{
	char life[128], text[1024];
	const char *env[] = { "PATH=/usr/bin:/bin", life, NULL };

	snprintf(life, sizeof(life), "LIFE=%s", f->life);
	snprintf(text, sizeof(text), "exec 9>\"$LIFE\"; %s", script);
	return bench_start(&f->bench,
	    &(struct job){ .script = text,
		.env = env,
		.sandbox = s,
		.volumes = f->volumes,
		.timeout_ms = timeout_ms,
		.grace_ms = grace_ms });
}

/* Everybody who had the FIFO open. */
static bool
all_are_dead(void *arg)
{
	struct fixture *f = arg;
	char c;

	return read(f->reader, &c, 1) == 0;
}

static void
expect_dead(struct fixture *f)
{
	if (!all_are_dead(f))
		fail_msg("somebody is still alive");
}

static void
expect_alive(struct fixture *f)
{
	char c;

	assert_int_equal(read(f->reader, &c, 1), -1);
	assert_int_equal(errno, EAGAIN);
}

/* What a script waits for that loops until $LIFE's neighbour go is there. */
static void
let_go(struct fixture *f)
{
	char go[96];
	int fd;

	snprintf(go, sizeof(go), "%s/go", f->volume);
	fd = open(go, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	assert_true(fd >= 0);
	close(fd);
}

static void
hold_again(struct fixture *f)
{
	char go[96];

	snprintf(go, sizeof(go), "%s/go", f->volume);
	assert_return_code(unlink(go), errno);
}

static bool
someone_holds(void *arg)
{
	struct fixture *f = arg;

	return attempt_holder(f->k, f->bench.last) > 0;
}

/* Started and past the first echo. */
static pid_t
wait_up(struct fixture *f, int64_t id)
{
	bench_until(someone_holds, f);
	bench_wait_log(&f->bench, id, "up\n");
	return attempt_holder(f->k, id);
}

static const enum sandbox sandboxes[] = { SANDBOX_NONE, SANDBOX_DEFAULT };

static void
daemons_end_with_the_command(void **state)
{
	static const char *const scripts[] = {
		"sleep 1000 & exit 0",
		"setsid sh -c 'setsid sleep 1000 & sleep 1000 &' & sleep 0.1; "
		"exit 0",
		"setsid sh -c 'trap \"\" TERM HUP INT; sleep 1000' & sleep "
		"0.05; exit 0",
		"sh -c 'kill -STOP $$; sleep 1000' & sleep 0.05; exit 0",
		"(while :; do sleep 1000 & sleep 0.01; done) & sleep 0.1; "
		"exit 0",
	};
	struct fixture *f = *state;

	for (size_t s = 0; s < 2; s++) {
		for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
			struct work_event ev = bench_wait(&f->bench,
			    start(f, sandboxes[s], scripts[i], 0, 0),
			    WORK_ENDED);

			assert_int_equal(ev.reason, WORK_EXITED);
			assert_int_equal(ev.code, 0);
			expect_dead(f);
		}
	}
}

/* A pid lives for two milliseconds and leaves a successor behind: a bomb that
 * is small, ends by itself, and is as hard to catch as a large one. */
static void
hopping_processes_end(void **state)
{
	static const char script[] =
	    "perl -e 'my $end = time + 300; for (1..8) { if (!fork) { "
	    "while (time < $end) { exit if fork; select undef, undef, undef, "
	    "0.002 } exit } }'; sleep 0.1; exit 0";
	struct fixture *f = *state;

	for (size_t s = 0; s < 2; s++) {
		struct work_event ev = bench_wait(&f->bench,
		    start(f, sandboxes[s], script, 0, 0), WORK_ENDED);

		assert_int_equal(ev.reason, WORK_EXITED);
		expect_dead(f);
	}
}

static void
ignored_term_is_killed(void **state)
{
	struct fixture *f = *state;

	for (size_t s = 0; s < 2; s++) {
		struct work_event ev;
		int64_t limit = 50;

		do { /* until it comes to its trap before its time is over */
			limit *= 4;
			ev = bench_wait(&f->bench,
			    start(f, sandboxes[s],
				"trap '' TERM; while :; do sleep 1000; done",
				limit, 500),
			    WORK_ENDED);
			assert_int_equal(ev.reason, WORK_TIMED_OUT);
			expect_dead(f);
		} while (ev.signal == SIGTERM && limit < 50000);

		assert_int_equal(ev.signal, SIGKILL);
		assert_true(ev.duration_ms >= limit + 450);
	}
}

static void
stopped_command_gets_its_term(void **state)
{
	struct fixture *f = *state;

	for (size_t s = 0; s < 2; s++) {
		struct work_event ev = bench_wait(&f->bench,
		    start(f, sandboxes[s], "kill -STOP $$", 200, 60000),
		    WORK_ENDED);

		assert_int_equal(ev.reason, WORK_TIMED_OUT);
		assert_int_equal(ev.signal, SIGTERM);
		expect_dead(f);
	}
}

static void
tree_dies_with_its_keeper(void **state)
{
	struct fixture *f = *state;

	for (size_t s = 0; s < 2; s++) {
		int64_t id = start(f, sandboxes[s],
		    "setsid sh -c 'trap \"\" TERM; sleep 1000 & sleep 1000' & "
		    "sleep 0.1; echo up; sleep 1000",
		    0, 0);

		assert_return_code(kill(wait_up(f, id), SIGKILL), errno);
		(void)bench_wait(&f->bench, id, WORK_GONE);
		bench_until(all_are_dead, f);
		assert_int_equal(f->bench.driver.ops->recover(
				     f->bench.driver.self, id, id * 1000,
				     &(struct work_event){ 0 }),
		    WORK_LOST);
	}
}

static void
keeper_outlives_the_server(void **state)
{
	struct fixture *f = *state;

	for (size_t s = 0; s < 2; s++) {
		struct bench *b = &f->bench;
		int64_t id = start(f, sandboxes[s],
		    "echo up; while [ ! -e \"${LIFE%/*}/go\" ]; do sleep 0.01; "
		    "done; echo done; echo a=b > \"$SLIPWAY_OUTPUT\"; exit 5",
		    0, 0);
		struct work_event ev;
		char *log;

		(void)wait_up(f, id);
		bench_end(b);
		bench_begin(b);
		assert_int_equal(b->driver.ops->recover(b->driver.self, id,
				     id * 1000, &ev),
		    WORK_RUNNING);
		let_go(f);
		ev = bench_wait(b, id, WORK_ENDED);
		assert_int_equal(ev.code, 5);
		assert_string_equal(buf_cstr(&ev.outputs), "a=b\n");
		log = bench_log(b, id);
		assert_string_equal(log, "up\ndone\n");
		free(log);
		buf_finish(&ev.outputs);
		hold_again(f);
	}
}

static void
end_without_a_server_is_found(void **state)
{
	struct fixture *f = *state;
	struct bench *b = &f->bench;
	int64_t id = start(f, SANDBOX_DEFAULT,
	    "echo up; echo a=b > \"$SLIPWAY_OUTPUT\"; "
	    "while [ ! -e \"${LIFE%/*}/go\" ]; do sleep 0.01; done; exit 4",
	    0, 0);
	struct work_event ev = { 0 };

	(void)wait_up(f, id);
	bench_end(b);
	expect_alive(f);
	let_go(f);
	bench_until(all_are_dead, f);
	hold_again(f);
	bench_begin(b);
	while (b->driver.ops->recover(b->driver.self, id, id * 1000, &ev) ==
	    WORK_RUNNING)
		usleep(2000);
	assert_int_equal(ev.kind, WORK_ENDED);
	assert_int_equal(ev.code, 4);
	assert_string_equal(buf_cstr(&ev.outputs), "a=b\n");
	buf_finish(&ev.outputs);
}

static void
keeper_killed_after_the_server(void **state)
{
	struct fixture *f = *state;
	struct bench *b = &f->bench;

	for (size_t s = 0; s < 2; s++) {
		int64_t id = start(f, sandboxes[s],
		    "setsid sleep 1000 & sleep 0.05; echo up; sleep 1000", 0,
		    0);
		pid_t keeper = wait_up(f, id);
		struct work_event ev;

		/* with nobody there at all */
		bench_end(b);
		kill(keeper, SIGKILL);
		bench_until(all_are_dead, f);
		bench_begin(b);
		assert_int_equal(b->driver.ops->recover(b->driver.self, id,
				     id * 1000, &ev),
		    WORK_LOST);

		/* with a server that did not start it */
		id = start(f, sandboxes[s],
		    "setsid sleep 1000 & sleep 0.05; echo up; sleep 1000", 0,
		    0);
		keeper = wait_up(f, id);
		bench_end(b);
		bench_begin(b);
		assert_int_equal(b->driver.ops->recover(b->driver.self, id,
				     id * 1000, &ev),
		    WORK_RUNNING);
		kill(keeper, SIGKILL);
		(void)bench_wait(b, id, WORK_GONE);
		bench_until(all_are_dead, f);
	}
}

static void
late_start_is_fenced(void **state)
{
	struct fixture *f = *state;
	struct bench *b = &f->bench;
	char canary[96], script[160];
	struct work_event ev;

	for (int again = 0; again < 3; again++)
		assert_int_equal(b->driver.ops->recover(b->driver.self,
				     b->last + 1, 1, &ev),
		    WORK_NEVER);
	snprintf(canary, sizeof(canary), "%s/canary", f->volume);
	snprintf(script, sizeof(script), "echo x > %s", canary);
	(void)start(f, SANDBOX_NONE, script, 0, 0);
	(void)bench_wait(b, start(f, SANDBOX_NONE, "true", 0, 0), WORK_ENDED);
	assert_false(file_exists(canary));
}

static pid_t
parent_of(pid_t pid)
{
	char path[64], line[512];
	FILE *file;
	int parent = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	fclose(file);
	assert_int_equal(sscanf(strrchr(line, ')'), ") %*c %d", &parent), 1);
	return parent;
}

/* A start that meets the dying spawner is refused, and never half done. */
static bool
start_works(void *arg)
{
	struct work_event ev =
	    bench_run(arg, &(struct job){ .script = "exit 3" });

	assert_true(ev.code == 3 || ev.reason == WORK_SPAWN_FAILED);
	return ev.code == 3;
}

static void
spawner_is_replaced(void **state)
{
	struct fixture *f = *state;
	struct bench *b = &f->bench;
	int64_t id = start(f, SANDBOX_DEFAULT,
	    "echo up; while [ ! -e \"${LIFE%/*}/go\" ]; do sleep 0.01; done; "
	    "exit 6",
	    0, 0);
	pid_t keeper = wait_up(f, id);

	/* two deaths at once would be one too many */
	usleep(2100000);
	kill(parent_of(keeper), SIGKILL);
	bench_until(start_works, b);
	let_go(f);
	assert_int_equal(bench_wait(b, id, WORK_ENDED).code, 6);
	hold_again(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(daemons_end_with_the_command),
		cmocka_unit_test(hopping_processes_end),
		cmocka_unit_test(ignored_term_is_killed),
		cmocka_unit_test(stopped_command_gets_its_term),
		cmocka_unit_test(tree_dies_with_its_keeper),
		cmocka_unit_test(keeper_outlives_the_server),
		cmocka_unit_test(end_without_a_server_is_found),
		cmocka_unit_test(keeper_killed_after_the_server),
		cmocka_unit_test(late_start_is_fenced),
		cmocka_unit_test(spawner_is_replaced),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
