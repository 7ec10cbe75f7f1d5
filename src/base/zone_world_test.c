/* SPDX-License-Identifier: MIT */
/*
 * Zones of the world over ten years against libc, which reads the same data
 * with other code: what the clock shows, which instants a local time means,
 * and when schedules are due.  libc is only asked what the clock shows; the
 * rest is found from that by walking over minutes.
 */
#include "base/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/cron.h"
#include "sys/zone_file.h"

#define WORLD_YEARS 10
#define WORLD_FIRST 2010
#define WORLD_MINUTES ((WORLD_YEARS * 365 + 2) * 1440) /* two leap years */
#define WORLD_GRID 15
#define WORLD_REACH (27 * 60)
#define WORLD_CHANGES 64

/* Minute by minute what libc says, and where it changes. */
struct world {
	struct arena *a;
	const struct zone *zone;
	int64_t from_min; /* all in minutes since 1970 */
	int16_t *offset;  /* in minutes */
	int64_t change[WORLD_CHANGES];
	size_t changes;
};

static struct tm
libc_local(int64_t utc_s)
{
	time_t s = (time_t)utc_s;
	struct tm t;

	assert_non_null(localtime_r(&s, &t));
	return t;
}

static int16_t
libc_offset(int64_t utc_min)
{
	return (int16_t)(libc_local(utc_min * 60).tm_gmtoff / 60);
}

static void
world_load(struct world *w, const char *name)
{
	struct err e = { .message = "" };

	assert_int_equal(setenv("TZ", name, 1), 0);
	tzset();
	w->a = arena_create();
	if (!zone_file_load(w->a, ZONE_FILE_FOLDER, name, &w->zone, &e))
		fail_msg("%s", e.message);
}

static void
world_fill(struct world *w)
{
	int16_t *to = calloc(WORLD_MINUTES, sizeof(*to));

	assert_non_null(to);
	w->from_min = civil_ms(WORLD_FIRST, 1, 1, 0, 0) / CIVIL_MINUTE_MS;
	w->offset = to;
	w->changes = 0;
	for (int i = 0; i < WORLD_MINUTES; i += WORLD_GRID) {
		int16_t first = libc_offset(w->from_min + i);
		int16_t last = libc_offset(w->from_min + i + WORLD_GRID - 1);

		for (int j = i; j < i + WORLD_GRID; j++)
			to[j] = first == last ? first
					      : libc_offset(w->from_min + j);
	}
	for (int i = 1; i < WORLD_MINUTES; i++)
		if (to[i] != to[i - 1]) {
			assert_true(w->changes < WORLD_CHANGES);
			w->change[w->changes++] = i;
		}
}

static void
world_finish(struct world *w)
{
	free(w->offset);
	arena_destroy(w->a);
	*w = (struct world){ .a = NULL };
}

static void
assert_shows(const struct world *w, int64_t utc_s)
{
	struct zone_span span = zone_span_at(w->zone, utc_s * 1000);
	struct tm t = libc_local(utc_s);

	if (span.offset_s != t.tm_gmtoff || span.saving != (t.tm_isdst > 0) ||
	    strcmp(span.abbreviation, t.tm_zone) != 0 ||
	    span.from_ms > utc_s * 1000 || span.until_ms <= utc_s * 1000)
		fail_msg("%s at %lld: %d %s, not %ld %s", getenv("TZ"),
		    (long long)utc_s, span.offset_s, span.abbreviation,
		    t.tm_gmtoff, t.tm_zone);
}

static void
check_shows(const struct world *w)
{
	static const int years[] = { 1910, 1945, 1975, 1999, 2026, 2036, 2037,
		2038, 2039, 2086, 2087, 2088, 2100, 2101, 2399, 2400, 2500 };

	for (int i = 0; i < WORLD_MINUTES; i += WORLD_GRID)
		assert_shows(w, (w->from_min + i) * 60);
	for (size_t i = 0; i < w->changes; i++)
		for (int k = -WORLD_GRID; k < WORLD_GRID; k++)
			assert_shows(w, (w->from_min + w->change[i] + k) * 60);
	for (size_t i = 0; i < ARRAY_SIZE(years); i++)
		for (int64_t h = 0; h < 8760; h++)
			assert_shows(
			    w, civil_days(years[i], 1, 1) * 86400 + h * 3600);
}

