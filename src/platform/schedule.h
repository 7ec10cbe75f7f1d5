/* SPDX-License-Identifier: MIT */
/*
 * schedule.h: one schedule of the folder: what to run, and when.
 *
 * Immutable; lives in the arena of its platform.  Values of params are
 * literals, or "$schedule.time" and "$schedule.date", which stand for the time
 * that the schedule names (UTC, RFC 3339) and for its date in the schedule's
 * zone.  Pure but for the loading, which is platform/load_schedule.c.
 */
#ifndef PLATFORM_SCHEDULE_H
#define PLATFORM_SCHEDULE_H

#include <jansson.h>

#include "base/cron.h"
#include "platform/task.h"

enum schedule_missed { MISSED_LATEST, MISSED_ALL, MISSED_NONE };
enum schedule_overlap { OVERLAP_SKIP, OVERLAP_QUEUE, OVERLAP_ALLOW };

/* By the enums above, NULL-terminated. */
extern const char *const schedule_missed_names[], *const schedule_overlap_names[];

struct request_def;

struct schedule_def {
	const char *name;
	const char *doc;
	const char *team;
	const struct task *task;
	const struct request_def *request; /* or NULL: the task itself */
	const char *environment;
	const json_t *params; /* object, or NULL */
	const char *when;     /* as it was written: "30 2 * * *" */
	const char *rule;     /* when and timezone: changes when they do */
	const char *timezone;
	const struct zone *zone;
	struct cron cron;
	enum schedule_missed missed;
	enum schedule_overlap overlap;
	bool paused;
	const char *where;
};

#define SCHEDULE_TIME_TEXT 32
/* "2026-01-31T02:30:00Z" */
const char *schedule_time_text(int64_t at_ms, char buf[SCHEDULE_TIME_TEXT]);
/* "2026-01-31", in the schedule's zone */
const char *schedule_date_text(const struct zone *z, int64_t at_ms,
    char buf[SCHEDULE_TIME_TEXT]);

/* A new object: params with the references put in. */
json_t *schedule_params(const json_t *params, const struct zone *z,
    int64_t at_ms);

/* "2026-01-31" or "2026-01-31 06:30" as local milliseconds; *ret_day tells
 * that there was no time of day.  false: it is neither. */
bool schedule_parse_local(const char *text, int64_t *ret_local_ms,
    bool *ret_day);

#endif
