/* SPDX-License-Identifier: MIT */
#include "resource/wall.h"

#include "base/civil.h"
#include "sys/zone_file.h"

const struct zone *
wall_zone(struct cx *cx)
{
	const struct zone *z = zone_utc();
	struct err ignored;

	if (cx->platform->timezone != NULL)
		(void)zone_file_load(cx->arena, ZONE_FILE_FOLDER,
		    cx->platform->timezone, &z, &ignored);
	return z;
}

int64_t
wall_day_end(const struct zone *z, int64_t local_day_ms)
{
	/* Of a midnight that comes twice the first, of one that does not come
	 * what is there instead. */
	return zone_local_to_utc(z, local_day_ms + CIVIL_DAY_MS).utc_ms - 1;
}

const char *
wall_day_text(struct cx *cx, const struct zone *z, int64_t at_ms)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu",
		"Fri", "Sat" };
	const struct civil day = civil_of(zone_utc_to_local(z, at_ms));

	return arena_printf(cx->arena, "%s %04d-%02d-%02d", days[day.weekday],
	    day.year, day.month, day.day);
}

const char *
wall_time_text(struct cx *cx, int64_t at_ms)
{
	const struct civil c =
	    civil_of(zone_utc_to_local(wall_zone(cx), at_ms));

	return arena_printf(cx->arena, "%04d-%02d-%02d %02d:%02d", c.year,
	    c.month, c.day, c.hour, c.minute);
}
