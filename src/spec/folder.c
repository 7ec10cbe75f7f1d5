/* SPDX-License-Identifier: MIT */
#include "spec/folder.h"

#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "spec/folder_around.h"

#define FOLDER_TIMEOUT_MIN 1000
#define FOLDER_TIMEOUT_MAX (30 * 86400000LL)

/*
 * Parts that several kinds share.
 */

static const struct schema text_schema = { .kind = SCHEMA_STRING };
const struct schema folder_name_schema = {
	.kind = SCHEMA_STRING,
	.pattern = FOLDER_NAME,
	.doc = "a name has small letters, digits, _ and -, and begins with a "
	       "letter",
};
static const struct schema anything_schema = { .kind = SCHEMA_JSON };
static const struct schema names_schema = {
	.kind = SCHEMA_LIST,
	.of = &folder_name_schema,
};
static const struct schema *const names_forms[] = { &folder_name_schema,
	&names_schema, NULL };

static const struct schema variables_of = {
	.kind = SCHEMA_STRING,
	.doc = "A text; in a task also a whole reference.",
};

static const struct schema matcher_scalar = { .kind = SCHEMA_JSON };
static const struct schema matcher_list = {
	.kind = SCHEMA_LIST,
	.of = &matcher_scalar,
	AT_LEAST(1),
};
static const struct schema *const matcher_not_forms[] = {
	&(const struct schema){ .kind = SCHEMA_STRING },
	&(const struct schema){ .kind = SCHEMA_NUMBER },
	&(const struct schema){ .kind = SCHEMA_BOOL },
	&matcher_list,
	NULL,
};
static const struct schema matcher_fields[] = {
	{ .name = "min", .kind = SCHEMA_INTEGER,
		.doc = "At least this number." },
	{ .name = "max", .kind = SCHEMA_INTEGER,
		.doc = "At most this number." },
	{ .name = "matches", .kind = SCHEMA_STRING, AT_LEAST(1),
		.doc = "The whole text matches this extended regular "
		       "expression." },
	{ .name = "not", .kind = SCHEMA_ONE_OF, .any_of = matcher_not_forms,
		.doc = "Neither this value nor one of this list; an absent "
		       "value is neither." },
	{ .name = NULL },
};
static const struct schema matcher_object = {
	.kind = SCHEMA_OBJECT,
	.fields = matcher_fields,
};
static const struct schema *const matcher_forms[] = {
	&(const struct schema){ .kind = SCHEMA_STRING },
	&(const struct schema){ .kind = SCHEMA_NUMBER },
	&(const struct schema){ .kind = SCHEMA_BOOL },
	&matcher_list,
	&matcher_object,
	NULL,
};
static const struct schema matcher_schema = {
	.kind = SCHEMA_ONE_OF,
	.any_of = matcher_forms,
};
const struct schema folder_matcher_schema = {
	.kind = SCHEMA_MAP,
	.of = &matcher_schema,
	AT_LEAST(1),
	.title = "Matchers",
};

static const struct schema *const count_forms[] = {
	&(const struct schema){ .kind = SCHEMA_INTEGER, BETWEEN(1, 100) },
	&(const struct schema){ .kind = SCHEMA_CHOICE,
		.choices = (const char *const[]){ "all", NULL } },
	NULL,
};
static const struct schema window_schema = { .kind = SCHEMA_STRING,
	.doc = "days, a time of day, or both: mon-fri 09:00-17:00" };
static const struct schema windows_schema = { .kind = SCHEMA_LIST,
	.of = &window_schema, BETWEEN(1, 20) };
static const struct schema *const window_forms[] = { &window_schema,
	&windows_schema, NULL };
