/* SPDX-License-Identifier: MIT */
#include "base/cron.h"

#include <stdio.h>

static bool
cron_has(const struct cron *c, enum cron_part part, int value)
{
	return (c->set[part] >> value & 1) != 0;
}

static bool
cron_has_date(const struct cron *c, const struct civil *t)
{
	bool day = cron_has(c, CRON_DAY, t->day);
	bool weekday = cron_has(c, CRON_WEEKDAY, t->weekday);

	if (c->star[CRON_DAY] || c->star[CRON_WEEKDAY])
		return day && weekday;
	return day || weekday;
}

/* The first minute of the day at or after the one given, or -1. */
static int
cron_minute_of_day(const struct cron *c, int hour, int minute)
{
	for (; hour < 24; hour++, minute = 0) {
		if (!cron_has(c, CRON_HOUR, hour))
			continue;
		for (; minute < 60; minute++)
			if (cron_has(c, CRON_MINUTE, minute))
				return hour * 60 + minute;
	}
	return -1;
}

bool
cron_nominal(const struct cron *c, int64_t local_ms, int64_t *ret_ms)
{
	ASSERT(c->every_ms == 0);
	if (local_ms < CIVIL_MIN_MS)
		local_ms = CIVIL_MIN_MS;
	while (local_ms <= CIVIL_MAX_MS) {
		int64_t from = civil_ceil(local_ms, CIVIL_MINUTE_MS);
		int64_t midnight = civil_floor(from, CIVIL_DAY_MS);
		struct civil t = civil_of(from);
		int minute = -1;

		if (!cron_has(c, CRON_MONTH, t.month)) {
			local_ms =
			    midnight - (t.day - 1) * CIVIL_DAY_MS +
			    civil_month_days(t.year, t.month) * CIVIL_DAY_MS;
			continue;
		}
		if (cron_has_date(c, &t))
			minute = cron_minute_of_day(c, t.hour, t.minute);
		if (minute >= 0) {
			*ret_ms = midnight + minute * CIVIL_MINUTE_MS;
			return *ret_ms <= CIVIL_MAX_MS;
		}
		local_ms = midnight + CIVIL_DAY_MS;
	}
	return false;
}

static bool
cron_is_wildcard(const struct cron *c)
{
	return c->star[CRON_MINUTE] || c->star[CRON_HOUR];
}

/* How many nominal times lie in [from_ms, until_ms), and the first one. */
static unsigned
cron_count(const struct cron *c, int64_t from_ms, int64_t until_ms,
    int64_t *ret_first_ms)
{
	unsigned count = 0;
	int64_t t;

	for (; cron_nominal(c, from_ms, &t) && t < until_ms; count++) {
		if (count == 0)
			*ret_first_ms = t;
		from_ms = t + CIVIL_MINUTE_MS;
	}
	return count;
}

/*
 * Stretch by stretch between two changes of the clock.  In one of them local
 * time is UTC plus a constant, and only its two ends are special for fixed
 * times: what a gap swallowed is due where the stretch begins, and what an
 * overlap repeats was due before it.
 */
static bool
cron_next_in(const struct cron *c, const struct zone *z,
    const struct zone_span *span, int64_t from_ms, struct cron_time *ret)
{
	int64_t offset_ms = span->offset_s * CIVIL_SECOND_MS;
	int64_t low_ms = from_ms + offset_ms;
	int64_t nominal_ms;

	if (!cron_is_wildcard(c) && span->from_ms > CIVIL_MIN_MS) {
		int64_t was_ms = zone_utc_to_local(z, span->from_ms - 1) + 1;
		int64_t is_ms = span->from_ms + offset_ms;
		unsigned merged = 0;

		if (from_ms == span->from_ms && was_ms < is_ms)
			merged = cron_count(c, was_ms, is_ms + 1, &nominal_ms);
		if (merged > 0) {
			*ret = (struct cron_time){ .at_ms = from_ms,
				.nominal_ms = nominal_ms,
				.mark =
				    nominal_ms < is_ms ? CRON_GAP : CRON_PLAIN,
				.merged = merged };
			return true;
		}
		if (low_ms < was_ms)
			low_ms = was_ms;
	}
	if (!cron_nominal(c, low_ms, &nominal_ms) ||
	    nominal_ms - offset_ms >= span->until_ms)
		return false;
	*ret = (struct cron_time){ .at_ms = nominal_ms - offset_ms,
		.nominal_ms = nominal_ms,
		.merged = 1 };
	if (zone_local_to_utc(z, nominal_ms).answer == ZONE_OVERLAP)
		ret->mark = cron_is_wildcard(c) ? CRON_TWICE : CRON_OVERLAP;
	return true;
}

