/* SPDX-License-Identifier: MIT */
/* resource: and cost: of a request type. */
#include "spec/folder.h"

static const char *const expires[] = { "ask", "remind", "undo", NULL };

static const struct schema resource_fields[] = {
	{ .name = "kind", .kind = SCHEMA_STRING, .pattern = FOLDER_NAME,
	    .doc = "What it is; without it the name of the request type." },
	{ .name = "name", .kind = SCHEMA_STRING,
	    .doc = "The parameter that is its name; without it "
		   "$params.name." },
	{ .name = "expire", .kind = SCHEMA_CHOICE, .choices = expires,
	    .doc = "At the end of its lifetime: ask its owners (as without "
		   "it), only remind them, or ask and then undo it." },
	{ .name = "remind", .kind = SCHEMA_DURATION,
	    BETWEEN(1000, 3660 * 86400000LL),
	    .doc = "How long before the end; without it a quarter of the "
		   "lifetime, at most 14d." },
	{ .name = "grace", .kind = SCHEMA_DURATION,
	    BETWEEN(1000, 3660 * 86400000LL),
	    .doc = "How long its owners have between being asked and the "
		   "undo; 7d." },
	{ .name = "longest", .kind = SCHEMA_DURATION,
	    BETWEEN(1000, 36600 * 86400000LL),
	    .doc = "How long it may live in all, when its owners extend it; "
		   "beyond it they ask by a ticket." },
	{ .name = "check", .kind = SCHEMA_DURATION,
	    BETWEEN(1000, 366 * 86400000LL),
	    .doc = "How often creates: of its task looks whether it is "
		   "there; 24h." },
	{ .name = "discover", .kind = SCHEMA_STRING,
	    .doc = "A task whose output names is the list of all there are; "
		   "those that nobody asked for are shown as orphans." },
	{ .name = "every", .kind = SCHEMA_DURATION,
	    BETWEEN(1000, 366 * 86400000LL),
	    .doc = "How often it looks; 24h." },
	{ .name = NULL }
};
static const struct schema resource_object = { .kind = SCHEMA_OBJECT,
	.title = "ResourceDefinition", .fields = resource_fields };
static const struct schema resource_flag = { .kind = SCHEMA_BOOL };
const struct schema *const folder_resource_forms[] = { &resource_flag,
	&resource_object, NULL };

#define MONEY "[0-9]{1,9}(\\.[0-9]{1,2})? [A-Z]{3}"
static const struct schema money_schema = { .kind = SCHEMA_STRING,
	.pattern = MONEY, .doc = "an amount and a currency: 12.50 EUR" };
static const struct schema amount_fields[] = {
	{ .name = "each", .kind = SCHEMA_STRING, .pattern = MONEY,
	    .doc = "For each unit of the parameter per: 0.20 EUR." },
	{ .name = "per", .kind = SCHEMA_STRING,
	    .doc = "A parameter that is a number." },
	{ .name = "by", .kind = SCHEMA_STRING,
	    .doc = "A parameter whose value picks one of amounts." },
	{ .name = "amounts", .kind = SCHEMA_MAP, .of = &money_schema,
	    BETWEEN(1, 500), .doc = "What each value of by costs.",
	    .example = "{\"small\": \"5 EUR\", \"large\": \"20 EUR\"}" },
	{ .name = "plus", .kind = SCHEMA_STRING, .pattern = MONEY,
	    .doc = "Besides that, in any case: 2 EUR." },
	{ .name = NULL }
};
static const struct schema amount_object = { .kind = SCHEMA_OBJECT,
	.title = "Amount", .fields = amount_fields };
static const struct schema *const amount_forms[] = { &money_schema,
	&amount_object, NULL };

const struct schema folder_cost_fields[] = {
	{ .name = "once", .kind = SCHEMA_ONE_OF, .any_of = amount_forms,
	    .doc = "When it is made: 5 EUR." },
	{ .name = "per_month", .kind = SCHEMA_ONE_OF, .any_of = amount_forms,
	    .doc = "12.50 EUR, or {each: 0.20 EUR, per: size}." },
	{ .name = "per_year", .kind = SCHEMA_ONE_OF, .any_of = amount_forms,
	    .doc = "120 EUR." },
	{ .name = NULL }
};
