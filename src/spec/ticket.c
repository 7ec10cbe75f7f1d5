/* SPDX-License-Identifier: MIT */
#include "spec/ticket.h"

#include "spec/jql.h"

static const char *const ticket_states[] = { "open", "waiting_approval",
	"approved", "in_progress", "done", "declined", "cancelled", "failed",
	NULL };
static const char *const ticket_final[] = { "done", "declined", "cancelled",
	NULL };
static const struct machine_move ticket_moves[] = {
	{ "open", "waiting_approval", "a rule asks for an approval" },
	{ "open", "approved", "no rule asks for an approval" },
	{ "open", "cancelled", "withdrawn" },
	{ "waiting_approval", "waiting_approval", "it was edited" },
	{ "waiting_approval", "approved", "everybody asked has approved" },
	{ "waiting_approval", "failed", "what still ran then failed" },
	{ "waiting_approval", "done", "everything was there already" },
	{ "waiting_approval", "declined", "an approver declined" },
	{ "waiting_approval", "cancelled", "withdrawn, or nobody decided" },
	{ "approved", "waiting_approval", "the plan changed" },
	{ "approved", "in_progress", "its run started" },
	{ "approved", "done", "everything was there already" },
	{ "approved", "failed", "its run failed" },
	{ "approved", "cancelled", "withdrawn" },
	{ "in_progress", "done", "its run succeeded" },
	{ "in_progress", "failed", "its run failed" },
	{ "in_progress", "cancelled", "its run was cancelled" },
	{ "in_progress", "waiting_approval", "the plan changed" },
	{ "failed", "in_progress", "its run was retried" },
	{ "failed", "waiting_approval", "it was edited" },
	{ "failed", "approved", "it was edited, and needs no approval" },
	{ "failed", "cancelled", "given up" },
	{ "declined", "waiting_approval", "it was amended" },
	{ "declined", "approved", "it was amended, and needs no approval" },
	{ "cancelled", "in_progress", "its run was retried" },
	/* by hand: see ticket_hand_moves */
	{ "open", "in_progress", "somebody works on it" },
	{ "open", "done", "it is done" },
	{ "in_progress", "open", "nobody works on it any more" },
	{ "done", "open", "it came back" },
	{ "cancelled", "open", "it is wanted after all" },
	{ NULL, NULL, NULL }
};
const struct machine ticket_machine = { "ticket", ticket_states,
	ticket_final, ticket_moves };

static const struct machine_move ticket_hand_moves[] = {
	{ "open", "in_progress", "somebody works on it" },
	{ "open", "done", "it is done" },
	{ "open", "cancelled", "it is not wanted any more" },
	{ "in_progress", "open", "nobody works on it any more" },
	{ "in_progress", "done", "it is done" },
	{ "in_progress", "cancelled", "it is not wanted any more" },
	{ "done", "open", "it came back" },
	{ "cancelled", "open", "it is wanted after all" },
	{ NULL, NULL, NULL }
};
const struct machine ticket_hand_machine = { "ticket", ticket_states,
	ticket_final, ticket_hand_moves };

static const char *const need_states[] = { "open", "met", "declined",
	"expired", "void", NULL };
static const char *const need_final[] = { "declined", "expired", "void",
	NULL };
static const struct machine_move need_moves[] = {
	{ "open", "met", "enough people approved" },
	{ "open", "declined", "an approver declined" },
	{ "open", "expired", "nobody decided in time" },
	{ "open", "void", "the plan changed, or the request is over" },
	{ "met", "void", "the plan changed" },
	{ "met", "expired", "it was not used in time" },
	{ NULL, NULL, NULL }
};
const struct machine need_machine = { "need", need_states, need_final,
	need_moves };

const char *const ticket_priorities[] = { "interruption", "security",
	"customer", "operational", "feature", NULL };
const char *const ticket_kinds[] = { "request", "incident", "operation",
	"feature", "epic", NULL };
const char *const ticket_outcomes[] = { "done", "workaround", "duplicate",
	"dropped", "declined", NULL };
