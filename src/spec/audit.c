/* SPDX-License-Identifier: MIT */
#include "spec/audit.h"

static const struct schema audit_fields[] = {
	FIELD(struct audit_row, seq, .flags = F_KEY, .doc = "Position."),
	FIELD_AS(struct audit_row, at, SCHEMA_TIME, .doc = "When."),
	FIELD(struct audit_row, actor, .doc = "Who."),
	FIELD(struct audit_row, via, .doc = "By which face; what "
	    "is neither engine nor local is what the client calls itself."),
	FIELD(struct audit_row, address, .doc = "From where."),
	FIELD(struct audit_row, action, .doc = "What."),
	FIELD(struct audit_row, object, .doc = "On what."),
	FIELD(struct audit_row, decision, .doc = "done, allowed or denied."),
	FIELD(struct audit_row, reason, .doc = "The rule, or why."),
	FIELD_AS(struct audit_row, detail, SCHEMA_JSON, .doc = "More."),
	FIELD(struct audit_row, request_id, .doc = "Of the request."),
	FIELD(struct audit_row, prev, .doc = "Hash of the line before."),
	FIELD(struct audit_row, hash, .doc = "Hash of this line."),
	{ .name = NULL }
};
const struct schema audit_schema = { .kind = SCHEMA_OBJECT,
	.title = "AuditEvent", .doc = "One line of the audit chain.",
	.fields = audit_fields };

static const char *const results[] = { "done", "allowed", "denied", NULL };

