/* SPDX-License-Identifier: MIT */
#include "spec/history.h"

static const struct schema page_fields[] = {
	OP_PAGE_FIELDS,
	{ .name = NULL }
};

static const struct schema task_row_fields[] = {
	{ .name = "run", .kind = SCHEMA_STRING, .flags = F_KEY,
	    .doc = "The run." },
	{ .name = "step", .kind = SCHEMA_INTEGER, .doc = "The step in it." },
	{ .name = "asked", .kind = SCHEMA_BOOL,
	    .doc = "It is what was asked for, and not a need of that." },
	{ .name = "status", .kind = SCHEMA_STRING, .doc = "How it ended." },
	{ .name = "reason", .kind = SCHEMA_STRING, .doc = "Why, in words." },
	{ .name = "requester", .kind = SCHEMA_STRING, .doc = "Who asked." },
	{ .name = "environment", .kind = SCHEMA_STRING, .doc = "Where." },
	{ .name = "attempts", .kind = SCHEMA_INTEGER,
	    .doc = "Of its command." },
	{ .name = "definition", .kind = SCHEMA_STRING,
	    .doc = "Hash of the definition that its attempts ran." },
	{ .name = "current", .kind = SCHEMA_BOOL,
	    .doc = "That is today's definition." },
	{ .name = "waited_ms", .kind = SCHEMA_INTEGER,
	    .doc = "From the ask to its first start." },
	{ .name = "duration_ms", .kind = SCHEMA_INTEGER,
	    .flags = F_NULLABLE, .doc = "From there to its end." },
	{ .name = "started_at", .kind = SCHEMA_TIME, .doc = "First start." },
	{ .name = "ended_at", .kind = SCHEMA_TIME, .flags = F_NULLABLE,
	    .doc = "Over." },
	{ .name = NULL }
};
static const struct schema task_row_schema = { .kind = SCHEMA_OBJECT,
	.title = "TaskHistory", .doc = "One time that a task ran.",
	.fields = task_row_fields };
const struct op op_task_history = { .name = "task.history",
	.summary = "List the times that a task ran, the newest first.",
	.doc = "As what was asked for or as a step of something else. "
	       "definition tells which version of the task each one ran.",
	.method = OP_GET, .path = "/v1/tasks/{task}/history",
	.kind = OP_READ, .flags = OP_LIST, .role = ROLE_SIGNED_IN,
	.query = page_fields, .out = &task_row_schema,
	.cli = "task history TASK [--limit N] [--after KEY]",
	.columns = "run,step,status,requester,environment,attempts,"
		   "waited_ms,duration_ms,started_at,definition,current" };

static const struct schema run_query_fields[] = {
	{ .name = "step", .kind = SCHEMA_INTEGER, AT_LEAST(1),
	    .doc = "Of this step alone." },
	OP_PAGE_FIELDS,
	{ .name = NULL }
};
static const struct schema run_row_fields[] = {
	{ .name = "attempt", .kind = SCHEMA_INTEGER, .flags = F_KEY,
	    .doc = "Its number." },
	{ .name = "step", .kind = SCHEMA_INTEGER, .doc = "Of which step." },
	{ .name = "task", .kind = SCHEMA_STRING, .doc = "What it ran." },
	{ .name = "no", .kind = SCHEMA_INTEGER,
	    .doc = "Counts from 1 within the step." },
	{ .name = "kind", .kind = SCHEMA_STRING,
	    .doc = "check, preview, run or verify." },
	{ .name = "status", .kind = SCHEMA_STRING, .doc = "How it ended." },
	{ .name = "code", .kind = SCHEMA_INTEGER,
	    .doc = "Exit code, -1 when none." },
	{ .name = "signal", .kind = SCHEMA_INTEGER,
	    .doc = "Signal that ended it, or 0." },
	{ .name = "detail", .kind = SCHEMA_STRING,
	    .doc = "More about the end." },
	{ .name = "definition", .kind = SCHEMA_STRING,
	    .doc = "Hash of the definition that it ran." },
	{ .name = "started_at", .kind = SCHEMA_TIME, .doc = "Start." },
	{ .name = "ended_at", .kind = SCHEMA_TIME, .flags = F_NULLABLE,
	    .doc = "End." },
	{ .name = "duration_ms", .kind = SCHEMA_INTEGER,
	    .doc = "By the monotonic clock." },
	{ .name = NULL }
};
static const struct schema run_row_schema = { .kind = SCHEMA_OBJECT,
	.title = "RunHistory", .doc = "One attempt of a run.",
	.fields = run_row_fields };
