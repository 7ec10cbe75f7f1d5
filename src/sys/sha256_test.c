/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "sys/digest.h"
#include "sys/sha256.h"

/* Any cut into pieces gives what the other library gives for the whole. */
static void
test_pieces(void **state)
{
	static unsigned char bytes[1000];
	char hex[SHA256_HEX], whole[DIGEST_HEX];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 7 + i / 251);
	for (size_t n = 0; n <= sizeof(bytes); n += 37) {
		for (size_t piece = 1; piece < 200; piece += 63) {
			struct sha256 s;

			sha256_begin(&s);
			for (size_t at = 0; at < n; at += piece)
				sha256_add(&s, bytes + at,
				    n - at < piece ? n - at : piece);
			assert_string_equal(sha256_end(&s, hex),
			    digest_hex(bytes, n, whole));
		}
	}
}

static void
test_known(void **state)
{
	char hex[SHA256_HEX];
	struct sha256 s;

	(void)state;
	sha256_begin(&s);
	sha256_add(&s, "abc", 3);
	assert_string_equal(sha256_end(&s, hex),
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
