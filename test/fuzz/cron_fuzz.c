/* SPDX-License-Identifier: MIT */
/*
 * Text from outside as a schedule.  The first two bytes choose a zone and an
 * instant.  Whatever is taken is due somewhere, strictly in order, at local
 * times that the fields name; what is refused says why and what to type.
 */
#include <stdint.h>

#include "base/cron.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEPS 60

static const char *const rules[] = { "GMT0BST,M3.5.0/1,M10.5.0",
	"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "IST-1GMT0,M10.5.0,M3.5.0/1",
	"<-03>3<-02>,M11.1.0/0,M2.3.0/0", "EET-2EEST,M3.4.4/50,M10.4.4/50",
	"UTC0", "NST3:30NDT,M3.2.0/0:01,M11.1.0/0:01",
	"<+14>-14<-10>10,M6.1.0/0,M12.1.0/0" };

static void
check_due(const struct cron *c, const struct zone *z, int64_t after_ms)
{
	int64_t from_ms = after_ms, nominal_ms;
	struct cron_time t, last = { .at_ms = after_ms }, found;
	char line[CRON_TEXT];
	int count = 0;

	while (count < STEPS && cron_next(c, z, after_ms, &t)) {
		ASSERT(t.at_ms > after_ms && t.merged > 0);
		ASSERT(t.mark == CRON_GAP ||
		       zone_utc_to_local(z, t.at_ms) == t.nominal_ms);
		ASSERT(c->every_ms > 0 ||
		       (cron_nominal(c, t.nominal_ms, &nominal_ms) &&
			   nominal_ms == t.nominal_ms));
		/* Nothing is hidden in between. */
		ASSERT(cron_next(c, z, t.at_ms - 1, &found) &&
		       found.at_ms == t.at_ms);
		cron_time_text(&t, z, line);
		after_ms = t.at_ms;
		last = t;
		count++;
	}
	ASSERT(count > 0);
	ASSERT(cron_latest(c, z, from_ms, last.at_ms, &found));
	ASSERT(found.at_ms == last.at_ms && found.mark == last.mark);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a;
	struct err e = { .class = ERR_NONE };
	struct zone *z;
	struct cron c;

	if (size < 2)
		return 0;
	a = arena_create();
	ASSERT(zone_parse_rule(
	    a, str_of(rules[data[0] % ARRAY_SIZE(rules)]), &z, &e));
	if (cron_parse(
		(struct str){ (const char *)data + 2, size - 2 }, &c, &e))
		check_due(&c, z,
		    civil_ms(2026, 1, 1, 0, 0) + data[1] * 36 * CIVIL_HOUR_MS);
	else
		ASSERT(e.class == ERR_INVALID && e.message[0] != '\0');
	arena_destroy(a);
	return 0;
}