static bool
cron_next_fields(const struct cron *c, const struct zone *z, int64_t after_ms,
    struct cron_time *ret)
{
	int64_t from_ms = after_ms + 1;

	while (from_ms <= CIVIL_MAX_MS) {
		struct zone_span span = zone_span_at(z, from_ms);

		if (cron_next_in(c, z, &span, from_ms, ret))
			return true;
		from_ms = span.until_ms;
	}
	return false;
}

/* --- intervals ----------------------------------------------------------- */

static int64_t
cron_midnight(const struct zone *z, int64_t date_ms)
{
	return zone_local_to_utc(z, date_ms).utc_ms;
}

/*
 * Days begin at their midnights, each at the first one of the two if it came
 * twice.  The date on the wall may be a day behind when the clock was put
 * back over midnight, and a date may not exist; hence the search.
 */
static void
cron_day(const struct zone *z, int64_t utc_ms, int64_t *ret_from_ms,
    int64_t *ret_date_ms)
{
	int64_t date_ms =
	    civil_floor(zone_utc_to_local(z, utc_ms), CIVIL_DAY_MS);

	while (cron_midnight(z, date_ms) > utc_ms && date_ms > CIVIL_MIN_MS)
		date_ms -= CIVIL_DAY_MS;
	while (date_ms <= CIVIL_MAX_MS - CIVIL_DAY_MS &&
	       cron_midnight(z, date_ms + CIVIL_DAY_MS) <= utc_ms)
		date_ms += CIVIL_DAY_MS;
	*ret_from_ms = cron_midnight(z, date_ms);
	*ret_date_ms = date_ms;
}

static bool
cron_next_every(const struct cron *c, const struct zone *z, int64_t after_ms,
    struct cron_time *ret)
{
	int64_t base_ms = c->start_ms, end_ms = INT64_MAX, date_ms = 0;
	struct zone_instant midnight = { .answer = ZONE_ONE };
	int64_t at_ms;

	if (c->start_ms == CRON_MIDNIGHT) {
		cron_day(z, after_ms, &base_ms, &date_ms);
		date_ms += CIVIL_DAY_MS;
		midnight = zone_local_to_utc(z, date_ms);
		if (date_ms <= CIVIL_MAX_MS)
			end_ms = midnight.utc_ms;
	}
	at_ms = after_ms < base_ms ? base_ms
				   : after_ms + c->every_ms -
					 (after_ms - base_ms) % c->every_ms;
	if (at_ms > end_ms)
		at_ms = end_ms;
	if (at_ms > CIVIL_MAX_MS)
		return false;
	*ret = (struct cron_time){ .at_ms = at_ms,
		.nominal_ms = zone_utc_to_local(z, at_ms),
		.merged = 1 };
	if (at_ms == end_ms && midnight.answer == ZONE_GAP) {
		ret->mark = CRON_GAP;
		ret->nominal_ms = date_ms;
	} else if (zone_local_to_utc(z, ret->nominal_ms).answer ==
		   ZONE_OVERLAP) {
		ret->mark = CRON_TWICE;
	}
	return true;
}

