/* SPDX-License-Identifier: MIT */
#include "driver/local_fixture.h"

#include <errno.h>
#include <signal.h>

static int
setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	bench_open(b);
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	bench_close(*state);
	free(*state);
	return 0;
}

static void
runs_and_ends(void **state)
{
	struct work_event ev = bench_run(*state,
	    &(struct job){ .script = "echo out; echo err >&2; exit 7" });
	char *log = bench_log(*state, ev.attempt);

	assert_int_equal(ev.reason, WORK_EXITED);
	assert_int_equal(ev.code, 7);
	assert_string_equal(log, "out\nerr\n");
	assert_int_equal(ev.log_bytes, 8);
	assert_true(ev.started_ms > 0 && ev.ended_ms >= ev.started_ms);
	free(log);
}

static void
says_that_it_started(void **state)
{
	int64_t id = bench_start(*state, &(struct job){ .script = "true" });

	(void)bench_wait(*state, id, WORK_STARTED);
	(void)bench_wait(*state, id, WORK_ENDED);
}

static void
signal_of_its_own(void **state)
{
	struct work_event ev = bench_run(*state,
	    &(struct job){ .script = "kill -SEGV $$" });

	assert_int_equal(ev.reason, WORK_SIGNALLED);
	assert_int_equal(ev.signal, SIGSEGV);
	assert_int_equal(ev.code, -1);
}

static void
environment_is_exact(void **state)
{
	static const char *const env[] = { "PATH=/bin:/usr/bin", "A=b c",
		NULL };
	struct bench *b = *state;
	char want[1024];
	int64_t id = b->last + 1;

	snprintf(want, sizeof(want),
	    "A=b c\nHOME=%s/ws/%" PRId64 "\nPATH=/bin:/usr/bin\n"
	    "SLIPWAY_OUTPUT=%s/ws/%" PRId64 "/.slipway/output\n"
	    "SLIPWAY_PARAMS=%s/ws/%" PRId64 "/.slipway/params.json\n"
	    "SLIPWAY_SECRETS=%s/ws/%" PRId64 "/.slipway/secrets\n"
	    "SLIPWAY_WORKSPACE=%s/ws/%" PRId64 "\n",
	    b->data, id, b->data, id, b->data, id, b->data, id, b->data, id);
	bench_expect(b,
	    &(struct job){ .argv = (const char *const[]){ "/bin/sh", "-c",
			       "env -u PWD -u OLDPWD -u _ -u SHLVL | sort",
			       NULL },
		.env = env },
	    want);
}

/* Every byte a parameter may have arrives as it was. */
static void
parameter_is_byte_exact(void **state)
{
	static const char *const argv[] = { "/bin/sh", "-c",
		"printf %s \"$PARAM_X\"", NULL };
	char *entry = malloc(KIB(64) + 16), *log;
	const char *env[] = { entry, NULL };
	size_t n = (size_t)snprintf(entry, KIB(64), "PARAM_X=");
	struct work_event ev;

	for (size_t i = 0; i < KIB(64); i++)
		entry[n + i] = (char)(i % 255 + 1);
	entry[n + KIB(64)] = '\0';
	ev = bench_run(*state, &(struct job){ .argv = argv, .env = env });
	log = bench_log(*state, ev.attempt);
	assert_string_equal(log, entry + n);
	free(log);
	free(entry);
}

