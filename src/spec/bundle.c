/* SPDX-License-Identifier: MIT */
#include "spec/bundle.h"

static const struct schema bundle_fields[] = {
	{ .name = "bundle", .kind = SCHEMA_INTEGER,
	    .doc = "Version of this form: 1." },
	{ .name = "run", .kind = SCHEMA_JSON, .doc = "The run." },
	{ .name = "ticket", .kind = SCHEMA_JSON, .flags = F_NULLABLE,
	    .doc = "Key, requester and last editor of its ticket." },
	{ .name = "plan", .kind = SCHEMA_JSON,
	    .doc = "What the plan hash is over; secret values hashed under "
		   "the server's key." },
	{ .name = "closure", .kind = SCHEMA_JSON,
	    .doc = "Hash of each task's definition, by name." },
	{ .name = "definitions", .kind = SCHEMA_JSON,
	    .doc = "Definitions by hash." },
	{ .name = "steps", .kind = SCHEMA_JSON,
	    .doc = "Steps with their needs and attempts." },
	{ .name = "needs", .kind = SCHEMA_JSON,
	    .doc = "What was to be approved, and who decided." },
	{ .name = "events", .kind = SCHEMA_LIST, .of = &(const struct schema){
		.kind = SCHEMA_JSON },
	    .doc = "Audit events on the run, its steps and its ticket." },
	{ .name = "hash", .kind = SCHEMA_STRING,
	    .doc = "SHA-256 of the canonical JSON of all of the above." },
	{ .name = NULL }
};
static const struct schema bundle_schema = { .kind = SCHEMA_OBJECT,
	.title = "RunBundle", .doc = "A run, to be looked at anywhere.",
	.fields = bundle_fields };

const struct op op_run_bundle = { .name = "run.bundle",
	.summary = "Write a run with all that its graph and decisions follow "
		   "from.",
	.doc = "`slipway replay FILE` computes them again without a server.",
	.method = OP_GET, .path = "/v1/runs/{run}/bundle", .kind = OP_READ,
	.role = ROLE_SIGNED_IN, .out = &bundle_schema,
	.cli = "run bundle RUN" };
