/* SPDX-License-Identifier: MIT */
#include "base/zone_rule.h"

#include <string.h>

#define RULE_HOUR_S 3600
#define RULE_OFFSET_HOURS 24
#define RULE_TIME_HOURS 167
#define RULE_TIME_S (2 * RULE_HOUR_S) /* when the text names none */
/* A change may lie a week outside of its year, hence two years either side
 * to be sure of the one before and the one after an instant. */
#define RULE_YEARS 5
#define RULE_CHANGES (2 * RULE_YEARS)

static bool
rule_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
rule_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
zone_abbreviation_fits(struct str s)
{
	if (s.n == 0 || s.n >= ZONE_ABBREVIATION)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!rule_is_letter(s.p[i]) && !rule_is_digit(s.p[i]) &&
		    s.p[i] != '+' && s.p[i] != '-')
			return false;
	return true;
}

/* Each rule_take_… consumes what it found at the head of *s. */

static bool
rule_take(struct str *s, char c)
{
	if (s->n == 0 || s->p[0] != c)
		return false;
	s->p++;
	s->n--;
	return true;
}

static bool
rule_take_number(struct str *s, int low, int high, int *ret)
{
	int v = 0;
	size_t i = 0;

	for (; i < s->n && i < 4 && rule_is_digit(s->p[i]); i++)
		v = v * 10 + (s->p[i] - '0');
	if (i == 0 || v < low || v > high)
		return false;
	s->p += i;
	s->n -= i;
	*ret = v;
	return true;
}

static bool
rule_take_name(struct str *s, char to[ZONE_ABBREVIATION])
{
	bool quoted = rule_take(s, '<');
	struct str name = { s->p, 0 };

	while (name.n < s->n &&
	       (quoted ? s->p[name.n] != '>' : rule_is_letter(s->p[name.n])))
		name.n++;
	if (!zone_abbreviation_fits(name))
		return false;
	memcpy(to, name.p, name.n);
	to[name.n] = '\0';
	s->p += name.n;
	s->n -= name.n;
	return !quoted || rule_take(s, '>');
}

/* [+-]hh[:mm[:ss]] */
static bool
rule_take_time(struct str *s, int hours, int *ret_s)
{
	bool negative = rule_take(s, '-');
	int hour, minute = 0, second = 0;

	if (!negative)
		rule_take(s, '+');
	if (!rule_take_number(s, 0, hours, &hour))
		return false;
	if (rule_take(s, ':')) {
		if (!rule_take_number(s, 0, 59, &minute))
			return false;
		if (rule_take(s, ':') && !rule_take_number(s, 0, 59, &second))
			return false;
	}
	*ret_s = hour * RULE_HOUR_S + minute * 60 + second;
	if (negative)
		*ret_s = -*ret_s;
	return true;
}

static bool
rule_take_date(struct str *s, struct zone_date *d)
{
	bool ok;

	if (!rule_take(s, ','))
		return false;
	if (rule_take(s, 'M')) {
		d->form = 'M';
		ok = rule_take_number(s, 1, 12, &d->month) &&
		     rule_take(s, '.') && rule_take_number(s, 1, 5, &d->week) &&
		     rule_take(s, '.') && rule_take_number(s, 0, 6, &d->day);
	} else if (rule_take(s, 'J')) {
		d->form = 'J';
		ok = rule_take_number(s, 1, 365, &d->day);
	} else {
		d->form = 'n';
		ok = rule_take_number(s, 0, 365, &d->day);
	}
	d->time_s = RULE_TIME_S;
	return ok && (!rule_take(s, '/') ||
			 rule_take_time(s, RULE_TIME_HOURS, &d->time_s));
}

static int64_t
rule_date_days(const struct zone_date *d, int year)
{
	int64_t first;
	int weekday, days;

	if (d->form == 'n')
		return civil_days(year, 1, 1) + d->day;
	if (d->form == 'J') /* 29 February has no number */
		return civil_days(year, 1, 1) + d->day - 1 +
		       (d->day >= 60 && civil_month_days(year, 2) == 29);
	first = civil_days(year, d->month, 1);
	weekday = civil_of(first * CIVIL_DAY_MS).weekday;
	days = (d->day - weekday + 7) % 7 + (d->week - 1) * 7;
	if (days >= civil_month_days(year, d->month))
		days -= 7;
	return first + days;
}

