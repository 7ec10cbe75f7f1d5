/* SPDX-License-Identifier: MIT */
/*
 * uri.h: percent-escapes and query strings.
 *
 * Decoding is strict: two hexadecimal digits behind each '%', valid UTF-8, no
 * NUL; anything else is ERR_SYNTAX.  '+' is a space in a query and itself in a
 * path.  Split a path at '/' first and decode the segments, so that "%2F"
 * stays inside its segment.  Pure; results live in the arena.
 */
#ifndef HTTP_URI_H
#define HTTP_URI_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

/* One segment of a path, without its slashes; "http.path" when it is wrong. */
bool uri_segment(
    struct arena *a, struct str escaped, const char **ret, struct err *e);

struct uri_pair {
	const char *name, *value; /* value is "" when there is no '=' */
};

/* "a=1&b=x%20y": at most LIMIT_PARAMS pairs, in order, names may repeat,
 * empty pieces ("a=1&&") are skipped; "http.query" when it is wrong. */
bool uri_query(struct arena *a, struct str query, struct uri_pair **ret,
    size_t *ret_n, struct err *e);

/* The value of the first pair of that name, or NULL. */
const char *uri_query_get(
    const struct uri_pair *pairs, size_t n, const char *name);

/* Append s with everything escaped but letters, digits and "-._~". */
void uri_encode(struct buf *to, struct str s);

#endif
