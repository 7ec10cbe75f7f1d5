/* SPDX-License-Identifier: MIT */
#include "spec/work.h"

#include "spec/ticket.h"

const char *const work_sections[] = { "operations", "features", NULL };

static const struct schema label_schema = { .kind = SCHEMA_STRING };

static const struct schema item_fields[] = {
	FIELD(struct work_item, key, .flags = F_KEY, .doc = "The ticket."),
	FIELD_AS(struct work_item, section, SCHEMA_CHOICE,
	    .choices = work_sections,
	    .doc = "By its label operations or features, else by its kind."),
	FIELD(struct work_item, kind, .doc = "What kind of ticket."),
	FIELD(struct work_item, title, .doc = "One line."),
	FIELD(struct work_item, status, .doc = "Where it is in its life."),
	FIELD(struct work_item, priority, .doc = "How it ranks."),
	FIELD(struct work_item, why, .doc = "Why it is in this list, here."),
	FIELD(struct work_item, assignee, .doc = "Whose it is, or empty."),
	FIELD(struct work_item, requester, .doc = "Who asked."),
	FIELD(struct work_item, team, .doc = "Whose work it is."),
	FIELD_AS(struct work_item, labels, SCHEMA_LIST, .of = &label_schema,
	    .doc = "Its labels."),
	FIELD(struct work_item, points,
	    .doc = "How much work; 0 is not estimated."),
	FIELD(struct work_item, age_days, .doc = "Days since it was opened."),
	FIELD_AS(struct work_item, due_at, SCHEMA_TIME, .doc = "Wanted by."),
	FIELD_AS(struct work_item, created_at, SCHEMA_TIME, .doc = "Asked."),
	FIELD_AS(struct work_item, updated_at, SCHEMA_TIME,
	    .doc = "Last change."),
	{ .name = NULL }
};
const struct schema work_item_schema = { .kind = SCHEMA_OBJECT,
	.title = "WorkItem", .doc = "A ticket as work.",
	.fields = item_fields };

#define TEAM_FIELD                                                             \
	{                                                                      \
		.name = "team", .kind = SCHEMA_STRING, AT_MOST(64),            \
		.doc = "Only the work of this team."                           \
	}
#define SECTION_FIELD                                                          \
	{                                                                      \
		.name = "section", .kind = SCHEMA_CHOICE,                      \
		.choices = work_sections, .doc = "Only operations or features." \
	}

static const struct schema list_query[] = { OP_PAGE_FIELDS, TEAM_FIELD,
	SECTION_FIELD, { .name = NULL } };
static const struct schema mine_query[] = { OP_PAGE_FIELDS,
	{ .name = NULL } };

const struct op op_work_backlog = { .name = "work.backlog",
	.summary = "List what nobody has begun: operations, then features.",
	.doc = "By priority, then by when it is due, then the oldest first.",
	.method = OP_GET, .path = "/v1/work/backlog", .kind = OP_READ,
	.flags = OP_LIST, .role = ROLE_SIGNED_IN, .query = list_query,
	.out = &work_item_schema,
	.cli = "work backlog [--team TEAM] [--section SECTION] [--limit N] "
	       "[--after KEY]",
	.columns = "key,priority,due_at,age_days,points,assignee,"
		   "title" };

static const struct schema lane_fields[] = {
	{ .name = "status", .kind = SCHEMA_STRING, .doc = "Which lane." },
	{ .name = "count", .kind = SCHEMA_INTEGER, .doc = "How many." },
	{ .name = "items", .kind = SCHEMA_LIST, .of = &work_item_schema,
	    .doc = "The first of them, by rank; of done the last ones." },
	{ .name = NULL }
};
static const struct schema lane_schema = { .kind = SCHEMA_OBJECT,
	.title = "WorkLane", .doc = "Tickets in one status.",
	.fields = lane_fields };
