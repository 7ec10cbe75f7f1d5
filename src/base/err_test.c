/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/str.h"

static void
test_every_class_has_a_row(void **state)
{
	(void)state;
	for (int c = ERR_NONE; c < ERR_CLASSES; c++) {
		const struct err_class_info *i =
		    err_class_info((enum err_class)c);

		assert_non_null(i->name);
		assert_non_null(i->title);
		assert_in_range(i->http, c == ERR_NONE ? 200 : 400, 599);
		if (c != ERR_NONE)
			assert_true(i->exit > 0);
	}
	assert_int_equal(err_class_info((enum err_class)999)->http, 500);
}

static void
test_set_wrap_hint(void **state)
{
	struct err e;

	(void)state;
	assert_false(err_set(&e, ERR_CONFLICT, "a.b", "no '%s'", "x"));
	assert_string_equal(e.message, "no 'x'");
	assert_string_equal(e.hint, "");
	assert_false(err_hint(&e, "type %d", 1));
	assert_false(err_wrap(&e, "ticket %s", "OPS-1"));
	assert_string_equal(e.message, "ticket OPS-1: no 'x'");
	assert_string_equal(e.hint, "type 1");
	assert_string_equal(e.code, "a.b");
	assert_int_equal(e.class, ERR_CONFLICT);
	/* arguments may point into the error itself */
	err_set(&e, ERR_IO, e.code, "%s (%s)", e.message, e.hint);
	assert_string_equal(e.message, "ticket OPS-1: no 'x' (type 1)");
	assert_string_equal(e.code, "a.b");
	assert_false(err_set(NULL, ERR_IO, "io", "dropped"));
	assert_false(err_wrap(NULL, "dropped"));
	assert_false(err_hint(NULL, "dropped"));
}

static void
test_errno(void **state)
{
	struct err e;

	(void)state;
	errno = ENOENT;
	assert_false(err_sys(&e, "open '%s'", "f"));
	assert_string_equal(e.message, "open 'f': No such file or directory");
	assert_int_equal(e.class, ERR_IO);
	assert_string_equal(e.code, "io");
	errno = ENOSPC;
	err_sys(&e, "write");
	assert_int_equal(e.class, ERR_FULL);
	assert_string_equal(e.code, "storage.full");
	errno = EMFILE;
	err_sys(&e, "open");
	assert_int_equal(e.class, ERR_BUSY);
	errno = EINVAL;
	assert_false(err_sys(NULL, "open"));
}

static void
test_long_text_is_cut_between_characters(void **state)
{
	char text[700];
	struct err e;

	(void)state;
	for (size_t i = 0; i + 2 < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xa9", 3);
	err_set(&e, ERR_IO, "io", "%s", text);
	assert_int_equal(strlen(e.message), sizeof(e.message) - 2);
	assert_true(str_is_utf8(str_of(e.message)));
	err_set(&e, ERR_IO, "io", "x%s", text);
	assert_int_equal(strlen(e.message), sizeof(e.message) - 1);
	assert_true(str_is_utf8(str_of(e.message)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_class_has_a_row),
		cmocka_unit_test(test_set_wrap_hint),
		cmocka_unit_test(test_errno),
		cmocka_unit_test(test_long_text_is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