static const struct schema audit_list_query[] = {
	{ .name = "limit", .kind = SCHEMA_INTEGER, BETWEEN(1, 500),
	    .default_json = "50", .doc = "Rows at most." },
	{ .name = "after", .kind = SCHEMA_STRING, AT_MOST(20),
	    .doc = "Only events older than this number." },
	{ .name = "since", .kind = SCHEMA_INTEGER, AT_LEAST(0),
	    .doc = "Only events newer than this number, the oldest first." },
	{ .name = "who", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Only what this person did." },
	{ .name = "action", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Only this action; `ticket.*`: all that begin so." },
	{ .name = "object", .kind = SCHEMA_STRING, AT_MOST(200),
	    .doc = "Only events on this." },
	{ .name = "result", .kind = SCHEMA_CHOICE, .choices = results,
	    .doc = "Only what was done, allowed or denied." },
	{ .name = "via", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Only by this face: cli, api, engine." },
	{ .name = "from", .kind = SCHEMA_STRING, AT_MOST(40),
	    .doc = "Not before: 2026-11-01, RFC 3339, or 7d ago." },
	{ .name = "to", .kind = SCHEMA_STRING, AT_MOST(40),
	    .doc = "Not after: a date is meant with all of its day." },
	{ .name = NULL }
};
const struct op op_audit_list = { .name = "audit.list",
	.summary = "List the audit chain, the newest first.",
	.method = OP_GET, .path = "/v1/audit", .kind = OP_READ,
	.flags = OP_LIST, .role = ROLE_ADMIN, .query = audit_list_query,
	.out = &audit_schema,
	.cli = "audit list [--who PERSON] [--action ACTION] [--object OBJECT] "
	       "[--result RESULT] [--via FACE] [--from TIME] [--to TIME] "
	       "[--since SEQ] [--limit N] [--after SEQ]",
	.columns = "seq,at,actor,via,action,object,decision,reason" };

static const struct schema audit_follow_query[] = {
	{ .name = "since", .kind = SCHEMA_INTEGER, AT_LEAST(0),
	    .doc = "After this number; without it from now on." },
	{ .name = "who", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Only what this person does." },
	{ .name = "action", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Only this action; `ticket.*`: all that begin so." },
	{ .name = "object", .kind = SCHEMA_STRING, AT_MOST(200),
	    .doc = "Only events on this." },
	{ .name = "result", .kind = SCHEMA_CHOICE, .choices = results,
	    .doc = "Only what is done, allowed or denied." },
	{ .name = "via", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Only by this face: cli, api, engine." },
	{ .name = NULL }
};
const struct op op_audit_follow = { .name = "audit.follow",
	.summary = "Follow the audit chain live.",
	.doc = "Events: event carries one of the list. Last-Event-ID is its "
	       "`seq`, and goes on where a stream broke.",
	.method = OP_GET, .path = "/v1/audit/follow", .kind = OP_STREAM,
	.role = ROLE_ADMIN, .query = audit_follow_query,
	.cli = "audit follow [--since SEQ] [--who PERSON] [--action ACTION] "
	       "[--object OBJECT] [--result RESULT] [--via FACE]" };

static const struct schema audit_export_query[] = {
	{ .name = "first", .kind = SCHEMA_INTEGER, AT_LEAST(1),
	    .default_json = "1", .doc = "Number of the first event." },
	{ .name = "last", .kind = SCHEMA_INTEGER, AT_LEAST(1),
	    .doc = "Number of the last; without it all that there are." },
	{ .name = "segment", .kind = SCHEMA_INTEGER, AT_LEAST(1),
	    .doc = "The events of this segment: the file has its sha256." },
	{ .name = NULL }
};
const struct op op_audit_export = { .name = "audit.export",
	.summary = "Write the audit chain as JSON lines.",
	.doc = "In order, one event a line, with all that its hash is made "
	       "of: script/audit-verify checks it without slipway.",
	.method = OP_GET, .path = "/v1/audit/export", .kind = OP_RAW,
	.role = ROLE_ADMIN, .query = audit_export_query,
	.cli = "audit export [--first SEQ] [--last SEQ] [--segment NO]" };

static const struct schema anchor_fields[] = {
	{ .name = "place", .kind = SCHEMA_STRING, .doc = "Where." },
	{ .name = "event", .kind = SCHEMA_INTEGER,
	    .doc = "Number of the last event that it was told; 0: none since "
		   "the start." },
	{ .name = "at", .kind = SCHEMA_TIME, .flags = F_NULLABLE,
	    .doc = "And when." },
	{ .name = "problem", .kind = SCHEMA_STRING,
	    .doc = "Why it could not be told, or empty." },
	{ .name = NULL }
};
static const struct schema anchor_schema = { .kind = SCHEMA_OBJECT,
	.title = "AuditAnchor", .fields = anchor_fields };
static const struct schema audit_verified_fields[] = {
	{ .name = "events", .kind = SCHEMA_INTEGER, .doc = "How many." },
	{ .name = "head", .kind = SCHEMA_STRING,
	    .doc = "Hash of the last one." },
	{ .name = "anchors", .kind = SCHEMA_LIST, .of = &anchor_schema,
	    .doc = "Where its head is told to: all that can be read were "
		   "compared with it." },
	{ .name = NULL }
};
static const struct schema audit_verified_schema = { .kind = SCHEMA_OBJECT,
	.title = "AuditVerified", .fields = audit_verified_fields };
static const struct schema audit_verify_query[] = {
	{ .name = "full", .kind = SCHEMA_BOOL, .default_json = "false",
	    .doc = "Read every event, those of sealed segments too." },
	{ .name = NULL }
};
const struct op op_audit_verify = { .name = "audit.verify",
	.summary = "Check the audit chain: its checkpoints, what came after "
		   "them, its anchors.",
	.method = OP_GET, .path = "/v1/audit/verify", .kind = OP_READ,
	.role = ROLE_ADMIN, .query = audit_verify_query,
	.out = &audit_verified_schema, .cli = "audit verify [--full]" };

static const struct schema segment_fields[] = {
	{ .name = "segment", .kind = SCHEMA_INTEGER, .flags = F_KEY,
	    .doc = "Its number." },
	{ .name = "first", .kind = SCHEMA_INTEGER,
	    .doc = "Number of its first event." },
	{ .name = "last", .kind = SCHEMA_INTEGER, .doc = "And of its last." },
	{ .name = "from", .kind = SCHEMA_TIME, .doc = "When the first was." },
	{ .name = "to", .kind = SCHEMA_TIME, .doc = "And the last." },
	{ .name = "bytes", .kind = SCHEMA_INTEGER,
	    .doc = "Of `audit export --segment`." },
	{ .name = "sha256", .kind = SCHEMA_STRING, .doc = "Of that file." },
	{ .name = "hash", .kind = SCHEMA_STRING, .doc = "Of its last event." },
	{ .name = "prev", .kind = SCHEMA_STRING,
	    .doc = "Seal of the segment before." },
	{ .name = "seal", .kind = SCHEMA_STRING,
	    .doc = "HMAC of all of this under the server's key." },
	{ .name = "sealed_at", .kind = SCHEMA_TIME, .doc = "When." },
	{ .name = NULL }
};
static const struct schema segment_schema = { .kind = SCHEMA_OBJECT,
	.title = "AuditSegment",
	.doc = "A part of the audit chain that is closed and signed.",
	.fields = segment_fields };
static const struct schema segment_query[] = { OP_PAGE_FIELDS,
	{ .name = NULL } };
const struct op op_audit_segments = { .name = "audit.segments",
	.summary = "List the sealed segments of the audit chain, the newest "
		   "first.",
	.method = OP_GET, .path = "/v1/audit/segments", .kind = OP_READ,
	.flags = OP_LIST, .role = ROLE_ADMIN, .query = segment_query,
	.out = &segment_schema,
	.cli = "audit segments [--limit N] [--after KEY]",
	.columns = "segment,first,last,from,to,bytes,sha256" };
const struct op op_audit_seal = { .name = "audit.seal",
	.summary = "Seal what is not sealed yet: the next 10,000 events at "
		   "most.",
	.doc = "The server does it by itself every 10,000 events; by hand for a "
	       "file that ends where a quarter does.",
	.method = OP_POST, .path = "/v1/audit/segments", .kind = OP_WRITE,
	.role = ROLE_ADMIN, .out = &segment_schema, .cli = "audit seal" };