/* The next changes, followed one by one, are those that libc walks over. */
static void
check_changes(const struct world *w)
{
	struct zone_span span =
	    zone_span_at(w->zone, w->from_min * CIVIL_MINUTE_MS);
	size_t found = 0;

	for (;;) {
		int64_t at = span.until_ms / CIVIL_MINUTE_MS;
		int32_t was = span.offset_s;

		if (at >= w->from_min + WORLD_MINUTES)
			break;
		span = zone_span_at(w->zone, span.until_ms);
		assert_int_equal(span.from_ms, at * CIVIL_MINUTE_MS);
		if (span.offset_s != was)
			assert_int_equal(w->change[found++], at - w->from_min);
	}
	assert_int_equal(found, w->changes);
}

/* Every minute of the clock for a day around a change, by looking at every
 * instant that could be meant. */
static void
assert_means(const struct world *w, int64_t local_min)
{
	int64_t first = 0, last = 0, behind = 0;
	struct zone_instant got =
	    zone_local_to_utc(w->zone, local_min * CIVIL_MINUTE_MS);
	enum zone_answer answer = ZONE_GAP;

	for (int64_t u = local_min - WORLD_REACH; u < local_min + WORLD_REACH;
	     u++) {
		int64_t local = u + w->offset[u - w->from_min];

		if (behind == 0 && local > local_min)
			behind = u;
		if (local != local_min)
			continue;
		answer = answer == ZONE_GAP ? ZONE_ONE : ZONE_OVERLAP;
		first = answer == ZONE_ONE ? u : first;
		last = u;
	}
	if (answer == ZONE_GAP)
		first = last = behind;
	if (got.answer != answer || got.utc_ms != first * CIVIL_MINUTE_MS ||
	    got.later_ms != last * CIVIL_MINUTE_MS)
		fail_msg("%s: local minute %lld: %d %lld", getenv("TZ"),
		    (long long)local_min, got.answer, (long long)got.utc_ms);
}

static void
check_means(const struct world *w)
{
	for (size_t i = 0; i < w->changes; i++) {
		int64_t at = w->change[i];
		int16_t a = w->offset[at - 1], b = w->offset[at];
		int16_t low = a < b ? a : b, high = a < b ? b : a;

		for (int64_t k = low - 5; k < high + 5; k++)
			assert_means(w, w->from_min + at + k);
	}
}

/* --- schedules ----------------------------------------------------------- */

#define DUE(name, condition)                                                   \
	static bool name(const struct tm *t)                                   \
	{                                                                      \
		return condition;                                              \
	}

DUE(due_0230, t->tm_hour == 2 && t->tm_min == 30)
DUE(due_quarters, t->tm_min % 15 == 0)
DUE(due_hourly, t->tm_min == 0)
DUE(due_early, t->tm_hour <= 3 && t->tm_min % 30 == 0)
DUE(due_sundays,
    t->tm_wday == 0 && (t->tm_hour == 1 || t->tm_hour == 2) && t->tm_min == 15)
DUE(due_at_two, t->tm_hour == 2 && t->tm_min % 20 == 0)
DUE(due_midnight, t->tm_hour == 0 && t->tm_min == 0)
DUE(due_before, t->tm_hour == 23 && t->tm_min == 59)
DUE(due_fives, t->tm_min % 10 == 5)
DUE(due_either,
    (t->tm_mday == 1 || t->tm_wday == 1) && t->tm_hour == 0 && t->tm_min == 0)
DUE(due_both, t->tm_mday % 2 == 1 && t->tm_wday == 6 && t->tm_min == 7)
DUE(due_lost_day, t->tm_mon == 11 && t->tm_mday == 30 && t->tm_hour >= 9 &&
		      t->tm_hour <= 10 && t->tm_min == 0)
DUE(due_always, t != NULL)

static const struct {
	const char *text;
	bool (*due)(const struct tm *local);
	bool wildcard;
} schedules[] = {
	{ "30 2 * * *", due_0230, false },
	{ "*/15 * * * *", due_quarters, true },
	{ "@hourly", due_hourly, true },
	{ "0,30 0-3 * * *", due_early, false },
	{ "15 1,2 * * sun", due_sundays, false },
	{ "*/20 2 * * *", due_at_two, true },
	{ "0 0 * * *", due_midnight, false },
	{ "59 23 * * *", due_before, false },
	{ "5-55/10 0-23 * * *", due_fives, false },
	{ "0 0 1 * 1", due_either, false },
	{ "7 * */2 * 6", due_both, true },
	{ "0 9,10 30 12 *", due_lost_day, false },
	{ "* * * * *", due_always, true },
	{ "0-59 0-23 * * *", due_always, false },
};

