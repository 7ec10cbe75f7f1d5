/* SPDX-License-Identifier: MIT */
#include "base/window.h"

#include <stdio.h>

#include "base/civil.h"
#include "base/cron.h"

#define WINDOW_DAY (24 * 60)
#define WINDOW_LOOK 16 /* days: two weeks, and those that a change skips */

static bool
window_wrong(struct str text, struct err *e)
{
	err_set(e, ERR_INVALID, "window.syntax",
	    "'%.*s' is no time of the week", (int)(text.n < 80 ? text.n : 80),
	    text.p);
	return err_hint(e, "write it like 'mon-fri 09:00-17:00', 'sat,sun' or "
			   "'22:00-06:00'");
}

static bool
window_days(struct str text, unsigned *ret)
{
	char line[64];
	struct cron cron;
	struct err e;
	int n;

	if (text.n == 0 || text.p[0] < 'a' || text.p[0] > 'z')
		return false;
	n = snprintf(line, sizeof(line), "0 0 * * %.*s", (int)text.n, text.p);
	if (n < 0 || (size_t)n >= sizeof(line) ||
	    !cron_parse(str_of(line), &cron, &e))
		return false;
	*ret = (unsigned)(cron.set[CRON_WEEKDAY] |
		   cron.set[CRON_WEEKDAY] >> 7) & 0x7f;
	return true;
}

static bool
window_hours(struct str text, struct window *w)
{
	return text.n == 11 && text.p[5] == '-' &&
	    civil_minute((struct str){ text.p, 5 }, &w->from) &&
	    civil_minute((struct str){ text.p + 6, 5 }, &w->to) &&
	    w->from < WINDOW_DAY && w->from != w->to;
}

bool
window_parse(struct str text, struct window *ret, struct err *e)
{
	struct window w = { .days = 0x7f, .to = WINDOW_DAY };
	struct str rest, days = str_cut(text, ' ', &rest);

	if (rest.p != NULL
		? !window_days(days, &w.days) || !window_hours(rest, &w)
		: !window_days(text, &w.days) && !window_hours(text, &w))
		return window_wrong(text, e);
	*ret = w;
	return true;
}

static bool
window_has_day(const struct window *w, int weekday)
{
	return (w->days >> weekday & 1) != 0;
}

bool
window_holds(const struct window *w, const struct zone *z, int64_t at_ms)
{
	const struct civil c = civil_of(zone_utc_to_local(z, at_ms));
	const int minute = c.hour * 60 + c.minute;

	if (w->from < w->to)
		return window_has_day(w, c.weekday) && minute >= w->from &&
		    minute < w->to;
	return (window_has_day(w, c.weekday) && minute >= w->from) ||
	    (window_has_day(w, (c.weekday + 6) % 7) && minute < w->to);
}

int64_t
window_next(const struct window *w, const struct zone *z, int64_t after_ms)
{
	const int64_t today = civil_floor(
	    zone_utc_to_local(z, after_ms), CIVIL_DAY_MS);

	for (int i = 0; i < WINDOW_LOOK; i++) {
		const int64_t day = today + i * CIVIL_DAY_MS;
		const int64_t at = zone_local_to_utc(z,
		    day + w->from * CIVIL_MINUTE_MS).utc_ms;

		if (at > after_ms &&
		    window_has_day(w, civil_of(day).weekday) &&
		    window_holds(w, z, at))
			return at;
	}
	return INT64_MAX;
}