const char *const ticket_link_kinds[] = { "blocks", "duplicates",
	"relates_to", "spun_off_from", "undoes", "is_blocked_by",
	"is_duplicated_by", "spun_off_into", "is_undone_by", NULL };

static const struct schema label_schema = { .kind = SCHEMA_STRING };

static const struct schema ticket_fields[] = {
	FIELD(struct ticket, id, .flags = F_HIDDEN),
	FIELD(struct ticket, key, .flags = F_KEY,
	    .doc = "Project and number, e.g. OPS-12."),
	FIELD(struct ticket, project, .doc = "Its project."),
	FIELD_AS(struct ticket, kind, SCHEMA_CHOICE, .choices = ticket_kinds,
	    .doc = "What kind of ticket."),
	FIELD(struct ticket, title, .doc = "One line."),
	FIELD(struct ticket, description, .doc = "More, in Markdown."),
	FIELD_AS(struct ticket, status, SCHEMA_CHOICE,
	    .choices = ticket_states, .doc = "Where it is in its life."),
	FIELD_AS(struct ticket, priority, SCHEMA_CHOICE,
	    .choices = ticket_priorities, .doc = "How it ranks."),
	FIELD(struct ticket, priority_reason,
	    .doc = "Which rule gave the priority, or who did, and why."),
	FIELD(struct ticket, points,
	    .doc = "How much work; 0 is not estimated."),
	FIELD_AS(struct ticket, labels, SCHEMA_LIST, .of = &label_schema,
	    .doc = "Its labels, sorted."),
	FIELD(struct ticket, assignee,
	    .doc = "Who works on it: a person, TEAM:duty, or empty."),
	FIELD(struct ticket, epic, .doc = "The epic it belongs to, or empty."),
	FIELD_AS(struct ticket, due_at, SCHEMA_TIME, .doc = "Wanted by."),
	FIELD(struct ticket, requester, .doc = "Who asked."),
	FIELD(struct ticket, last_editor, .doc = "Who edited it last."),
	FIELD(struct ticket, request, .doc = "Request type, or empty."),
	FIELD(struct ticket, task, .doc = "The task that does it."),
	FIELD(struct ticket, team, .doc = "Owner of the task."),
	FIELD(struct ticket, environment, .doc = "Where."),
	FIELD_AS(struct ticket, params, SCHEMA_JSON,
	    .doc = "What was asked for; secret values are masked."),
	FIELD(struct ticket, plan_hash, .doc = "What an approval is over."),
	FIELD(struct ticket, run_id, .flags = F_HIDDEN),
	FIELD(struct ticket, scope_id, .flags = F_HIDDEN),
	FIELD(struct ticket, outcome,
	    .doc = "How it ended: done, workaround, duplicate, dropped, "
		   "declined; empty before."),
	FIELD(struct ticket, quick_fix,
	    .doc = "Patched, with the lasting solution still to come."),
	FIELD(struct ticket, merged_into,
	    .doc = "A duplicate: the ticket it was merged into."),
	FIELD(struct ticket, resolution, .doc = "How it ended, in words."),
	FIELD_AS(struct ticket, created_at, SCHEMA_TIME, .doc = "Asked."),
	FIELD_AS(struct ticket, updated_at, SCHEMA_TIME,
	    .doc = "Last change."),
	FIELD_AS(struct ticket, closed_at, SCHEMA_TIME, .doc = "Closed."),
	{ .name = NULL }
};
const struct schema ticket_schema = { .kind = SCHEMA_OBJECT,
	.title = "Ticket", .doc = "One thing somebody asked for.",
	.fields = ticket_fields };

static const struct schema entry_before_fields[] = {
	{ .name = "at", .kind = SCHEMA_TIME, .doc = "Until when it said so." },
	{ .name = "body", .kind = SCHEMA_STRING, .doc = "What it said." },
	{ .name = NULL }
};
static const struct schema entry_before_schema = { .kind = SCHEMA_OBJECT,
	.title = "CommentBefore", .doc = "What a comment said before.",
	.fields = entry_before_fields };

