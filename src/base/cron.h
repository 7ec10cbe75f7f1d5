/* SPDX-License-Identifier: MIT */
/*
 * cron.h: when a schedule is due.
 *
 * A schedule is written in one of three ways:
 *
 *	30 2 * * 1-5     minute hour day month weekday, as in crontab(5)
 *	@daily           @hourly @daily @weekly @monthly @yearly
 *	every 15m        by elapsed time, counted from local midnight
 *
 * Fields hold numbers, names (jan, mon), lists (1,15), ranges (mon-fri) and
 * steps (0-30/10, every second hour as an asterisk with /2); weekday 0 and 7
 * are Sunday.  When both day and weekday are restricted, meaning that neither
 * begins with an asterisk, a date needs to fit one of them; else it needs to
 * fit both.  There are no seconds and no L, W, # or ?.
 *
 * Clock changes, after Debian's cron(8), which has the same two classes.
 * A *wildcard* schedule begins its minute or its hour with an asterisk; it
 * goes by the time that the clock shows, instant by instant: silent in a gap,
 * and due in both passes of an overlap.  All others name *fixed* times, and
 * each of these is due exactly once: one that falls into a gap at the instant
 * of the change, the first valid time behind it, where several of them are
 * one (`merged` counts them); one that exists twice at the first of the two.
 * Intervals count real time: on a long or short day the stretch before
 * the next midnight is what differs.
 *
 * Times come strictly in order and at_ms is never the same twice, so that
 * whoever keeps the last at_ms it started and asks from there starts each
 * time at most once, whatever the clock of the machine does meanwhile.
 *
 * struct cron is a plain value.  Pure: no clock, no I/O; instants are UTC
 * milliseconds, local times are those of civil.h.
 */
#ifndef BASE_CRON_H
#define BASE_CRON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "base/zone.h"

enum cron_part {
	CRON_MINUTE,
	CRON_HOUR,
	CRON_DAY,
	CRON_MONTH,
	CRON_WEEKDAY,
	CRON_PARTS
};

struct cron {
	uint64_t set[CRON_PARTS]; /* bit n: the value n */
	bool star[CRON_PARTS];    /* began with an asterisk */
	int64_t every_ms;         /* an interval, and the fields are unused */
	int64_t start_ms;         /* of an interval; or CRON_MIDNIGHT */
};

#define CRON_MIDNIGHT INT64_MIN

enum cron_mark {
	CRON_PLAIN,
	CRON_GAP,     /* the nominal time did not exist: moved behind it */
	CRON_OVERLAP, /* it exists twice: this is the first, the only one due */
	CRON_TWICE    /* it exists twice and is due twice: one of the two */
};

struct cron_time {
	int64_t at_ms;      /* the instant it is due */
	int64_t nominal_ms; /* the local time that the schedule names */
	enum cron_mark mark;
	unsigned merged; /* nominal times that are due at this instant: 1, or
			  * more behind a gap */
};

/*
 * Read any of the three.  ERR_INVALID "cron.syntax" names the column (from 1)
 * and the hint says what to type; "cron.never" is for a date that does not
 * exist (30 February).
 */
bool cron_parse(struct str text, struct cron *ret_cron, struct err *e);
/*
 * An interval of whole minutes.  From local midnight it must be a part of 24
 * hours without a rest; from a start (UTC milliseconds) it may be any, and
 * times are start, start + every, …  ERR_INVALID "cron.every".
 */
bool cron_every(
    int64_t every_ms, int64_t start_ms, struct cron *ret_cron, struct err *e);

/* The first time after an instant, false: there is none before year 10000. */
bool cron_next(const struct cron *c, const struct zone *z, int64_t after_ms,
    struct cron_time *ret_time);
/* Up to n of them, in order; returns how many. */
size_t cron_next_runs(const struct cron *c, const struct zone *z,
    int64_t after_ms, struct cron_time *to, size_t n);
/* Those after from_ms and not after until_ms, the first n of them; *ret_more
 * tells that there were others. */
size_t cron_missed(const struct cron *c, const struct zone *z, int64_t from_ms,
    int64_t until_ms, struct cron_time *to, size_t n, bool *ret_more);
/* The last one of that stretch, or false. */
bool cron_latest(const struct cron *c, const struct zone *z, int64_t from_ms,
    int64_t until_ms, struct cron_time *ret_time);

#define CRON_TEXT 96
/* "Sun 2026-03-29 02:00 BST (01:30 is skipped on that day)"; returns buf. */
char *cron_time_text(
    const struct cron_time *t, const struct zone *z, char buf[CRON_TEXT]);

/* The smallest local time that the fields name and that is not before
 * local_ms; false: none before year 10000.  Not for intervals. */
bool cron_nominal(const struct cron *c, int64_t local_ms, int64_t *ret_ms);

#endif
