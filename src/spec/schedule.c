/* SPDX-License-Identifier: MIT */
#include "spec/schedule.h"

#define SCHEDULE_FIELDS                                                        \
	{ .name = "name", .kind = SCHEMA_STRING, .flags = F_KEY,               \
		.doc = "Its name." },                                          \
	{ .name = "doc", .kind = SCHEMA_STRING, .flags = F_NULLABLE,           \
		.doc = "What it is for." },                                    \
	{ .name = "team", .kind = SCHEMA_STRING, .doc = "Who owns it." },      \
	{ .name = "task", .kind = SCHEMA_STRING, .doc = "What it runs." },     \
	{ .name = "request", .kind = SCHEMA_STRING, .flags = F_NULLABLE,       \
		.doc = "The request type that it asks for." },                 \
	{ .name = "environment", .kind = SCHEMA_STRING, .doc = "Where." },     \
	{ .name = "when", .kind = SCHEMA_STRING,                               \
		.doc = "Its times, as the folder has them." },                 \
	{ .name = "timezone", .kind = SCHEMA_STRING,                           \
		.doc = "Whose clock it goes by." },                            \
	{ .name = "missed", .kind = SCHEMA_STRING,                             \
		.doc = "What becomes of times while the server was down." },   \
	{ .name = "overlap", .kind = SCHEMA_STRING,                            \
		.doc = "What happens while the run before is not over." },     \
	{ .name = "paused", .kind = SCHEMA_STRING, .flags = F_NULLABLE,        \
		.doc = "By whom and why it is paused." },                      \
	{ .name = "next_at", .kind = SCHEMA_TIME, .flags = F_NULLABLE,         \
		.doc = "The next time; null while it is paused." },            \
	{ .name = "last_run", .kind = SCHEMA_STRING, .flags = F_NULLABLE,      \
		.doc = "Key of its last run." },                               \
	{ .name = "last_status", .kind = SCHEMA_STRING, .flags = F_NULLABLE,   \
		.doc = "What became of that." },                               \
	{ .name = "where", .kind = SCHEMA_STRING,                              \
		.doc = "File and line in the folder." }

static const struct schema json_schema = { .kind = SCHEMA_JSON };
static const struct schema schedule_fields[] = { SCHEDULE_FIELDS,
	{ .name = NULL } };
const struct schema schedule_schema = { .kind = SCHEMA_OBJECT,
	.title = "Schedule", .doc = "When something runs by itself.",
	.fields = schedule_fields };

static const struct schema next_fields[] = {
	{ .name = "at", .kind = SCHEMA_TIME, .doc = "The instant." },
	{ .name = "text", .kind = SCHEMA_STRING,
	    .doc = "The same on the clock of its zone, with what a change of "
		   "that clock does to it." },
	{ .name = "mark", .kind = SCHEMA_STRING,
	    .doc = "plain, gap, overlap or twice." },
	{ .name = "merged", .kind = SCHEMA_INTEGER,
	    .doc = "How many of its times fall together there." },
	{ .name = NULL }
};
static const struct schema next_schema = { .kind = SCHEMA_OBJECT,
	.title = "ScheduleNext", .fields = next_fields };
static const struct schema time_fields[] = {
	{ .name = "at", .kind = SCHEMA_TIME, .doc = "The time it was for." },
	{ .name = "outcome", .kind = SCHEMA_STRING,
	    .doc = "made, waiting, skipped, failed or dropped." },
	{ .name = "reason", .kind = SCHEMA_STRING, .doc = "Why, in words." },
	{ .name = "run", .kind = SCHEMA_STRING, .doc = "Its run, or empty." },
	{ .name = "status", .kind = SCHEMA_STRING, .doc = "Of that run." },
	{ .name = NULL }
};
static const struct schema time_schema = { .kind = SCHEMA_OBJECT,
	.title = "ScheduleTime", .fields = time_fields };
static const struct schema schedule_detail_fields[] = { SCHEDULE_FIELDS,
	{ .name = "params", .kind = SCHEMA_JSON,
	    .doc = "Parameters, as the folder has them." },
	{ .name = "next", .kind = SCHEMA_LIST, .of = &next_schema,
	    .doc = "The next five times." },
	{ .name = "times", .kind = SCHEMA_LIST, .of = &time_schema,
	    .doc = "What became of the last ten, the newest first." },
	{ .name = NULL } };
