/* SPDX-License-Identifier: MIT */
#include "spec/evidence.h"

static const struct schema query_fields[] = {
	{ .name = "from", .kind = SCHEMA_STRING, AT_MOST(40),
	    .default_json = "\"30d\"",
	    .doc = "What began from then on: 2026-11-01, RFC 3339, or 7d "
		   "ago." },
	{ .name = "to", .kind = SCHEMA_STRING, AT_MOST(40),
	    .doc = "And up to then: a date is meant with all of its day." },
	{ .name = "project", .kind = SCHEMA_STRING, AT_MOST(32),
	    .doc = "Of this project only: its tickets, and what its team ran "
		   "without one." },
	{ .name = NULL }
};

static const struct schema decision_fields[] = {
	{ .name = "person", .kind = SCHEMA_STRING, .doc = "Who." },
	{ .name = "decision", .kind = SCHEMA_STRING,
	    .doc = "approve or decline." },
	{ .name = "hash", .kind = SCHEMA_STRING,
	    .doc = "Of what that person saw." },
	{ .name = "at", .kind = SCHEMA_TIME, .doc = "When." },
	{ .name = "via", .kind = SCHEMA_STRING, .doc = "By which face." },
	{ .name = "note", .kind = SCHEMA_STRING, .doc = "In their words." },
	{ .name = NULL }
};
static const struct schema decision_schema = { .kind = SCHEMA_OBJECT,
	.title = "EvidenceDecision", .fields = decision_fields };

static const struct schema approval_fields[] = {
	{ .name = "over", .kind = SCHEMA_STRING,
	    .doc = "`plan`, or `step N`." },
	{ .name = "hash", .kind = SCHEMA_STRING,
	    .doc = "Of what was to be approved." },
	{ .name = "rule", .kind = SCHEMA_STRING, .doc = "What it asked for." },
	{ .name = "source", .kind = SCHEMA_STRING,
	    .doc = "Where the rule stands." },
	{ .name = "status", .kind = SCHEMA_STRING,
	    .doc = "met, open, void, expired or declined." },
	{ .name = "decisions", .kind = SCHEMA_LIST, .of = &decision_schema,
	    .doc = "Who decided." },
	{ .name = NULL }
};
static const struct schema approval_schema = { .kind = SCHEMA_OBJECT,
	.title = "EvidenceApproval", .fields = approval_fields };

static const struct schema artifact_fields[] = {
	{ .name = "name", .kind = SCHEMA_STRING, .doc = "As the task says." },
	{ .name = "sha256", .kind = SCHEMA_STRING, .doc = "Of its bytes." },
	{ .name = "size", .kind = SCHEMA_INTEGER, .doc = "Bytes." },
	{ .name = NULL }
};
static const struct schema artifact_schema = { .kind = SCHEMA_OBJECT,
	.title = "EvidenceArtifact", .fields = artifact_fields };

static const struct schema step_fields[] = {
	{ .name = "step", .kind = SCHEMA_INTEGER, .doc = "Its number." },
	{ .name = "task", .kind = SCHEMA_STRING, .doc = "What ran." },
	{ .name = "definition", .kind = SCHEMA_STRING,
	    .doc = "Hash of the definition that ran." },
	{ .name = "status", .kind = SCHEMA_STRING, .doc = "How it ended." },
	{ .name = "reason", .kind = SCHEMA_STRING, .doc = "Why so." },
	{ .name = "attempts", .kind = SCHEMA_INTEGER,
	    .doc = "Checks and commands, all of them." },
	{ .name = "started_at", .kind = SCHEMA_TIME, .flags = F_NULLABLE,
	    .doc = "When it began." },
	{ .name = "ended_at", .kind = SCHEMA_TIME, .flags = F_NULLABLE,
	    .doc = "And ended." },
	{ .name = "artifacts", .kind = SCHEMA_LIST, .of = &artifact_schema,
	    .doc = "Files that it left behind." },
	{ .name = NULL }
};
static const struct schema step_schema = { .kind = SCHEMA_OBJECT,
	.title = "EvidenceStep", .fields = step_fields };

