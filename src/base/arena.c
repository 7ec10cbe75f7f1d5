/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_MAGIC 0xa2e4a001u
#define ARENA_FIRST 8192
#define ARENA_MOST (256 * 1024)
#define ARENA_ALIGN _Alignof(max_align_t)

struct arena_block {
	struct arena_block *older;
	size_t size, used; /* of data */
	_Alignas(max_align_t) unsigned char data[];
};

struct arena_hook {
	struct arena_hook *older;
	void (*fn)(void *arg);
	void *arg;
};

struct arena {
	unsigned magic;
	struct arena_block *block; /* the newest; the oldest is kept by reset */
	struct arena_hook *hook;
	size_t used;
};

static struct arena_block *
arena_block_create(size_t size, struct arena_block *older)
{
	struct arena_block *b = malloc(sizeof(*b) + size);

	ASSERT(b != NULL);
	b->older = older;
	b->size = size;
	b->used = 0;
	return b;
}

struct arena *
arena_create_sized(size_t first)
{
	struct arena *a = calloc(1, sizeof(*a));

	ASSERT(a != NULL);
	a->magic = ARENA_MAGIC;
	a->block = arena_block_create(first, NULL);
	return a;
}

struct arena *
arena_create(void)
{
	return arena_create_sized(ARENA_FIRST);
}

void
arena_reset(struct arena *a)
{
	struct arena_hook *h;

	ASSERT_MAGIC(a, ARENA_MAGIC);
	while ((h = a->hook) != NULL) {
		a->hook = h->older;
		h->fn(h->arg);
	}
	while (a->block->older != NULL) {
		struct arena_block *b = a->block;

		a->block = b->older;
		free(b);
	}
	a->block->used = 0;
	a->used = 0;
}

void
arena_destroy(struct arena *a)
{
	if (a == NULL)
		return;
	arena_reset(a);
	free(a->block);
	a->magic = 0;
	free(a);
}

/* As it comes. */
static void *
arena_take(struct arena *a, size_t n)
{
	struct arena_block *b;
	void *p;

	ASSERT_MAGIC(a, ARENA_MAGIC);
	ASSERT(n < SIZE_MAX / 4);
	n = n == 0 ? ARENA_ALIGN
		   : (n + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
	b = a->block;
	if (b->size - b->used < n) {
		size_t size = b->size < ARENA_MOST ? b->size * 2 : ARENA_MOST;

		b = arena_block_create(size > n ? size : n, b);
		a->block = b;
	}
	p = b->data + b->used;
	b->used += n;
	a->used += n;
	return p;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	return memset(arena_take(a, n), 0, n);
}

void *
arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;

	ASSERT(!__builtin_mul_overflow(n, size, &bytes));
	return arena_alloc(a, bytes);
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return s == NULL ? NULL : arena_str(a, str_of(s));
}

char *
arena_strndup(struct arena *a, const char *s, size_t n)
{
	return arena_str(a, (struct str){ s, strnlen(s, n) });
}

char *
arena_str(struct arena *a, struct str s)
{
	char *copy = arena_take(a, s.n + 1);

	if (s.n > 0)
		memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	return copy;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}

char *
arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	char text[256], *s;
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	ASSERT(n >= 0);
	s = arena_take(a, (size_t)n + 1);
	if ((size_t)n < sizeof(text))
		memcpy(s, text, (size_t)n + 1);
	else
		vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}

void
arena_cleanup(struct arena *a, void (*fn)(void *arg), void *arg)
{
	struct arena_hook *h = ARENA_NEW(a, struct arena_hook);

	h->fn = fn;
	h->arg = arg;
	h->older = a->hook;
	a->hook = h;
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}