const struct schema schedule_detail_schema = { .kind = SCHEMA_OBJECT,
	.title = "ScheduleDetail", .doc = "A schedule and its times.",
	.fields = schedule_detail_fields };

static const struct schema no_query[] = { { .name = NULL } };
const struct op op_schedule_list = { .name = "schedule.list",
	.summary = "List schedules.", .method = OP_GET,
	.path = "/v1/schedules", .kind = OP_READ, .flags = OP_LIST,
	.role = ROLE_SIGNED_IN, .query = no_query, .out = &schedule_schema,
	.cli = "schedule list",
	.columns = "name,when,timezone,next_at,last_run,last_status,paused" };
const struct op op_schedule_get = { .name = "schedule.get",
	.summary = "Show a schedule, its next times and its last ones.",
	.method = OP_GET, .path = "/v1/schedules/{schedule}",
	.kind = OP_READ, .role = ROLE_SIGNED_IN,
	.out = &schedule_detail_schema, .cli = "schedule show SCHEDULE" };

static const struct schema pause_fields[] = {
	{ .name = "reason", .kind = SCHEMA_STRING, AT_MOST(500),
	    .default_json = "\"\"", .doc = "Why; people will read it." },
	{ .name = NULL }
};
static const struct schema pause_in = { .kind = SCHEMA_OBJECT,
	.title = "SchedulePause", .fields = pause_fields };
const struct op op_schedule_pause = { .name = "schedule.pause",
	.summary = "Pass over the times of a schedule until it is resumed.",
	.method = OP_POST, .path = "/v1/schedules/{schedule}/pause",
	.kind = OP_WRITE, .role = ROLE_SIGNED_IN, .in = &pause_in,
	.out = &schedule_detail_schema,
	.cli = "schedule pause SCHEDULE [--reason TEXT]" };
const struct op op_schedule_resume = { .name = "schedule.resume",
	.summary = "Let a paused schedule go on.",
	.doc = "The times of the pause are not made up for.",
	.method = OP_POST, .path = "/v1/schedules/{schedule}/resume",
	.kind = OP_WRITE, .role = ROLE_SIGNED_IN,
	.out = &schedule_detail_schema, .cli = "schedule resume SCHEDULE" };

static const struct schema made_fields[] = {
	{ .name = "run", .kind = SCHEMA_STRING, .flags = F_KEY,
	    .doc = "Key of the run." },
	{ .name = "status", .kind = SCHEMA_STRING, .doc = "Of the run." },
	{ .name = NULL }
};
static const struct schema made_schema = { .kind = SCHEMA_OBJECT,
	.title = "ScheduleMade", .doc = "A run that was made.",
	.fields = made_fields };
static const struct schema run_in_fields[] = {
	{ .name = "dry_run", .kind = SCHEMA_BOOL, .default_json = "false",
	    .doc = "Only make the plan; nothing runs." },
	{ .name = NULL }
};
static const struct schema run_in = { .kind = SCHEMA_OBJECT,
	.title = "ScheduleRun", .fields = run_in_fields };
const struct op op_schedule_run = { .name = "schedule.run",
	.summary = "Run what a schedule runs, now and in your name.",
	.method = OP_POST, .path = "/v1/schedules/{schedule}/runs",
	.kind = OP_WRITE, .role = ROLE_SIGNED_IN, .in = &run_in,
	.out = &made_schema, .cli = "schedule run SCHEDULE [--dry-run]" };

static const struct schema backfill_in_fields[] = {
	{ .name = "from", .kind = SCHEMA_STRING, AT_MOST(32),
	    .flags = F_REQUIRED,
	    .doc = "First day or local time: 2026-01-01." },
	{ .name = "to", .kind = SCHEMA_STRING, AT_MOST(32),
	    .flags = F_REQUIRED,
	    .doc = "Last day, or local time, of its times." },
	{ .name = "limit", .kind = SCHEMA_INTEGER, BETWEEN(1, 100),
	    .default_json = "1", .doc = "Runs at once." },
	{ .name = "again", .kind = SCHEMA_BOOL, .default_json = "false",
	    .doc = "Times that have a run that succeeded too." },
	{ .name = "dry_run", .kind = SCHEMA_BOOL, .default_json = "false",
	    .doc = "Only tell the times." },
	{ .name = NULL }
};
static const struct schema backfill_in = { .kind = SCHEMA_OBJECT,
	.title = "ScheduleBackfill", .fields = backfill_in_fields };
