/* SPDX-License-Identifier: MIT */
#include "spec/run.h"

static const char *const run_states[] = { "waiting_approval", "queued",
	"running", "succeeded", "failed", "cancelled", "timed_out", "unknown",
	"unkillable", NULL };
static const char *const run_final[] = { "succeeded", "failed", "cancelled",
	"timed_out", "unknown", "unkillable", NULL };

static const struct machine_move run_moves[] = {
	{ "waiting_approval", "queued", "approved by all the rules ask for" },
	{ "waiting_approval", "cancelled", "declined, withdrawn or expired" },
	{ "waiting_approval", "succeeded",
	    "everything was there already, or it was only to be planned" },
	{ "waiting_approval", "failed", "what still ran then failed" },
	{ "waiting_approval", "timed_out", "what still ran then did not end" },
	{ "waiting_approval", "unknown", "what still ran then was lost" },
	{ "waiting_approval", "unkillable", "what still ran survives" },
	{ "queued", "running", "the first step started" },
	{ "queued", "succeeded", "everything was there already" },
	{ "queued", "failed", "a step could not start" },
	{ "queued", "cancelled", "cancelled before it began" },
	{ "queued", "waiting_approval", "more would run than was approved" },
	{ "running", "waiting_approval", "more would run than was approved" },
	{ "running", "succeeded", "every step that was needed is done" },
	{ "running", "failed", "a step failed and has no retries left" },
	{ "running", "cancelled", "a person cancelled it" },
	{ "running", "timed_out", "a step ran into its timeout" },
	{ "running", "unknown", "a step started and its end is not known" },
	{ "running", "unkillable", "a step survived being killed" },
	{ "succeeded", "running", "retried from one of its steps" },
	{ "failed", "running", "retried" },
	{ "cancelled", "running", "retried" },
	{ "timed_out", "running", "retried" },
	{ "unknown", "running", "retried, or resolved by a person" },
	{ "unkillable", "running", "retried" },
	{ NULL, NULL, NULL }
};

const struct machine run_machine = { "run", run_states, run_final,
	run_moves };

static const char *const step_states[] = { "idle", "check", "checking",
	"waiting", "ready", "previewing", "running", "verifying", "retry",
	"approval", "manual", "skipped", "succeeded", "failed", "cancelled",
	"timed_out", "unknown", "unkillable", "blocked", "not_needed", NULL };
static const char *const step_final[] = { "skipped", "succeeded", "failed",
	"cancelled", "timed_out", "unknown", "unkillable", "blocked",
	"not_needed", NULL };

