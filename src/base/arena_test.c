/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static void
test_alignment(void **state)
{
	struct arena *a = arena_create();

	(void)state;
	for (size_t n = 0; n < 200; n++) {
		unsigned char *p = arena_alloc(a, n);

		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
	}
	arena_destroy(a);
}

static void
test_reset_gives_zeroes_again(void **state)
{
	struct arena *a = arena_create();
	char *first = arena_alloc(a, 100);

	(void)state;
	memset(first, 'x', 100);
	arena_alloc(a, 1000000);
	assert_true(arena_used(a) >= 1000100);
	arena_reset(a);
	assert_int_equal(arena_used(a), 0);
	assert_ptr_equal(arena_alloc(a, 100), first);
	assert_int_equal(first[99], 0);
	arena_destroy(a);
}

static void
test_large_and_small_mix(void **state)
{
	struct arena *a = arena_create();
	unsigned char *parts[200];

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		size_t n = i % 7 == 0 ? 300000 : 1 + i;

		parts[i] = arena_alloc(a, n);
		memset(parts[i], (int)i, n);
	}
	for (unsigned i = 0; i < 200; i++)
		assert_int_equal(parts[i][i % 7 == 0 ? 299999 : i], i);
	arena_destroy(a);
}

static void
test_text(void **state)
{
	struct arena *a = arena_create();
	char big[5000];

	(void)state;
	memset(big, 'b', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_null(arena_strdup(a, NULL));
	assert_string_equal(arena_strdup(a, ""), "");
	assert_string_equal(arena_strndup(a, "abc", 2), "ab");
	assert_string_equal(arena_strndup(a, "abc", 9), "abc");
	assert_string_equal(arena_str(a, (struct str){ NULL, 0 }), "");
	assert_string_equal(arena_str(a, (struct str){ "xyz", 2 }), "xy");
	assert_string_equal(arena_printf(a, "%d-%s", 7, big) + 2, big);
	arena_destroy(a);
}

struct trace {
	char text[8];
	size_t n;
};

struct mark {
	struct trace *trace;
	char c;
};

static void
mark_add(void *arg)
{
	struct mark *m = arg;

	m->trace->text[m->trace->n++] = m->c;
}

static void
test_hooks_run_in_reverse_once(void **state)
{
	struct arena *a = arena_create();
	struct trace t = { 0 };
	struct mark one = { &t, '1' }, two = { &t, '2' }, three = { &t, '3' };

	(void)state;
	arena_cleanup(a, mark_add, &one);
	arena_cleanup(a, mark_add, &two);
	arena_reset(a);
	assert_string_equal(t.text, "21");
	arena_cleanup(a, mark_add, &three);
	arena_destroy(a);
	assert_string_equal(t.text, "213");
	arena_destroy(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alignment),
		cmocka_unit_test(test_reset_gives_zeroes_again),
		cmocka_unit_test(test_large_and_small_mix),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_hooks_run_in_reverse_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
