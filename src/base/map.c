/* SPDX-License-Identifier: MIT */
#include "base/map.h"

#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/id.h"

#define MAP_NONE SIZE_MAX

static uint64_t map_seed[2];
static pthread_once_t map_seeded = PTHREAD_ONCE_INIT;

static void
map_seed_make(void)
{
	id_random(map_seed, sizeof(map_seed));
}

static uint64_t
map_rotate(uint64_t v, unsigned by)
{
	return v << by | v >> (64 - by);
}

static void
map_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = map_rotate(v[1], 13) ^ v[0];
	v[0] = map_rotate(v[0], 32);
	v[2] += v[3];
	v[3] = map_rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = map_rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = map_rotate(v[1], 17) ^ v[2];
	v[2] = map_rotate(v[2], 32);
}

/* SipHash-1-3 */
static uint64_t
map_hash(const char *key, size_t n)
{
	uint64_t v[4], word;
	uint64_t last = (uint64_t)n << 56;

	pthread_once(&map_seeded, map_seed_make);
	v[0] = map_seed[0] ^ UINT64_C(0x736f6d6570736575);
	v[1] = map_seed[1] ^ UINT64_C(0x646f72616e646f6d);
	v[2] = map_seed[0] ^ UINT64_C(0x6c7967656e657261);
	v[3] = map_seed[1] ^ UINT64_C(0x7465646279746573);
	for (; n >= 8; key += 8, n -= 8) {
		memcpy(&word, key, 8);
		v[3] ^= word;
		map_round(v);
		v[0] ^= word;
	}
	for (size_t i = 0; i < n; i++)
		last |= (uint64_t)(unsigned char)key[i] << (8 * i);
	v[3] ^= last;
	map_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		map_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* The first free slot for key; nslots is a power of two, never full. */
static size_t
map_free_slot(const struct map *m, const char *key, size_t len)
{
	size_t at = (size_t)map_hash(key, len) & (m->nslots - 1);

	while (m->slots[at] != 0)
		at = (at + 1) & (m->nslots - 1);
	return at;
}

static size_t
map_find(const struct map *m, const char *key, size_t len)
{
	size_t at;

	if (m->count == 0)
		return MAP_NONE;
	at = (size_t)map_hash(key, len) & (m->nslots - 1);
	while (m->slots[at] != 0) {
		size_t i = m->slots[at] - 1;
		const struct map_entry *en = &m->entries[i];

		if (en->key != NULL && en->len == len &&
		    memcmp(en->key, key, len) == 0)
			return i;
		at = (at + 1) & (m->nslots - 1);
	}
	return MAP_NONE;
}

/*
 * Make room for one more entry: close the gaps that deleted ones left, double
 * when more than half is live, and place everybody anew.  A deleted entry
 * keeps its slot until here, so that probing passes over it.
 */
static void
map_rebuild(struct map *m)
{
	size_t live = 0;

	for (size_t i = 0; i < m->used; i++)
		if (m->entries[i].key != NULL)
			m->entries[live++] = m->entries[i];
	ASSERT(live == m->count);
	m->used = live;
	if (m->cap == 0 || live > m->cap / 2) {
		m->cap = m->cap == 0 ? 8 : m->cap * 2;
		ASSERT(m->cap < UINT_MAX / 2);
		m->entries = reallocarray(m->entries, m->cap,
		    sizeof(*m->entries));
		free(m->slots);
		m->nslots = m->cap * 2;
		m->slots = calloc(m->nslots, sizeof(*m->slots));
		ASSERT(m->entries != NULL && m->slots != NULL);
	} else {
		memset(m->slots, 0, m->nslots * sizeof(*m->slots));
	}
	for (size_t i = 0; i < m->used; i++) {
		const struct map_entry *en = &m->entries[i];

		m->slots[map_free_slot(m, en->key, en->len)] = (unsigned)i + 1;
	}
}

void
map_init(struct map *m)
{
	*m = (struct map){ 0 };
}

static void
map_drop_key(const struct map *m, const struct map_entry *en)
{
	if (!m->borrows)
		free((void *)(uintptr_t)en->key);
}

void
map_finish(struct map *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->used; i++)
		map_drop_key(m, &m->entries[i]);
	free(m->entries);
	free(m->slots);
	*m = (struct map){ 0 };
}

void *
map_get(const struct map *m, const char *key)
{
	size_t i = map_find(m, key, strlen(key));

	return i == MAP_NONE ? NULL : m->entries[i].value;
}

bool
map_has(const struct map *m, const char *key)
{
	return map_find(m, key, strlen(key)) != MAP_NONE;
}

void *
map_put(struct map *m, const char *key, void *value)
{
	size_t len = strlen(key);
	size_t i = map_find(m, key, len);
	const char *kept;

	if (i != MAP_NONE) {
		void *before = m->entries[i].value;

		m->entries[i].value = value;
		return before;
	}
	kept = m->borrows ? key : strdup(key);
	ASSERT(kept != NULL);
	if (m->used == m->cap)
		map_rebuild(m);
	i = m->used++;
	m->count++;
	m->entries[i] = (struct map_entry){ kept, len, value };
	m->slots[map_free_slot(m, kept, len)] = (unsigned)i + 1;
	return NULL;
}

void *
map_remove(struct map *m, const char *key)
{
	size_t i = map_find(m, key, strlen(key));
	void *before;

	if (i == MAP_NONE)
		return NULL;
	before = m->entries[i].value;
	map_drop_key(m, &m->entries[i]);
	m->entries[i] = (struct map_entry){ 0 };
	m->count--;
	return before;
}

bool
map_next(const struct map *m, size_t *i, const char **ret_key,
    void **ret_value)
{
	while (*i < m->used) {
		const struct map_entry *en = &m->entries[(*i)++];

		if (en->key == NULL)
			continue;
		*ret_key = en->key;
		*ret_value = en->value;
		return true;
	}
	return false;
}
