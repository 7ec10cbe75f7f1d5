/* SPDX-License-Identifier: MIT */
#include "spec/folder_around.h"

#include "spec/folder.h"

#define CLEANUPS_MAX 20

static const struct schema text_schema = { .kind = SCHEMA_STRING };
static const struct schema anything_schema = { .kind = SCHEMA_JSON };

static const struct schema cleanup_fields[] = {
	{ .name = "task", .kind = SCHEMA_STRING, .flags = F_REQUIRED,
		.doc = "The task that cleans up." },
	{ .name = "with", .kind = SCHEMA_MAP, .of = &anything_schema,
		.doc = "Its parameters: values, $params.NAME, "
		       "$needs.NEED.outputs.NAME, $outputs.NAME, $status or "
		       "$reason.",
		.example = "{\"name\": \"$params.name\"}" },
	{ .name = NULL },
};
static const struct schema cleanup_object = {
	.kind = SCHEMA_OBJECT,
	.fields = cleanup_fields,
};
static const struct schema *const cleanup_one[] = { &text_schema,
	&cleanup_object, NULL };
static const struct schema cleanup_schema = {
	.kind = SCHEMA_ONE_OF,
	.any_of = cleanup_one,
};
static const struct schema cleanup_list = {
	.kind = SCHEMA_LIST,
	.of = &cleanup_schema,
	BETWEEN(1, CLEANUPS_MAX),
};
const struct schema *const folder_cleanup_forms[] = { &text_schema,
	&cleanup_object, &cleanup_list, NULL };

static const struct schema key_list = {
	.kind = SCHEMA_LIST,
	.of = &text_schema,
	BETWEEN(1, 10),
};
const struct schema *const folder_key_forms[] = { &text_schema, &key_list,
	NULL };
const char *const folder_when_busy[] = { "queue", "replace", "refuse", NULL };

static const struct schema require_fields[] = {
	{ .name = "task", .kind = SCHEMA_STRING, .flags = F_REQUIRED,
		.doc = "The task that must have succeeded before." },
	{ .name = "with", .kind = SCHEMA_MAP, .of = &anything_schema,
		.doc = "With these parameters: values or $params.NAME.",
		.example = "{\"name\": \"$params.name\"}" },
	{ .name = "within", .kind = SCHEMA_DURATION,
		BETWEEN(1000, 3660 * 86400000LL),
		.doc = "Not longer ago than this; without it ever." },
	{ .name = "env", .kind = SCHEMA_STRING,
		.doc = "In this environment; without it the run's." },
	{ .name = "wait", .kind = SCHEMA_BOOL,
		.doc = "true: wait until it does; else the step fails." },
	{ .name = NULL },
};
const struct schema folder_require_schema = {
	.kind = SCHEMA_OBJECT,
	.fields = require_fields,
};