static void
files_arrive(void **state)
{
	struct bench *b = *state;
	char source[128];
	struct work_file files[] = {
		{ .name = "params.json", .bytes = STR("{\"a\":1}") },
		{ .name = "secrets/token", .bytes = STR("s3cret") },
		{ .name = "run", .bytes = STR("#!/bin/sh\necho ran \"$1\"\n") },
		{ .name = "bin/tool", .source = source },
	};
	int fd;

	snprintf(source, sizeof(source), "%s/pinned", b->data);
	fd = open(source, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(file_write_all(fd, "#!/bin/sh\necho tool\n", 20));
	close(fd);
	bench_expect(b,
	    &(struct job){ .script = "cat .slipway/params.json "
				     "\"$SLIPWAY_SECRETS/token\"; bin/tool; "
				     "stat -c %a .slipway/secrets/token "
				     ".slipway/run bin/tool",
		.sandbox = SANDBOX_DEFAULT,
		.files = files,
		.nfiles = 4 },
	    "{\"a\":1}s3crettool\n600\n700\n555\n");
}

static void
script_of_the_workspace_runs(void **state)
{
	static const char *const argv[] = { ".slipway/run", "x y", NULL };
	struct work_file files[] = {
		{ .name = "run", .bytes = STR("#!/bin/sh\necho ran \"$1\"\n") },
	};

	for (int s = SANDBOX_NONE; s <= SANDBOX_STRICT; s++)
		bench_expect(*state,
		    &(struct job){ .argv = argv,
			.files = files,
			.nfiles = 1,
			.sandbox = (enum sandbox)s },
		    "ran x y\n");
}

static void
name_is_found_in_path(void **state)
{
	static const char *const argv[] = { "echo", "hi", NULL };

	bench_expect(*state, &(struct job){ .argv = argv }, "hi\n");
}

static void
start_fails(struct bench *b, const char *file, const char *want)
{
	const char *const argv[] = { file, NULL };

	for (int s = SANDBOX_NONE; s <= SANDBOX_DEFAULT; s++) {
		struct work_event ev = bench_run(b,
		    &(struct job){ .argv = argv, .sandbox = (enum sandbox)s });

		assert_int_equal(ev.reason, WORK_SPAWN_FAILED);
		assert_string_equal(ev.detail, want);
	}
}

static void
exec_failures(void **state)
{
	struct work_file text = { .name = "run.txt", .bytes = STR("hello") };
	static const char *const argv[] = { ".slipway/run.txt", NULL };
	struct work_event ev;

	start_fails(*state, "/no/such", "exec: No such file or directory");
	start_fails(*state, "no-such-name", "exec: No such file or directory");
	start_fails(*state, "/etc/passwd", "exec: Permission denied");
	start_fails(*state, "/etc", "exec: Permission denied");
	ev = bench_run(*state,
	    &(struct job){ .argv = argv, .files = &text, .nfiles = 1 });
	assert_string_equal(ev.detail, "exec: Exec format error");
}

static void
argument_list_too_long(void **state)
{
	char *big = malloc(KIB(200));
	const char *const argv[] = { "/bin/echo", big, NULL };
	struct work_event ev;

	memset(big, 'x', KIB(200) - 1);
	big[KIB(200) - 1] = '\0';
	ev = bench_run(*state, &(struct job){ .argv = argv });
	assert_int_equal(ev.reason, WORK_SPAWN_FAILED);
	assert_string_equal(ev.detail, "exec: Argument list too long");
	free(big);
}

static void
outputs_come_back(void **state)
{
	struct work_event ev = bench_run(*state,
	    &(struct job){ .script = "echo url=x > \"$SLIPWAY_OUTPUT\"" });

	assert_string_equal(buf_cstr(&ev.outputs), "url=x\n");
	assert_false(ev.outputs_cut);
	buf_finish(&ev.outputs);
}

static void
strange_outputs_are_cut(void **state)
{
	static const char *const scripts[] = {
		"mkfifo \"$SLIPWAY_OUTPUT\"",
		"ln -s /etc/hostname \"$SLIPWAY_OUTPUT\"",
		"ln -s /nowhere \"$SLIPWAY_OUTPUT\"",
		"mkdir \"$SLIPWAY_OUTPUT\"",
		"head -c 1048577 /dev/zero > \"$SLIPWAY_OUTPUT\"",
		"echo a > x; ln x \"$SLIPWAY_OUTPUT\"",
		"rm -r .slipway; ln -s /etc .slipway; ",
	};

	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		struct work_event ev =
		    bench_run(*state, &(struct job){ .script = scripts[i] });

		assert_int_equal(ev.reason, WORK_EXITED);
		assert_int_equal(ev.code, 0);
		assert_true(ev.outputs_cut);
		assert_int_equal(ev.outputs.len, 0);
	}
}

