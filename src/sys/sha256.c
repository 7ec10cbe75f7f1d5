/* SPDX-License-Identifier: MIT */
#include "sys/sha256.h"

#include <sodium.h>
#include <string.h>

#include "base/check.h"

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(struct sha256),
    "the state has no room");

static crypto_hash_sha256_state *
state_of(struct sha256 *s)
{
	return (crypto_hash_sha256_state *)(void *)s->state;
}

void
sha256_begin(struct sha256 *s)
{
	crypto_hash_sha256_init(state_of(s));
}

void
sha256_add(struct sha256 *s, const void *p, size_t n)
{
	crypto_hash_sha256_update(state_of(s), p, n);
}

char *
sha256_end(struct sha256 *s, char out[SHA256_HEX])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char hash[SHA256_LEN];

	crypto_hash_sha256_final(state_of(s), hash);
	for (size_t i = 0; i < SHA256_LEN; i++) {
		out[2 * i] = digits[hash[i] >> 4];
		out[2 * i + 1] = digits[hash[i] & 15];
	}
	out[SHA256_HEX - 1] = '\0';
	return out;
}
