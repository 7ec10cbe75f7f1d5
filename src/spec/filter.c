/* SPDX-License-Identifier: MIT */
#include "spec/filter.h"

#include "spec/jql.h"

static const struct schema filter_fields[] = {
	FIELD(struct filter, id, .flags = F_HIDDEN),
	FIELD(struct filter, key, .flags = F_KEY,
	    .doc = "What a query calls it: NAME, or TEAM:NAME."),
	FIELD(struct filter, owner, .flags = F_HIDDEN),
	FIELD(struct filter, team,
	    .doc = "The team whose it is; empty: one's own."),
	FIELD(struct filter, name, .flags = F_HIDDEN),
	FIELD(struct filter, query, .doc = "What it finds."),
	FIELD(struct filter, doc, .doc = "What it is for."),
	FIELD(struct filter, updated_by, .doc = "Who saved it last."),
	FIELD_AS(struct filter, updated_at, SCHEMA_TIME, .doc = "When."),
	{ .name = NULL }
};
const struct schema filter_schema = { .kind = SCHEMA_OBJECT, .title = "Filter",
	.doc = "A query that is kept under a name.", .fields = filter_fields };

static const struct schema no_query[] = { { .name = NULL } };
const struct op op_filter_list = { .name = "filter.list",
	.summary = "List your filters and those of your teams.",
	.method = OP_GET, .path = "/v1/filters", .kind = OP_READ,
	.flags = OP_LIST, .role = ROLE_SIGNED_IN, .query = no_query,
	.out = &filter_schema, .cli = "filter list",
	.columns = "key,query,updated_by,updated_at,doc" };

static const struct schema save_fields[] = {
	{ .name = "query", .kind = SCHEMA_STRING, BETWEEN(1, JQL_BYTES),
	    .flags = F_REQUIRED, .doc = "What it finds." },
	{ .name = "team", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Keep it for this team of yours." },
	{ .name = "doc", .kind = SCHEMA_STRING, AT_MOST(500),
	    .default_json = "\"\"", .doc = "What it is for." },
	{ .name = NULL }
};
static const struct schema save_in = { .kind = SCHEMA_OBJECT,
	.title = "FilterSave", .fields = save_fields };
const struct op op_filter_save = { .name = "filter.save",
	.summary = "Keep a query under a name; one of that name is replaced.",
	.method = OP_PUT, .path = "/v1/filters/{filter}", .kind = OP_WRITE,
	.role = ROLE_SIGNED_IN, .in = &save_in, .out = &filter_schema,
	.cli = "filter save FILTER --query QUERY [--team TEAM] [--doc TEXT]" };

static const struct schema remove_query[] = {
	{ .name = "team", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "That of this team." },
	{ .name = NULL }
};
const struct op op_filter_remove = { .name = "filter.remove",
	.summary = "Forget a filter.", .method = OP_DELETE,
	.path = "/v1/filters/{filter}", .kind = OP_WRITE,
	.role = ROLE_SIGNED_IN, .query = remove_query, .out = &filter_schema,
	.cli = "filter remove FILTER [--team TEAM]" };