static const struct machine_move step_moves[] = {
	{ "idle", "check", "something that runs needs it" },
	{ "idle", "waiting", "something that runs needs it" },
	{ "idle", "ready", "something that runs needs it" },
	{ "idle", "not_needed", "nothing that runs needs it" },
	{ "idle", "cancelled", "the run was cancelled" },
	{ "check", "checking", "its target is being looked for" },
	{ "check", "waiting", "the target was not looked for" },
	{ "check", "cancelled", "the run was cancelled" },
	{ "check", "failed", "the check could not start" },
	{ "check", "blocked", "a step that it needs did not succeed" },
	{ "checking", "check", "the check is to be made again" },
	{ "checking", "skipped", "already done" },
	{ "checking", "waiting", "its target is missing" },
	{ "checking", "ready", "its target is missing" },
	{ "checking", "failed", "the check itself failed" },
	{ "checking", "cancelled", "the run was cancelled" },
	{ "checking", "timed_out", "the check ran into its timeout" },
	{ "checking", "blocked", "a step that it needs did not succeed" },
	{ "waiting", "ready", "everything it needs is done" },
	{ "waiting", "check", "everything it needs is done; target unknown" },
	{ "waiting", "skipped", "its condition does not hold" },
	{ "waiting", "blocked", "a step that it needs did not succeed" },
	{ "waiting", "cancelled", "the run was cancelled" },
	{ "ready", "check", "another run finished the same step" },
	{ "ready", "running", "started" },
	{ "ready", "waiting", "its list is known: each of it is done" },
	{ "ready", "skipped", "its condition does not hold" },
	{ "ready", "succeeded", "the same step succeeded in another run" },
	{ "ready", "failed", "it could not start" },
	{ "ready", "cancelled", "the run was cancelled" },
	{ "ready", "approval", "a person must approve it" },
	{ "ready", "manual", "a person must do it" },
	{ "ready", "previewing", "what it would do is looked at" },
	{ "previewing", "approval", "a person must approve it" },
	{ "previewing", "running", "started" },
	{ "previewing", "ready", "its preview is to be made again" },
	{ "previewing", "failed", "its preview failed" },
	{ "previewing", "timed_out", "its preview ran into its timeout" },
	{ "previewing", "cancelled", "the run was cancelled" },
	{ "previewing", "waiting", "for its needs, which begin only now" },
	{ "previewing", "blocked", "a need of it failed" },
	{ "approval", "ready", "approved" },
	{ "approval", "cancelled", "declined, or the run was cancelled" },
	{ "approval", "succeeded", "approved, and there is nothing to run" },
	{ "approval", "failed", "declined" },
	{ "manual", "succeeded", "a person did it" },
	{ "manual", "failed", "a person says it cannot be done" },
	{ "manual", "cancelled", "the run was cancelled" },
	{ "running", "succeeded", "the command ended with 0" },
	{ "running", "verifying", "the command ended with 0" },
	{ "running", "retry", "failed, will be tried again" },
	{ "running", "ready", "it never started, or is tried again" },
	{ "running", "failed", "failed" },
	{ "running", "cancelled", "cancelled" },
	{ "running", "timed_out", "ran into its timeout" },
	{ "running", "unknown", "started, and its end is not known" },
	{ "running", "unkillable", "survived being killed" },
	{ "verifying", "succeeded", "its target is there" },
	{ "verifying", "retry", "its target is missing, will be tried again" },
	{ "verifying", "failed", "its target is missing after it ran" },
	{ "verifying", "cancelled", "cancelled" },
	{ "verifying", "running", "the check is to be made again" },
	{ "retry", "ready", "the pause is over" },
	{ "retry", "cancelled", "the run was cancelled" },
	/* a person retries, or the plan is made again */
	{ "failed", "waiting", "retried" },
	{ "failed", "check", "retried" },
	{ "cancelled", "waiting", "retried" },
	{ "cancelled", "check", "retried" },
	{ "cancelled", "idle", "retried" },
	{ "timed_out", "waiting", "retried" },
	{ "timed_out", "check", "retried" },
	{ "unknown", "waiting", "retried" },
	{ "unknown", "check", "retried" },
	{ "unknown", "succeeded", "a person says it succeeded" },
	{ "unknown", "failed", "a person says it failed" },
	{ "unkillable", "waiting", "retried" },
	{ "unkillable", "check", "retried" },
	{ "idle", "blocked", "a step that it needs did not succeed" },
	{ "blocked", "waiting", "what it needs was retried" },
	{ "blocked", "check", "what it needs was retried" },
	{ "blocked", "idle", "what it needs was retried" },
	{ "not_needed", "idle", "the run was retried" },
	{ "succeeded", "waiting", "run again, or what it needs is" },
	{ "succeeded", "check", "what was taken over is looked for again" },
	{ "skipped", "waiting", "what it needs is run again" },
	{ "skipped", "check", "the plan is made again" },
	{ "skipped", "idle", "the plan is made again" },
	/* what it cleans up after is run again */
	{ "succeeded", "idle", "what it cleans up after is run again" },
	{ "timed_out", "idle", "what it cleans up after is run again" },
	{ "unknown", "idle", "what it cleans up after is run again" },
	{ "unkillable", "idle", "what it cleans up after is run again" },
	{ "waiting", "idle", "the plan is made again" },
	{ "ready", "idle", "the plan is made again" },
	{ "check", "idle", "the plan is made again" },
	{ "failed", "idle", "the plan is made again" },
	{ NULL, NULL, NULL }
};

const struct machine step_machine = { "step", step_states, step_final,
	step_moves };

static const char *const attempt_states[] = { "starting", "running",
	"succeeded", "failed", "cancelled", "timed_out", "unknown",
	"unkillable", "never", NULL };
static const char *const attempt_final[] = { "succeeded", "failed",
	"cancelled", "timed_out", "unknown", "unkillable", "never", NULL };