static const struct schema rule_fields[] = {
	{ .name = "when", .kind = SCHEMA_MAP, .of = &matcher_schema,
		AT_LEAST(1),
		.doc = "Holds only when all of these hold; without it always.",
		.example = "{\"env\": \"prod\", \"cost\": {\"max\": 50}}" },
	{ .name = "window", .kind = SCHEMA_ONE_OF, .any_of = window_forms,
		.doc = "Holds only at these times of the week: days, a time "
		       "of day, or both; one or several.",
		.example = "\"mon-fri 09:00-17:00\"" },
	{ .name = "timezone", .kind = SCHEMA_STRING,
		.doc = "Of the window; without it that of the folder." },
	{ .name = "of", .kind = SCHEMA_STRING, .pattern = FOLDER_NAME,
		.doc = "The team or person to ask." },
	{ .name = "count", .kind = SCHEMA_ONE_OF, .any_of = count_forms,
		.doc = "How many of the team must approve, or all; without it "
		       "one." },
	{ .name = "percent", .kind = SCHEMA_INTEGER, BETWEEN(1, 100),
		.doc = "Instead of count: so much of those of the team who "
		       "may decide, rounded up; as of the request and of the "
		       "decision." },
	{ .name = "name", .kind = SCHEMA_STRING, .pattern = FOLDER_NAME,
		.doc = "How answers call the rule." },
	{ .name = "expires", .kind = SCHEMA_DURATION,
		BETWEEN(60000, 366 * 86400000LL),
		.doc = "How long a decision is waited for: 1m to 366d; "
		       "without it as approval: {expires} of the settings." },
	{ .name = "remind", .kind = SCHEMA_DURATION,
		BETWEEN(60000, 366 * 86400000LL),
		.doc = "When to remind those who may decide, once, after "
		       "the request." },
	{ .name = "when_expired", .kind = SCHEMA_STRING,
		.pattern = FOLDER_NAME,
		.doc = "When nobody decided in time: cancel (without it), "
		       "decline, or the team or person to ask then." },
	{ .name = "valid", .kind = SCHEMA_DURATION,
		BETWEEN(60000, 366 * 86400000LL),
		.doc = "How long after the decision the work may begin; "
		       "later it is asked for again." },
	{ .name = "none", .kind = SCHEMA_BOOL,
		.doc = "true: when this rule holds, nobody is asked and the "
		       "rules below are not read." },
	{ .name = NULL },
};
static const struct schema rule_schema = {
	.kind = SCHEMA_OBJECT,
	.fields = rule_fields,
	.title = "ApprovalRule",
};

#define FOLDER_APPROVE                                                         \
	{                                                                      \
		.name = "approve", .kind = SCHEMA_LIST, .of = &rule_schema,    \
		AT_MOST(50),                                                   \
		.doc = "Who must approve: rules, read in order.",              \
		.example = "[{\"of\": \"compliance\", \"count\": 1}]"          \
	}
#define FOLDER_DOC(what)                                                       \
	{ .name = "doc", .kind = SCHEMA_STRING, .doc = what }

/*
 * people, teams, grants, environments.
 */

static const struct schema person_fields[] = {
	{ .name = "name", .kind = SCHEMA_STRING, .doc = "The full name." },
	{ .name = "unix", .kind = SCHEMA_STRING,
		.pattern = "[a-z_][a-z0-9_.-]{0,31}",
		.doc = "The account on the server's machine that is this "
		       "person." },
	{ .name = "email", .kind = SCHEMA_STRING,
		.pattern = "[^@[:space:]]+@[^@[:space:]]+",
		.doc = "The address for mail." },
	{ .name = "same_as", .kind = SCHEMA_STRING, .pattern = FOLDER_NAME,
		.doc = "Another account of the same human: for approvals the "
		       "two are one." },
	{ .name = "disabled", .kind = SCHEMA_BOOL, .default_json = "false",
		.doc = "true: may do nothing, stays in the history." },
	{ .name = "service", .kind = SCHEMA_STRING,
		.doc = "This is a program's account, and that team or person "
		       "answers for it; neither decides on what it asks "
		       "for.",
		.example = "\"platform\"" },
	{ .name = NULL },
};
static const struct schema person_schema = {
	.kind = SCHEMA_OBJECT,
	.fields = person_fields,
};
static const struct schema team_fields[] = {
	{ .name = "members", .kind = SCHEMA_LIST, .of = &folder_name_schema,
		.flags = F_REQUIRED, .doc = "People of this folder." },
	{ .name = "duty", .kind = SCHEMA_ONE_OF, .any_of = names_forms,
		.doc = "Who takes what comes in: a member, or several who "
		       "change every Monday, in this order; without it all." },
	FOLDER_DOC("What the team does."),
	{ .name = NULL },
};
static const struct schema team_schema = {
	.kind = SCHEMA_OBJECT,
	.fields = team_fields,
};
static const char *const grant_roles[] = { "viewer", "member", "approver",
	"admin", NULL };
