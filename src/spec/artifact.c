/* SPDX-License-Identifier: MIT */
#include "spec/artifact.h"

static const struct schema artifact_fields[] = {
	FIELD(struct artifact, id, .flags = F_HIDDEN),
	FIELD(struct artifact, run_id, .flags = F_HIDDEN),
	FIELD_AS(struct artifact, step_id, SCHEMA_INTEGER,
	    .doc = "The step that left it."),
	FIELD(struct artifact, task, .doc = "What the step ran."),
	FIELD(struct artifact, name, .flags = F_KEY, .doc = "Its name."),
	FIELD(struct artifact, path, .doc = "The file in the workspace."),
	FIELD(struct artifact, sha256, .doc = "SHA-256 of its bytes."),
	FIELD(struct artifact, size, .doc = "How many they are."),
	FIELD(struct artifact, keep, .doc = "How long the task keeps it."),
	FIELD_AS(struct artifact, created_at, SCHEMA_TIME, .doc = "Made."),
	FIELD_AS(struct artifact, expires_at, SCHEMA_TIME,
	    .doc = "Removed then, or when its run is over."),
	FIELD_AS(struct artifact, removed_at, SCHEMA_TIME,
	    .doc = "Its bytes went then."),
	FIELD(struct artifact, reason, .doc = "Why they went, in words."),
	{ .name = NULL }
};
const struct schema artifact_schema = { .kind = SCHEMA_OBJECT,
	.title = "Artifact", .doc = "A file that a step left behind.",
	.fields = artifact_fields };

static const struct schema list_fields[] = {
	{ .name = "limit", .kind = SCHEMA_INTEGER, BETWEEN(1, 500),
	    .default_json = "500", .doc = "Rows at most." },
	{ .name = "after", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Continue behind the `next` of the page before." },
	{ .name = NULL }
};

const struct op op_artifact_list = { .name = "artifact.list",
	.summary = "List the files that the steps of a run left behind.",
	.method = OP_GET, .path = "/v1/runs/{run}/artifacts",
	.kind = OP_READ, .flags = OP_LIST, .role = ROLE_SIGNED_IN,
	.query = list_fields, .out = &artifact_schema,
	.cli = "artifact list RUN [--limit N] [--after KEY]",
	.columns = "step_id,task,name,size,created_at,expires_at,"
		   "removed_at,reason" };
const struct op op_artifact_get = { .name = "artifact.get",
	.summary = "Download a file that a step left behind.",
	.doc = "The step by its number, or by its task when that is the only "
	       "one. The bytes are checked by their hash before the first is "
	       "sent: 410 artifact.corrupt when they are not what they were, "
	       "410 artifact.removed when they are no longer kept. One Range "
	       "of bytes is answered 206, and held against If-Range, whose "
	       "ETag is the SHA-256.",
	.method = OP_GET, .path = "/v1/runs/{run}/artifacts/{step}/{name}",
	.kind = OP_RAW, .flags = OP_RANGES, .role = ROLE_SIGNED_IN,
	.cli = "artifact get RUN STEP NAME" };
