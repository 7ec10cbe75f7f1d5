/* SPDX-License-Identifier: MIT */
#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/id.h"

#define MANY 3000

static void
test_basics(void **state)
{
	struct map m = { 0 };
	int one, two;

	(void)state;
	assert_null(map_get(&m, "a"));
	assert_false(map_has(&m, "a"));
	assert_null(map_remove(&m, "a"));
	assert_null(map_put(&m, "a", &one));
	assert_ptr_equal(map_put(&m, "a", &two), &one);
	assert_int_equal(m.count, 1);
	assert_null(map_put(&m, "", NULL));
	assert_true(map_has(&m, ""));
	assert_null(map_get(&m, ""));
	assert_ptr_equal(map_remove(&m, "a"), &two);
	assert_false(map_has(&m, "a"));
	map_finish(&m);
	map_finish(&m);
	map_finish(NULL);
}

static void
test_keys_are_copied(void **state)
{
	struct map m;
	char key[4] = "abc";
	int v;

	(void)state;
	map_init(&m);
	map_put(&m, key, &v);
	key[0] = 'z';
	assert_ptr_equal(map_get(&m, "abc"), &v);
	assert_null(map_get(&m, "zbc"));
	map_finish(&m);
}

static void
test_keys_may_be_borrowed(void **state)
{
	struct map m = { .borrows = true };
	static const char key[] = "abc";
	const char *found;
	void *value;
	size_t i = 0;
	int v;

	(void)state;
	map_put(&m, key, &v);
	assert_ptr_equal(map_get(&m, "abc"), &v);
	assert_true(map_next(&m, &i, &found, &value));
	assert_ptr_equal(found, key);
	assert_ptr_equal(map_remove(&m, "abc"), &v);
	map_put(&m, key, &v);
	map_finish(&m);
}

static void
test_order_survives_growth_and_deletes(void **state)
{
	struct map m = { 0 };
	int values[MANY];
	char key[16];
	const char *k;
	void *v;
	int expect = 0;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		assert_null(map_put(&m, key, &values[i]));
	}
	for (int i = 0; i < MANY; i += 2) {
		snprintf(key, sizeof(key), "k%d", i);
		assert_ptr_equal(map_remove(&m, key), &values[i]);
	}
	assert_int_equal(m.count, MANY / 2);
	for (int i = 0; i < MANY; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		assert_int_equal(map_has(&m, key), i % 2);
	}
	/* what was removed comes back at the end */
	map_put(&m, "k0", &values[0]);
	for (size_t i = 0; map_next(&m, &i, &k, &v); expect++) {
		int n = expect < MANY / 2 ? 2 * expect + 1 : 0;

		snprintf(key, sizeof(key), "k%d", n);
		assert_string_equal(k, key);
		assert_ptr_equal(v, &values[n]);
	}
	assert_int_equal(expect, MANY / 2 + 1);
	map_finish(&m);
}

static void
test_churn_does_not_grow(void **state)
{
	struct map m = { 0 };
	char key[16];
	int v;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		snprintf(key, sizeof(key), "c%d", i);
		map_put(&m, key, &v);
		assert_ptr_equal(map_remove(&m, key), &v);
	}
	assert_int_equal(m.count, 0);
	assert_true(m.cap <= 16);
	map_finish(&m);
}

static void
test_remove_while_walking(void **state)
{
	struct map m = { 0 };
	char key[16];
	const char *k;
	void *v;
	int seen = 0, value;

	(void)state;
	for (int i = 0; i < 50; i++) {
		snprintf(key, sizeof(key), "%d", i);
		map_put(&m, key, &value);
	}
	for (size_t i = 0; map_next(&m, &i, &k, &v); seen++)
		map_remove(&m, k);
	assert_int_equal(seen, 50);
	assert_int_equal(m.count, 0);
	map_finish(&m);
}

/* Random moves beside a plain array. */
static void
test_against_a_model(void **state)
{
	struct map m = { 0 };
	void *model[64] = { NULL };
	int values[64];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint64_t r = id_random_u64();
		size_t at = r % 64;
		char key[16];

		snprintf(key, sizeof(key), "%zu", at);
		if (r >> 32 & 1) {
			assert_ptr_equal(map_put(&m, key, &values[at]),
			    model[at]);
			model[at] = &values[at];
		} else {
			assert_ptr_equal(map_remove(&m, key), model[at]);
			model[at] = NULL;
		}
		assert_ptr_equal(map_get(&m, key), model[at]);
	}
	map_finish(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_basics),
		cmocka_unit_test(test_keys_are_copied),
		cmocka_unit_test(test_keys_may_be_borrowed),
		cmocka_unit_test(test_order_survives_growth_and_deletes),
		cmocka_unit_test(test_churn_does_not_grow),
		cmocka_unit_test(test_remove_while_walking),
		cmocka_unit_test(test_against_a_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
