/* SPDX-License-Identifier: MIT */
/*
 * diff.h: what changed between two texts, for people.
 *
 * Lines that both begin and end with are left out; what is between is shown
 * whole, the old lines with "- " and the new ones with "+ ".  Pure.
 */
#ifndef BASE_DIFF_H
#define BASE_DIFF_H

#include "base/arena.h"

/* Lives in the arena; "" when they are equal.  At most DIFF_LINES lines of
 * each, the rest is counted. */
#define DIFF_LINES 200
const char *diff_lines(struct arena *a, const char *old, const char *now);

#endif
