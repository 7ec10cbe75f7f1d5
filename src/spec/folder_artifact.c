/* SPDX-License-Identifier: MIT */
/* One file that a task leaves behind: artifacts: {NAME: …}. */
#include "spec/folder.h"

static const struct schema artifact_fields[] = {
	{ .name = "path", .kind = SCHEMA_STRING, .flags = F_REQUIRED,
		BETWEEN(1, 1000),
		.doc = "The file, from where the command begins on.",
		.example = "\"out/model.bin\"" },
	{ .name = "doc", .kind = SCHEMA_STRING, .doc = "What it is." },
	{ .name = "keep", .kind = SCHEMA_DURATION,
		BETWEEN(60000, 3660 * 86400000LL), .default_json = "\"30d\"",
		.doc = "How long it is kept: 1m to 3660d." },
	{ .name = "max", .kind = SCHEMA_STRING, .pattern = FOLDER_SIZE,
		.default_json = "\"100M\"",
		.doc = "The most bytes it may have; more fails the step.",
		.example = "\"100M\"" },
	{ .name = NULL },
};
static const struct schema artifact_object = {
	.kind = SCHEMA_OBJECT,
	.fields = artifact_fields,
};
static const struct schema artifact_path = {
	.kind = SCHEMA_STRING,
	BETWEEN(1, 1000),
};
static const struct schema *const artifact_forms[] = { &artifact_path,
	&artifact_object, NULL };
const struct schema folder_artifact_schema = {
	.kind = SCHEMA_ONE_OF,
	.any_of = artifact_forms,
};
