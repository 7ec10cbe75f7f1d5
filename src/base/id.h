/* SPDX-License-Identifier: MIT */
/*
 * id.h: random identifiers and the text forms of bytes.
 * Randomness is getrandom(2); it never fails on the kernels we support.
 */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void id_random(void *p, size_t n);
#ifdef SLIPWAY_TESTING
/* From now on a sequence that the seed decides, for the simulation; one
 * thread only.  0: random again. */
void id_seed(uint64_t seed);
#endif
uint64_t id_random_u64(void);
/* n characters of base32 (a-z2-7) and a NUL into out[n + 1]. */
char *id_text(char *out, size_t n);

/* Lower-case hex and a NUL into out[2 * n + 1]; returns out. */
char *hex_encode(char *out, const void *p, size_t n);
bool hex_decode(void *out, size_t n, const char *hex); /* exactly 2n digits */
/* Standard base64 with padding into out[BASE64_LEN(n)]; returns out. */
#define BASE64_LEN(n) (((n) + 2) / 3 * 4 + 1)
char *base64_encode(char *out, const void *p, size_t n);
/* Decodes into out (at least strlen/4*3 bytes); false on any bad byte. */
bool base64_decode(void *out, size_t *ret_n, const char *text);

#endif
