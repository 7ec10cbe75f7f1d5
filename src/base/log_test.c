/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

/* What one line looks like on stderr, in text[size]. */
static void
log_capture(char *text, size_t size, enum log_level l, const char *value)
{
	int fds[2], saved = dup(STDERR_FILENO);
	ssize_t n;

	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	log_line(l, "run.started", "run=%s n=%d", value, 7);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(fds[1]);
	n = read(fds[0], text, size - 1);
	assert_true(n >= 0);
	text[n] = '\0';
	close(fds[0]);
}

static void
test_line(void **state)
{
	char text[256];

	(void)state;
	log_capture(text, sizeof(text), LOG_INFO, "R-12");
	assert_int_equal(text[23], 'Z');
	assert_string_equal(text + 24, " info run.started run=R-12 n=7\n");
}

static void
test_control_characters(void **state)
{
	char text[256];

	(void)state;
	log_capture(text, sizeof(text), LOG_WARN, "a\r\nb\x1b[0m\x7f\xc3\xa9");
	assert_string_equal(text + 24,
	    " warn run.started run=a\\x0d\\x0ab\\x1b[0m\\x7f\xc3\xa9 n=7\n");
}

static void
test_long_line_is_cut(void **state)
{
	static char value[3 * LOG_TEXT], text[6 * LOG_TEXT];
	size_t n;

	(void)state;
	memset(value, '\n', sizeof(value) - 1);
	log_capture(text, sizeof(text), LOG_ERROR, value);
	n = strlen(text);
	assert_true(n > LOG_TEXT && n < 4 * LOG_TEXT);
	assert_string_equal(text + n - 8, "\\x0a...\n");
	assert_ptr_equal(strchr(text, '\n'), text + n - 1);
}

static void
test_level(void **state)
{
	char text[256];

	(void)state;
	log_capture(text, sizeof(text), LOG_DEBUG, "x");
	assert_string_equal(text, "");
	log_set_level(LOG_ERROR);
	log_capture(text, sizeof(text), LOG_WARN, "x");
	assert_string_equal(text, "");
	log_set_level(LOG_DEBUG);
	log_capture(text, sizeof(text), LOG_DEBUG, "x");
	assert_string_equal(text + 24, " debug run.started run=x n=7\n");
	log_set_level(LOG_INFO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_control_characters),
		cmocka_unit_test(test_long_line_is_cut),
		cmocka_unit_test(test_level),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