static const struct schema project_key_schema = {
	.kind = SCHEMA_STRING,
	.pattern = FOLDER_PROJECT,
};
static const struct schema project_keys_schema = {
	.kind = SCHEMA_LIST,
	.of = &project_key_schema,
};
static const struct schema *const project_forms[] = { &project_key_schema,
	&project_keys_schema, NULL };
static const struct schema grant_fields[] = {
	{ .name = "to", .kind = SCHEMA_STRING, .flags = F_REQUIRED,
		.doc = "A team or a person." },
	{ .name = "role", .kind = SCHEMA_CHOICE, .flags = F_REQUIRED,
		.choices = grant_roles,
		.doc = "viewer sees, member runs and asks, approver decides, "
		       "admin administers." },
	{ .name = "deny", .kind = SCHEMA_BOOL, .default_json = "false",
		.doc = "true takes the role away; it wins over every grant." },
	{ .name = "on", .kind = SCHEMA_STRING,
		.doc = "Only what this team owns." },
	{ .name = "env", .kind = SCHEMA_ONE_OF, .any_of = names_forms,
		.doc = "Only in these environments." },
	{ .name = "tasks", .kind = SCHEMA_ONE_OF, .any_of = names_forms,
		.doc = "Only these tasks and requests." },
	{ .name = "projects", .kind = SCHEMA_ONE_OF,
		.any_of = project_forms,
		.doc = "Only request types of these projects." },
	{ .name = "until", .kind = SCHEMA_STRING,
		.doc = "Until the end of this day, or this time, in the "
		       "folder's zone.",
		.example = "\"2026-12-31\"" },
	{ .name = "break_glass", .kind = SCHEMA_BOOL,
		.default_json = "false",
		.doc = "true: only while a break-glass of theirs is open." },
	{ .name = NULL },
};
static const struct schema grant_schema = {
	.kind = SCHEMA_OBJECT,
	.fields = grant_fields,
};
static const struct schema environment_fields[] = {
	FOLDER_DOC("What it is for."),
	{ .name = "protected", .kind = SCHEMA_BOOL, .default_json = "false",
		.doc = "true: nothing runs here unless somebody approved." },
	{ .name = "vars", .kind = SCHEMA_MAP, .pattern = FOLDER_ENV,
		.of = &variables_of,
		.doc = "Environment variables of every command here.",
		.example = "{\"PGHOST\": \"127.0.0.1\"}" },
	{ .name = "secrets", .kind = SCHEMA_LIST, .of = &folder_name_schema,
		.doc = "Names of the secrets that tasks may use here." },
	FOLDER_APPROVE,
	{ .name = NULL },
};
static const struct schema environment_schema = {
	.kind = SCHEMA_OBJECT,
	.fields = environment_fields,
};
static const struct schema people_fields[] = {
	{ .name = "people", .kind = SCHEMA_MAP, .pattern = FOLDER_NAME,
		.of = &person_schema, .doc = "Everybody, by short name." },
	{ .name = "teams", .kind = SCHEMA_MAP, .pattern = FOLDER_NAME,
		.of = &team_schema, .doc = "Groups of people, by name." },
	{ .name = "grants", .kind = SCHEMA_LIST, .of = &grant_schema,
		.doc = "Who may do what." },
	{ .name = "environments", .kind = SCHEMA_MAP, .pattern = FOLDER_NAME,
		.of = &environment_schema,
		.doc = "Where tasks run: dev, prod." },
	{ .name = NULL },
};
const struct schema folder_people_schema = {
	.kind = SCHEMA_OBJECT,
	.fields = people_fields,
	.title = "People",
	.doc = "People, teams, what they may do, and environments.",
};

/*
 * task.
 */

static const char *const param_types[] = { "string", "integer", "number",
	"boolean", "choice", "secret", "list", NULL };
static const char *const param_elements[] = { "string", "integer", "number",
	"boolean", NULL };