struct walk {
	const struct world *w;
	size_t schedule;
	struct cron cron;
	int64_t high;  /* the latest local minute that the clock has shown */
	int64_t after; /* cron_next goes on from here */
};

static bool
walk_is_due(const struct walk *k, int64_t local_min)
{
	time_t s = (time_t)local_min * 60;
	struct tm t;

	assert_non_null(gmtime_r(&s, &t));
	return schedules[k->schedule].due(&t);
}

/* One more minute of real time; record: compare with cron_next. */
static void
walk_minute(struct walk *k, int64_t u, bool record)
{
	int64_t local = u + k->w->offset[u - k->w->from_min];
	bool wildcard = schedules[k->schedule].wildcard;
	unsigned due = 0, skipped = 0;
	struct cron_time t;

	if (!wildcard)
		for (int64_t l = k->high + 1; l < local; l++)
			skipped += walk_is_due(k, l);
	if (wildcard || local > k->high)
		due = skipped + walk_is_due(k, local);
	if (local > k->high)
		k->high = local;
	if (due == 0 || !record)
		return;
	assert_true(cron_next(&k->cron, k->w->zone, k->after, &t));
	if (t.at_ms != u * CIVIL_MINUTE_MS || t.merged != due ||
	    (t.mark == CRON_GAP) != (skipped > 0))
		fail_msg("%s '%s': %lld, not minute %lld (%u, mark %d)",
		    getenv("TZ"), schedules[k->schedule].text,
		    (long long)t.at_ms, (long long)u, due, t.mark);
	k->after = t.at_ms;
}

static void
assert_walk(const struct world *w, int64_t from, int64_t until)
{
	for (size_t i = 0; i < ARRAY_SIZE(schedules); i++) {
		struct walk k = { .w = w, .schedule = i };
		struct err e = { .message = "" };
		int64_t u = from - WORLD_REACH;

		if (!cron_parse(str_of(schedules[i].text), &k.cron, &e))
			fail_msg("%s", e.message);
		k.high = u + w->offset[u - w->from_min];
		k.after = from * CIVIL_MINUTE_MS - 1;
		for (u++; u < until; u++)
			walk_minute(&k, u, u >= from);
	}
}

static void
test_zone(void **state)
{
	struct world w = { .a = NULL };

	world_load(&w, *state);
	world_fill(&w);
	check_shows(&w);
	check_changes(&w);
	check_means(&w);
	for (size_t i = 0; i < w.changes; i++)
		assert_walk(&w, w.from_min + w.change[i] - 30 * 60,
		    w.from_min + w.change[i] + 54 * 60);
	world_finish(&w);
}

static void
test_whole_year(void **state)
{
	struct world w = { .a = NULL };

	world_load(&w, *state);
	world_fill(&w);
	assert_walk(
	    &w, w.from_min + 365 * 1440, w.from_min + (2 * 365 + 40) * 1440);
	world_finish(&w);
}

#define PLACE(test, place)                                                     \
	{                                                                      \
		.name = place, .test_func = test, .initial_state = (char[])    \
		{                                                              \
			place                                                  \
		}                                                              \
	}
#define ZONE(place) PLACE(test_zone, place)
#define YEAR(place) PLACE(test_whole_year, place)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ZONE("Africa/Cairo"),
		ZONE("Africa/Casablanca"), /* Ramadan, negative saving */
		ZONE("America/Caracas"),
		ZONE("America/Havana"), /* midnight twice */
		ZONE("America/New_York"),
		ZONE("America/Nuuk"),
		ZONE("America/Sao_Paulo"), /* midnight skipped */
		ZONE("America/St_Johns"),  /* changed at 00:01 */
		ZONE("Antarctica/Troll"),  /* by two hours */
		ZONE("Asia/Beirut"),
		ZONE("Asia/Gaza"),
		ZONE("Asia/Kathmandu"),
		ZONE("Asia/Pyongyang"),
		ZONE("Asia/Tehran"),
		ZONE("Australia/Lord_Howe"), /* by half an hour */
		ZONE("Etc/UTC"),
		ZONE("Europe/Berlin"),
		ZONE("Europe/Dublin"), /* negative saving */
		ZONE("Europe/Istanbul"),
		ZONE("Europe/London"),
		ZONE("Pacific/Apia"), /* a day skipped */
		ZONE("Pacific/Chatham"),
		YEAR("Europe/London"),
		YEAR("Pacific/Apia"),
		YEAR("Australia/Lord_Howe"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