static const struct schema ticket_entry_fields[] = {
	FIELD(struct ticket_entry, id, .doc = "Number."),
	FIELD(struct ticket_entry, ticket_id, .flags = F_HIDDEN),
	FIELD_AS(struct ticket_entry, at, SCHEMA_TIME, .doc = "When."),
	FIELD(struct ticket_entry, actor, .doc = "Who."),
	FIELD(struct ticket_entry, kind,
	    .doc = "comment, status, edit, vote or result."),
	FIELD(struct ticket_entry, body, .doc = "What, in words."),
	FIELD_AS(struct ticket_entry, detail, SCHEMA_JSON,
	    .doc = "The same for programs."),
	FIELD_AS(struct ticket_entry, edited_at, SCHEMA_TIME,
	    .doc = "A comment: when its author changed it."),
	FIELD_AS(struct ticket_entry, removed_at, SCHEMA_TIME,
	    .doc = "A comment: when its author took it back."),
	{ .name = "before", .kind = SCHEMA_LIST, .of = &entry_before_schema,
	    .flags = F_ABSENT, .doc = "A comment: what it said before." },
	{ .name = "body_html", .kind = SCHEMA_STRING,
	    .flags = F_ABSENT | F_NULLABLE,
	    .doc = "A comment as safe HTML; null unless asked for." },
	{ .name = NULL }
};
const struct schema ticket_entry_schema = { .kind = SCHEMA_OBJECT,
	.title = "TicketEntry", .doc = "A comment, or what happened.",
	.fields = ticket_entry_fields };

static const struct schema ticket_link_end_fields[] = {
	FIELD(struct ticket_link_end, says,
	    .doc = "What this ticket does to the other: 'is blocked by'."),
	FIELD(struct ticket_link_end, key, .flags = F_KEY,
	    .doc = "The other ticket."),
	FIELD(struct ticket_link_end, title, .doc = "Its title."),
	FIELD(struct ticket_link_end, status, .doc = "Its status."),
	FIELD(struct ticket_link_end, created_by, .doc = "Who linked."),
	FIELD_AS(struct ticket_link_end, created_at, SCHEMA_TIME,
	    .doc = "When."),
	{ .name = NULL }
};
const struct schema ticket_link_end_schema = { .kind = SCHEMA_OBJECT,
	.title = "TicketLink", .doc = "A link, as one of its ends sees it.",
	.fields = ticket_link_end_fields };

static const struct schema ticket_watcher_fields[] = {
	FIELD(struct ticket_watcher, ticket_id, .flags = F_HIDDEN),
	FIELD(struct ticket_watcher, person, .doc = "Who."),
	FIELD(struct ticket_watcher, why, .doc = "Why they watch."),
	FIELD(struct ticket_watcher, off, .flags = F_HIDDEN),
	FIELD_AS(struct ticket_watcher, since_at, SCHEMA_TIME,
	    .doc = "Since when."),
	{ .name = NULL }
};
const struct schema ticket_watcher_schema = { .kind = SCHEMA_OBJECT,
	.title = "TicketWatcher", .doc = "Who hears of what happens to it.",
	.fields = ticket_watcher_fields };

static const struct schema vote_fields[] = {
	FIELD(struct vote, id, .flags = F_HIDDEN),
	FIELD(struct vote, need_id, .flags = F_HIDDEN),
	FIELD(struct vote, plan_hash, .doc = "The plan that was seen."),
	FIELD(struct vote, person, .doc = "Who."),
	FIELD(struct vote, decision, .doc = "approve or decline."),
	FIELD(struct vote, note, .doc = "Why."),
	FIELD(struct vote, via, .doc = "By which face."),
	FIELD_AS(struct vote, at, SCHEMA_TIME, .doc = "When."),
	FIELD(struct vote, for_person,
	    .doc = "Whom a delegate decided for, or empty."),
	{ .name = NULL }
};
const struct schema vote_schema = { .kind = SCHEMA_OBJECT, .title = "Vote",
	.doc = "One person's decision.", .fields = vote_fields };

