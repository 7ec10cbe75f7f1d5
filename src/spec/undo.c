/* SPDX-License-Identifier: MIT */
#include "spec/undo.h"

#include "spec/catalogue.h"

static const struct schema undo_fields[] = {
	{ .name = "note", .kind = SCHEMA_STRING, AT_MOST(2000),
	    .doc = "Why, for those who decide." },
	{ .name = "dry_run", .kind = SCHEMA_BOOL, .default_json = "false",
	    .doc = "Only make the plan; no ticket, nothing runs." },
	{ .name = NULL }
};
static const struct schema undo_in = { .kind = SCHEMA_OBJECT,
	.title = "RunUndo", .fields = undo_fields };
const struct op op_run_undo = { .name = "run.undo",
	.summary = "Undo a run: take away again what it made.",
	.doc = "A new run of the undo: tasks of the steps that the run itself "
	       "brought to a good end, in reverse order, by the definitions "
	       "stored with it; with a plan, approvals and a ticket of its "
	       "own. The key of its ticket will do too.",
	.method = OP_POST, .path = "/v1/runs/{run}/undo", .kind = OP_WRITE,
	.role = ROLE_SIGNED_IN, .in = &undo_in, .out = &asked_schema,
	.cli = "run undo RUN [--note TEXT] [--dry-run]" };
