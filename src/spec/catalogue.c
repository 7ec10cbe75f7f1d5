/* SPDX-License-Identifier: MIT */
#include "spec/catalogue.h"
#include "spec/run.h"
#include "spec/ticket.h"

static const struct schema text_schema = { .kind = SCHEMA_STRING };
static const struct schema json_schema = { .kind = SCHEMA_JSON };

static const struct schema task_fields[] = {
	{ .name = "name", .kind = SCHEMA_STRING, .flags = F_KEY,
	    .doc = "Its name." },
	{ .name = "doc", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "What it does." },
	{ .name = "team", .kind = SCHEMA_STRING, .doc = "Who owns it." },
	{ .name = "hash", .kind = SCHEMA_STRING,
	    .doc = "Of the definition." },
	{ .name = "closure_hash", .kind = SCHEMA_STRING,
	    .doc = "Of the definition, all it needs, and their files." },
	{ .name = "where", .kind = SCHEMA_STRING,
	    .doc = "File and line in the folder." },
	{ .name = "params", .kind = SCHEMA_JSON,
	    .doc = "JSON Schema of its parameters." },
	{ .name = "needs", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "Tasks it needs." },
	{ .name = "outputs", .kind = SCHEMA_LIST, .of = &json_schema,
	    .doc = "Outputs: {name, secret, doc, schema}." },
	{ .name = "undo", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "The task that undoes it." },
	{ .name = "cost", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "What it costs, in words; null: nothing is said." },
	{ .name = "can", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "Environments where you may run it." },
	{ .name = NULL }
};
const struct schema task_schema = { .kind = SCHEMA_OBJECT, .title = "Task",
	.doc = "A bounded piece of work.", .fields = task_fields };

static const struct schema request_fields[] = {
	{ .name = "name", .kind = SCHEMA_STRING, .flags = F_KEY,
	    .doc = "Its name." },
	{ .name = "title", .kind = SCHEMA_STRING, .doc = "Of the form." },
	{ .name = "doc", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "What you get." },
	{ .name = "project", .kind = SCHEMA_STRING,
	    .doc = "Where its tickets go." },
	{ .name = "task", .kind = SCHEMA_STRING,
	    .doc = "The task that does it." },
	{ .name = "team", .kind = SCHEMA_STRING, .doc = "Who owns it." },
	{ .name = "priority", .kind = SCHEMA_STRING,
	    .doc = "Of its tickets." },
	{ .name = "environments", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "Where it can be asked for." },
	{ .name = "params", .kind = SCHEMA_JSON,
	    .doc = "JSON Schema of its form." },
	{ .name = "cost", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "What it costs, in words; null: nothing is said." },
	{ .name = "can", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "Environments where you may ask for it." },
	{ .name = NULL }
};
const struct schema request_schema = { .kind = SCHEMA_OBJECT,
	.title = "RequestType", .doc = "Something that may be asked for.",
	.fields = request_fields };

static const struct schema environment_fields[] = {
	{ .name = "name", .kind = SCHEMA_STRING, .flags = F_KEY,
	    .doc = "Its name." },
	{ .name = "doc", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "What it is for." },
	{ .name = "protected", .kind = SCHEMA_BOOL,
	    .doc = "Every run in it needs an approval." },
	{ .name = "approve", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "Its approval rules, in words." },
	{ .name = "vars", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "Names of its variables." },
	{ .name = NULL }
};
const struct schema environment_schema = { .kind = SCHEMA_OBJECT,
	.title = "Environment", .doc = "Where things run.",
	.fields = environment_fields };

static const struct schema person_fields[] = {
	{ .name = "name", .kind = SCHEMA_STRING, .flags = F_KEY,
	    .doc = "Short name." },
	{ .name = "full_name", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "As people say it." },
	{ .name = "email", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "Address." },
	{ .name = "teams", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "Teams." },
	{ .name = "disabled", .kind = SCHEMA_BOOL, .doc = "No access." },
	{ .name = NULL }
};
const struct schema person_schema = { .kind = SCHEMA_OBJECT,
	.title = "Person", .doc = "Somebody.", .fields = person_fields };

