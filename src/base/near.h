/* SPDX-License-Identifier: MIT */
/*
 * near.h: "did you mean": the nearest of some names to a mistyped one.
 *
 * Distance is optimal string alignment (Damerau's restricted edit distance:
 * insert, delete, replace, swap of neighbours), case-insensitive; a name is
 * near when the distance is at most max(1, length / 3).
 */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include <stddef.h>

struct near {
	const char *typed;
	const char *best; /* NULL: nothing near */
	unsigned distance;
};

struct near near_start(const char *typed);
void near_offer(struct near *n, const char *candidate);

#endif
