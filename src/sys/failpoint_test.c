/* SPDX-License-Identifier: MIT */
#include "sys/failpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/file.h"

/* Passages are counted per process: every case has one of its own. */
static int
run_with(const char *setting, int (*body)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		setenv("SLIPWAY_FAILPOINT", setting, 1);
		_exit(body());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* Bit i is set when passage i was hit. */
static int
four_passages(void)
{
	int hits = 0;

	for (int i = 0; i < 4; i++) {
		FAILPOINT("test.other");
		if (FAILPOINT_FAILS("test.here"))
			hits |= 1 << i;
	}
	return hits;
}

static int
write_twice(void)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	bool first = file_write_all(fd, "x", 1);
	int error = errno;

	return !first && error == ENOSPC && file_write_all(fd, "x", 1) ? 0 : 1;
}

static void
test_names_and_counts(void **state)
{
	(void)state;
#ifdef SLIPWAY_TESTING
	assert_int_equal(run_with("test.here:fail", four_passages), 1 << 8);
	assert_int_equal(run_with("test.here:fail:3", four_passages), 4 << 8);
	assert_int_equal(run_with("test.here:kill:2", four_passages), SIGKILL);
	assert_int_equal(run_with("test.other:kill", four_passages), SIGKILL);
	assert_int_equal(run_with("file.write:fail", write_twice), 0);
#else
	assert_int_equal(run_with("test.here:kill", four_passages), 0);
	assert_int_equal(run_with("file.write:fail", write_twice), 1 << 8);
#endif
	assert_int_equal(run_with("test.here:fail:9", four_passages), 0);
	assert_int_equal(run_with("test.nowhere:kill", four_passages), 0);
	assert_int_equal(run_with("", four_passages), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_and_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
