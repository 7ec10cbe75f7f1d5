/* SPDX-License-Identifier: MIT */
#include "spec/server.h"

static const struct schema running_fields[] = {
	{ .name = "run", .kind = SCHEMA_STRING, .doc = "Key of the run." },
	{ .name = "task", .kind = SCHEMA_STRING, .doc = "Its step's task." },
	{ .name = "attempt", .kind = SCHEMA_INTEGER, .doc = "Its number." },
	{ .name = "requester", .kind = SCHEMA_STRING, .doc = "Who asked." },
	{ .name = "started_at", .kind = SCHEMA_TIME, .flags = F_NULLABLE,
	    .doc = "Since when." },
	{ .name = NULL }
};
static const struct schema running_schema = { .kind = SCHEMA_OBJECT,
	.title = "RunningAttempt", .fields = running_fields };

static const struct schema server_fields[] = {
	{ .name = "version", .kind = SCHEMA_STRING, .doc = "Of slipway." },
	{ .name = "schema", .kind = SCHEMA_INTEGER,
	    .doc = "Number of the database's last migration." },
	{ .name = "epoch", .kind = SCHEMA_INTEGER,
	    .doc = "Grows with every start." },
	{ .name = "draining", .kind = SCHEMA_BOOL,
	    .doc = "Whether nothing new is begun." },
	{ .name = "drain_since", .kind = SCHEMA_TIME, .flags = F_NULLABLE,
	    .doc = "Since when." },
	{ .name = "drain_by", .kind = SCHEMA_STRING, .doc = "Who said so." },
	{ .name = "drain_reason", .kind = SCHEMA_STRING, .doc = "And why." },
	{ .name = "live", .kind = SCHEMA_INTEGER,
	    .doc = "Attempts that run now." },
	{ .name = "running", .kind = SCHEMA_LIST, .of = &running_schema,
	    .doc = "The oldest 100 of them." },
	{ .name = NULL }
};
static const struct schema server_schema = { .kind = SCHEMA_OBJECT,
	.title = "Server", .doc = "What the server does now.",
	.fields = server_fields };

const struct op op_server_get = { .name = "server.get",
	.summary = "Show what the server does now, and whether it drains.",
	.method = OP_GET, .path = "/v1/server", .kind = OP_READ,
	.role = ROLE_ADMIN, .out = &server_schema, .cli = "server show" };

static const struct schema drain_fields[] = {
	{ .name = "reason", .kind = SCHEMA_STRING, AT_MOST(500),
	    .default_json = "\"\"", .doc = "Why, for those who ask." },
	{ .name = NULL }
};
static const struct schema drain_in = { .kind = SCHEMA_OBJECT,
	.title = "ServerDrain", .fields = drain_fields };
const struct op op_server_drain = { .name = "server.drain",
	.summary = "Begin nothing new; what runs goes on.",
	.doc = "Lasts over restarts, until `server resume`.  Asking, approving "
	       "and cancelling still work.",
	.method = OP_POST, .path = "/v1/server/drain", .kind = OP_WRITE,
	.flags = OP_WHEN_FULL,
	.role = ROLE_ADMIN, .in = &drain_in, .out = &server_schema,
	.cli = "server drain [--reason TEXT]" };
const struct op op_server_resume = { .name = "server.resume",
	.summary = "Begin again what waits.", .method = OP_POST,
	.path = "/v1/server/resume", .kind = OP_WRITE,
	.flags = OP_WHEN_FULL, .role = ROLE_ADMIN,
	.out = &server_schema, .cli = "server resume" };

static const struct schema usage_class_fields[] = {
	{ .name = "class", .kind = SCHEMA_STRING, .doc = "In one word." },
	{ .name = "bytes", .kind = SCHEMA_INTEGER, .doc = "On the disk." },
	{ .name = "files", .kind = SCHEMA_INTEGER, .doc = "How many." },
	{ .name = "what", .kind = SCHEMA_STRING, .doc = "What it is." },
	{ .name = "kept", .kind = SCHEMA_STRING,
	    .doc = "How long, where something is removed for its age." },
	{ .name = NULL }
};
static const struct schema usage_class_schema = { .kind = SCHEMA_OBJECT,
	.title = "UsageClass", .fields = usage_class_fields };
static const struct schema usage_fields[] = {
	{ .name = "classes", .kind = SCHEMA_LIST, .of = &usage_class_schema,
	    .doc = "What takes room in the data folder." },
	{ .name = "bytes", .kind = SCHEMA_INTEGER, .doc = "All of it." },
	{ .name = "free", .kind = SCHEMA_INTEGER,
	    .doc = "Left on its disk." },
	{ .name = "logs_pruned_to", .kind = SCHEMA_INTEGER,
	    .doc = "Logs of attempts up to this number were removed." },
	{ .name = NULL }
};
static const struct schema usage_schema = { .kind = SCHEMA_OBJECT,
	.title = "Usage", .doc = "Where the room goes.",
	.fields = usage_fields };
const struct op op_server_usage = { .name = "server.usage",
	.summary = "Show what takes room in the data folder, by class.",
	.method = OP_GET, .path = "/v1/server/usage", .kind = OP_READ,
	.role = ROLE_ADMIN, .out = &usage_schema, .cli = "server usage" };
