/* SPDX-License-Identifier: MIT */
/* Operations that count work: how much of what, how long, and what recurs. */
#include "spec/work.h"

static const char *const group_kinds[] = { "all", "section", "request", "kind",
	NULL };

static const struct schema metric_fields[] = {
	FIELD_AS(struct work_metric, of, SCHEMA_CHOICE, .choices = group_kinds,
	    .doc = "All, a section, a request type, or a kind of ticket "
		   "that people work on."),
	FIELD(struct work_metric, name, .flags = F_KEY, .doc = "Which."),
	FIELD(struct work_metric, opened, .doc = "Opened in that time."),
	FIELD(struct work_metric, done, .doc = "Done in that time."),
	FIELD(struct work_metric, share_percent,
	    .doc = "Its part of all that was done."),
	FIELD(struct work_metric, done_per_week,
	    .doc = "Throughput, rounded."),
	FIELD(struct work_metric, approve_p50_ms,
	    .doc = "From the ask to the last approval; half took no longer; "
		   "-1: there was none."),
	FIELD(struct work_metric, approve_p95_ms, .doc = "The same, of 95 in "
		"100."),
	FIELD(struct work_metric, action_p50_ms,
	    .doc = "From the ask to the first thing that somebody else did."),
	FIELD(struct work_metric, action_p95_ms, .doc = "The same, of 95 in "
		"100."),
	FIELD(struct work_metric, done_p50_ms,
	    .doc = "From the ask to done."),
	FIELD(struct work_metric, done_p95_ms, .doc = "The same, of 95 in "
		"100."),
	{ .name = NULL }
};
const struct schema work_metric_schema = { .kind = SCHEMA_OBJECT,
	.title = "WorkMetric", .doc = "How much of what, and how long.",
	.fields = metric_fields };

#define PERIOD_FIELDS                                                          \
	{ .name = "from", .kind = SCHEMA_STRING, AT_MOST(64),                  \
		.default_json = "\"-30d\"",                                    \
		.doc = "Since then: -30d, 2026-11-01, startOfMonth." },        \
	    { .name = "to", .kind = SCHEMA_STRING, AT_MOST(64),                \
		    .doc = "Up to the end of that; now." },                    \
	{                                                                      \
		.name = "team", .kind = SCHEMA_STRING, AT_MOST(64),            \
		.doc = "Only the work of this team."                           \
	}

static const struct schema metrics_query[] = { PERIOD_FIELDS,
	{ .name = NULL } };
const struct op op_work_metrics = { .name = "work.metrics",
	.summary = "Count work: shares, throughput, and how long it takes.",
	.doc = "Durations are of what was asked for in that time, to done of "
	       "what was done in it; of tickets that you may see.",
	.method = OP_GET, .path = "/v1/work/metrics", .kind = OP_READ,
	.flags = OP_LIST, .role = ROLE_SIGNED_IN, .query = metrics_query,
	.out = &work_metric_schema,
	.cli = "work metrics [--from WHEN] [--to WHEN] [--team TEAM]",
	.columns = "name,opened,done,share_percent,approve_p50_ms,"
		   "action_p50_ms,done_p50_ms,done_per_week,"
		   "approve_p95_ms,action_p95_ms,done_p95_ms" };

static const struct schema toil_fields[] = {
	FIELD(struct work_toil, name, .flags = F_KEY,
	    .doc = "Request type, or the words of tickets like it."),
	FIELD_AS(struct work_toil, of, SCHEMA_CHOICE, .choices = group_kinds,
	    .doc = "What the name is of."),
	FIELD(struct work_toil, count, .doc = "How often in that time."),
	FIELD(struct work_toil, human_ms, .doc = "Time of people, each."),
	FIELD(struct work_toil, total_ms, .doc = "Time of people, together."),
	FIELD(struct work_toil, by_hand_ms,
	    .doc = "Of that: tickets that people work on, comments."),
	FIELD(struct work_toil, steps_ms,
	    .doc = "Of that: steps that people do, or what saves: says."),
	FIELD(struct work_toil, decisions_ms, .doc = "Of that: decisions."),
	FIELD(struct work_toil, automate,
	    .doc = "1, 2, 3: what to automate next; 0: later, or no more."),
	FIELD(struct work_toil, why, .doc = "Why, and how."),
	{ .name = NULL }
};
const struct schema work_toil_schema = { .kind = SCHEMA_OBJECT,
	.title = "WorkToil", .doc = "What recurs, and what it costs people.",
	.fields = toil_fields };

static const struct schema toil_query[] = { PERIOD_FIELDS,
	{ .name = "limit", .kind = SCHEMA_INTEGER, BETWEEN(1, 500),
	    .default_json = "20", .doc = "The first so many." },
	{ .name = NULL } };
const struct op op_work_toil = { .name = "work.toil",
	.summary = "Report toil: what recurs, its minutes, what to automate.",
	.doc = "Time is counted from what people did: 2 min a decision, 5 min "
	       "a comment of others, 15 min a ticket closed by hand, and as "
	       "long as a step by hand took, an hour at most; a task with "
	       "such a step that says `saves:` is taken by its word.",
	.method = OP_GET, .path = "/v1/work/toil", .kind = OP_READ,
	.flags = OP_LIST, .role = ROLE_SIGNED_IN, .query = toil_query,
	.out = &work_toil_schema,
	.cli = "work toil [--from WHEN] [--to WHEN] [--team TEAM] [--limit N]",
	.columns = "automate,name,count,human_ms,total_ms,why" };
