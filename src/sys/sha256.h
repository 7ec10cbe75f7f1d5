/* SPDX-License-Identifier: MIT */
/*
 * sha256.h: SHA-256 piece by piece, for the keeper too.
 *
 * Over libsodium, which links statically into a few KiB and allocates nothing;
 * digest.h is faster and needs OpenSSL.  Values only.
 */
#ifndef SYS_SHA256_H
#define SYS_SHA256_H

#include <stddef.h>

#define SHA256_LEN 32
#define SHA256_HEX 65 /* with the NUL */

struct sha256 {
	_Alignas(16) unsigned char state[128];
};

void sha256_begin(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *p, size_t n);
char *sha256_end(struct sha256 *s, char out[SHA256_HEX]);

#endif
