/* SPDX-License-Identifier: MIT */
/*
 * digest.h: SHA-256 and HMAC-SHA-256 (OpenSSL 3), and sealing of small
 * secrets at rest (libsodium secretbox: XSalsa20-Poly1305, random nonce).
 */
#ifndef SYS_DIGEST_H
#define SYS_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

#define DIGEST_LEN 32
#define DIGEST_HEX 65 /* with the NUL */
#define SEAL_KEY 32

void digest_sha256(const void *p, size_t n, unsigned char out[DIGEST_LEN]);
char *digest_hex(const void *p, size_t n, char out[DIGEST_HEX]);
/* Hex of SHA-256 over several parts, each preceded by its length, so that
 * ("ab","c") and ("a","bc") differ. */
char *digest_parts(char out[DIGEST_HEX], size_t n, const struct str *parts);
/* The same as digest_hex, piece by piece.  digest_end frees it. */
struct digest;
struct digest *digest_begin(void);
void digest_add(struct digest *d, const void *p, size_t n);
char *digest_end(struct digest *d, char out[DIGEST_HEX]);
char *digest_hmac_hex(const void *key, size_t keylen, const void *p, size_t n,
    char out[DIGEST_HEX]);

/* base64 text of nonce and box, appended to *to. */
void seal(const unsigned char key[SEAL_KEY], struct str plain, struct buf *to);
/* Appends the plain bytes; ERR_INTERNAL "secret.corrupt" when it was not
 * sealed with this key. */
bool unseal(const unsigned char key[SEAL_KEY], const char *text,
    struct buf *to, struct err *e);

#endif