static const struct schema change_fields[] = {
	{ .name = "run", .kind = SCHEMA_STRING, .doc = "Key of the run." },
	{ .name = "ticket", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "Its ticket." },
	{ .name = "title", .kind = SCHEMA_STRING, .doc = "Of the ticket." },
	{ .name = "project", .kind = SCHEMA_STRING, .doc = "Of the ticket." },
	{ .name = "task", .kind = SCHEMA_STRING, .doc = "What was asked for." },
	{ .name = "team", .kind = SCHEMA_STRING, .doc = "Whose task it is." },
	{ .name = "environment", .kind = SCHEMA_STRING, .doc = "Where." },
	{ .name = "params", .kind = SCHEMA_JSON,
	    .doc = "With what; secret values as ***." },
	{ .name = "requester", .kind = SCHEMA_STRING, .doc = "Who asked." },
	{ .name = "via", .kind = SCHEMA_STRING, .doc = "By which face." },
	{ .name = "asked_at", .kind = SCHEMA_TIME, .doc = "When." },
	{ .name = "started_at", .kind = SCHEMA_TIME, .doc = "Began." },
	{ .name = "ended_at", .kind = SCHEMA_TIME, .flags = F_NULLABLE,
	    .doc = "Ended." },
	{ .name = "status", .kind = SCHEMA_STRING, .doc = "The result." },
	{ .name = "reason", .kind = SCHEMA_STRING, .doc = "And why." },
	{ .name = "plan_hash", .kind = SCHEMA_STRING,
	    .doc = "Of what was to be done." },
	{ .name = "closure_hash", .kind = SCHEMA_STRING,
	    .doc = "Of all definitions it is made of." },
	{ .name = "commit", .kind = SCHEMA_STRING,
	    .doc = "The folder's git commit at the ask, or empty." },
	{ .name = "event", .kind = SCHEMA_INTEGER,
	    .doc = "Number of the audit event of the ask; 0: there is none." },
	{ .name = "approvals", .kind = SCHEMA_LIST, .of = &approval_schema,
	    .doc = "All that was asked, void ones too." },
	{ .name = "steps", .kind = SCHEMA_LIST, .of = &step_schema,
	    .doc = "What ran." },
	{ .name = NULL }
};
static const struct schema change_schema = { .kind = SCHEMA_OBJECT,
	.title = "EvidenceChange", .fields = change_fields };

static const struct schema gap_fields[] = {
	{ .name = "run", .kind = SCHEMA_STRING,
	    .doc = "Of which change; G-N is a break-glass." },
	{ .name = "kind", .kind = SCHEMA_STRING, .doc = "In one word." },
	{ .name = "text", .kind = SCHEMA_STRING, .doc = "For people." },
	{ .name = NULL }
};
static const struct schema gap_schema = { .kind = SCHEMA_OBJECT,
	.title = "EvidenceGap", .fields = gap_fields };

static const struct schema notable_fields[] = {
	{ .name = "event", .kind = SCHEMA_INTEGER, .doc = "Its number." },
	{ .name = "at", .kind = SCHEMA_TIME, .doc = "When." },
	{ .name = "actor", .kind = SCHEMA_STRING, .doc = "Who." },
	{ .name = "action", .kind = SCHEMA_STRING, .doc = "What." },
	{ .name = "object", .kind = SCHEMA_STRING, .doc = "On what." },
	{ .name = "reason", .kind = SCHEMA_STRING, .doc = "Why." },
	{ .name = NULL }
};
static const struct schema notable_schema = { .kind = SCHEMA_OBJECT,
	.title = "EvidenceNotable", .fields = notable_fields };

static const struct schema head_fields[] = {
	{ .name = "event", .kind = SCHEMA_INTEGER, .doc = "Its number." },
	{ .name = "hash", .kind = SCHEMA_STRING, .doc = "Its hash." },
	{ .name = NULL }
};

static const struct schema evidence_fields[] = {
	{ .name = "from", .kind = SCHEMA_TIME, .flags = F_NULLABLE,
	    .doc = "The first moment." },
	{ .name = "to", .kind = SCHEMA_TIME, .doc = "The last moment." },
	{ .name = "project", .kind = SCHEMA_STRING, .doc = "Or empty: all." },
	{ .name = "changes", .kind = SCHEMA_LIST, .of = &change_schema,
	    .doc = "Runs that began in the period, by their number." },
	{ .name = "gaps", .kind = SCHEMA_LIST, .of = &gap_schema,
	    .doc = "What is not proven, plainly." },
	{ .name = "notable", .kind = SCHEMA_LIST, .of = &notable_schema,
	    .doc = "Break-glass, restores, refused approvals, clocks that "
		   "went back, things resolved by hand." },
	{ .name = "hash", .kind = SCHEMA_STRING,
	    .doc = "SHA-256 of the canonical JSON of all of the above." },
	{ .name = "rests_on", .kind = SCHEMA_OBJECT, .fields = head_fields,
	    .title = "AuditHead",
	    .doc = "Head of the audit chain when this was made." },
	{ .name = NULL }
};
static const struct schema evidence_schema = { .kind = SCHEMA_OBJECT,
	.title = "Evidence", .doc = "What changed in a period, and why it may.",
	.fields = evidence_fields };

const struct op op_evidence_get = { .name = "evidence.get",
	.summary = "Collect what changed in a period, who approved it, and "
		   "what is not proven.",
	.method = OP_GET, .path = "/v1/evidence", .kind = OP_READ,
	.role = ROLE_ADMIN, .query = query_fields, .out = &evidence_schema,
	.cli = "evidence make [--from TIME] [--to TIME] [--project PROJECT]" };
