/* SPDX-License-Identifier: MIT */
#include "spec/jql.h"

static int64_t
time_instant(const struct zone *z, int64_t local_ms)
{
	if (local_ms < CIVIL_MIN_MS)
		local_ms = CIVIL_MIN_MS;
	if (local_ms > CIVIL_MAX_MS)
		local_ms = CIVIL_MAX_MS;
	return zone_local_to_utc(z, local_ms).utc_ms;
}

/* The 31st of a month that has none is its last day. */
static int64_t
time_months(int64_t local_ms, int64_t months)
{
	const struct civil c = civil_of(local_ms);
	const int64_t day_ms = civil_floor(local_ms, CIVIL_DAY_MS);
	int64_t n = (int64_t)c.year * 12 + c.month - 1 + months;
	int year, month, day;

	if (n < 12)
		n = 12;
	if (n > 9999 * 12)
		n = 9999 * 12;
	year = (int)(n / 12);
	month = (int)(n % 12) + 1;
	day = c.day;
	if (day > civil_month_days(year, month))
		day = civil_month_days(year, month);
	return civil_ms(year, month, day, 0, 0) + (local_ms - day_ms);
}

static int64_t
time_moved(int64_t local_ms, int64_t amount, enum jql_unit unit)
{
	switch (unit) {
	case JQL_MINUTE:
		return local_ms + amount * CIVIL_MINUTE_MS;
	case JQL_HOUR:
		return local_ms + amount * CIVIL_HOUR_MS;
	case JQL_DAY:
		return local_ms + amount * CIVIL_DAY_MS;
	case JQL_WEEK:
		return local_ms + amount * 7 * CIVIL_DAY_MS;
	case JQL_MONTH:
		return time_months(local_ms, amount);
	case JQL_YEAR:
		return time_months(local_ms, amount * 12);
	case JQL_UNITS:
		break;
	}
	return local_ms;
}

/* The first moment of the day, week (Monday), month or year. */
static int64_t
time_start(int64_t local_ms, enum jql_unit unit)
{
	const struct civil c = civil_of(local_ms);

	if (unit == JQL_YEAR)
		return civil_ms(c.year, 1, 1, 0, 0);
	if (unit == JQL_MONTH)
		return civil_ms(c.year, c.month, 1, 0, 0);
	local_ms = civil_floor(local_ms, CIVIL_DAY_MS);
	if (unit == JQL_WEEK)
		local_ms -= (c.weekday + 6) % 7 * CIVIL_DAY_MS;
	return local_ms;
}

static enum jql_unit
time_unit(enum jql_function f, bool *ret_end)
{
	static const enum jql_unit units[] = { JQL_DAY, JQL_WEEK, JQL_MONTH,
		JQL_YEAR };

	*ret_end = f >= JQL_END_OF_DAY;
	return units[f - (*ret_end ? JQL_END_OF_DAY : JQL_START_OF_DAY)];
}

static int64_t
time_function(const struct jql_value *v, int64_t now_ms, const struct zone *z)
{
	bool end;
	const enum jql_unit unit = time_unit(v->function, &end);
	int64_t local = zone_utc_to_local(z, now_ms);

	local = time_start(time_moved(local, v->amount, v->unit), unit);
	if (!end)
		return time_instant(z, local);
	return time_instant(z, time_moved(local, 1, unit)) - 1;
}

void
jql_time(const struct jql_value *v, int64_t now_ms, const struct zone *z,
    int64_t *ret_from_ms, int64_t *ret_until_ms)
{
	int64_t at;

	if (v->absolute) {
		*ret_from_ms = time_instant(z, v->local_ms);
		*ret_until_ms = time_instant(z, v->local_ms + v->span_ms);
		return;
	}
	if (v->function == JQL_NOW)
		at = now_ms;
	else if (v->function != JQL_NO_FUNCTION)
		at = time_function(v, now_ms, z);
	else if (v->unit == JQL_MINUTE || v->unit == JQL_HOUR)
		at = time_moved(now_ms, v->amount, v->unit);
	else
		at = time_instant(z,
		    time_moved(zone_utc_to_local(z, now_ms), v->amount,
			v->unit));
	*ret_from_ms = *ret_until_ms = at;
}
