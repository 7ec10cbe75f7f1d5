/* SPDX-License-Identifier: MIT */
/*
 * review.h: when grants were last used, and what would change without them.
 *
 * access.h remembers the last use of each grant in the folder's snapshot;
 * access_flush writes that down, by what the grant says, so that a line that
 * moves keeps its history.  A crash loses the uses of the last minute, which
 * no review for 90 days feels.  Owns the table grant_use.
 */
#ifndef RESOURCE_ACCESS_REVIEW_H
#define RESOURCE_ACCESS_REVIEW_H

#include "resource/cx.h"

#define ACCESS_FLUSH_MS 60000

/* Write down what was used since; all: also which grants are there at all,
 * for a folder that is new.  Core thread. */
void access_flush(struct cx *cx, bool all);

/* What it is known by in the table. */
const char *access_grant_name(const struct grant_def *g, struct arena *a);

#endif