static const struct machine_move attempt_moves[] = {
	{ "starting", "running", "the command was started" },
	{ "starting", "succeeded", "ended with 0" },
	{ "starting", "failed", "failed, or could not be started" },
	{ "starting", "cancelled", "cancelled" },
	{ "starting", "timed_out", "ran into its timeout" },
	{ "starting", "unknown", "its end is not known" },
	{ "starting", "unkillable", "survived being killed" },
	{ "starting", "never", "the server died before it was started" },
	{ "running", "succeeded", "ended with 0" },
	{ "running", "failed", "ended with another code or a signal" },
	{ "running", "cancelled", "cancelled" },
	{ "running", "timed_out", "ran into its timeout" },
	{ "running", "unknown", "its end is not known" },
	{ "running", "unkillable", "survived being killed" },
	{ NULL, NULL, NULL }
};

const struct machine attempt_machine = { "attempt", attempt_states,
	attempt_final, attempt_moves };

static const struct schema run_fields[] = {
	FIELD(struct run, id, .flags = F_HIDDEN),
	FIELD(struct run, key, .flags = F_KEY, .doc = "R- and a number."),
	FIELD(struct run, task, .doc = "The task at its root."),
	FIELD(struct run, team, .doc = "Owner of the task."),
	FIELD(struct run, environment, .doc = "Where it runs."),
	FIELD_AS(struct run, params, SCHEMA_JSON,
	    .doc = "Parameters; secret ones are masked."),
	FIELD(struct run, plan_hash, .doc = "What was, or is to be, approved."),
	FIELD(struct run, closure_hash,
	    .doc = "The definitions and files that it runs."),
	FIELD_AS(struct run, status, SCHEMA_CHOICE, .choices = run_states,
	    .doc = "Where it is in its life."),
	FIELD(struct run, reason, .doc = "Why, in words."),
	FIELD(struct run, requester, .doc = "Who asked."),
	FIELD(struct run, via, .doc = "By which face: cli, api, local."),
	FIELD(struct run, schedule, .doc = "Of which schedule, or empty."),
	FIELD_AS(struct run, scheduled_at, SCHEMA_TIME,
	    .doc = "The time that the schedule names."),
	FIELD(struct run, backfill, .flags = F_HIDDEN),
	FIELD(struct run, ticket_id, .flags = F_HIDDEN),
	FIELD(struct run, scope_id, .flags = F_HIDDEN),
	FIELD(struct run, retry_of, .flags = F_HIDDEN),
	FIELD(struct run, undo_of, .flags = F_HIDDEN),
	FIELD(struct run, dry, .doc = "Plan only: nothing but checks runs."),
	FIELD(struct run, dedupe_key, .flags = F_HIDDEN),
	FIELD(struct run, priority, .flags = F_HIDDEN),
	FIELD(struct run, root_step, .flags = F_HIDDEN),
	FIELD(struct run, open_steps, .doc = "Steps still to be done."),
	FIELD(struct run, failed_steps, .doc = "Steps that failed."),
	FIELD(struct run, cleanups,
	    .doc = "Of its steps, how many are there to clean up."),
	FIELD(struct run, cleanups_off,
	    .doc = "Cleaning up was cancelled too."),
	FIELD(struct run, key_lock, .flags = F_HIDDEN),
	FIELD(struct run, keyed, .flags = F_HIDDEN),
	FIELD(struct run, cancel_by, .doc = "Who cancelled it, or empty."),
	FIELD(struct run, seq, .doc = "Grows with every change."),
	FIELD_AS(struct run, created_at, SCHEMA_TIME, .doc = "Asked for."),
	FIELD_AS(struct run, started_at, SCHEMA_TIME, .doc = "First step."),
	FIELD_AS(struct run, ended_at, SCHEMA_TIME, .doc = "Over."),
	FIELD(struct run, created_steady, .flags = F_HIDDEN),
	FIELD(struct run, queued_steady, .flags = F_HIDDEN),
	FIELD(struct run, started_steady, .flags = F_HIDDEN),
	FIELD(struct run, ended_steady, .flags = F_HIDDEN),
	FIELD(struct run, idle_ms, .flags = F_HIDDEN),
	{ .name = NULL }
};
const struct schema run_schema = { .kind = SCHEMA_OBJECT, .title = "Run",
	.doc = "One asked-for execution of a task with all it needs.",
	.fields = run_fields };

