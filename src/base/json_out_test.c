/* SPDX-License-Identifier: MIT */
#include "base/json_out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void
test_nesting(void **state)
{
	struct buf b = { 0 };
	struct json_out j;

	(void)state;
	json_out_init(&j, &b);
	assert_false(json_out_done(&j));
	json_object_begin(&j);
	json_kv_str(&j, "a", "x");
	json_kv_str(&j, "none", NULL);
	json_key(&j, "list");
	json_array_begin(&j);
	json_int(&j, INT64_MIN);
	json_array_begin(&j);
	json_array_end(&j);
	json_object_begin(&j);
	json_object_end(&j);
	json_bool(&j, true);
	json_array_end(&j);
	json_kv_int(&j, "i", 7);
	json_kv_bool(&j, "b", false);
	json_kv_raw(&j, "r", "[1]");
	json_kv_null(&j, "n");
	json_kv_time(&j, "t", 0);
	json_kv_time(&j, "u", 1);
	assert_false(json_out_done(&j));
	json_object_end(&j);
	assert_true(json_out_done(&j));
	assert_string_equal(b.data,
	    "{\"a\":\"x\",\"none\":null,\"list\":[-9223372036854775808,[],{},"
	    "true],\"i\":7,\"b\":false,\"r\":[1],\"n\":null,\"t\":null,"
	    "\"u\":\"1970-01-01T00:00:00.001Z\"}");
	buf_finish(&b);
}

static void
test_strings(void **state)
{
	static const char raw[] = "\"\\/\b\f\n\r\t\x01\x1f\0\x7f\xc3\xa9";
	struct buf b = { 0 };
	struct json_out j;

	(void)state;
	json_out_init(&j, &b);
	json_strn(&j, raw, sizeof(raw) - 1);
	assert_string_equal(b.data,
	    "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\\u0000\x7f\xc3\xa9\"");
	buf_clear(&b);
	json_out_init(&j, &b);
	json_str(&j, "a\xff" "b\xed\xa0\x80" "c\xe2\x82");
	assert_string_equal(b.data,
	    "\"a\xef\xbf\xbd" "b\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
	    "c\xef\xbf\xbd\xef\xbf\xbd\"");
	buf_finish(&b);
}

/* Every byte pair comes out as JSON that a strict reader takes. */
static void
test_any_bytes_are_valid(void **state)
{
	struct buf b = { 0 };
	struct json_out j;
	json_error_t error;

	(void)state;
	for (int i = 0; i < 65536; i += 7) {
		const char two[2] = { (char)(i >> 8), (char)i };
		json_t *v;

		buf_clear(&b);
		json_out_init(&j, &b);
		json_strn(&j, two, sizeof(two));
		v = json_loads(b.data, JSON_DECODE_ANY | JSON_ALLOW_NUL,
		    &error);
		assert_non_null(v);
		json_decref(v);
	}
	buf_finish(&b);
}

/* Whatever lies beside it: eight bytes are looked at together. */
static void
test_every_byte_in_every_place(void **state)
{
	static const char around[] = "abcdefghijklmnopq";
	struct buf b = { 0 };
	struct json_out j;

	(void)state;
	for (int i = 0; i < 17 * 256; i++) {
		const size_t at = (size_t)i / 256;
		char text[sizeof(around)], one[2] = { (char)i, '\0' };
		size_t n;

		memcpy(text, around, sizeof(around));
		text[at] = one[0];
		buf_clear(&b);
		json_out_init(&j, &b);
		json_strn(&j, one, 1);
		n = b.len - 2;
		json_out_init(&j, &b);
		json_strn(&j, text, sizeof(text) - 1);
		assert_int_equal(b.len, n + 2 + n + 18);
		assert_memory_equal(b.data + n + 3, around, at);
		assert_memory_equal(b.data + n + 3 + at, b.data + 1, n);
		assert_memory_equal(b.data + n + 3 + at + n, around + at + 1,
		    16 - at);
	}
	buf_finish(&b);
}

static void
assert_double(double v, const char *expect)
{
	struct buf b = { 0 };
	struct json_out j;

	json_out_init(&j, &b);
	json_double(&j, v);
	assert_string_equal(b.data, expect);
	buf_finish(&b);
}

static void
test_numbers(void **state)
{
	(void)state;
	assert_double(0.1, "0.1");
	assert_double(1.0 / 3, "0.3333333333333333");
	assert_double(3, "3");
	assert_double(1e300, "1e+300");
	assert_double(DBL_MAX, "1.7976931348623157e+308");
	assert_double((double)NAN, "null");
	assert_double((double)-INFINITY, "null");
}

static void
test_deepest(void **state)
{
	struct buf b = { 0 };
	struct json_out j;

	(void)state;
	json_out_init(&j, &b);
	for (int i = 0; i < JSON_OUT_DEPTH; i++)
		json_array_begin(&j);
	json_int(&j, 1);
	for (int i = 0; i < JSON_OUT_DEPTH; i++)
		json_array_end(&j);
	assert_true(json_out_done(&j));
	buf_finish(&b);
}

static void
misuse_value_without_key(struct json_out *j)
{
	json_object_begin(j);
	json_int(j, 1);
}

static void
misuse_key_in_array(struct json_out *j)
{
	json_array_begin(j);
	json_key(j, "k");
}

static void
misuse_key_twice(struct json_out *j)
{
	json_object_begin(j);
	json_key(j, "k");
	json_key(j, "k");
}

static void
misuse_end_after_key(struct json_out *j)
{
	json_object_begin(j);
	json_key(j, "k");
	json_object_end(j);
}

static void
misuse_wrong_end(struct json_out *j)
{
	json_object_begin(j);
	json_array_end(j);
}

static void
misuse_two_values(struct json_out *j)
{
	json_int(j, 1);
	json_int(j, 2);
}

static void
misuse_too_deep(struct json_out *j)
{
	for (int i = 0; i <= JSON_OUT_DEPTH; i++)
		json_array_begin(j);
}

static void
test_misuse_aborts(void **state)
{
	static void (*const misuses[])(struct json_out *j) = {
		misuse_value_without_key, misuse_key_in_array,
		misuse_key_twice, misuse_end_after_key, misuse_wrong_end,
		misuse_two_values, misuse_too_deep
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(misuses); i++) {
		int status;
		pid_t pid = fork();

		if (pid == 0) {
			struct buf b = { 0 };
			struct json_out j;

			close(STDERR_FILENO);
			signal(SIGABRT, SIG_DFL);
			json_out_init(&j, &b);
			misuses[i](&j);
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGABRT);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_any_bytes_are_valid),
		cmocka_unit_test(test_every_byte_in_every_place),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_deepest),
		cmocka_unit_test(test_misuse_aborts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
