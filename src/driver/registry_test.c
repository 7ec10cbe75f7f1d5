/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "driver/registry.h"

static void
names_are_sorted(void **state)
{
	(void)state;
	for (const struct registry_entry *r = registry; r[1].name; r++)
		assert_true(strcmp(r[0].name, r[1].name) < 0);
}

static void
unknown_names_have_a_near_one(void **state)
{
	struct driver d;
	struct err e;

	(void)state;
	assert_false(registry_create("locla", "/tmp", NULL, &d, &e));
	assert_string_equal(e.code, "driver.unknown");
	assert_non_null(strstr(e.hint, "'local'"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_sorted),
		cmocka_unit_test(unknown_names_have_a_near_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
