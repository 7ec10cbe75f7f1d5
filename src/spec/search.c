/* SPDX-License-Identifier: MIT */
#include "spec/search.h"

#include "spec/jql.h"
#include "spec/ticket.h"

#define QUERY_FIELD                                                            \
	{                                                                      \
		.name = "query", .kind = SCHEMA_STRING, AT_MOST(JQL_BYTES),    \
		.default_json = "\"\"",                                        \
		.doc = "What to look for, as in "                              \
		       "`project = OPS AND labels = operations`; "             \
		       "nothing: all.",                                        \
	}

#define FILTER_FIELD                                                           \
	{                                                                      \
		.name = "filter", .kind = SCHEMA_STRING, AT_MOST(128),         \
		.doc = "Only what this saved filter finds."                    \
	}

static const struct schema search_query[] = { OP_PAGE_FIELDS, QUERY_FIELD,
	FILTER_FIELD, { .name = NULL } };
const struct op op_ticket_search = { .name = "ticket.search",
	.summary = "Search tickets by a query.", .method = OP_GET,
	.path = "/v1/search", .kind = OP_READ, .flags = OP_LIST,
	.role = ROLE_SIGNED_IN, .query = search_query, .out = &ticket_schema,
	.cli = "ticket search [--query QUERY] [--filter FILTER] [--limit N] "
	       "[--after KEY]",
	.columns = "key,status,priority,requester,created_at,title" };

static const struct schema count_query[] = { QUERY_FIELD, FILTER_FIELD,
	{ .name = NULL } };
static const struct schema count_fields[] = {
	{ .name = "count", .kind = SCHEMA_INTEGER, .doc = "How many." },
	{ .name = NULL }
};
static const struct schema count_schema = { .kind = SCHEMA_OBJECT,
	.title = "TicketCount",
	.doc = "How many tickets of those that you may see.",
	.fields = count_fields };
const struct op op_ticket_count = { .name = "ticket.count",
	.summary = "Count the tickets that a query finds.", .method = OP_GET,
	.path = "/v1/search/count", .kind = OP_READ, .role = ROLE_SIGNED_IN,
	.query = count_query, .out = &count_schema,
	.cli = "ticket count [--query QUERY] [--filter FILTER]" };
