/* SPDX-License-Identifier: MIT */
/*
 * zone_rule.h: the POSIX TZ string, "CET-1CEST,M3.5.0,M10.5.0/3": a standard
 * time, and when daylight-saving time begins and ends in every year.  With
 * the extension of RFC 8536: hours of a change from -167 to 167.  Used by
 * zone.c alone.  A struct zone_rule is a plain value.
 */
#ifndef BASE_ZONE_RULE_H
#define BASE_ZONE_RULE_H

#include "base/zone.h"

struct zone_kind {
	int32_t offset_s;
	bool saving;
	char abbreviation[ZONE_ABBREVIATION];
};

/* A day of the year, and a time of that day. */
struct zone_date {
	char form;  /* 'M' month.week.weekday, 'J' day 1-365, 'n' day 0-365 */
	int month;  /* of 'M' */
	int week;   /* of 'M': 1 to 5, 5 is the last */
	int day;    /* of 'M': 0 (Sunday) to 6; else the day of the year */
	int time_s; /* after midnight; may be negative or days long */
};

struct zone_rule {
	struct zone_kind standard, saving;
	bool saves; /* else standard time for ever */
	struct zone_date begin, end;
};

/* ERR_INVALID "zone.data" when text is none. */
bool zone_rule_parse(
    struct str text, struct zone_rule *ret_rule, struct err *e);
/* The stretch that contains utc_ms; its abbreviation lives in *r. */
struct zone_span zone_rule_span(const struct zone_rule *r, int64_t utc_ms);

/* Letters, digits, + and -, fewer than ZONE_ABBREVIATION: safe to print. */
bool zone_abbreviation_fits(struct str s);

#endif
