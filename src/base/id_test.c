/* SPDX-License-Identifier: MIT */
#include "base/id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/check.h"
#include "base/secret.h"

static void
test_random(void **state)
{
	char a[27], b[27];

	(void)state;
	assert_string_equal(id_text(a, 0), "");
	id_text(a, 26);
	id_text(b, 26);
	assert_int_equal(strlen(a), 26);
	assert_int_equal(strspn(a, "abcdefghijklmnopqrstuvwxyz234567"), 26);
	assert_string_not_equal(a, b);
	assert_true(id_random_u64() != id_random_u64());
}

static void
test_hex(void **state)
{
	unsigned char raw[3];
	char text[7];

	(void)state;
	assert_string_equal(hex_encode(text, "\x00\xab\xff", 3), "00abff");
	assert_true(hex_decode(raw, 3, "00ABff"));
	assert_memory_equal(raw, "\x00\xab\xff", 3);
	assert_false(hex_decode(raw, 3, "00abf"));
	assert_false(hex_decode(raw, 3, "00abff0"));
	assert_false(hex_decode(raw, 3, "00abfg"));
	assert_true(hex_decode(raw, 0, ""));
}

static void
test_base64(void **state)
{
	static const char *const vectors[][2] = { { "", "" }, { "f", "Zg==" },
		{ "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" } };
	static const char *const bad[] = { "Z", "Zg", "Zg=", "Zg==Zg==",
		"Z===", "====", "Zm8 ", "Zm8=\n", "Zh==", "Zm9=", "Zm-_",
		"=Zm8" };
	unsigned char raw[64];
	char text[BASE64_LEN(6)];
	size_t n;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		const char *plain = vectors[i][0];

		base64_encode(text, plain, strlen(plain));
		assert_string_equal(text, vectors[i][1]);
		assert_true(base64_decode(raw, &n, text));
		assert_int_equal(n, strlen(plain));
		assert_memory_equal(raw, plain, n);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(base64_decode(raw, &n, bad[i]));
}

static void
test_base64_every_length(void **state)
{
	unsigned char raw[100], back[100];
	char text[BASE64_LEN(100)];
	size_t n;

	(void)state;
	id_random(raw, sizeof(raw));
	for (size_t i = 0; i <= sizeof(raw); i++) {
		assert_int_equal(strlen(base64_encode(text, raw, i)),
		    BASE64_LEN(i) - 1);
		assert_true(base64_decode(back, &n, text));
		assert_int_equal(n, i);
		assert_memory_equal(back, raw, i);
	}
}

static void
test_secret(void **state)
{
	char a[4] = "abc";

	(void)state;
	assert_true(secret_equal("abc", a, 4));
	assert_false(secret_equal("abd", a, 3));
	assert_true(secret_equal("x", "y", 0));
	secret_wipe(a, sizeof(a));
	assert_memory_equal(a, "\0\0\0\0", 4);
	secret_wipe(NULL, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_base64_every_length),
		cmocka_unit_test(test_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
