/* SPDX-License-Identifier: MIT */
#include "spec/results.h"

#include "spec/artifact.h"
#include "spec/catalogue.h"

static const struct schema text_schema = { .kind = SCHEMA_STRING };

static const struct schema inputs_fields[] = {
	{ .name = "run", .kind = SCHEMA_STRING, .flags = F_KEY,
	    .doc = "The run." },
	{ .name = "task", .kind = SCHEMA_STRING, .doc = "What it runs." },
	{ .name = "request", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "The request type, when it was asked for as one." },
	{ .name = "environment", .kind = SCHEMA_STRING, .doc = "Where." },
	{ .name = "params", .kind = SCHEMA_JSON,
	    .doc = "What a form begins with; secrets are left out." },
	{ .name = "secrets", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "Parameters that must be given anew." },
	{ .name = "gone", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "Parameters that it had and today's definition has not." },
	{ .name = "schema", .kind = SCHEMA_JSON,
	    .doc = "JSON Schema of today's parameters." },
	{ .name = NULL }
};
const struct schema run_inputs_schema = { .kind = SCHEMA_OBJECT,
	.title = "RunInputs", .doc = "What a run was given, to ask again.",
	.fields = inputs_fields };
const struct op op_run_inputs = { .name = "run.inputs",
	.summary = "Read what a run was given, for a form that asks again.",
	.method = OP_GET, .path = "/v1/runs/{run}/inputs", .kind = OP_READ,
	.role = ROLE_SIGNED_IN, .out = &run_inputs_schema,
	.cli = "run inputs RUN" };