static int64_t
rule_change_ms(const struct zone_rule *r, bool begin, int year)
{
	const struct zone_date *d = begin ? &r->begin : &r->end;
	int64_t local_s = rule_date_days(d, year) * 86400 + d->time_s;

	return (local_s - (begin ? r->standard.offset_s : r->saving.offset_s)) *
	       CIVIL_SECOND_MS;
}

/* Daylight-saving time that begins whenever it ends is there for ever: the
 * way of a TZ string to say so. */
static void
rule_settle(struct zone_rule *r)
{
	for (int year = 2001; year <= 2004; year++)
		if (rule_change_ms(r, false, year) !=
		    rule_change_ms(r, true, year + 1))
			return;
	r->standard = r->saving;
	r->saves = false;
}

bool
zone_rule_parse(struct str text, struct zone_rule *ret_rule, struct err *e)
{
	struct zone_rule r = { .saves = false };
	struct str s = text;
	int west_s;

	if (!rule_take_name(&s, r.standard.abbreviation) ||
	    !rule_take_time(&s, RULE_OFFSET_HOURS, &west_s))
		goto invalid;
	r.standard.offset_s = -west_s;
	if (s.n > 0) {
		r.saves = r.saving.saving = true;
		r.saving.offset_s = r.standard.offset_s + RULE_HOUR_S;
		if (!rule_take_name(&s, r.saving.abbreviation))
			goto invalid;
		if (s.n > 0 && s.p[0] != ',') {
			if (!rule_take_time(&s, RULE_OFFSET_HOURS, &west_s))
				goto invalid;
			r.saving.offset_s = -west_s;
		}
		if (!rule_take_date(&s, &r.begin) ||
		    !rule_take_date(&s, &r.end) || s.n > 0)
			goto invalid;
		rule_settle(&r);
	}
	*ret_rule = r;
	return true;
invalid:
	return err_set(e, ERR_INVALID, "zone.data",
	    "the rule for years to come is wrong at byte %zu",
	    text.n - s.n + 1);
}

struct rule_change {
	int64_t at_ms;
	bool saving; /* from then on */
};

/* In order of time; of two at one instant the one that came last counts. */
static void
rule_changes(
    const struct zone_rule *r, int year, struct rule_change to[RULE_CHANGES])
{
	for (int i = 0; i < RULE_CHANGES; i++) {
		bool begin = i % 2 == 0;
		struct rule_change c = { rule_change_ms(r, begin,
					     year - RULE_YEARS / 2 + i / 2),
			begin };
		int at = i;

		for (; at > 0 && to[at - 1].at_ms > c.at_ms; at--)
			to[at] = to[at - 1];
		to[at] = c;
	}
}

struct zone_span
zone_rule_span(const struct zone_rule *r, int64_t utc_ms)
{
	struct rule_change change[RULE_CHANGES];
	int64_t from = CIVIL_MIN_MS, until = INT64_MAX;
	bool saving = false;
	const struct zone_kind *kind;

	if (r->saves) {
		rule_changes(r, civil_of(utc_ms).year, change);
		saving = !change[0].saving;
		for (int i = 0; i < RULE_CHANGES; i++) {
			if (i + 1 < RULE_CHANGES &&
			    change[i + 1].at_ms == change[i].at_ms)
				continue;
			if (change[i].saving == saving)
				continue;
			if (change[i].at_ms > utc_ms) {
				until = change[i].at_ms;
				break;
			}
			saving = change[i].saving;
			from = change[i].at_ms;
		}
	}
	kind = saving ? &r->saving : &r->standard;
	return (struct zone_span){ .from_ms = from,
		.until_ms = until,
		.offset_s = kind->offset_s,
		.saving = kind->saving,
		.abbreviation = kind->abbreviation };
}
