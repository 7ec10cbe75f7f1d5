/* SPDX-License-Identifier: MIT */
/*
 * range.h: which bytes of an answer the client wants (RFC 9110, 14.2).
 *
 * Pure.  One range of bytes is understood: "bytes=5-", "bytes=5-9",
 * "bytes=-5".  What is malformed, of another unit, or several ranges, counts
 * as not said, which the standard allows: the whole is always a right answer.
 */
#ifndef HTTP_RANGE_H
#define HTTP_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum range_kind {
	RANGE_WHOLE,
	RANGE_PART, /* [*ret_from, *ret_to): at least one byte */
	RANGE_NONE  /* nothing of it is there: 416 */
};

/* header: the value of Range; p NULL when there is none. */
enum range_kind range_parse(struct str header, int64_t size, int64_t *ret_from,
    int64_t *ret_to);

/* Does If-Range (p NULL: not said) let the range stand?  etag is strong, with
 * its quotes; a date never does. */
bool range_may(struct str if_range, const char *etag);

#endif
