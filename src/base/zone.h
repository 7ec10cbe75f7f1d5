/* SPDX-License-Identifier: MIT */
/*
 * zone.h: time zones: what the clock on the wall shows at an instant, and
 * which instants a time on that clock means.
 *
 * A zone is read from the bytes of a TZif file (RFC 8536, versions 1 to 4):
 * the table of changes, and behind its end the POSIX rule of the footer, for
 * as many years as there are.  sys/zone_file.h finds such files.
 *
 * An instant is UTC milliseconds since 1970 (utc_ms); local_ms is the number
 * that civil.h explains.  A day has 23, 24 or 25 hours, or none at all: Apia
 * had no 30 December 2011.  Local to UTC therefore has three answers (one,
 * gap, overlap) and every caller must say what it does with each.
 *
 * Zones live in an arena, never change and may be read by all threads.
 * Instants outside of the years 1 to 9999 count as the first or last one.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/str.h"

struct zone;

#define ZONE_ABBREVIATION 16

/* A stretch of time in which the clock is not changed. */
struct zone_span {
	int64_t from_ms;  /* the first instant of it; INT64_MIN: since ever */
	int64_t until_ms; /* the first one behind it; INT64_MAX: for ever */
	int32_t offset_s; /* local minus UTC */
	bool saving;      /* daylight-saving time, as the data has it */
	const char *abbreviation; /* "CEST", "+0545"; lives with the zone */
};

enum zone_answer {
	ZONE_ONE,    /* the usual case */
	ZONE_GAP,    /* the clock was put forward over that time */
	ZONE_OVERLAP /* the clock was put back: it showed that time twice */
};

struct zone_instant {
	enum zone_answer answer;
	/* one: the instant; gap: that of the change, which is the first valid
	 * time after it; overlap: the first of them. */
	int64_t utc_ms;
	int64_t later_ms; /* overlap: the last of them; else the same */
};

/*
 * Read the bytes of a TZif file; they may be hostile.  ERR_INVALID "zone.data"
 * says what is wrong with them; files that count leap seconds (right/…) are
 * refused too, since our instants do not.
 */
bool zone_parse(
    struct arena *a, struct str bytes, struct zone **ret_zone, struct err *e);
/* The zone of a POSIX TZ string alone: "EST5EDT,M3.2.0,M11.1.0". */
bool zone_parse_rule(
    struct arena *a, struct str text, struct zone **ret_zone, struct err *e);
/* UTC needs no file. */
const struct zone *zone_utc(void);

/* The stretch that contains an instant: its offset, its abbreviation, and
 * the next change (until_ms). */
struct zone_span zone_span_at(const struct zone *z, int64_t utc_ms);
/* local_ms = utc_ms + offset. */
int64_t zone_utc_to_local(const struct zone *z, int64_t utc_ms);
struct zone_instant zone_local_to_utc(const struct zone *z, int64_t local_ms);

#endif
