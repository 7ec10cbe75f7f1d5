/* SPDX-License-Identifier: MIT */
#include "spec/bulk.h"

#include "spec/jql.h"
#include "spec/ticket.h"

static const char *const results[] = { "changed", "would change", "unchanged",
	"refused", NULL };

static const struct schema row_fields[] = {
	FIELD(struct bulk_row, key, .flags = F_KEY, .doc = "The ticket."),
	FIELD_AS(struct bulk_row, result, SCHEMA_CHOICE, .choices = results,
	    .doc = "What became of it, or would."),
	FIELD(struct bulk_row, what,
	    .doc = "What changes; refused: why not."),
	FIELD(struct bulk_row, code, .doc = "Refused: the code of the error."),
	FIELD(struct bulk_row, title, .doc = "Its title."),
	{ .name = NULL }
};
const struct schema bulk_row_schema = { .kind = SCHEMA_OBJECT,
	.title = "BulkRow", .doc = "One ticket of a bulk change.",
	.fields = row_fields };

static const char *const bulk_moves[] = { "open", "in_progress", "done",
	"dropped", NULL };
static const struct schema label_schema = { .kind = SCHEMA_STRING,
	.pattern = "[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}" };
static const struct schema bulk_fields[] = {
	{ .name = "query", .kind = SCHEMA_STRING, BETWEEN(1, JQL_BYTES),
	    .flags = F_REQUIRED, .doc = "Which tickets." },
	{ .name = "yes", .kind = SCHEMA_BOOL, .default_json = "false",
	    .doc = "Do it; otherwise it only says what would be done." },
	{ .name = "limit", .kind = SCHEMA_INTEGER, BETWEEN(1, 500),
	    .default_json = "100",
	    .doc = "Refuse when it would be more tickets." },
	{ .name = "priority", .kind = SCHEMA_CHOICE,
	    .choices = ticket_priorities, .doc = "Another priority." },
	{ .name = "why", .kind = SCHEMA_STRING, BETWEEN(1, 2000),
	    .flags = F_WORDS, .doc = "Why that priority." },
	{ .name = "points", .kind = SCHEMA_INTEGER, BETWEEN(0, 1000),
	    .doc = "How much work." },
	{ .name = "label", .kind = SCHEMA_LIST, .of = &label_schema,
	    AT_MOST(50), .doc = "Labels to add." },
	{ .name = "unlabel", .kind = SCHEMA_LIST, .of = &label_schema,
	    AT_MOST(50), .doc = "Labels to take away." },
	{ .name = "assignee", .kind = SCHEMA_STRING, AT_MOST(128),
	    .doc = "A person, 'me', TEAM:duty, or 'none'." },
	{ .name = "epic", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "The epic they belong to, or 'none'." },
	{ .name = "due", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Wanted by: 2026-12-01, +3d, or 'none'." },
	{ .name = "move", .kind = SCHEMA_CHOICE, .choices = bulk_moves,
	    .doc = "Where to move them; done and dropped close them." },
	{ .name = "note", .kind = SCHEMA_STRING, AT_MOST(2000),
	    .default_json = "\"\"", .doc = "Why they are moved." },
	{ .name = NULL }
};
static const struct schema bulk_in = { .kind = SCHEMA_OBJECT,
	.title = "TicketBulk", .fields = bulk_fields };
const struct op op_ticket_bulk = { .name = "ticket.bulk",
	.summary = "Change what a query finds, or say what would change.",
	.doc = "Each ticket by its own rights, with its own history; what one "
	       "is refused does not hinder the others.  Without --yes nothing "
	       "is changed.",
	.method = OP_POST, .path = "/v1/work/bulk", .kind = OP_WRITE,
	.flags = OP_LIST, .role = ROLE_SIGNED_IN, .in = &bulk_in,
	.out = &bulk_row_schema,
	.cli = "ticket bulk --query QUERY [--priority PRIORITY] [--why TEXT] "
	       "[--points N] [--label LABEL] [--unlabel LABEL] "
	       "[--assignee WHO] [--epic TICKET] [--due WHEN] [--move STATUS] "
	       "[--note TEXT] [--limit N] [--yes]",
	.columns = "key,result,what,title" };
