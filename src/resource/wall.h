/* SPDX-License-Identifier: MIT */
/*
 * wall.h: the clock on the wall of the team: days and weeks in the folder's
 * time zone, without one in UTC.
 *
 * The zone lives in the arena; it is read from the system's files.
 */
#ifndef RESOURCE_WALL_H
#define RESOURCE_WALL_H

#include "base/zone.h"
#include "resource/cx.h"

const struct zone *wall_zone(struct cx *cx);

/* The last millisecond of a day of civil.h (local ms of its midnight). */
int64_t wall_day_end(const struct zone *z, int64_t local_day_ms);

/* "Mon 2026-11-16": the day of an instant there. */
const char *wall_day_text(struct cx *cx, const struct zone *z, int64_t at_ms);

/* "2026-11-16 09:30": an instant on the wall of the team. */
const char *wall_time_text(struct cx *cx, int64_t at_ms);

#endif
