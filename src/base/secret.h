/* SPDX-License-Identifier: MIT */
/*
 * secret.h: bytes that must not linger or be guessed.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

void secret_wipe(void *p, size_t n);		      /* not optimised away */
bool secret_equal(const void *a, const void *b, size_t n); /* constant time */

#endif
