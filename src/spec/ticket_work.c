/* SPDX-License-Identifier: MIT */
/* Operations by which people work on tickets. */
#include "spec/ticket.h"

#define LABEL "[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}"

static const struct schema label_schema = { .kind = SCHEMA_STRING,
	.pattern = LABEL };

/* What both an opened and an edited ticket may be given. */
#define WORK_FIELDS                                                            \
	{ .name = "description", .kind = SCHEMA_STRING, AT_MOST(50000),        \
		.doc = "More, in Markdown." },                                 \
	    { .name = "priority", .kind = SCHEMA_CHOICE,                       \
		    .choices = ticket_priorities,                              \
		    .doc = "Another priority than the rule gives." },          \
	    { .name = "why", .kind = SCHEMA_STRING, BETWEEN(1, 2000),          \
		    .flags = F_WORDS,                                          \
		    .doc = "Why that priority." },                             \
	    { .name = "points", .kind = SCHEMA_INTEGER, BETWEEN(0, 1000),      \
		    .doc = "How much work; more than 3 is no on-call task." }, \
	    { .name = "label", .kind = SCHEMA_LIST, .of = &label_schema,       \
		    AT_MOST(50), .doc = "Labels to add." },                    \
	    { .name = "assignee", .kind = SCHEMA_STRING, AT_MOST(128),         \
		    .doc = "A person, 'me', TEAM:duty, or 'none'." },          \
	    { .name = "epic", .kind = SCHEMA_STRING, AT_MOST(64),              \
		    .doc = "The epic it belongs to, or 'none'." },             \
	{                                                                      \
		.name = "due", .kind = SCHEMA_STRING, AT_MOST(64),             \
		.doc = "Wanted by: 2026-12-01, +3d, or 'none'."                \
	}