static const struct schema step_fields[] = {
	FIELD(struct step, id, .flags = F_KEY, .doc = "Number of the step."),
	FIELD(struct step, run_id, .flags = F_HIDDEN),
	FIELD(struct step, ident,
	    .doc = "Hash of task, parameters and environment."),
	FIELD(struct step, task, .doc = "What it runs."),
	FIELD(struct step, definition, .doc = "Hash of the definition."),
	FIELD_AS(struct step, params, SCHEMA_JSON, .doc = "Parameters."),
	FIELD_AS(struct step, status, SCHEMA_CHOICE, .choices = step_states,
	    .doc = "Where it is in its life."),
	FIELD(struct step, waiting, .doc = "Needs that are not done yet."),
	FIELD(struct step, held, .flags = F_HIDDEN),
	FIELD(struct step, shares, .flags = F_HIDDEN),
	FIELD(struct step, reason, .doc = "Why, in words."),
	FIELD(struct step, preview,
	    .doc = "Target before the run: done, missing, unknown or empty."),
	FIELD(struct step, target, .flags = F_HIDDEN),
	FIELD(struct step, asked, .flags = F_HIDDEN),
	FIELD(struct step, preview_hash,
	    .doc = "What its preview said last, by hash, or empty."),
	FIELD(struct step, fan, .flags = F_HIDDEN),
	FIELD(struct step, cleanup, .flags = F_HIDDEN),
	FIELD(struct step, cleans,
	    .doc = "It cleans up after this step; 0: it is work."),
	FIELD(struct step, attempts, .doc = "Attempts made, checks included."),
	FIELD(struct step, tries, .flags = F_HIDDEN),
	FIELD_AS(struct step, outputs, SCHEMA_JSON,
	    .doc = "Outputs; secret ones are masked."),
	FIELD(struct step, priority, .flags = F_HIDDEN),
	FIELD(struct step, rank, .flags = F_HIDDEN),
	FIELD(struct step, wait_on, .flags = F_HIDDEN),
	FIELD(struct step, wait_amount, .flags = F_HIDDEN),
	FIELD(struct step, lane, .flags = F_HIDDEN),
	FIELD(struct step, lane_max, .flags = F_HIDDEN),
	FIELD(struct step, due_at, .flags = F_HIDDEN),
	FIELD(struct step, seq, .doc = "Grows with every change."),
	FIELD_AS(struct step, started_at, SCHEMA_TIME,
	    .doc = "First start since it was last asked for."),
	FIELD_AS(struct step, ended_at, SCHEMA_TIME, .doc = "Over."),
	FIELD(struct step, started_steady, .flags = F_HIDDEN),
	FIELD(struct step, ended_steady, .flags = F_HIDDEN),
	{ .name = NULL }
};
const struct schema step_schema = { .kind = SCHEMA_OBJECT, .title = "Step",
	.doc = "One task with its parameters inside a run.",
	.fields = step_fields };

static const struct schema attempt_fields[] = {
	FIELD(struct attempt, id, .flags = F_KEY, .doc = "Number."),
	FIELD(struct attempt, step_id, .doc = "Of which step."),
	FIELD(struct attempt, run_id, .flags = F_HIDDEN),
	FIELD(struct attempt, no, .doc = "Counts from 1 within the step."),
	FIELD(struct attempt, kind, .doc = "check, preview, run or verify."),
	FIELD(struct attempt, token, .flags = F_HIDDEN),
	FIELD(struct attempt, epoch, .flags = F_HIDDEN),
	FIELD(struct attempt, boot_id, .flags = F_HIDDEN),
	FIELD_AS(struct attempt, status, SCHEMA_CHOICE,
	    .choices = attempt_states, .doc = "Where it is in its life."),
	FIELD(struct attempt, code, .doc = "Exit code, -1 when none."),
	FIELD(struct attempt, signal, .doc = "Signal that ended it, or 0."),
	FIELD(struct attempt, detail, .doc = "More about the end."),
	FIELD(struct attempt, layers, .doc = "Sandbox layers in force."),
	FIELD_AS(struct attempt, started_at, SCHEMA_TIME, .doc = "Start."),
	FIELD_AS(struct attempt, ended_at, SCHEMA_TIME, .doc = "End."),
	FIELD(struct attempt, duration_ms, .doc = "By the monotonic clock."),
	FIELD(struct attempt, started_steady, .flags = F_HIDDEN),
	FIELD(struct attempt, ended_steady, .flags = F_HIDDEN),
	FIELD(struct attempt, log_bytes, .doc = "Bytes of log."),
	FIELD(struct attempt, log_dropped, .doc = "Bytes not kept."),
	{ .name = NULL }
};
const struct schema attempt_schema = { .kind = SCHEMA_OBJECT,
	.title = "Attempt", .doc = "One try of a step.",
	.fields = attempt_fields };

