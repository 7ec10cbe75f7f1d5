/* SPDX-License-Identifier: MIT */
#include "spec/pause.h"

const char *const pause_kinds[] = { "all", "limit", "schedule", "task",
	NULL };

static const struct schema pause_fields[] = {
	FIELD_AS(struct pause, kind, SCHEMA_CHOICE, .choices = pause_kinds,
	    .doc = "What is paused."),
	FIELD(struct pause, name, .flags = F_KEY,
	    .doc = "Its name; empty with all."),
	FIELD(struct pause, person, .doc = "Who paused it."),
	FIELD(struct pause, reason, .doc = "Why."),
	FIELD_AS(struct pause, at, SCHEMA_TIME, .doc = "Since when."),
	{ .name = NULL }
};
const struct schema pause_schema = { .kind = SCHEMA_OBJECT, .title = "Pause",
	.doc = "Something that people stopped for a while.",
	.fields = pause_fields };

static const struct schema no_query[] = { { .name = NULL } };
const struct op op_pause_list = { .name = "pause.list",
	.summary = "List what is paused.", .method = OP_GET,
	.path = "/v1/pauses", .kind = OP_READ, .flags = OP_LIST,
	.role = ROLE_SIGNED_IN, .query = no_query, .out = &pause_schema,
	.cli = "pause list", .columns = "kind,name,person,reason,at" };

static const struct schema pause_set_fields[] = {
	{ .name = "kind", .kind = SCHEMA_CHOICE, .choices = pause_kinds,
	    .flags = F_REQUIRED, .doc = "schedule, task, limit or all." },
	{ .name = "name", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Which one; not with all." },
	{ .name = "reason", .kind = SCHEMA_STRING, AT_MOST(500),
	    .default_json = "\"\"", .doc = "Why; people will read it." },
	{ .name = NULL }
};
static const struct schema pause_set_in = { .kind = SCHEMA_OBJECT,
	.title = "PauseSet", .fields = pause_set_fields };
const struct op op_pause_set = { .name = "pause.set",
	.summary = "Start no more of a schedule, a task, a limit or all.",
	.doc = "What runs goes on.", .method = OP_POST, .path = "/v1/pauses",
	.kind = OP_WRITE, .role = ROLE_SIGNED_IN, .in = &pause_set_in,
	.out = &pause_schema,
	.cli = "pause set --kind KIND [--name NAME] [--reason TEXT]" };

static const struct schema pause_end_fields[] = {
	{ .name = "kind", .kind = SCHEMA_CHOICE, .choices = pause_kinds,
	    .flags = F_REQUIRED, .doc = "schedule, task, limit or all." },
	{ .name = "name", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Which one; not with all." },
	{ .name = NULL }
};
static const struct schema pause_end_in = { .kind = SCHEMA_OBJECT,
	.title = "PauseEnd", .fields = pause_end_fields };
const struct op op_pause_end = { .name = "pause.end",
	.summary = "Let go on what was paused.", .method = OP_POST,
	.path = "/v1/pauses/end", .kind = OP_WRITE, .role = ROLE_SIGNED_IN,
	.in = &pause_end_in, .out = &pause_schema,
	.cli = "pause end --kind KIND [--name NAME]" };

static const struct schema holder_schema = { .kind = SCHEMA_STRING };
static const struct schema limit_fields[] = {
	{ .name = "name", .kind = SCHEMA_STRING, .flags = F_KEY,
	    .doc = "Name of the limit." },
	{ .name = "amount", .kind = SCHEMA_INTEGER,
	    .doc = "How much there is." },
	{ .name = "used", .kind = SCHEMA_INTEGER,
	    .doc = "How much of it is taken now." },
	{ .name = "holders", .kind = SCHEMA_LIST, .of = &holder_schema,
	    .doc = "Runs that have it." },
	{ .name = "waiting", .kind = SCHEMA_INTEGER,
	    .doc = "Steps that wait for it." },
	{ .name = "paused", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "By whom and why, or null." },
	{ .name = NULL }
};
const struct schema limit_schema = { .kind = SCHEMA_OBJECT, .title = "Limit",
	.doc = "What may be used by so many at once.",
	.fields = limit_fields };
const struct op op_limit_list = { .name = "limit.list",
	.summary = "List limits, who has them and how many wait.",
	.method = OP_GET, .path = "/v1/limits", .kind = OP_READ,
	.flags = OP_LIST, .role = ROLE_SIGNED_IN, .query = no_query,
	.out = &limit_schema, .cli = "limit list",
	.columns = "name,used,amount,waiting,holders,paused" };