static const struct schema create_fields[] = {
	{ .name = "kind", .kind = SCHEMA_CHOICE, .choices = ticket_kinds,
	    .flags = F_REQUIRED, .doc = "What kind of ticket." },
	{ .name = "title", .kind = SCHEMA_STRING, BETWEEN(1, 200),
	    .flags = F_REQUIRED | F_LINE, .doc = "One line." },
	{ .name = "project", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Its project; without it the only one." },
	WORK_FIELDS,
	{ .name = "same", .kind = SCHEMA_STRING, BETWEEN(1, 200),
	    .flags = F_LINE,
	    .doc = "What it is about, for programs that report it again: one "
		   "ticket for the same words, which counts." },
	{ .name = "again_within", .kind = SCHEMA_DURATION,
	    BETWEEN(0, 366 * 86400000LL), .default_json = "\"1h\"",
	    .doc = "Closed for so long, it is opened again; later there is a "
		   "new one, linked to it." },
	{ .name = NULL }
};
static const struct schema create_in = { .kind = SCHEMA_OBJECT,
	.title = "TicketCreate", .fields = create_fields };
const struct op op_ticket_create = { .name = "ticket.create",
	.summary = "Open a ticket that people work on.", .method = OP_POST,
	.path = "/v1/tickets", .kind = OP_WRITE, .role = ROLE_SIGNED_IN,
	.in = &create_in, .out = &ticket_detail_schema,
	.cli = "ticket create --kind KIND --title TEXT [--project PROJECT] "
	       "[--description TEXT] [--priority PRIORITY] [--why TEXT] "
	       "[--points N] [--label LABEL] [--assignee WHO] [--epic TICKET] "
	       "[--due WHEN] [--same TEXT] [--again-within TIME]" };

static const struct schema edit_fields[] = {
	{ .name = "params", .kind = SCHEMA_JSON,
	    .doc = "Parameters to change; the others stay." },
	{ .name = "environment", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Another environment." },
	{ .name = "title", .kind = SCHEMA_STRING, BETWEEN(1, 200),
	    .flags = F_LINE, .doc = "Another title." },
	WORK_FIELDS,
	{ .name = "unlabel", .kind = SCHEMA_LIST, .of = &label_schema,
	    AT_MOST(50), .doc = "Labels to take away." },
	{ .name = NULL }
};
static const struct schema edit_in = { .kind = SCHEMA_OBJECT,
	.title = "TicketEdit", .fields = edit_fields };
const struct op op_ticket_edit = { .name = "ticket.edit",
	.summary = "Edit a ticket; another thing asked for voids approvals.",
	.method = OP_PATCH, .path = "/v1/tickets/{ticket}", .kind = OP_WRITE,
	.role = ROLE_SIGNED_IN, .in = &edit_in, .out = &ticket_detail_schema,
	.cli = "ticket edit TICKET [--title TEXT] [--environment ENV] "
	       "[--params JSON] [--description TEXT] [--priority PRIORITY] "
	       "[--why TEXT] [--points N] [--label LABEL] [--unlabel LABEL] "
	       "[--assignee WHO] [--epic TICKET] [--due WHEN]" };

static const char *const move_states[] = { "open", "in_progress", "done",
	"cancelled", NULL };
static const struct schema move_fields[] = {
	{ .name = "to", .kind = SCHEMA_CHOICE, .choices = move_states,
	    .flags = F_REQUIRED, .doc = "The status it shall have; done and cancelled close it." },
	{ .name = "note", .kind = SCHEMA_STRING, AT_MOST(2000),
	    .default_json = "\"\"", .doc = "Why." },
	{ .name = NULL }
};
static const struct schema move_in = { .kind = SCHEMA_OBJECT,
	.title = "TicketMoveIn", .fields = move_fields };
const struct op op_ticket_move = { .name = "ticket.move",
	.summary = "Move a ticket that people work on.", .method = OP_POST,
	.path = "/v1/tickets/{ticket}/move", .kind = OP_WRITE,
	.role = ROLE_SIGNED_IN, .in = &move_in, .out = &ticket_detail_schema,
	.cli = "ticket move TICKET --to STATUS [--note TEXT]" };

static const struct schema moves_fields[] = {
	{ .name = "to", .kind = SCHEMA_STRING,
	    .flags = F_KEY, .doc = "The status it would have." },
	{ .name = "why", .kind = SCHEMA_STRING, .doc = "What that means." },
	{ .name = "by", .kind = SCHEMA_STRING,
	    .doc = "What makes the move: a command, or its run." },
	{ .name = NULL }
};
const struct schema ticket_move_schema = { .kind = SCHEMA_OBJECT,
	.title = "TicketMove", .doc = "Where a ticket can go from here.",
	.fields = moves_fields };
const struct op op_ticket_moves = { .name = "ticket.moves",
	.summary = "Say where a ticket can go from where it is.",
	.method = OP_GET, .path = "/v1/tickets/{ticket}/moves",
	.kind = OP_READ, .flags = OP_LIST, .role = ROLE_SIGNED_IN,
	.out = &ticket_move_schema, .cli = "ticket moves TICKET",
	.columns = "to,why,by" };

static const char *const close_outcomes[] = { "done", "workaround", "dropped",
	NULL };
static const struct schema close_fields[] = {
	{ .name = "outcome", .kind = SCHEMA_CHOICE, .choices = close_outcomes,
	    .default_json = "\"done\"",
	    .doc = "How it ended; dropped: it will not be done." },
	{ .name = "quick_fix", .kind = SCHEMA_BOOL, .default_json = "false",
	    .doc = "Patched, not solved: asks for the lasting solution." },
	{ .name = "lasting", .kind = SCHEMA_STRING, BETWEEN(1, 200),
	    .flags = F_LINE,
	    .doc = "Title of the ticket for the lasting solution." },
	{ .name = "no_lasting", .kind = SCHEMA_STRING, BETWEEN(1, 2000),
	    .flags = F_WORDS,
	    .doc = "Why there is no lasting solution to come." },
	{ .name = "note", .kind = SCHEMA_STRING, AT_MOST(2000),
	    .default_json = "\"\"", .doc = "What was done." },
	{ .name = NULL }
};
static const struct schema close_in = { .kind = SCHEMA_OBJECT,
	.title = "TicketClose", .fields = close_fields };
const struct op op_ticket_close = { .name = "ticket.close",
	.summary = "Close a ticket that people work on.", .method = OP_POST,
	.path = "/v1/tickets/{ticket}/close", .kind = OP_WRITE,
	.role = ROLE_SIGNED_IN, .in = &close_in, .out = &ticket_detail_schema,
	.cli = "ticket close TICKET [--outcome OUTCOME] [--quick-fix] "
	       "[--lasting TITLE] [--no-lasting REASON] [--note TEXT]" };

static const struct schema link_fields[] = {
	{ .name = "kind", .kind = SCHEMA_CHOICE, .choices = ticket_link_kinds,
	    .flags = F_REQUIRED, .doc = "What the ticket does to the other." },
	{ .name = "to", .kind = SCHEMA_STRING, AT_MOST(64),
	    .flags = F_REQUIRED, .doc = "The other ticket." },
	{ .name = NULL }
};
static const struct schema link_in = { .kind = SCHEMA_OBJECT,
	.title = "TicketLinkIn", .fields = link_fields };
const struct op op_ticket_link = { .name = "ticket.link",
	.summary = "Link a ticket to another.", .method = OP_POST,
	.path = "/v1/tickets/{ticket}/links", .kind = OP_WRITE,
	.role = ROLE_SIGNED_IN, .in = &link_in, .out = &ticket_detail_schema,
	.cli = "ticket link TICKET --kind KIND --to OTHER" };
const struct op op_ticket_unlink = { .name = "ticket.unlink",
	.summary = "Take a link away.", .method = OP_POST,
	.path = "/v1/tickets/{ticket}/unlink", .kind = OP_WRITE,
	.role = ROLE_SIGNED_IN, .in = &link_in, .out = &ticket_detail_schema,
	.cli = "ticket unlink TICKET --kind KIND --to OTHER" };

static const struct schema merge_fields[] = {
	{ .name = "into", .kind = SCHEMA_STRING, AT_MOST(64),
	    .flags = F_REQUIRED, .doc = "The ticket that stays." },
	{ .name = "note", .kind = SCHEMA_STRING, AT_MOST(2000),
	    .default_json = "\"\"", .doc = "Why." },
	{ .name = NULL }
};
static const struct schema merge_in = { .kind = SCHEMA_OBJECT,
	.title = "TicketMergeIn", .fields = merge_fields };
const struct op op_ticket_merge = { .name = "ticket.merge",
	.summary = "Close a ticket as a duplicate of another one.",
	.doc = "Its watchers and links become the other's too.  Who asked for "
	       "it decides on the other no more.  This cannot be undone.",
	.method = OP_POST, .path = "/v1/tickets/{ticket}/merge",
	.kind = OP_WRITE, .role = ROLE_SIGNED_IN, .in = &merge_in,
	.out = &ticket_detail_schema,
	.cli = "ticket merge TICKET --into OTHER [--note TEXT]" };

const struct op op_ticket_watch = { .name = "ticket.watch",
	.summary = "Hear of what happens to a ticket.", .method = OP_POST,
	.path = "/v1/tickets/{ticket}/watch", .kind = OP_WRITE,
	.role = ROLE_SIGNED_IN, .out = &ticket_detail_schema,
	.cli = "ticket watch TICKET" };
const struct op op_ticket_unwatch = { .name = "ticket.unwatch",
	.summary = "Hear no more of a ticket.", .method = OP_POST,
	.path = "/v1/tickets/{ticket}/unwatch", .kind = OP_WRITE,
	.role = ROLE_SIGNED_IN, .out = &ticket_detail_schema,
	.cli = "ticket unwatch TICKET" };

static const struct schema comment_fields[] = {
	{ .name = "text", .kind = SCHEMA_STRING, BETWEEN(1, 20000),
	    .flags = F_REQUIRED | F_WORDS,
	    .doc = "What you want to say, in Markdown." },
	{ .name = NULL }
};
static const struct schema comment_in = { .kind = SCHEMA_OBJECT,
	.title = "CommentEdit", .fields = comment_fields };
const struct op op_ticket_edit_comment = { .name = "ticket.edit_comment",
	.summary = "Change a comment of yours; what it said before stays.",
	.method = OP_PATCH, .path = "/v1/tickets/{ticket}/comments/{comment}",
	.kind = OP_WRITE, .role = ROLE_SIGNED_IN, .in = &comment_in,
	.out = &ticket_detail_schema,
	.cli = "ticket edit-comment TICKET COMMENT --text TEXT" };
const struct op op_ticket_remove_comment = { .name = "ticket.remove_comment",
	.summary = "Take a comment of yours back.", .method = OP_DELETE,
	.path = "/v1/tickets/{ticket}/comments/{comment}", .kind = OP_WRITE,
	.role = ROLE_SIGNED_IN, .out = &ticket_detail_schema,
	.cli = "ticket remove-comment TICKET COMMENT" };
