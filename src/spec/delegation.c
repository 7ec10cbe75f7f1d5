/* SPDX-License-Identifier: MIT */
#include "spec/delegation.h"

static const struct schema delegation_fields[] = {
	FIELD(struct delegation, id, .flags = F_KEY, .doc = "Number."),
	FIELD(struct delegation, person, .doc = "Who is away."),
	FIELD(struct delegation, delegate, .doc = "Who decides for them."),
	FIELD(struct delegation, project,
	    .doc = "On tickets of this project only, or empty."),
	FIELD(struct delegation, environment,
	    .doc = "In this environment only, or empty."),
	FIELD(struct delegation, note, .doc = "Why."),
	FIELD_AS(struct delegation, from_at, SCHEMA_TIME, .doc = "From."),
	FIELD_AS(struct delegation, until_at, SCHEMA_TIME, .doc = "Until."),
	FIELD_AS(struct delegation, ended_at, SCHEMA_TIME,
	    .doc = "When it was ended before its time."),
	FIELD_AS(struct delegation, created_at, SCHEMA_TIME, .doc = "Made."),
	{ .name = NULL }
};
const struct schema delegation_schema = { .kind = SCHEMA_OBJECT,
	.title = "Delegation",
	.doc = "Somebody decides in the place of somebody who is away.",
	.fields = delegation_fields };

static const struct schema create_fields[] = {
	{ .name = "until", .kind = SCHEMA_STRING, AT_MOST(64),
	    .flags = F_REQUIRED,
	    .doc = "2026-12-24 (its end), a moment, or +14d." },
	{ .name = "from", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "2026-12-20 (its beginning), a moment, or +2d; now when "
		   "left out." },
	{ .name = "project", .kind = SCHEMA_STRING, AT_MOST(64),
	    .default_json = "\"\"",
	    .doc = "On tickets of this project only." },
	{ .name = "environment", .kind = SCHEMA_STRING, AT_MOST(64),
	    .default_json = "\"\"", .doc = "In this environment only." },
	{ .name = "note", .kind = SCHEMA_STRING, AT_MOST(500),
	    .default_json = "\"\"", .doc = "Why; people will read it." },
	{ .name = NULL }
};
static const struct schema create_in = { .kind = SCHEMA_OBJECT,
	.title = "DelegationCreate", .fields = create_fields };
const struct op op_delegation_create = { .name = "delegation.create",
	.summary = "Let somebody decide in your place while you are away.",
	.doc = "They decide where a rule asks you, and never on what they or "
	       "you asked for or edited.  Who was delegated to cannot pass it "
	       "on.",
	.method = OP_POST, .path = "/v1/people/{person}/delegations",
	.kind = OP_WRITE, .role = ROLE_SIGNED_IN, .in = &create_in,
	.out = &delegation_schema,
	.cli = "delegate to PERSON --until WHEN [--from WHEN] "
	       "[--project PROJECT] [--environment ENV] [--note TEXT]" };

static const struct schema list_query[] = { OP_PAGE_FIELDS,
	{ .name = "person", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Only those of this person, or to them." },
	{ .name = "all", .kind = SCHEMA_BOOL, .default_json = "false",
	    .doc = "Those that are over too." },
	{ .name = NULL } };
const struct op op_delegation_list = { .name = "delegation.list",
	.summary = "List who decides in whose place, the newest first.",
	.method = OP_GET, .path = "/v1/delegations", .kind = OP_READ,
	.flags = OP_LIST, .role = ROLE_SIGNED_IN, .query = list_query,
	.out = &delegation_schema,
	.cli = "delegate list [--person PERSON] [--all] [--limit N] "
	       "[--after NUMBER]",
	.columns = "id,person,delegate,project,environment,from_at,until_at,"
		   "note" };

const struct op op_delegation_end = { .name = "delegation.end",
	.summary = "End a delegation before its time.",
	.doc = "What the delegate decided so far stands.",
	.method = OP_POST, .path = "/v1/delegations/{delegation}/end",
	.kind = OP_WRITE, .role = ROLE_SIGNED_IN, .out = &delegation_schema,
	.cli = "delegate end DELEGATION" };
