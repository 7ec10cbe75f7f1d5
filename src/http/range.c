/* SPDX-License-Identifier: MIT */
#include "http/range.h"

#include <string.h>

#define UNIT "bytes="

/* Digits at the front, which are taken away.  More than fit are as good as the
 * largest number there is. */
static bool
range_number(struct str *s, int64_t *ret)
{
	int64_t n = 0;
	size_t i = 0;

	for (; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++)
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, s->p[i] - '0', &n))
			n = INT64_MAX / 10;
	s->p += i;
	s->n -= i;
	*ret = n;
	return i > 0;
}

enum range_kind
range_parse(struct str header, int64_t size, int64_t *ret_from, int64_t *ret_to)
{
	struct str rest;
	int64_t from, last;
	bool begun, ended;

	if (header.p == NULL || !str_starts(header, UNIT))
		return RANGE_WHOLE;
	rest = (struct str){ header.p + strlen(UNIT),
		header.n - strlen(UNIT) };
	begun = range_number(&rest, &from);
	if (rest.n == 0 || rest.p[0] != '-')
		return RANGE_WHOLE;
	rest.p++;
	rest.n--;
	ended = range_number(&rest, &last);
	if (rest.n > 0 || (!begun && !ended) ||
	    (begun && ended && last < from))
		return RANGE_WHOLE;
	if (!begun) { /* the last so many */
		from = last < size ? size - last : 0;
		if (last == 0)
			return RANGE_NONE;
		ended = false;
	}
	if (from >= size)
		return RANGE_NONE;
	*ret_from = from;
	*ret_to = ended && last < size - 1 ? last + 1 : size;
	return RANGE_PART;
}

bool
range_may(struct str if_range, const char *etag)
{
	return if_range.p == NULL || str_is(if_range, etag);
}