static const struct schema param_fields[] = {
	{ .name = "type", .kind = SCHEMA_CHOICE, .choices = param_types,
		.default_json = "\"string\"", .doc = "What it is." },
	FOLDER_DOC("One line for the form and the help."),
	{ .name = "required", .kind = SCHEMA_BOOL, .default_json = "false",
		.doc = "true: must be given." },
	{ .name = "default", .kind = SCHEMA_JSON,
		.doc = "The value when none is given." },
	{ .name = "pattern", .kind = SCHEMA_STRING, AT_LEAST(1),
		.doc = "string, secret: an extended regular expression of the "
		       "whole text." },
	{ .name = "min", .kind = SCHEMA_INTEGER,
		.doc = "Least number; least bytes of a text; least elements "
		       "of a list." },
	{ .name = "max", .kind = SCHEMA_INTEGER, .doc = "The same, most." },
	{ .name = "choices", .kind = SCHEMA_LIST, .of = &text_schema,
		BETWEEN(1, 500), .doc = "choice: the allowed texts." },
	{ .name = "of", .kind = SCHEMA_CHOICE, .choices = param_elements,
		.doc = "list: the type of its elements; without it string." },
	{ .name = NULL },
};
const struct schema folder_param_schema = {
	.kind = SCHEMA_OBJECT,
	.fields = param_fields,
	.title = "Parameter",
};

static const struct schema foreach_list = {
	.kind = SCHEMA_LIST,
	.of = &anything_schema,
	AT_MOST(LIMIT_STEPS_PER_RUN),
};
static const struct schema *const foreach_forms[] = { &text_schema,
	&foreach_list, NULL };
static const struct schema need_fields[] = {
	{ .name = "task", .kind = SCHEMA_STRING, .flags = F_REQUIRED,
		.doc = "The task that must be done before." },
	{ .name = "with", .kind = SCHEMA_MAP, .of = &anything_schema,
		.doc = "Its parameters: values, $params.NAME or "
		       "$needs.NAME.outputs.NAME.",
		.example = "{\"name\": \"$params.name\"}" },
	{ .name = "foreach", .kind = SCHEMA_ONE_OF, .any_of = foreach_forms,
		.doc = "Once for each of this list: values, $params.NAME or "
		       "$needs.NAME.outputs.NAME; in with, $item is the "
		       "value." },
	{ .name = "max_parallel", .kind = SCHEMA_INTEGER, BETWEEN(1, 100000),
		.doc = "With foreach: so many of them at once." },
	{ .name = NULL },
};
static const struct schema need_object = {
	.kind = SCHEMA_OBJECT,
	.fields = need_fields,
};
static const struct schema *const need_forms[] = { &text_schema, &need_object,
	NULL };
static const struct schema need_schema = {
	.kind = SCHEMA_ONE_OF,
	.any_of = need_forms,
};
static const struct schema needs_map = {
	.kind = SCHEMA_MAP,
	.pattern = FOLDER_NAME,
	.of = &need_schema,
	AT_MOST(LIMIT_PARAMS),
};
static const struct schema needs_list = {
	.kind = SCHEMA_LIST,
	.of = &text_schema,
	AT_MOST(LIMIT_PARAMS),
};
static const struct schema *const needs_forms[] = { &needs_list, &needs_map,
	NULL };

static const struct schema creates_fields[] = {
	{ .name = "run", .kind = SCHEMA_STRING, AT_LEAST(1),
		.doc = "A check: exit 0 says it is there, 1 it is missing." },
	{ .name = "argv", .kind = SCHEMA_LIST, .of = &text_schema, AT_LEAST(1),
		.doc = "The same as a command and its arguments." },
	{ .name = "path", .kind = SCHEMA_STRING, AT_LEAST(1),
		.doc = "A file that is there afterwards." },
	{ .name = "url", .kind = SCHEMA_STRING, AT_LEAST(1),
		.doc = "An address that answers 2xx afterwards." },
	{ .name = "secrets", .kind = SCHEMA_LIST, .of = &folder_name_schema,
		.doc = "Secrets of the check; without it the task's." },
	{ .name = NULL },
};
static const struct schema preview_fields[] = {
	{ .name = "run", .kind = SCHEMA_STRING, AT_LEAST(1),
		.doc = "Says on its output what the command would do." },
	{ .name = "argv", .kind = SCHEMA_LIST, .of = &text_schema, AT_LEAST(1),
		.doc = "The same as a command and its arguments." },
	{ .name = "secrets", .kind = SCHEMA_LIST, .of = &folder_name_schema,
		.doc = "Secrets of the preview; without it the task's." },
	{ .name = NULL },
};
static const struct schema retry_fields[] = {
	{ .name = "times", .kind = SCHEMA_INTEGER, BETWEEN(0, 100),
		.default_json = "0", .doc = "How often after a failure." },
	{ .name = "backoff", .kind = SCHEMA_STRING,
		.default_json = "\"10s..5m\"",
		.doc = "How long to wait before: first..longest, doubling." },
	{ .name = NULL },
};
static const char *const output_once[] = { "once", NULL };
static const char *const output_types[] = { "string", "integer", "number",
	"boolean", "choice", "list", NULL };