static const struct schema text_schema = { .kind = SCHEMA_STRING };

static const struct schema stand_in_fields[] = {
	{ .name = "person", .kind = SCHEMA_STRING, .doc = "Who decides." },
	{ .name = "stands_in_for", .kind = SCHEMA_STRING,
	    .doc = "For whom, who is away." },
	{ .name = "until_at", .kind = SCHEMA_TIME, .doc = "Until when." },
	{ .name = NULL }
};
static const struct schema stand_in_schema = { .kind = SCHEMA_OBJECT,
	.title = "StandIn", .doc = "Who decides for somebody who is away.",
	.fields = stand_in_fields };

static const struct schema again_fields[] = {
	{ .name = "same", .kind = SCHEMA_STRING, .doc = "What it is about." },
	{ .name = "count", .kind = SCHEMA_INTEGER, .doc = "How often." },
	{ .name = "last_at", .kind = SCHEMA_TIME, .doc = "When last." },
	{ .name = NULL }
};

static const struct schema need_fields[] = {
	FIELD(struct need, id, .doc = "Number."),
	FIELD(struct need, ticket_id, .flags = F_HIDDEN),
	FIELD(struct need, run_id, .flags = F_HIDDEN),
	FIELD(struct need, step_id,
	    .doc = "The step it lets run; 0: the whole plan."),
	FIELD(struct need, task, .doc = "Task of the step, or empty."),
	FIELD(struct need, preview_hash,
	    .doc = "What the step's preview said, by hash, or empty."),
	FIELD(struct need, plan_hash, .doc = "What it is over."),
	FIELD(struct need, source, .doc = "Which rule asks for it."),
	FIELD(struct need, rule, .doc = "What is wanted, in words."),
	FIELD(struct need, approvers, .doc = "Team or person."),
	FIELD(struct need, wanted,
	    .doc = "How many, as of the request; 0 means all."),
	FIELD(struct need, percent,
	    .doc = "How much of those who may decide, or 0."),
	FIELD_AS(struct need, eligible, SCHEMA_JSON,
	    .doc = "Whom it was asked of."),
	FIELD_AS(struct need, status, SCHEMA_CHOICE, .choices = need_states,
	    .doc = "Where it is in its life."),
	FIELD_AS(struct need, expires_at, SCHEMA_TIME, .doc = "Until when."),
	FIELD_AS(struct need, asked_at, SCHEMA_TIME, .doc = "Since when."),
	FIELD_AS(struct need, ended_at, SCHEMA_TIME,
	    .doc = "When it was met, or stopped to count."),
	FIELD(struct need, reason,
	    .doc = "Why it was met, or does not count."),
	FIELD(struct need, valid_ms, .flags = F_HIDDEN),
	FIELD_AS(struct need, valid_until, SCHEMA_TIME,
	    .doc = "Met: the work must begin before this."),
	FIELD_AS(struct need, remind_at, SCHEMA_TIME,
	    .doc = "When those who may decide are reminded."),
	FIELD(struct need, when_expired,
	    .doc = "When nobody decides: cancel, decline, or who is asked "
		   "then."),
	FIELD(struct need, instead_of,
	    .doc = "Who did not decide in time, so that this was asked."),
	{ .name = "may_decide", .kind = SCHEMA_LIST, .of = &text_schema,
	    .flags = F_ABSENT,
	    .doc = "Open: those of `eligible` who are not kept out." },
	{ .name = "stand_ins", .kind = SCHEMA_LIST, .of = &stand_in_schema,
	    .flags = F_ABSENT, .doc = "Who decides for those away." },
	{ .name = "votes", .kind = SCHEMA_LIST, .of = &vote_schema,
	    .flags = F_ABSENT, .doc = "Decisions so far." },
	{ .name = "params", .kind = SCHEMA_JSON, .flags = F_ABSENT,
	    .doc = "Parameters of the step; secret ones are masked." },
	{ .name = "preview", .kind = SCHEMA_STRING,
	    .flags = F_ABSENT | F_NULLABLE,
	    .doc = "What the step would do, as its preview says." },
	{ .name = NULL }
};
const struct schema need_schema = { .kind = SCHEMA_OBJECT, .title = "Need",
	.doc = "An approval that a rule asks for.", .fields = need_fields };