static const struct schema board_fields[] = {
	{ .name = "lanes", .kind = SCHEMA_LIST, .of = &lane_schema,
	    .doc = "In the order of a ticket's life." },
	{ .name = NULL }
};
const struct schema work_board_schema = { .kind = SCHEMA_OBJECT,
	.title = "WorkBoard", .doc = "What is where.",
	.fields = board_fields };
static const struct schema board_query[] = {
	{ .name = "limit", .kind = SCHEMA_INTEGER, BETWEEN(1, 100),
	    .default_json = "10", .doc = "Tickets of each lane at most." },
	TEAM_FIELD, SECTION_FIELD, { .name = NULL }
};
const struct op op_work_board = { .name = "work.board",
	.summary = "Show what is where, by status.",
	.doc = "What is done is shown for a week.", .method = OP_GET,
	.path = "/v1/work/board", .kind = OP_READ, .role = ROLE_SIGNED_IN,
	.query = board_query, .out = &work_board_schema,
	.cli = "work board [--team TEAM] [--section SECTION] [--limit N]" };

const struct op op_work_waiting = { .name = "work.waiting",
	.summary = "List what waits for you, and why.",
	.doc = "Decisions that are yours, steps that people do, what is "
	       "assigned to you or to a duty that you have now, and what you "
	       "asked for that failed or was declined.",
	.method = OP_GET, .path = "/v1/work/waiting", .kind = OP_READ,
	.flags = OP_LIST, .role = ROLE_SIGNED_IN, .query = mine_query,
	.out = &work_item_schema,
	.cli = "work waiting [--limit N] [--after KEY]",
	.columns = "key,why,priority,due_at,age_days,title" };

static const struct schema next_query[] = {
	{ .name = "limit", .kind = SCHEMA_INTEGER, BETWEEN(1, 50),
	    .default_json = "5", .doc = "The first so many." },
	{ .name = "team", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Only the work of this team, not that of all of yours." },
	{ .name = NULL }
};
const struct op op_work_next = { .name = "work.next",
	.summary = "Say what to do now: the next operational ticket, and why.",
	.doc = "Service interruption before security and compliance before "
	       "customers before the operational backlog; then what you have "
	       "begun, then what is due first, then the oldest.  What others "
	       "have, and what is blocked, is left out.",
	.method = OP_GET, .path = "/v1/work/next", .kind = OP_READ,
	.flags = OP_LIST, .role = ROLE_SIGNED_IN, .query = next_query,
	.out = &work_item_schema,
	.cli = "work next [--team TEAM] [--limit N]",
	.columns = "key,why,title" };

const struct op op_work_stuck = { .name = "work.stuck",
	.summary = "List operational tickets that nobody moves.",
	.doc = "In the lane of somebody whose duty is over, who is gone or "
	       "disabled, or in hand with nothing happening for a week.",
	.method = OP_GET, .path = "/v1/work/stuck", .kind = OP_READ,
	.flags = OP_LIST, .role = ROLE_SIGNED_IN, .query = list_query,
	.out = &work_item_schema,
	.cli = "work stuck [--team TEAM] [--section SECTION] [--limit N] "
	       "[--after KEY]",
	.columns = "key,why,priority,assignee,age_days,title" };

static const struct schema aged_query[] = { OP_PAGE_FIELDS, TEAM_FIELD,
	SECTION_FIELD,
	{ .name = "days", .kind = SCHEMA_INTEGER, BETWEEN(0, 3650),
	    .default_json = "14", .doc = "Older than that." },
	{ .name = NULL } };
const struct op op_work_aged = { .name = "work.aged",
	.summary = "List what is open for long, the oldest first.",
	.method = OP_GET, .path = "/v1/work/aged", .kind = OP_READ,
	.flags = OP_LIST, .role = ROLE_SIGNED_IN, .query = aged_query,
	.out = &work_item_schema,
	.cli = "work aged [--days N] [--team TEAM] [--section SECTION] "
	       "[--limit N] [--after KEY]",
	.columns = "age_days,key,status,priority,assignee,title" };
