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
	FIELD(struct inbox_item, seq,
	    .doc = "Grows with whatever comes: for `since`."),
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
	{ .name = "since", .kind = SCHEMA_INTEGER, AT_LEAST(0),
	    .doc = "Only what came after this `seq`, the oldest first." },
	OP_PAGE_FIELDS, { .name = NULL }
};
const struct op op_inbox_list = { .name = "inbox.list",
	.summary = "List what waits for you, the newest first.",
	.method = OP_GET, .path = "/v1/inbox", .kind = OP_READ,
	.flags = OP_LIST, .role = ROLE_SIGNED_IN, .query = inbox_query,
	.out = &inbox_schema,
	.cli = "inbox list [--kind KIND] [--all] [--limit N] [--after KEY]",
	.columns = "id,kind,subject,text,count,updated_at" };

static const struct schema follow_query[] = {
	{ .name = "kind", .kind = SCHEMA_CHOICE, .choices = inbox_kinds,
	    .doc = "Only these." },
	{ .name = "all", .kind = SCHEMA_BOOL, .default_json = "false",
	    .doc = "Also what is done." },
	{ .name = "since", .kind = SCHEMA_INTEGER, AT_LEAST(0),
	    .default_json = "0", .doc = "Only what came after this `seq`." },
	{ .name = NULL }
};
const struct op op_inbox_follow = { .name = "inbox.follow",
	.summary = "Follow your inbox live: what is there, then what comes.",
	.doc = "Events: item carries an item of the list as it is by then. "
	       "Last-Event-ID is its `seq`, and goes on where a stream broke.",
	.method = OP_GET, .path = "/v1/inbox/follow", .kind = OP_STREAM,
	.role = ROLE_SIGNED_IN, .query = follow_query,
	.cli = "inbox follow [--kind KIND] [--all] [--since SEQ]" };

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

static const struct schema kind_schema = { .kind = SCHEMA_CHOICE,
	.choices = inbox_kinds };
#define INBOX_LIST(what, text)                                                 \
	{                                                                      \
		.name = what, .kind = SCHEMA_LIST, .of = &kind_schema,         \
		.doc = text                                                    \
	}
static const struct schema preferences_fields[] = {
	INBOX_LIST("now", "Kinds that you are told of at once."),
	INBOX_LIST("digest", "Kinds that wait for the digest."),
	INBOX_LIST("off", "Kinds that you are not told of."),
	{ .name = "quiet", .kind = SCHEMA_STRING,
	    .doc = "When you are not told of anything: 22:00-07:00; or empty." },
	{ .name = "digest_at", .kind = SCHEMA_STRING,
	    .doc = "When the digest comes: 09:00." },
	{ .name = "timezone", .kind = SCHEMA_STRING,
	    .doc = "The zone of these times." },
	{ .name = NULL }
};
static const struct schema preferences_schema = { .kind = SCHEMA_OBJECT,
	.title = "InboxPreferences",
	.doc = "How you are told what is in your inbox.",
	.fields = preferences_fields };
const struct op op_inbox_preferences = { .name = "inbox.preferences",
	.summary = "Show how you are told what is in your inbox.",
	.method = OP_GET, .path = "/v1/inbox-preferences", .kind = OP_READ,
	.role = ROLE_SIGNED_IN, .out = &preferences_schema,
	.cli = "inbox preferences" };

static const struct schema prefer_fields[] = {
	INBOX_LIST("now", "Be told of these kinds at once."),
	INBOX_LIST("digest", "Let these kinds wait for the digest."),
	INBOX_LIST("off", "Do not be told of these kinds."),
	{ .name = "quiet", .kind = SCHEMA_STRING,
	    .pattern = "(|[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9])",
	    .doc = "Be told of nothing meanwhile: 22:00-07:00; or empty." },
	{ .name = "digest_at", .kind = SCHEMA_STRING,
	    .pattern = "[0-2][0-9]:[0-5][0-9]",
	    .doc = "When the digest comes: 09:00." },
	{ .name = "timezone", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "The zone of these times; empty: the team's." },
	{ .name = NULL }
};
static const struct schema prefer_in = { .kind = SCHEMA_OBJECT,
	.title = "InboxPrefer", .fields = prefer_fields };
const struct op op_inbox_prefer = { .name = "inbox.prefer",
	.summary = "Choose how you are told what is in your inbox.",
	.doc = "What is not named stays as it is.", .method = OP_PATCH,
	.path = "/v1/inbox-preferences", .kind = OP_WRITE,
	.role = ROLE_SIGNED_IN, .in = &prefer_in, .out = &preferences_schema,
	.cli = "inbox prefer [--now KIND] [--digest KIND] [--off KIND] "
	       "[--quiet FROM-TO] [--digest-at TIME] [--timezone ZONE]" };