static const struct schema text_schema = { .kind = SCHEMA_STRING };
static const struct schema json_schema = { .kind = SCHEMA_JSON };

static const char *const step_cleanups[] = { "on_failure", "always", NULL };
static const struct schema step_view_fields[] = {
	{ .name = "id", .kind = SCHEMA_INTEGER, .flags = F_KEY,
	    .doc = "Number of the step." },
	{ .name = "task", .kind = SCHEMA_STRING, .doc = "What it runs." },
	{ .name = "doc", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "What the task says of itself." },
	{ .name = "foreach", .kind = SCHEMA_BOOL,
	    .doc = "It stands for all of a foreach: its needs are those." },
	{ .name = "cleanup", .kind = SCHEMA_CHOICE, .choices = step_cleanups,
	    .flags = F_NULLABLE,
	    .doc = "Null for work; else when it cleans up." },
	{ .name = "cleans", .kind = SCHEMA_INTEGER, .flags = F_NULLABLE,
	    .doc = "The step that it cleans up after." },
	{ .name = "params", .kind = SCHEMA_JSON, .doc = "Parameters." },
	{ .name = "status", .kind = SCHEMA_CHOICE, .choices = step_states,
	    .doc = "Where it is in its life." },
	{ .name = "reason", .kind = SCHEMA_STRING, .doc = "Why, in words." },
	{ .name = "preview", .kind = SCHEMA_STRING,
	    .doc = "Target before the run: done, missing, unknown or empty; "
		   "again: it runs whatever is there." },
	{ .name = "definition", .kind = SCHEMA_STRING,
	    .doc = "Hash of the definition that its attempts ran." },
	{ .name = "needs", .kind = SCHEMA_LIST, .of = &json_schema,
	    .doc = "Steps it needs: {name, step}." },
	{ .name = "undoes", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "What of another run it undoes." },
	{ .name = "manual", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "What a person does, when it is a manual step." },
	{ .name = "outputs", .kind = SCHEMA_JSON,
	    .doc = "Outputs; secret ones are masked." },
	{ .name = "attempts", .kind = SCHEMA_LIST, .of = &attempt_schema,
	    .doc = "Every try, in order." },
	{ .name = "usual_ms", .kind = SCHEMA_INTEGER,
	    .flags = F_NULLABLE,
	    .doc = "Median of its last ten successful durations." },
	{ .name = "tail", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "Last lines of the log, when it failed." },
	{ .name = "started_at", .kind = SCHEMA_TIME, .flags = F_NULLABLE,
	    .doc = "First start since it was last asked for." },
	{ .name = "ended_at", .kind = SCHEMA_TIME, .flags = F_NULLABLE,
	    .doc = "Over." },
	{ .name = "duration_ms", .kind = SCHEMA_INTEGER, .flags = F_NULLABLE,
	    .doc = "From its first start to its end, or until now, whatever "
		   "was done to the clock; null: it did not begin." },
	{ .name = NULL }
};
static const struct schema step_view_schema = { .kind = SCHEMA_OBJECT,
	.title = "StepView", .doc = "A step with its attempts.",
	.fields = step_view_fields };

