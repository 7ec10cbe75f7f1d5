/* SPDX-License-Identifier: MIT */
/*
 * civil.h: dates and times of day, as people write them.
 *
 * Local time is one number here: the milliseconds that a clock on the wall
 * would have counted since 1970-01-01 00:00 if it had never been changed.
 * Such a number has no zone; zone.h turns it into an instant and back.  The
 * calendar is the Gregorian one, before its invention too.  Pure arithmetic,
 * no ownership, cannot fail.
 */
#ifndef BASE_CIVIL_H
#define BASE_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define CIVIL_SECOND_MS INT64_C(1000)
#define CIVIL_MINUTE_MS INT64_C(60000)
#define CIVIL_HOUR_MS INT64_C(3600000)
#define CIVIL_DAY_MS INT64_C(86400000)

/* The years 1 to 9999, what four digits can say. */
#define CIVIL_MIN_MS INT64_C(-62135596800000)
#define CIVIL_MAX_MS INT64_C(253402300799999)

struct civil {
	int year;
	int month; /* 1 to 12 */
	int day;   /* 1 to 31 */
	int hour, minute, second;
	int weekday; /* 0 is Sunday */
};

struct civil civil_of(int64_t local_ms);

/* Days from 1970-01-01 to that date; a day outside of its month counts on
 * from the month's first. */
int64_t civil_days(int year, int month, int day);
int64_t civil_ms(int year, int month, int day, int hour, int minute);
int civil_month_days(int year, int month);

/* "09:30" as minutes since midnight, up to "24:00"; false: it is no time. */
bool civil_minute(struct str text, int *ret);

/* v rounded down, and up, to a multiple of unit. */
int64_t civil_floor(int64_t v, int64_t unit);
int64_t civil_ceil(int64_t v, int64_t unit);

#endif
