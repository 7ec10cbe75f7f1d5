/* SPDX-License-Identifier: MIT */
/*
 * pattern.h: POSIX extended regular expressions over whole texts.
 *
 * A pattern of a schema always speaks of the whole text, byte by byte as in
 * the C locale; nobody writes ^ and $.  Patterns come from our tables or from
 * the team's folder, where pattern_check refuses at load time what would cost
 * too much or mean something else in a browser: back-references, a repeat of
 * a repeat, repeats that multiply out to more than PATTERN_WEIGHT.
 *
 * Thread safe: a cache belongs to one call on one thread.
 */
#ifndef SPEC_PATTERN_H
#define SPEC_PATTERN_H

#include <regex.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

#define PATTERN_BYTES 1000  /* longest pattern */
#define PATTERN_WEIGHT 1000 /* characters once repeats are written out; at most
			     * 25 ms and 30 MiB for a text of 64 KiB */
#define PATTERN_DEPTH 16    /* groups in groups */
#define PATTERN_CACHE 8

/* Compiled patterns, found by pointer; zeroed memory is an empty cache. */
struct pattern_cache {
	const char *pattern[PATTERN_CACHE];
	regex_t compiled[PATTERN_CACHE];
	bool broken[PATTERN_CACHE];
	unsigned used; /* ever; the oldest makes room */
};

/* False with ERR_INVALID "pattern.invalid" when pattern may not be used. */
bool pattern_check(const char *pattern, struct err *e);

/* The whole text matches.  A pattern that does not compile matches nothing.
 * The pattern must live as long as the cache. */
bool pattern_match(
    struct pattern_cache *c, const char *pattern, const char *text);
void pattern_cache_finish(struct pattern_cache *c);

/* Append the same in the language of JSON Schema (ECMA-262, flag u):
 * "^(?:…)$".  The pattern has passed pattern_check. */
void pattern_ecma(struct buf *to, const char *pattern);

#endif