static void
largest_outputs_are_taken(void **state)
{
	struct work_event ev = bench_run(*state,
	    &(struct job){
		.script = "head -c 1048576 /dev/zero > \"$SLIPWAY_OUTPUT\"" });

	assert_int_equal(ev.outputs.len, MIB(1));
	assert_false(ev.outputs_cut);
	buf_finish(&ev.outputs);
}

static void
times_out(void **state)
{
	for (int s = SANDBOX_NONE; s <= SANDBOX_DEFAULT; s++) {
		struct work_event ev = bench_run(*state,
		    &(struct job){ .script = "sleep 100",
			.sandbox = (enum sandbox)s,
			.timeout_ms = 100,
			.grace_ms = 60000 });

		assert_int_equal(ev.reason, WORK_TIMED_OUT);
		assert_int_equal(ev.signal, SIGTERM);
		assert_true(ev.duration_ms >= 100);
	}
}

static void
cancels(void **state)
{
	struct bench *b = *state;

	for (int s = SANDBOX_NONE; s <= SANDBOX_DEFAULT; s++) {
		int64_t id = bench_start(b,
		    &(struct job){ .script = "trap 'echo bye; exit 3' TERM; "
					     "echo up; sleep 100 & wait",
			.sandbox = (enum sandbox)s });
		struct work_event ev;
		char *log;

		(void)bench_wait(b, id, WORK_STARTED);
		bench_wait_log(b, id, "up\n");
		b->driver.ops->cancel(b->driver.self, id, id * 1000, 60000);
		ev = bench_wait(b, id, WORK_ENDED);
		assert_int_equal(ev.reason, WORK_CANCELLED);
		assert_int_equal(ev.code, 3);
		log = bench_log(b, id);
		assert_string_equal(log, "up\nbye\n");
		free(log);
	}
}

/* Before its keeper listens: the wish must not be lost. */
static void
cancels_at_once(void **state)
{
	struct bench *b = *state;

	for (int i = 0; i < 20; i++) {
		int64_t id =
		    bench_start(b, &(struct job){ .script = "sleep 100" });

		b->driver.ops->cancel(b->driver.self, id, id * 1000, 100);
		assert_int_equal(bench_wait(b, id, WORK_ENDED).reason,
		    WORK_CANCELLED);
	}
}

static void
wrong_token_cancels_nothing(void **state)
{
	struct bench *b = *state;
	int64_t id = bench_start(b, &(struct job){ .script = "sleep 0.3" });

	(void)bench_wait(b, id, WORK_STARTED);
	b->driver.ops->cancel(b->driver.self, id, 5, 0);
	b->driver.ops->cancel(b->driver.self, id + 99, 5, 0);
	assert_int_equal(bench_wait(b, id, WORK_ENDED).reason, WORK_EXITED);
}

static void
masks_its_secrets(void **state)
{
	static const struct str secrets[] = { STR("hunter2-hunter2"),
		STR("pa ss/w+rd\n") };

	bench_expect(*state,
	    &(struct job){ .script = "printf 'a hunter2-'; sleep 0.05; "
				     "printf 'hunter2 b\n'; "
				     "printf 'pa ss/w+rd' | base64; "
				     "echo pa%20ss%2Fw%2Brd; echo hunter2",
		.secrets = secrets,
		.nsecrets = 2 },
	    "a *** b\n***A==\n***\nhunter2\n");
}

struct path {
	char text[128];
};

static bool
path_is_absent(void *arg)
{
	return !file_exists(((struct path *)arg)->text);
}

