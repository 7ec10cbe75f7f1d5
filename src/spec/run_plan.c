/* SPDX-License-Identifier: MIT */
#include "spec/run_plan.h"

static const struct schema text_schema = { .kind = SCHEMA_STRING };
static const char *const verdicts[] = { "runs", "done", "skipped", "person",
	"unknown", "not_needed", "over", "on_failure", "always", NULL };
static const char *const times[] = { "plan", "step", NULL };

static const struct schema plan_require_fields[] = {
	{ .name = "task", .kind = SCHEMA_STRING,
	    .doc = "What must have succeeded." },
	{ .name = "met", .kind = SCHEMA_BOOL, .flags = F_NULLABLE,
	    .doc = "It has; null: not known before the run." },
	{ .name = "words", .kind = SCHEMA_STRING,
	    .doc = "When it last did." },
	{ .name = NULL }
};
static const struct schema plan_require_schema = { .kind = SCHEMA_OBJECT,
	.title = "PlanRequire", .doc = "What a step requires.",
	.fields = plan_require_fields };

static const struct schema plan_step_fields[] = {
	{ .name = "step", .kind = SCHEMA_INTEGER, .flags = F_KEY,
	    .doc = "Number of the step." },
	{ .name = "task", .kind = SCHEMA_STRING, .doc = "What it runs." },
	{ .name = "foreach", .kind = SCHEMA_BOOL,
	    .doc = "It stands for all of a foreach: its needs are those." },
	{ .name = "params", .kind = SCHEMA_JSON,
	    .doc = "Parameters; one that an output will give is "
		   "{\"$output\": …}." },
	{ .name = "verdict", .kind = SCHEMA_CHOICE, .choices = verdicts,
	    .doc = "runs, done already, skipped by its condition, done by a "
		   "person, unknown until the run, not_needed, or over; "
		   "on_failure and always clean up after a step." },
	{ .name = "why", .kind = SCHEMA_STRING, .doc = "In words." },
	{ .name = "requires", .kind = SCHEMA_LIST,
	    .of = &plan_require_schema,
	    .doc = "What must have succeeded before it starts." },
	{ .name = "key", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "What it may be done for once at a time." },
	{ .name = "key_held_by", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "The run that has this key now." },
	{ .name = "preview_hash", .kind = SCHEMA_STRING,
	    .flags = F_NULLABLE, .doc = "What its preview said, by hash." },
	{ .name = "preview", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "What its preview said." },
	{ .name = "samples", .kind = SCHEMA_INTEGER,
	    .doc = "How many of the last ten successes are known." },
	{ .name = "min_ms", .kind = SCHEMA_INTEGER, .flags = F_NULLABLE,
	    .doc = "The shortest of them." },
	{ .name = "median_ms", .kind = SCHEMA_INTEGER, .flags = F_NULLABLE,
	    .doc = "The one in the middle." },
	{ .name = "max_ms", .kind = SCHEMA_INTEGER, .flags = F_NULLABLE,
	    .doc = "The longest." },
	{ .name = NULL }
};
static const struct schema plan_step_schema = { .kind = SCHEMA_OBJECT,
	.title = "PlanStep", .doc = "What a plan says of one step.",
	.fields = plan_step_fields };

static const struct schema plan_approval_fields[] = {
	{ .name = "asked", .kind = SCHEMA_CHOICE, .choices = times,
	    .doc = "With the plan, or when the step is about to begin." },
	{ .name = "step", .kind = SCHEMA_INTEGER,
	    .doc = "The step that asks; 0: the environment or the request." },
	{ .name = "rule", .kind = SCHEMA_STRING,
	    .doc = "What is wanted, in words." },
	{ .name = "source", .kind = SCHEMA_STRING,
	    .doc = "Which rule asks for it." },
	{ .name = "may_decide", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "Who may; the requester never does." },
	{ .name = "requester_named", .kind = SCHEMA_BOOL,
	    .doc = "The requester is of them, and may not." },
	{ .name = NULL }
};
static const struct schema plan_approval_schema = { .kind = SCHEMA_OBJECT,
	.title = "PlanApproval", .doc = "An approval that will be asked for.",
	.fields = plan_approval_fields };

static const struct schema run_plan_fields[] = {
	{ .name = "run", .kind = SCHEMA_STRING, .flags = F_KEY,
	    .doc = "The run." },
	{ .name = "plan_hash", .kind = SCHEMA_STRING,
	    .doc = "What an approval of it is over." },
	{ .name = "planning", .kind = SCHEMA_BOOL,
	    .doc = "Checks are still going on; the plan may change." },
	{ .name = "steps", .kind = SCHEMA_LIST, .of = &plan_step_schema,
	    .doc = "In the order of work." },
	{ .name = "more_steps", .kind = SCHEMA_INTEGER,
	    .doc = "Steps not shown here, when there are many." },
	{ .name = "approvals", .kind = SCHEMA_LIST,
	    .of = &plan_approval_schema,
	    .doc = "By the rules of today; unknown values count as the "
		   "worse." },
	{ .name = "later", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "Rules that hold at other times of the week, and when." },
	{ .name = "cost", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "What it costs, as declared; the plan hash covers it." },
	{ .name = "expected_ms", .kind = SCHEMA_INTEGER,
	    .doc = "Along the longest way of steps that run, by the median; "
		   "without the waiting." },
	{ .name = "unknown_durations", .kind = SCHEMA_INTEGER,
	    .doc = "Steps that run and never ran before: not in "
		   "expected_ms." },
	{ .name = NULL }
};
const struct schema run_plan_schema = { .kind = SCHEMA_OBJECT,
	.title = "RunPlan", .doc = "The plan of a run as a page of facts.",
	.fields = run_plan_fields };

const struct op op_run_plan = { .name = "run.plan",
	.summary = "Show what a run will do, who is asked, how long it takes.",
	.method = OP_GET, .path = "/v1/runs/{run}/plan", .kind = OP_READ,
	.role = ROLE_SIGNED_IN, .out = &run_plan_schema,
	.cli = "run plan RUN" };
