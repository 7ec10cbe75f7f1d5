/* SPDX-License-Identifier: MIT */
#include "spec/glass.h"

static const struct schema glass_fields[] = {
	FIELD(struct glass, id, .flags = F_KEY, .doc = "Its number."),
	FIELD(struct glass, person, .doc = "Who broke it."),
	FIELD(struct glass, reason, .doc = "Why."),
	FIELD(struct glass, ticket, .doc = "The incident that it opened."),
	FIELD_AS(struct glass, opened_at, SCHEMA_TIME, .doc = "Since."),
	FIELD_AS(struct glass, until_at, SCHEMA_TIME,
	    .doc = "When the rights end by themselves."),
	FIELD_AS(struct glass, closed_at, SCHEMA_TIME,
	    .doc = "When they ended."),
	FIELD(struct glass, closed_by, .doc = "Who ended them."),
	FIELD_AS(struct glass, reviewed_at, SCHEMA_TIME,
	    .doc = "When a second person looked at it."),
	FIELD(struct glass, reviewed_by, .doc = "Who did."),
	FIELD(struct glass, note, .doc = "What they found."),
	FIELD(struct glass, reminded_at, .flags = F_HIDDEN),
	{ .name = NULL }
};
const struct schema glass_schema = { .kind = SCHEMA_OBJECT,
	.title = "BreakGlass",
	.doc = "Rights that somebody took in an emergency.",
	.fields = glass_fields };

static const struct schema glass_open_fields[] = {
	{ .name = "reason", .kind = SCHEMA_STRING, BETWEEN(8, 500),
	    .flags = F_REQUIRED | F_LINE, .doc = "What is going on; people will read it." },
	{ .name = "for", .kind = SCHEMA_DURATION, BETWEEN(60000, 14400000),
	    .default_json = "\"30m\"",
	    .doc = "How long the rights last, 1m to 4h." },
	{ .name = "code", .kind = SCHEMA_STRING, BETWEEN(1, 64),
	    .flags = F_REQUIRED | F_SECRET, .doc = "The sealed code." },
	{ .name = NULL }
};
static const struct schema glass_open_in = { .kind = SCHEMA_OBJECT,
	.title = "BreakGlassOpen", .fields = glass_open_fields };
const struct op op_glass_open = { .name = "glass.open",
	.summary = "Take the rights of your break-glass grants, for a while.",
	.doc = "With the sealed code, which opens once. It opens an incident, "
	       "everybody concerned hears of it, and another person reviews "
	       "it within 24 hours.",
	.method = OP_POST, .path = "/v1/break-glass", .kind = OP_WRITE,
	.role = ROLE_SIGNED_IN, .in = &glass_open_in, .out = &glass_schema,
	.cli = "break-glass open --reason TEXT --code CODE [--for DURATION]" };

static const struct schema glass_list_query[] = {
	{ .name = "due", .kind = SCHEMA_BOOL, .default_json = "false",
	    .doc = "Only those that nobody has reviewed." },
	OP_PAGE_FIELDS, { .name = NULL }
};
const struct op op_glass_list = { .name = "glass.list",
	.summary = "List who broke the glass, the newest first.",
	.doc = "Yours; all of them for those who may review.",
	.method = OP_GET, .path = "/v1/break-glass", .kind = OP_READ,
	.flags = OP_LIST, .role = ROLE_SIGNED_IN, .query = glass_list_query,
	.out = &glass_schema,
	.cli = "break-glass list [--due] [--limit N] [--after KEY]",
	.columns = "id,person,reason,ticket,opened_at,closed_at,reviewed_by" };

const struct op op_glass_close = { .name = "glass.close",
	.summary = "Give the rights of a break-glass back.",
	.method = OP_POST, .path = "/v1/break-glass/{glass}/close",
	.kind = OP_WRITE, .role = ROLE_SIGNED_IN, .out = &glass_schema,
	.cli = "break-glass close GLASS" };

static const struct schema glass_review_fields[] = {
	{ .name = "note", .kind = SCHEMA_STRING, BETWEEN(1, 2000),
	    .flags = F_REQUIRED | F_WORDS, .doc = "What you found." },
	{ .name = NULL }
};
static const struct schema glass_review_in = { .kind = SCHEMA_OBJECT,
	.title = "BreakGlassReview", .fields = glass_review_fields };
const struct op op_glass_review = { .name = "glass.review",
	.summary = "Say that you looked at what somebody did by break-glass.",
	.doc = "Not for whoever broke it; an admin, or somebody with a "
	       "break-glass grant.",
	.method = OP_POST, .path = "/v1/break-glass/{glass}/review",
	.kind = OP_WRITE, .role = ROLE_SIGNED_IN, .in = &glass_review_in,
	.out = &glass_schema, .cli = "break-glass review GLASS --note TEXT" };

static const struct schema glass_sealed_fields[] = {
	{ .name = "code", .kind = SCHEMA_STRING, .flags = F_SECRET,
	    .doc = "The code; it is not shown again." },
	{ .name = NULL }
};
static const struct schema glass_sealed = { .kind = SCHEMA_OBJECT,
	.title = "BreakGlassSealed", .fields = glass_sealed_fields };
const struct op op_glass_seal = { .name = "glass.seal",
	.summary = "Make a new code for the envelope; the one before is void.",
	.method = OP_POST, .path = "/v1/break-glass/seal", .kind = OP_WRITE,
	.flags = OP_RETURNS_SECRET, .role = ROLE_ADMIN, .out = &glass_sealed,
	.cli = "break-glass seal" };