static const struct schema output_fields[] = {
	{ .name = "type", .kind = SCHEMA_CHOICE, .choices = output_types,
		.default_json = "\"string\"",
		.doc = "What it is; another type fails the step." },
	FOLDER_DOC("What it is."),
	{ .name = "pattern", .kind = SCHEMA_STRING, AT_LEAST(1),
		.doc = "string: an extended regular expression of the whole "
		       "text." },
	{ .name = "min", .kind = SCHEMA_INTEGER,
		.doc = "Least number; least bytes of a text; least elements "
		       "of a list." },
	{ .name = "max", .kind = SCHEMA_INTEGER, .doc = "The same, most." },
	{ .name = "choices", .kind = SCHEMA_LIST, .of = &text_schema,
		BETWEEN(1, 500), .doc = "choice: the allowed texts." },
	{ .name = "of", .kind = SCHEMA_CHOICE, .choices = param_elements,
		.doc = "list: the type of its elements; without it string." },
	{ .name = "secret", .kind = SCHEMA_BOOL, .default_json = "false",
		.doc = "true: sealed and masked." },
	{ .name = "reveal", .kind = SCHEMA_CHOICE, .choices = output_once,
		.doc = "once: shown one time." },
	{ .name = "to", .kind = SCHEMA_STRING,
		.default_json = "\"requester\"",
		.doc = "Who may see it: requester, a team or a person." },
	{ .name = NULL },
};
static const struct schema output_schema = {
	.kind = SCHEMA_OBJECT,
	.fields = output_fields,
};
static const struct schema use_schema = {
	.kind = SCHEMA_INTEGER,
	BETWEEN(1, 1000000),
};
static const char *const sandboxes[] = { "none", "default", "strict", NULL };