const struct op op_run_history = { .name = "run.history",
	.summary = "List the attempts of a run, in the order they began.",
	.method = OP_GET, .path = "/v1/runs/{run}/history", .kind = OP_READ,
	.flags = OP_LIST, .role = ROLE_SIGNED_IN, .query = run_query_fields,
	.out = &run_row_schema,
	.cli = "run history RUN [--step STEP] [--limit N] [--after KEY]",
	.columns = "attempt,step,task,no,kind,status,code,duration_ms,"
		   "started_at,definition" };

static const char *const phase_kinds[] = { "waiting", "approval", "check",
	"run", NULL };
static const struct schema phase_fields[] = {
	{ .name = "kind", .kind = SCHEMA_CHOICE, .choices = phase_kinds,
	    .doc = "Waiting for its turn, for an approval, looking, or "
		   "running." },
	{ .name = "from_ms", .kind = SCHEMA_INTEGER,
	    .doc = "Since the run was asked for." },
	{ .name = "to_ms", .kind = SCHEMA_INTEGER, .doc = "The same." },
	{ .name = NULL }
};
static const struct schema phase_schema = { .kind = SCHEMA_OBJECT,
	.title = "GanttPhase", .fields = phase_fields };
static const struct schema bar_fields[] = {
	{ .name = "step", .kind = SCHEMA_INTEGER, .flags = F_NULLABLE,
	    .doc = "Its number; null: all steps of the task." },
	{ .name = "task", .kind = SCHEMA_STRING, .doc = "What it runs." },
	{ .name = "params", .kind = SCHEMA_JSON, .flags = F_NULLABLE,
	    .doc = "Parameters of a step." },
	{ .name = "status", .kind = SCHEMA_STRING, .doc = "How it is." },
	{ .name = "steps", .kind = SCHEMA_INTEGER, .doc = "How many." },
	{ .name = "done", .kind = SCHEMA_INTEGER,
	    .doc = "Succeeded, or need not run." },
	{ .name = "foreach", .kind = SCHEMA_BOOL,
	    .doc = "It stands for a step for each of a list." },
	{ .name = "bad", .kind = SCHEMA_INTEGER,
	    .doc = "Over and not done." },
	{ .name = "phases", .kind = SCHEMA_LIST, .of = &phase_schema,
	    .doc = "In order; what lies between them is waiting for needs." },
	{ .name = NULL }
};
static const struct schema bar_schema = { .kind = SCHEMA_OBJECT,
	.title = "GanttBar", .fields = bar_fields };
static const struct schema gantt_fields[] = {
	{ .name = "run", .kind = SCHEMA_STRING, .flags = F_KEY,
	    .doc = "The run." },
	{ .name = "task", .kind = SCHEMA_STRING, .doc = "What was asked." },
	{ .name = "status", .kind = SCHEMA_STRING, .doc = "How it is." },
	{ .name = "length_ms", .kind = SCHEMA_INTEGER,
	    .doc = "From the ask to its end, or to now." },
	{ .name = "steps", .kind = SCHEMA_INTEGER, .doc = "How many." },
	{ .name = "summarised", .kind = SCHEMA_BOOL,
	    .doc = "They are many: a bar is all steps of a task." },
	{ .name = "bars", .kind = SCHEMA_LIST, .of = &bar_schema,
	    .doc = "In the order they run." },
	{ .name = NULL }
};
const struct schema run_gantt_schema = { .kind = SCHEMA_OBJECT,
	.title = "RunGantt", .doc = "When each step of a run did what.",
	.fields = gantt_fields };
const struct op op_run_gantt = { .name = "run.gantt",
	.summary = "Show when each step of a run waited and ran.",
	.method = OP_GET, .path = "/v1/runs/{run}/gantt", .kind = OP_READ,
	.role = ROLE_SIGNED_IN, .out = &run_gantt_schema,
	.cli = "run gantt RUN" };