static const struct schema team_fields[] = {
	{ .name = "name", .kind = SCHEMA_STRING, .flags = F_KEY,
	    .doc = "Its name." },
	{ .name = "doc", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "What it does." },
	{ .name = "members", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "People." },
	{ .name = "on_duty", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "Who has its duty now; null: all of them." },
	{ .name = NULL }
};
const struct schema team_schema = { .kind = SCHEMA_OBJECT, .title = "Team",
	.doc = "People who own things together.", .fields = team_fields };

static const struct schema platform_fields[] = {
	{ .name = "folder", .kind = SCHEMA_STRING, .doc = "Where it is." },
	{ .name = "hash", .kind = SCHEMA_STRING,
	    .doc = "Of everything loaded." },
	{ .name = "commit", .kind = SCHEMA_STRING,
	    .doc = "Git commit of the folder, or empty." },
	{ .name = "loaded_at", .kind = SCHEMA_TIME, .doc = "When." },
	{ .name = "tasks", .kind = SCHEMA_INTEGER, .doc = "How many." },
	{ .name = "requests", .kind = SCHEMA_INTEGER, .doc = "How many." },
	{ .name = "people", .kind = SCHEMA_INTEGER, .doc = "How many." },
	{ .name = "errors", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "Of the last reload; while there are any, the version "
		   "before stays in force." },
	{ .name = NULL }
};
const struct schema platform_schema = { .kind = SCHEMA_OBJECT,
	.title = "Platform", .doc = "The team's folder as loaded.",
	.fields = platform_fields };

static const struct schema plan_fields[] = {
	{ .name = "hash", .kind = SCHEMA_STRING, .flags = F_KEY,
	    .doc = "SHA-256 over the canonical JSON of body." },
	{ .name = "body", .kind = SCHEMA_JSON,
	    .doc = "Exactly what an approval is over." },
	{ .name = "created_at", .kind = SCHEMA_TIME, .doc = "When." },
	{ .name = NULL }
};
const struct schema plan_schema = { .kind = SCHEMA_OBJECT, .title = "Plan",
	.doc = "What is to be done, by hash.", .fields = plan_fields };

static const struct schema catalogue_fields[] = {
	{ .name = "etag", .kind = SCHEMA_STRING, .doc = "Changes with it." },
	{ .name = "environments", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "All environments." },
	{ .name = "default_environment", .kind = SCHEMA_STRING,
	    .flags = F_NULLABLE, .doc = "The one that need not be named." },
	{ .name = "requests", .kind = SCHEMA_LIST, .of = &request_schema,
	    .doc = "What may be asked for." },
	{ .name = "tasks", .kind = SCHEMA_LIST, .of = &task_schema,
	    .doc = "What may be run." },
	{ .name = NULL }
};
const struct schema catalogue_schema = { .kind = SCHEMA_OBJECT,
	.title = "Catalogue", .doc = "Everything a person may ask for.",
	.fields = catalogue_fields };

const struct op op_catalogue_get = { .name = "catalogue.get",
	.summary = "Read all that may be asked for, with its forms.",
	.method = OP_GET, .path = "/v1/catalogue", .kind = OP_READ,
	.role = ROLE_SIGNED_IN, .out = &catalogue_schema };

static const struct schema no_query[] = { { .name = NULL } };

const struct op op_request_list = { .name = "request.list",
	.summary = "List what may be asked for.", .method = OP_GET,
	.path = "/v1/requests", .kind = OP_READ, .flags = OP_LIST,
	.role = ROLE_SIGNED_IN, .query = no_query, .out = &request_schema,
	.cli = "request list", .columns = "name,title,project,can" };
const struct op op_request_get = { .name = "request.get",
	.summary = "Show a request type and its form.", .method = OP_GET,
	.path = "/v1/requests/{request}", .kind = OP_READ,
	.role = ROLE_SIGNED_IN, .out = &request_schema,
	.cli = "request show REQUEST" };

