/* SPDX-License-Identifier: MIT */
#include "base/near.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* Longer names are never near: nobody mistypes one, they are pasted. */
#define NEAR_MAX 64

static unsigned
near_min(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static bool
near_same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Rows i - 2, i - 1 and i of the matrix are kept, addressed modulo 3. */
static unsigned
near_distance(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned row[3][NEAR_MAX + 1];

	for (unsigned j = 0; j <= nb; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= na; i++) {
		unsigned *now = row[i % 3];
		const unsigned *up = row[(i + 2) % 3];
		const unsigned *up2 = row[(i + 1) % 3];

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++) {
			bool same = near_same(a[i - 1], b[j - 1]);

			now[j] = near_min(up[j], now[j - 1]) + 1;
			now[j] = near_min(now[j], up[j - 1] + !same);
			if (i > 1 && j > 1 && near_same(a[i - 1], b[j - 2]) &&
			    near_same(a[i - 2], b[j - 1]))
				now[j] = near_min(now[j], up2[j - 2] + 1);
		}
	}
	return row[na % 3][nb];
}

struct near
near_start(const char *typed)
{
	return (struct near){ .typed = typed };
}

void
near_offer(struct near *n, const char *candidate)
{
	size_t nt = strlen(n->typed);
	size_t nc = strlen(candidate);
	unsigned limit = nt / 3 > 1 ? (unsigned)(nt / 3) : 1;
	unsigned d;

	if (nt == 0 || nt > NEAR_MAX || nc == 0 || nc > NEAR_MAX)
		return;
	d = near_distance(n->typed, nt, candidate, nc);
	if (d > limit || (n->best != NULL && d >= n->distance))
		return;
	n->best = candidate;
	n->distance = d;
}