static const struct schema run_detail_fields[] = {
	{ .name = "run", .kind = SCHEMA_OBJECT, .title = "Run",
	    .fields = run_fields, .doc = "The run itself." },
	{ .name = "duration_ms", .kind = SCHEMA_INTEGER, .flags = F_NULLABLE,
	    .doc = "From its first step to its end, or until now; null: it "
		   "did not begin." },
	{ .name = "ticket", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "Its ticket." },
	{ .name = "retry_of", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "The run that it tries again." },
	{ .name = "retry_of_closure", .kind = SCHEMA_STRING,
	    .flags = F_NULLABLE,
	    .doc = "The definitions that that one ran, by hash." },
	{ .name = "undo_of", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "The run that it undoes." },
	{ .name = "stays", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "What of that run is not undone, and why." },
	{ .name = "undone_by", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "The run that undoes it, or did." },
	{ .name = "planning", .kind = SCHEMA_BOOL,
	    .doc = "Checks are still going on; the plan may change." },
	{ .name = "newer", .kind = SCHEMA_BOOL,
	    .doc = "The folder has a newer version of what it runs." },
	{ .name = "watchers", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "People who asked for the same and wait for it." },
	{ .name = "steps", .kind = SCHEMA_LIST, .of = &step_view_schema,
	    .doc = "What it is made of, in the order it runs." },
	{ .name = "more_steps", .kind = SCHEMA_INTEGER,
	    .doc = "Steps not shown here, when there are many." },
	{ .name = NULL }
};
const struct schema run_detail_schema = { .kind = SCHEMA_OBJECT,
	.title = "RunDetail", .doc = "A run with its steps.",
	.fields = run_detail_fields };

