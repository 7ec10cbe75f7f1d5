/* SPDX-License-Identifier: MIT */
/*
 * Bytes from outside as a TZif file and, without its first byte, as a POSIX
 * TZ string.  Whatever is taken must hold together: the stretches follow each
 * other, every instant is found again from its local time, and schedules come
 * in strict order.
 */
#include <stdint.h>

#include "base/cron.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEPS 40

static void
check_instant(const struct zone *z, int64_t utc_ms)
{
	int64_t local_ms = zone_utc_to_local(z, utc_ms);
	struct zone_instant t = zone_local_to_utc(z, local_ms);

	ASSERT(t.answer != ZONE_GAP);
	ASSERT(t.utc_ms <= utc_ms && utc_ms <= t.later_ms);
	ASSERT(t.answer == ZONE_OVERLAP || t.utc_ms == utc_ms);
	ASSERT(zone_utc_to_local(z, t.utc_ms) == local_ms);
	ASSERT(zone_utc_to_local(z, t.later_ms) == local_ms);
}

static void
check_spans(const struct zone *z, int64_t utc_ms)
{
	struct zone_span s = zone_span_at(z, utc_ms);

	for (int i = 0; i < STEPS && s.until_ms < civil_ms(9998, 1, 1, 0, 0);
	     i++) {
		int64_t at_ms = s.until_ms;

		ASSERT(s.from_ms < at_ms);
		check_instant(z, at_ms - 1);
		check_instant(z, at_ms);
		ASSERT(zone_local_to_utc(z, at_ms).utc_ms != INT64_MIN);
		s = zone_span_at(z, at_ms);
		ASSERT(s.from_ms == at_ms);
	}
}

static void
check_schedule(const struct zone *z, const char *text, int64_t after_ms)
{
	struct cron_time t;
	struct cron c;
	char line[CRON_TEXT];
	struct err e;

	ASSERT(cron_parse(str_of(text), &c, &e));
	for (int i = 0; i < STEPS && cron_next(&c, z, after_ms, &t); i++) {
		ASSERT(t.at_ms > after_ms && t.merged > 0);
		cron_time_text(&t, z, line);
		after_ms = t.at_ms;
	}
}

static void
check_zone(const struct zone *z)
{
	static const int years[] = { 2, 1883, 1970, 2011, 2026, 2037, 9990 };
	static const char *const schedules[] = { "30 2 * * *", "*/30 * * * *",
		"0 0 29 2 *", "every 6h" };

	for (size_t i = 0; i < ARRAY_SIZE(years); i++) {
		int64_t utc_ms = civil_ms(years[i], 3, 1, 0, 0);

		check_instant(z, utc_ms);
		check_spans(z, utc_ms);
		for (size_t j = 0; j < ARRAY_SIZE(schedules); j++)
			check_schedule(z, schedules[j], utc_ms);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_create();
	struct str bytes = { (const char *)data, size };
	struct zone *z;
	struct err e;

	if (zone_parse(a, bytes, &z, &e))
		check_zone(z);
	else
		ASSERT(e.class == ERR_INVALID && e.message[0] != '\0');
	if (size > 0 &&
	    zone_parse_rule(a, (struct str){ bytes.p + 1, size - 1 }, &z, &e))
		check_zone(z);
	arena_destroy(a);
	return 0;
}
