/* SPDX-License-Identifier: MIT */
/* slipway: the settings of a folder. */
#include "spec/folder.h"

static const struct schema text_schema = { .kind = SCHEMA_STRING };
static const struct schema names_schema = {
	.kind = SCHEMA_LIST,
	.of = &folder_name_schema,
};
static const struct schema *const names_forms[] = { &folder_name_schema,
	&names_schema, NULL };

static const struct schema limit_schema = {
	.kind = SCHEMA_INTEGER,
	BETWEEN(1, 1000000),
};
static const struct schema project_fields[] = {
	{ .name = "team", .kind = SCHEMA_STRING, .flags = F_REQUIRED,
		.doc = "The team that owns its tickets." },
	{ .name = "doc", .kind = SCHEMA_STRING,
		.doc = "What the project is for." },
	{ .name = NULL },
};
static const struct schema project_schema = {
	.kind = SCHEMA_OBJECT,
	.fields = project_fields,
};
static const struct schema volume_fields[] = {
	{ .name = "path", .kind = SCHEMA_STRING, .flags = F_REQUIRED,
		.pattern = "/.*", .doc = "An absolute path.",
		.example = "\"/srv/git\"" },
	{ .name = NULL },
};
static const struct schema volume_schema = {
	.kind = SCHEMA_OBJECT,
	.fields = volume_fields,
};
static const struct schema approval_fields[] = {
	{ .name = "expires", .kind = SCHEMA_DURATION,
		BETWEEN(60000, 366 * 86400000LL), .default_json = "\"24h\"",
		.doc = "How long a decision stands: 1m to 366d." },
	{ .name = NULL },
};
static const struct schema artifacts_fields[] = {
	{ .name = "max", .kind = SCHEMA_STRING, .pattern = FOLDER_SIZE,
		.default_json = "\"20G\"",
		.doc = "What all of them may take together; the oldest of runs "
		       "that are over make room.",
		.example = "\"20G\"" },
	{ .name = NULL },
};
static const struct schema *const notify_value_forms[] = {
	&text_schema,
	&(const struct schema){ .kind = SCHEMA_NUMBER },
	&(const struct schema){ .kind = SCHEMA_BOOL },
	NULL,
};
static const struct schema notify_value = {
	.kind = SCHEMA_ONE_OF,
	.any_of = notify_value_forms,
};
static const struct schema notify_fields[] = {
	{ .name = "on", .kind = SCHEMA_ONE_OF, .any_of = names_forms,
		.flags = F_REQUIRED,
		.doc = "Kinds of inbox items: approval, failed, mention, "
		       "expiry …" },
	{ .name = "to", .kind = SCHEMA_STRING,
		.doc = "Only for this team or person." },
	{ .name = "once", .kind = SCHEMA_BOOL, .default_json = "false",
		.doc = "true: the team is told once, at its channel, and not "
		       "each of its people." },
	{ .name = "task", .kind = SCHEMA_STRING, .flags = F_REQUIRED,
		.doc = "The task that tells them; it asks for no approval." },
	{ .name = "env", .kind = SCHEMA_STRING,
		.doc = "Where it runs." },
	{ .name = "with", .kind = SCHEMA_MAP, .of = &notify_value,
		.doc = "Its parameters; $notice.person, name, email, kind, "
		       "subject and text are filled in.",
		.example = "{\"to\": \"$notice.email\"}" },
	{ .name = NULL },
};
static const struct schema notify_schema = {
	.kind = SCHEMA_OBJECT,
	.fields = notify_fields,
};
static const struct schema settings_fields[] = {
	{ .name = "slipway", .kind = SCHEMA_INTEGER,
		.flags = F_KEY | F_REQUIRED, BETWEEN(1, 1),
		.doc = "The version of this language: 1." },
	{ .name = "timezone", .kind = SCHEMA_STRING,
		.pattern = "[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*",
		.default_json = "\"UTC\"",
		.doc = "The team's time zone, as in Europe/London." },
	{ .name = "team", .kind = SCHEMA_STRING,
		.doc = "Owns every task that names no team." },
	{ .name = "limits", .kind = SCHEMA_MAP, .pattern = FOLDER_NAME,
		.of = &limit_schema,
		.doc = "What there is only so much of: name and amount; tasks "
		       "take from it with uses.",
		.example = "{\"db\": 2}" },
	{ .name = "projects", .kind = SCHEMA_MAP, .pattern = FOLDER_PROJECT,
		.of = &project_schema,
		.doc = "Key prefixes of tickets, 2 to 10 capitals and digits.",
		.example = "{\"OPS\": {\"team\": \"platform\"}}" },
	{ .name = "volumes", .kind = SCHEMA_MAP, .pattern = FOLDER_NAME,
		.of = &volume_schema,
		.doc = "Folders of the machine that tasks may write to.",
		.example = "{\"git\": {\"path\": \"/srv/git\"}}" },
	{ .name = "notify", .kind = SCHEMA_LIST, .of = &notify_schema,
		AT_MOST(50),
		.doc = "Tasks that tell people what is in their inbox." },
	{ .name = "approval", .kind = SCHEMA_OBJECT, .fields = approval_fields,
		.doc = "How approvals work." },
	{ .name = "artifacts", .kind = SCHEMA_OBJECT,
		.fields = artifacts_fields,
		.doc = "The files that tasks leave behind." },
	{ .name = NULL },
};
const struct schema folder_settings_schema = {
	.kind = SCHEMA_OBJECT,
	.fields = settings_fields,
	.title = "Settings",
	.doc = "Settings of the folder.",
};
