/* SPDX-License-Identifier: MIT */
#include "spec/inbox.h"

const char *const inbox_kinds[] = { "access", "approval", "assigned",
	"comment", "done", "expiry", "failed", "manual", "mention", "reminder",
	NULL };

static const struct schema inbox_fields[] = {
	FIELD(struct inbox_item, id, .flags = F_KEY, .doc = "Its number."),
	FIELD(struct inbox_item, person, .doc = "For whom."),
	FIELD_AS(struct inbox_item, kind, SCHEMA_CHOICE,
	    .choices = inbox_kinds, .doc = "What kind of thing it is."),
	FIELD(struct inbox_item, subject,
	    .doc = "The ticket, run or step that it is about."),
	FIELD(struct inbox_item, text, .doc = "One line about it."),
	FIELD(struct inbox_item, count,
	    .doc = "How often it came since it is there."),
	FIELD_AS(struct inbox_item, created_at, SCHEMA_TIME, .doc = "Since."),
	FIELD_AS(struct inbox_item, updated_at, SCHEMA_TIME,
	    .doc = "When it came last."),
	FIELD_AS(struct inbox_item, read_at, SCHEMA_TIME,
	    .doc = "When you read it."),
	FIELD_AS(struct inbox_item, done_at, SCHEMA_TIME,
	    .doc = "When it was over, or you said so."),
	FIELD(struct inbox_item, tell_at, .flags = F_HIDDEN),
	FIELD(struct inbox_item, tries, .flags = F_HIDDEN),
	{ .name = NULL }
};
const struct schema inbox_schema = { .kind = SCHEMA_OBJECT,
	.title = "InboxItem",
	.doc = "Something that waits for you, or that you should know.",
	.fields = inbox_fields };

static const struct schema inbox_query[] = {
	{ .name = "kind", .kind = SCHEMA_CHOICE, .choices = inbox_kinds,
	    .doc = "Only these." },
	{ .name = "all", .kind = SCHEMA_BOOL, .default_json = "false",
	    .doc = "Also what is done." },
	OP_PAGE_FIELDS, { .name = NULL }
};
const struct op op_inbox_list = { .name = "inbox.list",
	.summary = "List what waits for you, the newest first.",
	.method = OP_GET, .path = "/v1/inbox", .kind = OP_READ,
	.flags = OP_LIST, .role = ROLE_SIGNED_IN, .query = inbox_query,
	.out = &inbox_schema,
	.cli = "inbox list [--kind KIND] [--all] [--limit N] [--after KEY]",
	.columns = "id,kind,subject,text,count,updated_at" };

static const struct schema inbox_changed_fields[] = {
	{ .name = "changed", .kind = SCHEMA_INTEGER,
	    .doc = "How many items that changed." },
	{ .name = NULL }
};
static const struct schema inbox_changed = { .kind = SCHEMA_OBJECT,
	.title = "InboxChanged", .fields = inbox_changed_fields };
const struct op op_inbox_done = { .name = "inbox.done",
	.summary = "Put an item of your inbox away, or all of them.",
	.doc = "ITEM is its number, or all. What still waits for you comes "
	       "back when it changes.",
	.method = OP_POST, .path = "/v1/inbox/{item}/done", .kind = OP_WRITE,
	.role = ROLE_SIGNED_IN, .out = &inbox_changed,
	.cli = "inbox done ITEM" };
const struct op op_inbox_read = { .name = "inbox.read",
	.summary = "Mark an item of your inbox as read, or all of them.",
	.doc = "ITEM is its number, or all.", .method = OP_POST,
	.path = "/v1/inbox/{item}/read", .kind = OP_WRITE,
	.role = ROLE_SIGNED_IN, .out = &inbox_changed,
	.cli = "inbox read ITEM" };