/* By this spawner, or by the next when the server goes at once. */
static void
workspace_is_removed(void **state)
{
	struct bench *b = *state;
	struct work_event ev;
	struct path p;

	for (int reopen = 0; reopen < 2; reopen++) {
		ev = bench_run(b,
		    &(struct job){ .script = "mkdir -p a/b; echo x > a/b/c; "
					     "chmod 0 a" });
		snprintf(p.text, sizeof(p.text), "%s/ws/%" PRId64, b->data,
		    ev.attempt);
		if (reopen) {
			bench_end(b);
			bench_begin(b);
		}
		bench_until(path_is_absent, &p);
	}
}

static void
ten_megabytes(void **state)
{
	struct work_event ev = bench_run(*state,
	    &(struct job){
		.script = "head -c 10000000 /dev/zero | tr '\\0' x" });

	assert_int_equal(ev.log_bytes, 10000000);
	assert_int_equal(ev.log_dropped, 0);
}

static void
long_output_keeps_both_ends(void **state)
{
	struct work_event ev = bench_run(*state,
	    &(struct job){ .script = "echo begin; head -c 20000000 /dev/zero "
				     "| tr '\\0' x; echo end",
		.output_cap = MIB(8) });
	char *log = bench_log(*state, ev.attempt);
	size_t n = strlen(log);

	assert_int_equal(ev.log_bytes, 20000010);
	assert_int_equal(ev.log_dropped,
	    20000010 - LIMIT_LOG_HEAD - LIMIT_LOG_TAIL);
	assert_int_equal(n, LIMIT_LOG_HEAD + LIMIT_LOG_TAIL);
	assert_memory_equal(log, "begin\n", 6);
	assert_string_equal(log + n - 5, "xend\n");
	free(log);
}

static void
forget_removes_the_outputs(void **state)
{
	struct bench *b = *state;
	struct work_event ev = bench_run(b,
	    &(struct job){ .script = "echo a=b > \"$SLIPWAY_OUTPUT\"" });
	char path[128];

	snprintf(path, sizeof(path), "%s/k/%" PRId64 "/exit", b->data,
	    ev.attempt);
	assert_true(file_exists(path));
	b->driver.ops->forget(b->driver.self, ev.attempt);
	assert_false(file_exists(path));
	buf_finish(&ev.outputs);
}

static void
memory_is_limited(void **state)
{
	struct work_event ev = bench_run(*state,
	    &(struct job){ .script = "x=x; while :; do x=$x$x; done",
		.memory_bytes = MIB(64),
		.sandbox = SANDBOX_DEFAULT });

	assert_int_equal(ev.reason, WORK_OUT_OF_MEMORY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_and_ends),
		cmocka_unit_test(says_that_it_started),
		cmocka_unit_test(signal_of_its_own),
		cmocka_unit_test(environment_is_exact),
		cmocka_unit_test(parameter_is_byte_exact),
		cmocka_unit_test(files_arrive),
		cmocka_unit_test(script_of_the_workspace_runs),
		cmocka_unit_test(name_is_found_in_path),
		cmocka_unit_test(exec_failures),
		cmocka_unit_test(argument_list_too_long),
		cmocka_unit_test(outputs_come_back),
		cmocka_unit_test(strange_outputs_are_cut),
		cmocka_unit_test(largest_outputs_are_taken),
		cmocka_unit_test(times_out),
		cmocka_unit_test(cancels),
		cmocka_unit_test(cancels_at_once),
		cmocka_unit_test(wrong_token_cancels_nothing),
		cmocka_unit_test(masks_its_secrets),
		cmocka_unit_test(workspace_is_removed),
		cmocka_unit_test(ten_megabytes),
		cmocka_unit_test(long_output_keeps_both_ends),
		cmocka_unit_test(forget_removes_the_outputs),
		cmocka_unit_test(memory_is_limited),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
