/* SPDX-License-Identifier: MIT */
/*
 * arena.h: memory that follows one unit of work.
 *
 * One arena per request, engine step or command; nothing in it is freed
 * alone.  Cleanup hooks close what is not memory, in reverse order.  Out of
 * memory aborts (the database holds the truth).  Not thread safe: one arena,
 * one thread at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/check.h"
#include "base/str.h"

struct arena;

struct arena *arena_create(void);
/* With a first block of that many bytes: small where thousands wait. */
struct arena *arena_create_sized(size_t first);
void arena_destroy(struct arena *a);
/* Run the hooks and forget the content, keep the first block for reuse. */
void arena_reset(struct arena *a);

/* Zeroed, aligned for any type; n may be 0. */
void *arena_alloc(struct arena *a, size_t n);
/* Zeroed array; aborts on overflow of n * size. */
void *arena_array(struct arena *a, size_t n, size_t size);
#define ARENA_NEW(a, T) ((T *)arena_alloc((a), sizeof(T)))

char *arena_strdup(struct arena *a, const char *s); /* NULL gives NULL */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_str(struct arena *a, struct str s);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
    PRINTF_LIKE(2, 0);

/* Call fn(arg) at reset or destroy. */
void arena_cleanup(struct arena *a, void (*fn)(void *arg), void *arg);

/* Bytes handed out since the last reset, for ceilings. */
size_t arena_used(const struct arena *a);

#endif
