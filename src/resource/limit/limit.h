/* SPDX-License-Identifier: MIT */
/*
 * limit.h: what the limits of the folder are used for now.
 *
 * Read from the live attempts: the engine counts its own in memory, and
 * decides by that.  Any thread that has a database.
 */
#ifndef RESOURCE_LIMIT_H
#define RESOURCE_LIMIT_H

#include "resource/cx.h"

struct limit_use {
	int64_t used;
	const char *const *holders; /* keys of runs */
	size_t nholders;
};

struct limit_use limit_use(struct cx *cx, const char *limit);

/* "waiting for db 2/2 held by R-41, R-43"; holders: the keys, joined. */
const char *limit_words(struct cx *cx, const char *limit, int64_t used,
    const char *holders);
/* The same of what is so now. */
const char *limit_words_now(struct cx *cx, const char *limit);

#endif
