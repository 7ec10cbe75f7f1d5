/* SPDX-License-Identifier: MIT */
#include "sys/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/id.h"

static void
test_sha256(void **state)
{
	char hex[DIGEST_HEX];

	(void)state;
	assert_string_equal(digest_hex(NULL, 0, hex),
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_string_equal(digest_hex("abc", 3, hex),
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void
test_parts_keep_their_borders(void **state)
{
	char one[DIGEST_HEX], two[DIGEST_HEX];
	struct str a[] = { STR("ab"), STR("c") };
	struct str b[] = { STR("a"), STR("bc") };
	struct str c[] = { STR("ab"), STR("c"), { NULL, 0 } };

	(void)state;
	assert_string_not_equal(digest_parts(one, 2, a),
	    digest_parts(two, 2, b));
	assert_string_not_equal(one, digest_parts(two, 3, c));
	assert_string_equal(one, digest_parts(two, 2, c));
	assert_string_equal(digest_parts(one, 0, NULL),
	    digest_hex("", 0, two));
}

/* Short and long ones go to different libraries: each part is its length in
 * eight bytes and itself. */
static void
test_parts_of_any_length(void **state)
{
	unsigned char whole[16 + 3000] = { [7] = 1, [8] = 'x' };
	char parts[DIGEST_HEX], hex[DIGEST_HEX];

	(void)state;
	memset(whole + 17, 'y', sizeof(whole) - 17);
	for (size_t n = 0; n < sizeof(whole) - 17; n += 71) {
		struct str two[] = { STR("x"), { (char *)whole + 17, n } };

		whole[15] = (unsigned char)(n >> 8);
		whole[16] = (unsigned char)n;
		assert_string_equal(digest_parts(parts, 2, two),
		    digest_hex(whole, 17 + n, hex));
	}
}

/* RFC 4231, cases 1 and 2; and an empty key. */
static void
test_hmac(void **state)
{
	unsigned char key[20];
	char hex[DIGEST_HEX];

	(void)state;
	memset(key, 0x0b, sizeof(key));
	assert_string_equal(digest_hmac_hex(key, 20, "Hi There", 8, hex),
	    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	assert_string_equal(digest_hmac_hex("Jefe", 4,
		"what do ya want for nothing?", 28, hex),
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	assert_string_equal(digest_hmac_hex(NULL, 0, NULL, 0, hex),
	    "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void
test_seal(void **state)
{
	unsigned char key[SEAL_KEY], other[SEAL_KEY];
	struct buf sealed = { 0 }, again = { 0 }, plain = { 0 };
	struct err e;

	(void)state;
	id_random(key, sizeof(key));
	memcpy(other, key, sizeof(key));
	other[31] ^= 1;
	buf_adds(&plain, "before ");
	seal(key, STR("hunter2"), &sealed);
	seal(key, STR("hunter2"), &again);
	assert_string_not_equal(sealed.data, again.data);
	assert_true(unseal(key, sealed.data, &plain, &e));
	assert_string_equal(plain.data, "before hunter2");
	assert_false(unseal(other, sealed.data, &plain, &e));
	assert_int_equal(e.class, ERR_INTERNAL);
	assert_string_equal(e.code, "secret.corrupt");
	assert_string_equal(plain.data, "before hunter2");
	for (size_t i = 0; i < sealed.len; i++) {
		char c = sealed.data[i];

		sealed.data[i] = c == 'A' ? 'B' : 'A';
		assert_false(unseal(key, sealed.data, &plain, NULL));
		sealed.data[i] = c;
	}
	assert_false(unseal(key, "", &plain, NULL));
	assert_false(unseal(key, "AAAA", &plain, NULL));
	assert_false(unseal(key, "not base64", &plain, NULL));
	buf_finish(&sealed);
	buf_finish(&again);
	buf_finish(&plain);
}

static void
test_seal_nothing(void **state)
{
	unsigned char key[SEAL_KEY] = { 1 };
	struct buf sealed = { 0 }, plain = { 0 };

	(void)state;
	seal(key, (struct str){ NULL, 0 }, &sealed);
	assert_true(unseal(key, sealed.data, &plain, NULL));
	assert_int_equal(plain.len, 0);
	assert_string_equal(buf_cstr(&plain), "");
	buf_finish(&sealed);
	buf_finish(&plain);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256),
		cmocka_unit_test(test_parts_keep_their_borders),
		cmocka_unit_test(test_parts_of_any_length),
		cmocka_unit_test(test_hmac),
		cmocka_unit_test(test_seal),
		cmocka_unit_test(test_seal_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