static const struct schema task_fields[] = {
	{ .name = "task", .kind = SCHEMA_STRING, .flags = F_KEY | F_REQUIRED,
		.pattern = FOLDER_NAME,
		.doc = "Its name: small letters, digits, _ and -." },
	FOLDER_DOC("What it does, for people."),
	{ .name = "team", .kind = SCHEMA_STRING,
		.doc = "The owner; without it the team of the settings." },
	{ .name = "params", .kind = SCHEMA_MAP, .pattern = FOLDER_PARAM,
		.of = &folder_param_schema,
		AT_MOST(LIMIT_PARAMS), .doc = "Its parameters." },
	{ .name = "needs", .kind = SCHEMA_ONE_OF, .any_of = needs_forms,
		.doc = "Tasks that must be done before.",
		.example = "{\"role\": {\"task\": \"database-role\", "
			   "\"with\": {\"name\": \"$params.name\"}}}" },
	{ .name = "creates", .kind = SCHEMA_OBJECT, .fields = creates_fields,
		.doc = "What is there afterwards; the task is skipped when it "
		       "is there already." },
	{ .name = "run", .kind = SCHEMA_STRING, AT_LEAST(1),
		AT_MOST(MIB(1)),
		.doc = "The command: a file of the folder (./create-db) or "
		       "the text of a script." },
	{ .name = "argv", .kind = SCHEMA_LIST, .of = &text_schema,
		BETWEEN(1, 1000),
		.doc = "The command as a list; an element may be a whole "
		       "reference." },
	{ .name = "files", .kind = SCHEMA_LIST, .of = &text_schema,
		AT_MOST(1000),
		.doc = "More files of the folder that the command reads." },
	{ .name = "env", .kind = SCHEMA_MAP, .pattern = FOLDER_ENV,
		.of = &variables_of,
		.doc = "Environment variables of the command." },
	{ .name = "secrets", .kind = SCHEMA_LIST, .of = &folder_name_schema,
		.doc = "Secrets that the command gets." },
	{ .name = "volumes", .kind = SCHEMA_LIST, .of = &text_schema,
		.doc = "Volumes of the settings that it may write to." },
	{ .name = "uses", .kind = SCHEMA_MAP, .of = &use_schema,
		.doc = "What it takes of the limits while it runs.",
		.example = "{\"db\": 1}" },
	{ .name = "saves", .kind = SCHEMA_DURATION,
		BETWEEN(1000, 366 * 86400000LL),
		.doc = "What a person would need to do it by hand: an "
		       "estimate, for the statistics." },
	{ .name = "timeout", .kind = SCHEMA_DURATION,
		BETWEEN(FOLDER_TIMEOUT_MIN, FOLDER_TIMEOUT_MAX),
		.default_json = "\"1h\"",
		.doc = "The longest it may run: 1s to 30d." },
	{ .name = "grace", .kind = SCHEMA_DURATION,
		BETWEEN(0, 3600000), .default_json = "\"10s\"",
		.doc = "Between TERM and KILL: 0s to 1h." },
	{ .name = "retry", .kind = SCHEMA_OBJECT, .fields = retry_fields,
		.doc = "What happens after a failure.",
		.example = "{\"times\": 2, \"backoff\": \"10s..2m\"}" },
	{ .name = "outputs", .kind = SCHEMA_MAP, .pattern = FOLDER_PARAM,
		.of = &output_schema,
		AT_MOST(LIMIT_OUTPUTS),
		.doc = "What it writes to the file $SLIPWAY_OUTPUT." },
	{ .name = "artifacts", .kind = SCHEMA_MAP, .pattern = FOLDER_PARAM,
		.of = &folder_artifact_schema, AT_MOST(LIMIT_ARTIFACTS),
		.doc = "Files that it leaves behind, kept by their SHA-256: "
		       "a path, or more.",
		.example = "{\"model\": {\"path\": \"model.bin\", \"keep\": "
			   "\"90d\"}}" },
	FOLDER_APPROVE,
	{ .name = "cost", .kind = SCHEMA_OBJECT,
		.fields = folder_cost_fields,
		.doc = "What it costs: a request type may say another." },
	{ .name = "when", .kind = SCHEMA_MAP, .of = &matcher_schema,
		AT_LEAST(1),
		.doc = "Runs only when all of these hold, else it is skipped.",
		.example = "{\"env\": \"prod\"}" },
	{ .name = "manual", .kind = SCHEMA_LIST, .of = &text_schema,
		BETWEEN(1, 100),
		.doc = "Done by a person: the list to tick off." },
	{ .name = "preview", .kind = SCHEMA_OBJECT, .fields = preview_fields,
		.doc = "What the command would do: an approval is over its "
		       "output.",
		.example = "{\"run\": \"./show-change\"}" },
	{ .name = "on_failure", .kind = SCHEMA_ONE_OF,
		.any_of = folder_cleanup_forms,
		.doc = "Tasks that clean up when this one began and did not "
		       "succeed.",
		.example = "{\"task\": \"drop-scratch\", \"with\": "
			   "{\"name\": \"$params.name\"}}" },
	{ .name = "always", .kind = SCHEMA_ONE_OF,
		.any_of = folder_cleanup_forms,
		.doc = "Tasks that clean up after this one, however it "
		       "ended." },
	{ .name = "key", .kind = SCHEMA_ONE_OF, .any_of = folder_key_forms,
		.doc = "Once at a time for the same value of this: texts and "
		       "$params.NAME, one or a list.",
		.example = "\"$params.name\"" },
	{ .name = "when_busy", .kind = SCHEMA_CHOICE,
		.choices = folder_when_busy,
		.doc = "When another has the key: wait in the queue (without "
		       "it), replace (cancel) the older one, or refuse." },
	{ .name = "requires", .kind = SCHEMA_LIST,
		.of = &folder_require_schema, BETWEEN(1, 20),
		.doc = "Tasks whose last success must be known before this "
		       "one starts.",
		.example = "[{\"task\": \"backup\", \"within\": "
			   "\"24h\"}]" },
	{ .name = "undo", .kind = SCHEMA_STRING,
		.doc = "The task that undoes this one." },
	{ .name = "sandbox", .kind = SCHEMA_CHOICE, .choices = sandboxes,
		.default_json = "\"default\"",
		.doc = "How far the command is shut in." },
	{ .name = "idempotent", .kind = SCHEMA_BOOL, .default_json = "false",
		.doc = "true: may be run again when nobody knows how it "
		       "ended." },
	{ .name = "memory", .kind = SCHEMA_STRING, .pattern = FOLDER_SIZE,
		.doc = "The most memory it may take.",
		.example = "\"512M\"" },
	{ .name = "processes", .kind = SCHEMA_INTEGER, BETWEEN(1, 100000),
		.doc = "The most processes it may have." },
	{ .name = "output", .kind = SCHEMA_STRING, .pattern = FOLDER_SIZE,
		.default_json = "\"64M\"",
		.doc = "What of its log is kept whole; beyond it the first "
		       "and the last part.",
		.example = "\"64M\"" },
	{ .name = NULL },
};
const struct schema folder_task_schema = {
	.kind = SCHEMA_OBJECT,
	.fields = task_fields,
	.title = "TaskDefinition",
	.doc = "A bounded piece of work.",
};

