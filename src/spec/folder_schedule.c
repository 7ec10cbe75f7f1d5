/* SPDX-License-Identifier: MIT */
/* schedule: when a task runs by itself. */
#include "spec/folder.h"

#include "base/limits.h"

static const struct schema anything_schema = { .kind = SCHEMA_JSON };
static const char *const missed_names[] = { "latest", "all", "none", NULL };
static const char *const overlap_names[] = { "skip", "queue", "allow", NULL };

static const struct schema schedule_fields[] = {
	{ .name = "schedule", .kind = SCHEMA_STRING,
		.flags = F_KEY | F_REQUIRED, .pattern = FOLDER_NAME,
		.doc = "Its name: small letters, digits, _ and -." },
	{ .name = "doc", .kind = SCHEMA_STRING,
		.doc = "What it is for, for people." },
	{ .name = "team", .kind = SCHEMA_STRING,
		.doc = "The owner; without it that of the task." },
	{ .name = "task", .kind = SCHEMA_STRING,
		.doc = "The task to run; or request." },
	{ .name = "request", .kind = SCHEMA_STRING,
		.doc = "The request type to ask for: each time a ticket." },
	{ .name = "params", .kind = SCHEMA_MAP, .of = &anything_schema,
		AT_MOST(LIMIT_PARAMS),
		.doc = "Its parameters: values, $schedule.date or "
		       "$schedule.time.",
		.example = "{\"day\": \"$schedule.date\"}" },
	{ .name = "env", .kind = SCHEMA_STRING,
		.doc = "Where; without it the only environment." },
	{ .name = "cron", .kind = SCHEMA_STRING,
		BETWEEN(1, LIMIT_SCHEDULE_BYTES),
		.doc = "minute hour day month weekday, or @daily.",
		.example = "\"30 2 * * 1-5\"" },
	{ .name = "every", .kind = SCHEMA_DURATION,
		BETWEEN(60000, 366 * 86400000LL),
		.doc = "An interval instead of cron: 1m to 366d." },
	{ .name = "start", .kind = SCHEMA_STRING,
		.doc = "The first time of an interval, local; without it "
		       "midnight.",
		.example = "\"2026-01-05 09:00\"" },
	{ .name = "timezone", .kind = SCHEMA_STRING,
		.doc = "As in Europe/London; without it the folder's." },
	{ .name = "missed", .kind = SCHEMA_CHOICE, .choices = missed_names,
		.default_json = "\"latest\"",
		.doc = "Of the times that passed while the server was down: "
		       "run the latest, all or none." },
	{ .name = "overlap", .kind = SCHEMA_CHOICE, .choices = overlap_names,
		.doc = "When the run before is not over: skip this time, "
		       "queue it or allow both; without it skip, with missed: "
		       "all queue." },
	{ .name = "paused", .kind = SCHEMA_BOOL, .default_json = "false",
		.doc = "true: it makes no runs." },
	{ .name = NULL },
};
const struct schema folder_schedule_schema = {
	.kind = SCHEMA_OBJECT,
	.fields = schedule_fields,
	.title = "ScheduleDefinition",
	.doc = "When a task runs by itself.",
};
