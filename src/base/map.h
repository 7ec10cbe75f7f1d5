/* SPDX-License-Identifier: MIT */
/*
 * map.h: a hash map from strings to pointers, in insertion order.
 *
 * Keys are copied, unless the map borrows them; values belong to the caller.
 * Iteration walks entries in the order they were first put, so that output is
 * stable; removing while iterating is fine, putting is not.  The hash is
 * SipHash with a key made per process (keys come from outside).  Not thread
 * safe.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>

struct map {
	struct map_entry *entries; /* in order; key NULL where deleted */
	size_t count;		   /* live */
	size_t used;		   /* live and deleted */
	size_t cap;
	unsigned *slots; /* index + 1, 0 empty */
	size_t nslots;
	bool borrows; /* keys are the caller's and outlive the map; set it
		       * before the first put */
};

struct map_entry {
	const char *key;
	size_t len;
	void *value;
};

void map_init(struct map *m);	/* zeroed memory is also a valid map */
void map_finish(struct map *m); /* frees keys, not values */
void *map_get(const struct map *m, const char *key); /* NULL when absent */
bool map_has(const struct map *m, const char *key);
/* Returns the value that was there before, or NULL. */
void *map_put(struct map *m, const char *key, void *value);
void *map_remove(struct map *m, const char *key);
/* for (size_t i = 0; map_next(m, &i, &key, &value);) */
bool map_next(const struct map *m, size_t *i, const char **ret_key,
    void **ret_value);

#endif