static const struct schema ticket_detail_fields[] = {
	{ .name = "ticket", .kind = SCHEMA_OBJECT, .title = "Ticket",
	    .fields = ticket_fields, .doc = "The ticket itself." },
	{ .name = "run", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "Its run." },
	{ .name = "needs", .kind = SCHEMA_LIST, .of = &need_schema,
	    .doc = "Approvals that are wanted, and the votes." },
	{ .name = "history", .kind = SCHEMA_LIST, .of = &ticket_entry_schema,
	    .doc = "What happened, the oldest first." },
	{ .name = "description_html", .kind = SCHEMA_STRING,
	    .flags = F_NULLABLE,
	    .doc = "The description as safe HTML; null unless asked for." },
	{ .name = "links", .kind = SCHEMA_LIST, .of = &ticket_link_end_schema,
	    .doc = "Other tickets that it has to do with." },
	{ .name = "watchers", .kind = SCHEMA_LIST,
	    .of = &ticket_watcher_schema,
	    .doc = "Who hears of what happens to it." },
	{ .name = "again", .kind = SCHEMA_OBJECT, .flags = F_NULLABLE,
	    .title = "TicketAgain", .fields = again_fields,
	    .doc = "How often the same was reported, or null." },
	{ .name = "on_duty", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "Assigned to a team's duty: who has that now." },
	{ .name = "cost", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "What it costs, by its plan." },
	{ .name = "outputs", .kind = SCHEMA_JSON,
	    .doc = "What came out; secret ones are masked." },
	{ .name = "warnings", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "What will stand in its way." },
	{ .name = NULL }
};
const struct schema ticket_detail_schema = { .kind = SCHEMA_OBJECT,
	.title = "TicketDetail", .doc = "A ticket with all that belongs to it.",
	.fields = ticket_detail_fields };

static const struct schema ticket_get_query[] = {
	{ .name = "html", .kind = SCHEMA_BOOL, .default_json = "false",
	    .doc = "Comments and description as safe HTML too." },
	{ .name = NULL }
};