static const struct schema again_fields[] = {
	{ .name = "params", .kind = SCHEMA_JSON, .default_json = "{}",
	    .doc = "Parameters that are to be others; null takes one out." },
	{ .name = "set", .kind = SCHEMA_LIST, .of = &text_schema,
	    AT_MOST(100),
	    .doc = "The same as NAME=VALUE texts, read by their type." },
	{ .name = "environment", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Where; without it where it ran." },
	{ .name = "dry_run", .kind = SCHEMA_BOOL, .default_json = "false",
	    .doc = "Only make the plan; no ticket, nothing runs." },
	{ .name = NULL }
};
static const struct schema again_schema = { .kind = SCHEMA_OBJECT,
	.title = "RunAgain", .fields = again_fields };
const struct op op_run_again = { .name = "run.again",
	.summary = "Ask for the same once more, with the same inputs.",
	.doc = "A new ask with today's definitions, rules and permissions. "
	       "Secrets are not carried over: they must be given.",
	.method = OP_POST, .path = "/v1/runs/{run}/again", .kind = OP_WRITE,
	.role = ROLE_SIGNED_IN, .in = &again_schema, .out = &asked_schema,
	.cli = "run again RUN [--set NAME=VALUE] [--environment ENV] "
	       "[--dry-run]" };

static const struct schema results_step_fields[] = {
	{ .name = "step", .kind = SCHEMA_INTEGER, .flags = F_KEY,
	    .doc = "Number of the step." },
	{ .name = "task", .kind = SCHEMA_STRING, .doc = "What it ran." },
	{ .name = "params", .kind = SCHEMA_JSON, .doc = "With what." },
	{ .name = "foreach", .kind = SCHEMA_BOOL,
	    .doc = "It stands for a step for each of a list." },
	{ .name = "status", .kind = SCHEMA_STRING, .doc = "How it ended." },
	{ .name = "reason", .kind = SCHEMA_STRING, .doc = "Why, in words." },
	{ .name = "outputs", .kind = SCHEMA_JSON,
	    .doc = "What it wrote; secret ones are masked." },
	{ .name = "artifacts", .kind = SCHEMA_LIST, .of = &artifact_schema,
	    .doc = "Files that it left behind and that are still kept." },
	{ .name = "duration_ms", .kind = SCHEMA_INTEGER,
	    .flags = F_NULLABLE, .doc = "From its first start to its end." },
	{ .name = NULL }
};
static const struct schema results_step = { .kind = SCHEMA_OBJECT,
	.title = "StepResult", .fields = results_step_fields };
static const struct schema results_fields[] = {
	{ .name = "run", .kind = SCHEMA_STRING, .flags = F_KEY,
	    .doc = "The run." },
	{ .name = "task", .kind = SCHEMA_STRING, .doc = "What was asked." },
	{ .name = "status", .kind = SCHEMA_STRING, .doc = "How it ended." },
	{ .name = "reason", .kind = SCHEMA_STRING, .doc = "Why, in words." },
	{ .name = "outputs", .kind = SCHEMA_JSON,
	    .doc = "Those of the task that was asked for." },
	{ .name = "done", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "Steps that are done, as TASK or TASK (number)." },
	{ .name = "stopped", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "Steps that began and did not come to a good end." },
	{ .name = "never", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "Steps that never began." },
	{ .name = "steps", .kind = SCHEMA_LIST, .of = &results_step,
	    .doc = "Each step, in the order they run." },
	{ .name = "more_steps", .kind = SCHEMA_INTEGER,
	    .doc = "Steps not shown here, when there are many." },
	{ .name = "duration_ms", .kind = SCHEMA_INTEGER,
	    .flags = F_NULLABLE, .doc = "From the first step to the end." },
	{ .name = NULL }
};
const struct schema run_results_schema = { .kind = SCHEMA_OBJECT,
	.title = "RunResults", .doc = "What came of a run.",
	.fields = results_fields };
const struct op op_run_results = { .name = "run.results",
	.summary = "Read what came of a run: outputs, done and left undone.",
	.method = OP_GET, .path = "/v1/runs/{run}/results", .kind = OP_READ,
	.role = ROLE_SIGNED_IN, .out = &run_results_schema,
	.cli = "run results RUN" };

#define STATS_MS(n, what)                                                      \
	{                                                                      \
		.name = (n), .kind = SCHEMA_INTEGER, .flags = F_NULLABLE,      \
		.doc = (what)                                                  \
	}
static const struct schema stats_fields[] = {
	{ .name = "task", .kind = SCHEMA_STRING, .flags = F_KEY,
	    .doc = "The task." },
	{ .name = "runs", .kind = SCHEMA_INTEGER,
	    .doc = "Its newest runs that ended, at most 1,000." },
	{ .name = "succeeded", .kind = SCHEMA_INTEGER, .doc = "Of them." },
	{ .name = "success_percent", .kind = SCHEMA_INTEGER,
	    .flags = F_NULLABLE, .doc = "The same, of 100." },
	STATS_MS("p50_ms", "Half of those that succeeded took no longer."),
	STATS_MS("p95_ms", "95 of 100 took no longer."),
	{ .name = "steps", .kind = SCHEMA_INTEGER,
	    .doc = "Its newest steps that ran, in any run, at most 1,000." },
	{ .name = "steps_succeeded", .kind = SCHEMA_INTEGER,
	    .doc = "Of them." },
	STATS_MS("step_p50_ms", "Half of these took no longer."),
	STATS_MS("step_p95_ms", "95 of 100 took no longer."),
	STATS_MS("waited_p50_ms", "From the ask to the first step; half."),
	STATS_MS("waited_p95_ms", "The same, of 95 in 100."),
	{ .name = "saved_ms", .kind = SCHEMA_INTEGER,
	    .doc = "Time of people saved, by what the task says it saves, "
		   "for each that succeeded and did something." },
	{ .name = NULL }
};
const struct schema task_stats_schema = { .kind = SCHEMA_OBJECT,
	.title = "TaskStats", .doc = "How a task does.",
	.fields = stats_fields };
const struct op op_task_stats = { .name = "task.stats",
	.summary = "Show how a task does: success, durations, time saved.",
	.method = OP_GET, .path = "/v1/tasks/{task}/stats", .kind = OP_READ,
	.role = ROLE_SIGNED_IN, .out = &task_stats_schema,
	.cli = "task stats TASK" };
