/* SPDX-License-Identifier: MIT */
/*
 * str.h: slices and a growing buffer.
 *
 * struct str is a pointer and a length into somebody else's bytes; everything
 * that comes from outside travels as one.  struct buf owns malloc'ed bytes
 * and keeps a NUL behind them, so that buf.data is always a C string.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"

struct str {
	const char *p;
	size_t n;
};

#define STR(literal) ((struct str){ (literal), sizeof(literal) - 1 })

struct str str_of(const char *s); /* NULL gives the empty slice */
bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *s);
bool str_case_is(struct str a, const char *s); /* ASCII only */
bool str_starts(struct str a, const char *prefix);
bool str_ends(struct str a, const char *suffix);
struct str str_trim(struct str s); /* space and tab, both ends */
/* Cut s at the first c: returns the head, *rest the tail after c (p NULL when
 * c does not occur). */
struct str str_cut(struct str s, char c, struct str *rest);
bool str_to_int64(struct str s, int64_t *ret); /* whole slice, decimal */
bool str_is_utf8(struct str s);		       /* strict, no NUL */
/* Bytes of the well-formed UTF-8 character that s begins with; 0: none. */
size_t str_utf8_char(struct str s);

/* NULL-tolerant helpers on C strings. */
bool streq(const char *a, const char *b); /* two NULLs are equal */

struct buf {
	char *data; /* NULL until the first byte; else NUL-terminated */
	size_t len;
	size_t cap;
};

void buf_finish(struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory */
void buf_reserve(struct buf *b, size_t more);
void buf_add(struct buf *b, const void *p, size_t n);
void buf_addc(struct buf *b, char c);
void buf_adds(struct buf *b, const char *s);
void buf_addstr(struct buf *b, struct str s);
void buf_addint(struct buf *b, int64_t v); /* decimal */
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
    PRINTF_LIKE(2, 0);
void buf_consume(struct buf *b, size_t n); /* drop n bytes at the front */
struct str buf_str(const struct buf *b);
const char *buf_cstr(const struct buf *b); /* "" for an empty one */

#endif