const char *const folder_task_later[] = { "foreach", "notify", NULL };

/*
 * request.
 */

static const char *const priorities[] = { "interruption", "security",
	"customer", "operational", NULL };
static const struct schema request_fields[] = {
	{ .name = "request", .kind = SCHEMA_STRING,
		.flags = F_KEY | F_REQUIRED, .pattern = FOLDER_NAME,
		.doc = "Its name: small letters, digits, _ and -." },
	FOLDER_DOC("What one gets, for people."),
	{ .name = "title", .kind = SCHEMA_STRING, AT_MOST(200),
		.doc = "The title of the form." },
	{ .name = "project", .kind = SCHEMA_STRING,
		.doc = "The project of its tickets; without it the only "
		       "one." },
	{ .name = "task", .kind = SCHEMA_STRING, .flags = F_REQUIRED,
		.doc = "The task to run; its parameters are the form." },
	{ .name = "priority", .kind = SCHEMA_CHOICE, .choices = priorities,
		.default_json = "\"operational\"",
		.doc = "The priority of its tickets." },
	{ .name = "environments", .kind = SCHEMA_ONE_OF,
		.any_of = names_forms,
		.doc = "Where it may be asked for; without it everywhere." },
	FOLDER_APPROVE,
	{ .name = "lifetime", .kind = SCHEMA_DURATION,
		BETWEEN(60000, 3660 * 86400000LL),
		.doc = "How long what was made lives: 1m to 3660d." },
	{ .name = "resource", .kind = SCHEMA_ONE_OF,
		.any_of = folder_resource_forms,
		.doc = "What it makes; false: nothing to keep a list of. "
		       "Without it what its task can undo and has a name." },
	{ .name = "cost", .kind = SCHEMA_OBJECT,
		.fields = folder_cost_fields,
		.doc = "What it costs, shown before and part of the plan; "
		       "without it as the task says." },
	{ .name = NULL },
};
const struct schema folder_request_schema = {
	.kind = SCHEMA_OBJECT,
	.fields = request_fields,
	.title = "RequestDefinition",
	.doc = "What people may ask for.",
};

const struct folder_kind folder_kinds[] = {
	{ "environments", "Where tasks run.", &folder_people_schema },
	{ "grants", "Who may do what.", &folder_people_schema },
	{ "people", "Everybody.", &folder_people_schema },
	{ "process", "An unbounded piece of work.", NULL },
	{ "request", "What people may ask for.", &folder_request_schema },
	{ "schedule", "When a task runs by itself.",
	    &folder_schedule_schema },
	{ "slipway", "Settings of the folder.", &folder_settings_schema },
	{ "task", "A bounded piece of work.", &folder_task_schema },
	{ "teams", "Groups of people.", &folder_people_schema },
	{ NULL, NULL, NULL },
};

bool
folder_size(const char *text, int64_t *ret_bytes)
{
	struct str s = str_of(text);
	int64_t n, unit;

	if (s.n < 2)
		return false;
	switch (s.p[--s.n]) {
	case 'K':
		unit = 1024;
		break;
	case 'M':
		unit = 1024 * 1024;
		break;
	case 'G':
		unit = 1024 * 1024 * 1024;
		break;
	default:
		return false;
	}
	return str_to_int64(s, &n) && n > 0 &&
	    !__builtin_mul_overflow(n, unit, ret_bytes);
}

bool
folder_span(const char *text, int64_t *ret_min_ms, int64_t *ret_max_ms)
{
	const char *dots = strstr(text, "..");
	size_t n = dots == NULL ? strlen(text) : (size_t)(dots - text);
	char first[32];

	if (n >= sizeof(first))
		return false;
	memcpy(first, text, n);
	first[n] = '\0';
	if (!schema_duration(first, ret_min_ms))
		return false;
	if (dots == NULL) {
		*ret_max_ms = *ret_min_ms;
		return true;
	}
	return schema_duration(dots + 2, ret_max_ms) &&
	    *ret_max_ms >= *ret_min_ms;
}