/* --- asking -------------------------------------------------------------- */

bool
cron_next(const struct cron *c, const struct zone *z, int64_t after_ms,
    struct cron_time *ret_time)
{
	if (after_ms >= CIVIL_MAX_MS)
		return false;
	if (after_ms < CIVIL_MIN_MS)
		after_ms = CIVIL_MIN_MS;
	return c->every_ms > 0 ? cron_next_every(c, z, after_ms, ret_time)
			       : cron_next_fields(c, z, after_ms, ret_time);
}

size_t
cron_missed(const struct cron *c, const struct zone *z, int64_t from_ms,
    int64_t until_ms, struct cron_time *to, size_t n, bool *ret_more)
{
	struct cron_time t;
	size_t count = 0;

	*ret_more = false;
	while (cron_next(c, z, from_ms, &t) && t.at_ms <= until_ms) {
		if (count == n) {
			*ret_more = true;
			break;
		}
		to[count++] = t;
		from_ms = t.at_ms;
	}
	return count;
}

size_t
cron_next_runs(const struct cron *c, const struct zone *z, int64_t after_ms,
    struct cron_time *to, size_t n)
{
	bool more;

	return cron_missed(c, z, after_ms, CIVIL_MAX_MS, to, n, &more);
}

/* Backwards by doubling steps, so that a stretch of years costs as little as
 * an hour; from the first step with a time in it forwards to the last one. */
bool
cron_latest(const struct cron *c, const struct zone *z, int64_t from_ms,
    int64_t until_ms, struct cron_time *ret_time)
{
	int64_t back_ms = CIVIL_MINUTE_MS, low_ms;
	struct cron_time t;
	bool found = false;

	if (from_ms < CIVIL_MIN_MS)
		from_ms = CIVIL_MIN_MS;
	if (until_ms > CIVIL_MAX_MS)
		until_ms = CIVIL_MAX_MS;
	if (until_ms <= from_ms)
		return false;
	for (;;) {
		low_ms =
		    until_ms - from_ms > back_ms ? until_ms - back_ms : from_ms;
		if (cron_next(c, z, low_ms, &t) && t.at_ms <= until_ms)
			break;
		if (low_ms == from_ms)
			return false;
		back_ms *= 2;
	}
	do {
		*ret_time = t;
		found = cron_next(c, z, t.at_ms, &t) && t.at_ms <= until_ms;
	} while (found);
	return true;
}

static void
cron_mark_text(const struct cron_time *t, char *to, size_t n)
{
	struct civil c = civil_of(t->nominal_ms);

	switch (t->mark) {
	case CRON_PLAIN:
		to[0] = '\0';
		break;
	case CRON_GAP:
		if (t->merged > 1)
			snprintf(to, n,
			    " (%02d:%02d is skipped on that day; "
			    "%u times in one)",
			    c.hour, c.minute, t->merged);
		else
			snprintf(to, n, " (%02d:%02d is skipped on that day)",
			    c.hour, c.minute);
		break;
	case CRON_OVERLAP:
		snprintf(to, n, " (the first of two, once)");
		break;
	case CRON_TWICE:
		snprintf(to, n, " (one of two, both count)");
		break;
	}
}

char *
cron_time_text(
    const struct cron_time *t, const struct zone *z, char buf[CRON_TEXT])
{
	static const char days[] = "SunMonTueWedThuFriSat";
	struct zone_span span = zone_span_at(z, t->at_ms);
	struct civil c = civil_of(t->at_ms + span.offset_s * CIVIL_SECOND_MS);
	char mark[64];

	cron_mark_text(t, mark, sizeof(mark));
	snprintf(buf, CRON_TEXT, "%.3s %04d-%02d-%02d %02d:%02d %s%s",
	    days + 3 * c.weekday, c.year, c.month, c.day, c.hour, c.minute,
	    span.abbreviation, mark);
	return buf;
}