static const struct schema ticket_list_query[] = { OP_PAGE_FIELDS,
	{ .name = "status", .kind = SCHEMA_CHOICE, .choices = ticket_states,
	    .doc = "Only tickets in this status." },
	{ .name = "requester", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Only tickets of this person." },
	{ .name = "waiting_for", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Only tickets that wait for this person's decision." },
	{ .name = "kind", .kind = SCHEMA_CHOICE, .choices = ticket_kinds,
	    .doc = "Only tickets of this kind." },
	{ .name = "project", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Only tickets of this project." },
	{ .name = "priority", .kind = SCHEMA_CHOICE,
	    .choices = ticket_priorities,
	    .doc = "Only tickets of this priority." },
	{ .name = "label", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Only tickets with this label." },
	{ .name = "assignee", .kind = SCHEMA_STRING, AT_MOST(128),
	    .doc = "Only tickets of this person or TEAM:duty." },
	{ .name = "epic", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Only tickets of this epic." },
	{ .name = "watcher", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Only tickets that this person watches." },
	{ .name = "query", .kind = SCHEMA_STRING, AT_MOST(JQL_BYTES),
	    .doc = "Only tickets that this query finds, in its order." },
	{ .name = "filter", .kind = SCHEMA_STRING, AT_MOST(128),
	    .doc = "Only tickets that this saved filter finds." },
	{ .name = NULL } };
const struct op op_ticket_list = { .name = "ticket.list",
	.summary = "List tickets, the newest first.", .method = OP_GET,
	.path = "/v1/tickets", .kind = OP_READ, .flags = OP_LIST,
	.role = ROLE_SIGNED_IN, .query = ticket_list_query,
	.out = &ticket_schema,
	.cli = "ticket list [--status STATUS] [--requester PERSON] "
	       "[--waiting-for PERSON] [--kind KIND] [--project PROJECT] "
	       "[--priority PRIORITY] [--label LABEL] [--assignee WHO] "
	       "[--epic EPIC] [--watcher PERSON] [--query QUERY] "
	       "[--filter FILTER] [--limit N] [--after KEY]",
	.columns = "key,status,priority,requester,environment,title" };

const struct op op_ticket_get = { .name = "ticket.get",
	.summary = "Show a ticket: what, who decides, what happened.",
	.method = OP_GET, .path = "/v1/tickets/{ticket}", .kind = OP_READ,
	.role = ROLE_SIGNED_IN, .query = ticket_get_query,
	.out = &ticket_detail_schema, .cli = "ticket show TICKET" };

static const struct schema vote_in_fields[] = {
	{ .name = "plan_hash", .kind = SCHEMA_STRING, AT_MOST(64),
	    .flags = F_REQUIRED,
	    .doc = "The plan you saw; an approval is over exactly that." },
	{ .name = "note", .kind = SCHEMA_STRING, AT_MOST(2000),
	    .default_json = "\"\"", .doc = "Why." },
	{ .name = NULL }
};
static const struct schema vote_in = { .kind = SCHEMA_OBJECT,
	.title = "VoteIn", .fields = vote_in_fields };
const struct op op_ticket_approve = { .name = "ticket.approve",
	.summary = "Approve exactly the plan you saw.", .method = OP_POST,
	.path = "/v1/tickets/{ticket}/approve", .kind = OP_WRITE,
	.flags = OP_WHEN_FULL,
	.role = ROLE_SIGNED_IN, .in = &vote_in, .out = &ticket_detail_schema,
	.cli = "ticket approve TICKET [--plan-hash HASH] [--note TEXT]" };
const struct op op_ticket_decline = { .name = "ticket.decline",
	.summary = "Decline a request.", .method = OP_POST,
	.path = "/v1/tickets/{ticket}/decline", .kind = OP_WRITE,
	.flags = OP_WHEN_FULL,
	.role = ROLE_SIGNED_IN, .in = &vote_in, .out = &ticket_detail_schema,
	.cli = "ticket decline TICKET [--plan-hash HASH] [--note TEXT]" };

static const struct schema comment_fields[] = {
	{ .name = "text", .kind = SCHEMA_STRING, BETWEEN(1, 20000),
	    .flags = F_REQUIRED | F_WORDS, .doc = "What you want to say." },
	{ .name = NULL }
};
static const struct schema comment_in = { .kind = SCHEMA_OBJECT,
	.title = "CommentIn", .fields = comment_fields };
const struct op op_ticket_comment = { .name = "ticket.comment",
	.summary = "Comment without deciding.", .method = OP_POST,
	.path = "/v1/tickets/{ticket}/comments", .kind = OP_WRITE,
	.role = ROLE_SIGNED_IN, .in = &comment_in,
	.out = &ticket_detail_schema,
	.cli = "ticket comment TICKET --text TEXT" };

static const struct schema withdraw_fields[] = {
	{ .name = "note", .kind = SCHEMA_STRING, AT_MOST(2000),
	    .default_json = "\"\"", .doc = "Why." },
	{ .name = NULL }
};
static const struct schema withdraw_in = { .kind = SCHEMA_OBJECT,
	.title = "WithdrawIn", .fields = withdraw_fields };
const struct op op_ticket_withdraw = { .name = "ticket.withdraw",
	.summary = "Withdraw a request that you made.", .method = OP_POST,
	.path = "/v1/tickets/{ticket}/withdraw", .kind = OP_WRITE,
	.flags = OP_WHEN_FULL,
	.role = ROLE_SIGNED_IN, .in = &withdraw_in,
	.out = &ticket_detail_schema,
	.cli = "ticket withdraw TICKET [--note TEXT]" };
