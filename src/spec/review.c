/* SPDX-License-Identifier: MIT */
#include "spec/review.h"

static const struct schema denied_fields[] = {
	{ .name = "person", .kind = SCHEMA_STRING, .doc = "Who asked." },
	{ .name = "action", .kind = SCHEMA_STRING, .doc = "request or run." },
	{ .name = "target", .kind = SCHEMA_STRING,
	    .doc = "ENVIRONMENT/NAME of what was asked for." },
	{ .name = "times", .kind = SCHEMA_INTEGER, .doc = "How often." },
	{ .name = "last_at", .kind = SCHEMA_TIME, .doc = "The last time." },
	{ .name = NULL }
};
static const struct schema denied_schema = { .kind = SCHEMA_OBJECT,
	.title = "AccessDenied", .fields = denied_fields };

static const struct schema grant_fields[] = {
	{ .name = "to", .kind = SCHEMA_STRING, .doc = "To whom." },
	{ .name = "grant", .kind = SCHEMA_STRING, .doc = "What it says." },
	{ .name = "where", .kind = SCHEMA_STRING,
	    .doc = "The line of the folder to remove." },
	{ .name = "used_at", .kind = SCHEMA_TIME, .flags = F_NULLABLE,
	    .doc = "When it was last the reason for a yes." },
	{ .name = "seen_at", .kind = SCHEMA_TIME, .flags = F_NULLABLE,
	    .doc = "Since when its uses are written down." },
	{ .name = "unused", .kind = SCHEMA_BOOL,
	    .doc = "Nobody needed it for that long, and it was there." },
	{ .name = "denied", .kind = SCHEMA_LIST, .of = &denied_schema,
	    .doc = "What of the last 90 days would have been denied without "
		   "it." },
	{ .name = NULL }
};
static const struct schema grant_schema = { .kind = SCHEMA_OBJECT,
	.title = "AccessGrant", .fields = grant_fields };
static const struct schema token_fields[] = {
	{ .name = "token", .kind = SCHEMA_STRING, .doc = "Names it." },
	{ .name = "person", .kind = SCHEMA_STRING,
	    .doc = "Who it speaks for." },
	{ .name = "name", .kind = SCHEMA_STRING, .doc = "What it is for." },
	{ .name = "created_at", .kind = SCHEMA_TIME, .doc = "Since when." },
	{ .name = "used_at", .kind = SCHEMA_TIME, .flags = F_NULLABLE,
	    .doc = "Its last use." },
	{ .name = "remove", .kind = SCHEMA_STRING, .doc = "What to type." },
	{ .name = NULL }
};
static const struct schema token_schema_of = { .kind = SCHEMA_OBJECT,
	.title = "AccessToken", .fields = token_fields };

static const struct schema review_fields[] = {
	{ .name = "before", .kind = SCHEMA_TIME,
	    .doc = "What was not used since then is unused." },
	{ .name = "grants", .kind = SCHEMA_LIST, .of = &grant_schema,
	    .doc = "Grants of the folder that allow something, unused ones "
		   "first." },
	{ .name = "tokens", .kind = SCHEMA_LIST, .of = &token_schema_of,
	    .doc = "Tokens that are unused and still work." },
	{ .name = NULL }
};
const struct schema access_review_schema = { .kind = SCHEMA_OBJECT,
	.title = "AccessReview",
	.doc = "Rights and tokens that nobody needs.",
	.fields = review_fields };

static const struct schema review_query[] = {
	{ .name = "unused", .kind = SCHEMA_DURATION, BETWEEN(0, 31622400000),
	    .default_json = "\"90d\"", .doc = "For how long, at least." },
	{ .name = "without", .kind = SCHEMA_STRING, AT_MOST(200),
	    .doc = "Only this grant, used or not: FILE:LINE." },
	{ .name = NULL }
};
const struct op op_access_review = { .name = "access.review",
	.summary = "Show grants and tokens that nobody used, and what would "
		   "change without them.",
	.method = OP_GET, .path = "/v1/access/review", .kind = OP_READ,
	.role = ROLE_ADMIN, .query = review_query,
	.out = &access_review_schema,
	.cli = "access review [--unused DURATION] [--without WHERE]" };
