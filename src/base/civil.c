/* SPDX-License-Identifier: MIT */
#include "base/civil.h"

#include <stdbool.h>

#include "base/check.h"

/* 400 years are 146,097 days: the calendar repeats after them. */
#define CIVIL_ERA_YEARS 400
#define CIVIL_ERA_DAYS 146097
/* From 0000-03-01 to 1970-01-01. */
#define CIVIL_EPOCH_DAYS 719468

int64_t
civil_floor(int64_t v, int64_t unit)
{
	int64_t rest = v % unit;

	return v - (rest < 0 ? rest + unit : rest);
}

int64_t
civil_ceil(int64_t v, int64_t unit)
{
	int64_t floor = civil_floor(v, unit);

	return floor == v ? v : floor + unit;
}

/*
 * Years are counted from March, so that the leap day is the last one and
 * the months' lengths follow a straight line: (153 * month + 2) / 5.
 */
int64_t
civil_days(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = civil_floor(y, CIVIL_ERA_YEARS) / CIVIL_ERA_YEARS;
	int64_t of_era = y - era * CIVIL_ERA_YEARS;
	int64_t of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;

	return era * CIVIL_ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - CIVIL_EPOCH_DAYS;
}

int64_t
civil_ms(int year, int month, int day, int hour, int minute)
{
	return civil_days(year, month, day) * CIVIL_DAY_MS +
	       hour * CIVIL_HOUR_MS + minute * CIVIL_MINUTE_MS;
}

int
civil_month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	ASSERT(month >= 1 && month <= 12);
	return days[month - 1] + (month == 2 && leap);
}

struct civil
civil_of(int64_t local_ms)
{
	int64_t midnight = civil_floor(local_ms, CIVIL_DAY_MS);
	int64_t second = (local_ms - midnight) / CIVIL_SECOND_MS;
	int64_t days = midnight / CIVIL_DAY_MS;
	int64_t since = days + CIVIL_EPOCH_DAYS;
	int64_t era = civil_floor(since, CIVIL_ERA_DAYS) / CIVIL_ERA_DAYS;
	int64_t of_era = since - era * CIVIL_ERA_DAYS;
	int64_t year =
	    (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;

	return (struct civil){
		.year = (int)(year + era * CIVIL_ERA_YEARS + (month >= 10)),
		.month = (int)(month < 10 ? month + 3 : month - 9),
		.day = (int)(of_year - (153 * month + 2) / 5 + 1),
		.hour = (int)(second / 3600),
		.minute = (int)(second / 60 % 60),
		.second = (int)(second % 60),
		.weekday = (int)(days + 4 - civil_floor(days + 4, 7)),
	};
}

bool
civil_minute(struct str text, int *ret)
{
	int minute;

	if (text.n != 5)
		return false;
	for (size_t i = 0; i < 5; i++)
		if (i == 2 ? text.p[i] != ':'
			   : text.p[i] < '0' || text.p[i] > '9')
			return false;
	minute = ((text.p[0] - '0') * 10 + text.p[1] - '0') * 60 +
	    (text.p[3] - '0') * 10 + text.p[4] - '0';
	if (text.p[3] > '5' || minute > 24 * 60)
		return false;
	*ret = minute;
	return true;
}
