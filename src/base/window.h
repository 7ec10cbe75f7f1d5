/* SPDX-License-Identifier: MIT */
/*
 * window.h: times of the week, as "mon-fri 09:00-17:00".
 *
 * Days as those of a cron line (cron.h: mon, mon-fri, sat,sun), a time of day
 * as HH:MM-HH:MM, or both.  Without days it is every day, without a time the
 * whole day.  A time that ends before it begins goes on into the next morning
 * and belongs to the day it began.  It goes by the clock on the wall: a window
 * holds when that clock shows a time in it, so it is as long or short as the
 * day makes it when the clock is changed.  A plain value; pure.
 */
#ifndef BASE_WINDOW_H
#define BASE_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "base/zone.h"

struct window {
	unsigned days; /* bit n: weekday n, 0 is Sunday */
	int from, to;  /* minutes; to <= from: of the next day */
};

/* ERR_INVALID "window.syntax", with what to type. */
bool window_parse(struct str text, struct window *ret, struct err *e);
bool window_holds(const struct window *w, const struct zone *z, int64_t at_ms);
/* When it begins to hold the next time after an instant, INT64_MAX: never. */
int64_t window_next(const struct window *w, const struct zone *z,
    int64_t after_ms);

#endif