static const struct schema run_list_query[] = { OP_PAGE_FIELDS,
	{ .name = "status", .kind = SCHEMA_CHOICE, .choices = run_states,
	    .doc = "Only runs in this status." },
	{ .name = "task", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Only runs of this task." },
	{ .name = NULL } };
const struct op op_run_list = { .name = "run.list",
	.summary = "List runs, the newest first.", .method = OP_GET,
	.path = "/v1/runs", .kind = OP_READ, .flags = OP_LIST,
	.role = ROLE_SIGNED_IN, .query = run_list_query, .out = &run_schema,
	.cli = "run list [--status STATUS] [--task TASK] [--limit N] "
	       "[--after KEY]",
	.columns = "key,task,environment,status,requester,created_at" };

const struct op op_run_get = { .name = "run.get",
	.summary = "Show a run with its steps and attempts.",
	.method = OP_GET, .path = "/v1/runs/{run}", .kind = OP_READ,
	.role = ROLE_SIGNED_IN, .out = &run_detail_schema,
	.cli = "run show RUN" };

static const struct schema run_cancel_fields[] = {
	{ .name = "reason", .kind = SCHEMA_STRING, AT_MOST(2000),
	    .default_json = "\"\"", .doc = "Why, for the record." },
	{ .name = "everything", .kind = SCHEMA_BOOL,
	    .default_json = "false",
	    .doc = "End what cleans up too (on_failure, always)." },
	{ .name = NULL }
};
static const struct schema run_cancel_in = { .kind = SCHEMA_OBJECT,
	.title = "RunCancel", .fields = run_cancel_fields };
const struct op op_run_cancel = { .name = "run.cancel",
	.summary = "Cancel a run: end its steps and start no more.",
	.doc = "Somebody who merely watches a run that others asked for is "
	       "detached from it; the run ends when the last one goes. What "
	       "cleans up after its steps still runs, unless everything is "
	       "said.",
	.method = OP_POST, .path = "/v1/runs/{run}/cancel", .kind = OP_WRITE,
	.flags = OP_WHEN_FULL,
	.role = ROLE_SIGNED_IN, .in = &run_cancel_in,
	.out = &run_detail_schema,
	.cli = "run cancel RUN [--reason TEXT] [--everything]" };

static const char *const retry_definitions[] = { "same", "latest", NULL };
static const struct schema run_retry_fields[] = {
	{ .name = "from", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "From this step (its number or task), also one that "
		   "succeeded: it and what depends on it run again. Else from "
		   "all that failed." },
	{ .name = "step", .kind = SCHEMA_INTEGER,
	    .doc = "The same by number." },
	{ .name = "definition", .kind = SCHEMA_CHOICE,
	    .choices = retry_definitions, .default_json = "\"same\"",
	    .doc = "same: this run goes on; latest: a new run with today's "
		   "definitions and a fresh approval." },
	{ .name = NULL }
};
static const struct schema run_retry_in = { .kind = SCHEMA_OBJECT,
	.title = "RunRetry", .fields = run_retry_fields };
const struct op op_run_retry = { .name = "run.retry",
	.summary = "Retry a run from where it failed, or from any step.",
	.method = OP_POST, .path = "/v1/runs/{run}/retry", .kind = OP_WRITE,
	.role = ROLE_SIGNED_IN, .in = &run_retry_in,
	.out = &run_detail_schema,
	.cli = "run retry RUN [--from STEP] [--definition same|latest]" };

static const struct schema run_log_query[] = {
	{ .name = "step", .kind = SCHEMA_INTEGER,
	    .doc = "Only this step." },
	{ .name = "attempt", .kind = SCHEMA_INTEGER,
	    .doc = "Only this attempt." },
	{ .name = NULL }
};
const struct op op_run_log = { .name = "run.log",
	.summary = "Read the log of a run, as plain text.", .method = OP_GET,
	.path = "/v1/runs/{run}/log", .kind = OP_RAW, .role = ROLE_SIGNED_IN,
	.query = run_log_query,
	.cli = "run log RUN [--step STEP] [--attempt ATTEMPT]" };

const struct op op_run_follow = { .name = "run.follow",
	.summary = "Follow a run live: its steps and its log.",
	.doc = "Events: run and step carry the object after a change; log "
	       "carries {step, attempt, task, stream, offset, text}; end is "
	       "the last one. Last-Event-ID goes on where a stream broke, "
	       "without loss or repetition.",
	.method = OP_GET, .path = "/v1/runs/{run}/follow",
	.kind = OP_STREAM, .role = ROLE_SIGNED_IN,
	.cli = "run follow RUN" };

static const struct schema run_reveal_fields[] = {
	{ .name = "output", .kind = SCHEMA_STRING, AT_MOST(64),
	    .flags = F_REQUIRED, .doc = "Name of the secret output." },
	{ .name = "step", .kind = SCHEMA_INTEGER,
	    .doc = "Of this step; else of the task that was asked for." },
	{ .name = NULL }
};
static const struct schema run_reveal_in = { .kind = SCHEMA_OBJECT,
	.title = "RunReveal", .fields = run_reveal_fields };
static const struct schema revealed_fields[] = {
	{ .name = "output", .kind = SCHEMA_STRING, .doc = "Its name." },
	{ .name = "value", .kind = SCHEMA_STRING, .flags = F_SECRET,
	    .doc = "The secret itself; shown once when the task says so." },
	{ .name = NULL }
};
static const struct schema revealed_schema = { .kind = SCHEMA_OBJECT,
	.title = "Revealed", .fields = revealed_fields };
const struct op op_run_reveal = { .name = "run.reveal",
	.summary = "Read a secret output; by default that works once.",
	.method = OP_POST, .path = "/v1/runs/{run}/reveal",
	.kind = OP_WRITE, .flags = OP_RETURNS_SECRET, .role = ROLE_SIGNED_IN,
	.in = &run_reveal_in, .out = &revealed_schema,
	.cli = "run reveal RUN --output NAME [--step STEP]" };

static const char *const resolutions[] = { "succeeded", "failed", "retry",
	NULL };
static const struct schema run_resolve_fields[] = {
	{ .name = "step", .kind = SCHEMA_INTEGER, .flags = F_REQUIRED,
	    .doc = "The step." },
	{ .name = "outcome", .kind = SCHEMA_CHOICE, .choices = resolutions,
	    .flags = F_REQUIRED, .doc = "What really became of it." },
	{ .name = "note", .kind = SCHEMA_STRING, AT_MOST(2000),
	    .flags = F_REQUIRED, .doc = "How you know." },
	{ .name = NULL }
};
static const struct schema run_resolve_in = { .kind = SCHEMA_OBJECT,
	.title = "RunResolve", .fields = run_resolve_fields };
const struct op op_run_resolve = { .name = "run.resolve",
	.summary = "Say what became of a step that is unknown, or was manual.",
	.method = OP_POST, .path = "/v1/runs/{run}/resolve",
	.kind = OP_WRITE,
	.flags = OP_WHEN_FULL,
	.role = ROLE_SIGNED_IN, .in = &run_resolve_in,
	.out = &run_detail_schema,
	.cli = "run resolve RUN --step STEP --outcome OUTCOME "
	       "--note TEXT" };