static const struct schema backfilled_fields[] = {
	{ .name = "id", .kind = SCHEMA_INTEGER, .flags = F_KEY | F_NULLABLE,
	    .doc = "Number of the back-fill; null when it was only told." },
	{ .name = "runs", .kind = SCHEMA_INTEGER, .doc = "Runs it makes." },
	{ .name = "done", .kind = SCHEMA_INTEGER,
	    .doc = "Times left out: they have a run that succeeded." },
	{ .name = "times", .kind = SCHEMA_LIST, .of = &json_schema,
	    .doc = "The times, on the clock of its zone." },
	{ .name = NULL }
};
const struct schema backfilled_schema = { .kind = SCHEMA_OBJECT,
	.title = "Backfilled", .doc = "What a back-fill will do.",
	.fields = backfilled_fields };
const struct op op_schedule_backfill = { .name = "schedule.backfill",
	.summary = "Run a schedule for times in the past, one run for each.",
	.method = OP_POST, .path = "/v1/schedules/{schedule}/backfills",
	.kind = OP_WRITE, .role = ROLE_SIGNED_IN, .in = &backfill_in,
	.out = &backfilled_schema,
	.cli = "schedule backfill SCHEDULE --from DATE --to DATE "
	       "[--limit N] [--again] [--dry-run]" };

static const char *const backfill_states[] = { "running", "done",
	"cancelled", NULL };
static const struct schema backfill_fields[] = {
	FIELD(struct backfill, id, .flags = F_KEY, .doc = "Number."),
	FIELD(struct backfill, schedule, .doc = "Of which schedule."),
	FIELD_AS(struct backfill, from_at, SCHEMA_TIME, .doc = "From."),
	FIELD_AS(struct backfill, until_at, SCHEMA_TIME, .doc = "Until."),
	FIELD(struct backfill, at_once, .doc = "Runs at once."),
	FIELD(struct backfill, requester, .doc = "Who asked."),
	FIELD_AS(struct backfill, status, SCHEMA_CHOICE,
	    .choices = backfill_states, .doc = "done: all runs are made."),
	FIELD_AS(struct backfill, created_at, SCHEMA_TIME, .doc = "Asked for."),
	FIELD_AS(struct backfill, ended_at, SCHEMA_TIME, .doc = "Over."),
	{ .name = "runs", .kind = SCHEMA_INTEGER, .doc = "All its runs." },
	{ .name = "waiting", .kind = SCHEMA_INTEGER,
	    .doc = "Runs still to be made." },
	{ .name = "active", .kind = SCHEMA_INTEGER,
	    .doc = "Runs that are not over." },
	{ .name = "succeeded", .kind = SCHEMA_INTEGER,
	    .doc = "Runs that succeeded." },
	{ .name = NULL }
};
const struct schema backfill_schema = { .kind = SCHEMA_OBJECT,
	.title = "Backfill", .doc = "Runs of a schedule for times in the past.",
	.fields = backfill_fields };
static const struct schema backfill_query[] = { OP_PAGE_FIELDS,
	{ .name = NULL } };
const struct op op_backfill_list = { .name = "backfill.list",
	.summary = "List back-fills, the newest first.", .method = OP_GET,
	.path = "/v1/backfills", .kind = OP_READ, .flags = OP_LIST,
	.role = ROLE_SIGNED_IN, .query = backfill_query,
	.out = &backfill_schema,
	.cli = "backfill list [--limit N] [--after ID]",
	.columns = "id,schedule,status,runs,waiting,active,succeeded,"
		   "requester" };
static const struct schema backfill_cancel_fields[] = {
	{ .name = "runs", .kind = SCHEMA_BOOL, .default_json = "false",
	    .doc = "Also cancel its runs that are not over." },
	{ .name = NULL }
};
static const struct schema backfill_cancel_in = { .kind = SCHEMA_OBJECT,
	.title = "BackfillCancel", .fields = backfill_cancel_fields };
const struct op op_backfill_cancel = { .name = "backfill.cancel",
	.summary = "Make no more runs of a back-fill.", .method = OP_POST,
	.path = "/v1/backfills/{backfill}/cancel", .kind = OP_WRITE,
	.role = ROLE_SIGNED_IN, .in = &backfill_cancel_in,
	.out = &backfill_schema,
	.cli = "backfill cancel BACKFILL [--runs]" };
