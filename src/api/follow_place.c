/* SPDX-License-Identifier: MIT */
#include "api/follow_place.h"

/* Cuts a number in front of rest, which must go on with `before`. */
static bool
place_number(struct str *rest, const char *before, char end, int64_t *ret)
{
	struct str number;

	for (; *before != '\0'; before++) {
		if (rest->n == 0 || rest->p[0] != *before)
			return false;
		rest->p++;
		rest->n--;
	}
	number = str_cut(*rest, end, rest);
	return str_to_int64(number, ret) && *ret >= 0;
}

static bool
place_open(struct str item, struct follow_open *ret)
{
	struct str offset;
	struct str attempt = str_cut(item, ':', &offset);
	int64_t n;

	if (!str_to_int64(attempt, &ret->attempt) || ret->attempt <= 0 ||
	    !str_to_int64(offset, &n) || n < 0)
		return false;
	ret->offset = (uint64_t)n;
	return true;
}

bool
follow_place_parse(struct str text, struct follow_place *ret,
    struct follow_open *open, size_t *ret_n)
{
	struct follow_place p;
	size_t n = 0;

	if (!place_number(&text, "r", '.', &p.run) ||
	    !place_number(&text, "s", '.', &p.seq) ||
	    !place_number(&text, "", '.', &p.step) ||
	    !place_number(&text, "h", ';', &p.attempt))
		return false;
	while (text.n > 0) {
		if (n == FOLLOW_OPEN ||
		    !place_open(str_cut(text, ',', &text), &open[n]) ||
		    open[n].attempt > p.attempt ||
		    (n > 0 && open[n].attempt <= open[n - 1].attempt))
			return false;
		n++;
	}
	*ret = p;
	*ret_n = n;
	return true;
}

void
follow_place_write(struct buf *to, const struct follow_place *p)
{
	buf_printf(to, "r%lld.s%lld.%lld.h%lld", (long long)p->run,
	    (long long)p->seq, (long long)p->step, (long long)p->attempt);
}

void
follow_place_add(struct buf *to, const struct follow_open *open, bool first)
{
	buf_printf(to, "%c%lld:%llu", first ? ';' : ',',
	    (long long)open->attempt, (unsigned long long)open->offset);
}
