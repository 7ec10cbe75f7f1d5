/* SPDX-License-Identifier: MIT */
/* ticket.approvals: what each approval of a ticket covered. */
#include "spec/ticket.h"

static const struct schema vote_fields[] = {
	{ .name = "person", .kind = SCHEMA_STRING, .doc = "Who." },
	{ .name = "for_person", .kind = SCHEMA_STRING,
	    .doc = "Whom a delegate decided for, or empty." },
	{ .name = "decision", .kind = SCHEMA_STRING,
	    .doc = "approve or decline." },
	{ .name = "note", .kind = SCHEMA_STRING, .doc = "Why." },
	{ .name = "via", .kind = SCHEMA_STRING, .doc = "By which face." },
	{ .name = "at", .kind = SCHEMA_TIME, .doc = "When." },
	{ .name = "counts", .kind = SCHEMA_BOOL,
	    .doc = "Whether it counts as of now." },
	{ .name = "why_not", .kind = SCHEMA_STRING,
	    .doc = "Why it does not, or empty." },
	{ .name = NULL }
};
static const struct schema vote_schema_now = { .kind = SCHEMA_OBJECT,
	.title = "VoteNow", .doc = "A decision, and whether it counts.",
	.fields = vote_fields };

static const struct schema approval_fields[] = {
	{ .name = "id", .kind = SCHEMA_INTEGER, .doc = "Number." },
	{ .name = "status", .kind = SCHEMA_STRING,
	    .doc = "open, met, declined, expired or void." },
	{ .name = "reason", .kind = SCHEMA_STRING,
	    .doc = "Why it has that status." },
	{ .name = "rule", .kind = SCHEMA_STRING,
	    .doc = "What is wanted, in words." },
	{ .name = "source", .kind = SCHEMA_STRING,
	    .doc = "Which rule asks for it." },
	{ .name = "covers", .kind = SCHEMA_STRING,
	    .doc = "The plan, or which step." },
	{ .name = "plan_hash", .kind = SCHEMA_STRING,
	    .doc = "What it is over." },
	{ .name = "before", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "What the approval before it was over, to compare." },
	{ .name = "wanted", .kind = SCHEMA_INTEGER,
	    .doc = "How many are wanted, as of now." },
	{ .name = "given", .kind = SCHEMA_INTEGER,
	    .doc = "How many count, as of now." },
	{ .name = "asked_at", .kind = SCHEMA_TIME, .doc = "Since when." },
	{ .name = "ended_at", .kind = SCHEMA_TIME, .flags = F_NULLABLE,
	    .doc = "When it was met, or stopped to count." },
	{ .name = "expires_at", .kind = SCHEMA_TIME, .doc = "Until when." },
	{ .name = "votes", .kind = SCHEMA_LIST, .of = &vote_schema_now,
	    .doc = "Decisions, in order." },
	{ .name = NULL }
};
static const struct schema approval_schema = { .kind = SCHEMA_OBJECT,
	.title = "Approval", .doc = "One approval that was asked for.",
	.fields = approval_fields };

static const struct schema approvals_fields[] = {
	{ .name = "ticket", .kind = SCHEMA_STRING, .doc = "The ticket." },
	{ .name = "plan_hash", .kind = SCHEMA_STRING,
	    .doc = "What it asks for now." },
	{ .name = "approvals", .kind = SCHEMA_LIST, .of = &approval_schema,
	    .doc = "The oldest first." },
	{ .name = NULL }
};
const struct schema ticket_approvals_schema = { .kind = SCHEMA_OBJECT,
	.title = "TicketApprovals",
	.doc = "Every approval of a ticket, and what it covered.",
	.fields = approvals_fields };
const struct op op_ticket_approvals = { .name = "ticket.approvals",
	.summary = "Show what each approval of a ticket covered, and whether "
		   "it counts.",
	.method = OP_GET, .path = "/v1/tickets/{ticket}/approvals",
	.kind = OP_READ, .role = ROLE_SIGNED_IN,
	.out = &ticket_approvals_schema, .cli = "ticket approvals TICKET" };