static const struct schema ask_fields[] = {
	{ .name = "environment", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Where; may be left out when there is only one." },
	{ .name = "params", .kind = SCHEMA_JSON, .default_json = "{}",
	    .doc = "The form." },
	{ .name = "title", .kind = SCHEMA_STRING, BETWEEN(1, 200),
	    .flags = F_LINE, .doc = "One line; made from the form when left out." },
	{ .name = "note", .kind = SCHEMA_STRING, AT_MOST(20000),
	    .doc = "First comment on the ticket." },
	{ .name = "dry_run", .kind = SCHEMA_BOOL, .default_json = "false",
	    .doc = "Only make the plan; no ticket, nothing runs." },
	{ .name = NULL }
};
const struct schema ask_schema = { .kind = SCHEMA_OBJECT, .title = "Ask",
	.fields = ask_fields };
static const struct schema asked_fields[] = {
	{ .name = "ticket", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "Key of the ticket, when there is one." },
	{ .name = "run", .kind = SCHEMA_STRING, .doc = "Key of the run." },
	{ .name = "plan_hash", .kind = SCHEMA_STRING, .doc = "The plan." },
	{ .name = "status", .kind = SCHEMA_STRING, .doc = "Of the run." },
	{ .name = "joined", .kind = SCHEMA_BOOL,
	    .doc = "The same was running already; you watch that run." },
	{ .name = "cost", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "What it costs, as declared." },
	{ .name = "later", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "Rules that hold at other times of the week, and when." },
	{ .name = "needs", .kind = SCHEMA_LIST, .of = &need_schema,
	    .doc = "Approvals that are wanted." },
	{ .name = "warnings", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "What will stand in its way." },
	{ .name = NULL }
};
const struct schema asked_schema = { .kind = SCHEMA_OBJECT,
	.title = "Asked", .doc = "What became of an ask.",
	.fields = asked_fields };
const struct op op_request_ask = { .name = "request.ask",
	.summary = "Ask for something: makes a ticket, a plan and a run.",
	.method = OP_POST, .path = "/v1/requests/{request}/tickets",
	.kind = OP_WRITE, .role = ROLE_SIGNED_IN, .in = &ask_schema,
	.out = &asked_schema,
	.cli = "request ask REQUEST [--environment ENV] [--params JSON] "
	       "[--title TEXT] [--note TEXT] [--dry-run]" };

const struct op op_task_list = { .name = "task.list",
	.summary = "List tasks.", .method = OP_GET, .path = "/v1/tasks",
	.kind = OP_READ, .flags = OP_LIST, .role = ROLE_SIGNED_IN,
	.query = no_query, .out = &task_schema, .cli = "task list",
	.columns = "name,team,can,doc" };
const struct op op_task_get = { .name = "task.get",
	.summary = "Show a task and its parameters.", .method = OP_GET,
	.path = "/v1/tasks/{task}", .kind = OP_READ, .role = ROLE_SIGNED_IN,
	.out = &task_schema, .cli = "task show TASK" };

static const struct schema task_run_fields[] = {
	{ .name = "environment", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Where; may be left out when there is only one." },
	{ .name = "params", .kind = SCHEMA_JSON, .default_json = "{}",
	    .doc = "Parameters of the task." },
	{ .name = "dry_run", .kind = SCHEMA_BOOL, .default_json = "false",
	    .doc = "Only make the plan; nothing runs." },
	{ .name = NULL }
};
const struct schema task_run_schema = { .kind = SCHEMA_OBJECT,
	.title = "TaskRun", .fields = task_run_fields };
const struct op op_task_run = { .name = "task.run",
	.summary = "Run a task with all it needs.",
	.doc = "Where a rule asks for an approval, this opens an operation "
	       "ticket and the run waits for it.",
	.method = OP_POST, .path = "/v1/tasks/{task}/runs", .kind = OP_WRITE,
	.role = ROLE_SIGNED_IN, .in = &task_run_schema,
	.out = &asked_schema,
	.cli = "task run TASK [--environment ENV] [--params JSON] "
	       "[--dry-run]" };

const struct op op_environment_list = { .name = "environment.list",
	.summary = "List environments.", .method = OP_GET,
	.path = "/v1/environments", .kind = OP_READ, .flags = OP_LIST,
	.role = ROLE_SIGNED_IN, .query = no_query,
	.out = &environment_schema, .cli = "environment list",
	.columns = "name,protected,approve,doc" };
const struct op op_person_list = { .name = "person.list",
	.summary = "List people.", .method = OP_GET, .path = "/v1/people",
	.kind = OP_READ, .flags = OP_LIST, .role = ROLE_SIGNED_IN,
	.query = no_query, .out = &person_schema, .cli = "person list",
	.columns = "name,full_name,teams" };
const struct op op_team_list = { .name = "team.list",
	.summary = "List teams.", .method = OP_GET, .path = "/v1/teams",
	.kind = OP_READ, .flags = OP_LIST, .role = ROLE_SIGNED_IN,
	.query = no_query, .out = &team_schema, .cli = "team list",
	.columns = "name,members,on_duty,doc" };

const struct op op_platform_get = { .name = "platform.get",
	.summary = "Show which version of the folder is in force.",
	.method = OP_GET, .path = "/v1/platform", .kind = OP_READ,
	.role = ROLE_SIGNED_IN, .out = &platform_schema,
	.cli = "platform show" };
const struct op op_platform_reload = { .name = "platform.reload",
	.summary = "Read the folder again now.", .method = OP_POST,
	.path = "/v1/platform/reload", .kind = OP_WRITE, .role = ROLE_ADMIN,
	.out = &platform_schema, .cli = "platform reload" };

static const struct schema plan_change_fields[] = {
	{ .name = "at", .kind = SCHEMA_STRING,
	    .doc = "JSON pointer into the bodies." },
	{ .name = "old", .kind = SCHEMA_JSON, .flags = F_NULLABLE,
	    .doc = "What it was." },
	{ .name = "new", .kind = SCHEMA_JSON, .flags = F_NULLABLE,
	    .doc = "What it is." },
	{ .name = NULL }
};
static const struct schema plan_change_schema = { .kind = SCHEMA_OBJECT,
	.title = "PlanChange", .doc = "One difference of two plans.",
	.fields = plan_change_fields };
static const struct schema plan_diff_fields[] = {
	{ .name = "old", .kind = SCHEMA_STRING, .flags = F_KEY,
	    .doc = "Hash of the one." },
	{ .name = "new", .kind = SCHEMA_STRING, .doc = "Hash of the other." },
	{ .name = "changes", .kind = SCHEMA_LIST, .of = &plan_change_schema,
	    .doc = "Where they differ." },
	{ .name = "preview", .kind = SCHEMA_STRING,
	    .doc = "Lines of the previews that differ, - old and + new." },
	{ .name = NULL }
};
const struct schema plan_diff_schema = { .kind = SCHEMA_OBJECT,
	.title = "PlanDiff", .doc = "What two approvals are over, compared.",
	.fields = plan_diff_fields };
const struct op op_plan_diff = { .name = "plan.diff",
	.summary = "Compare what two approvals are over.", .method = OP_GET,
	.path = "/v1/plans/{plan}/diff/{other}", .kind = OP_READ,
	.role = ROLE_SIGNED_IN, .out = &plan_diff_schema,
	.cli = "plan diff PLAN OTHER" };
const struct op op_plan_get = { .name = "plan.get",
	.summary = "Show what a plan hash stands for.", .method = OP_GET,
	.path = "/v1/plans/{plan}", .kind = OP_READ, .role = ROLE_SIGNED_IN,
	.out = &plan_schema, .cli = "plan show PLAN" };
