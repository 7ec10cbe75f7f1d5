/* SPDX-License-Identifier: MIT */
#include "spec/access.h"

static const struct schema text_schema = { .kind = SCHEMA_STRING };
static const struct schema name_schema = { .kind = SCHEMA_STRING,
	AT_MOST(64) };

static const struct schema token_fields[] = {
	FIELD(struct token, id, .flags = F_HIDDEN),
	FIELD(struct token, prefix, .flags = F_KEY,
	    .doc = "First characters, enough to name it."),
	FIELD(struct token, hash, .flags = F_HIDDEN),
	FIELD(struct token, person, .doc = "Who it speaks for."),
	FIELD(struct token, name, .doc = "What it is for."),
	FIELD(struct token, role, .doc = "It can do no more than this role."),
	FIELD_AS(struct token, environments, SCHEMA_JSON,
	    .doc = "It works in these only; empty list: all."),
	FIELD(struct token, read_only, .doc = "It changes nothing."),
	FIELD_AS(struct token, tasks, SCHEMA_JSON,
	    .doc = "It reaches these tasks and request types only."),
	FIELD_AS(struct token, projects, SCHEMA_JSON,
	    .doc = "It reaches request types of these projects only."),
	FIELD_AS(struct token, operations, SCHEMA_JSON,
	    .doc = "It calls these operations only; ticket.*: all of them."),
	FIELD(struct token, created_by, .doc = "Who made it."),
	FIELD_AS(struct token, created_at, SCHEMA_TIME, .doc = "When."),
	FIELD_AS(struct token, expires_at, SCHEMA_TIME, .doc = "Until."),
	FIELD_AS(struct token, used_at, SCHEMA_TIME,
	    .doc = "Last use, to the minute."),
	FIELD_AS(struct token, revoked_at, SCHEMA_TIME, .doc = "Revoked."),
	{ .name = NULL }
};
const struct schema token_schema = { .kind = SCHEMA_OBJECT,
	.title = "Token", .doc = "A credential, shown once.",
	.fields = token_fields };

static const struct schema secret_fields[] = {
	FIELD(struct secret_row, name, .flags = F_KEY, .doc = "Its name."),
	FIELD(struct secret_row, environment,
	    .doc = "Where; empty: where it has no value of its own."),
	FIELD(struct secret_row, version, .doc = "Grows with each setting."),
	FIELD(struct secret_row, sealed, .flags = F_HIDDEN),
	FIELD(struct secret_row, created_by, .doc = "Who set it."),
	FIELD_AS(struct secret_row, created_at, SCHEMA_TIME, .doc = "When."),
	FIELD(struct secret_row, removed_at, .flags = F_HIDDEN),
	{ .name = NULL }
};
const struct schema secret_schema = { .kind = SCHEMA_OBJECT,
	.title = "Secret", .doc = "A value only tasks that were granted it see.",
	.fields = secret_fields };

static const struct schema me_fields[] = {
	{ .name = "person", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "Who you are; null for the operator." },
	{ .name = "operator", .kind = SCHEMA_BOOL,
	    .doc = "You administer the server." },
	{ .name = "full_name", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "As people say it." },
	{ .name = "teams", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "Your teams." },
	{ .name = "grants", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "What was granted to you, with file and line." },
	{ .name = "via", .kind = SCHEMA_STRING, .doc = "How you came in." },
	{ .name = "waiting", .kind = SCHEMA_INTEGER,
	    .doc = "Tickets that wait for your decision." },
	{ .name = NULL }
};
const struct schema me_schema = { .kind = SCHEMA_OBJECT, .title = "Me",
	.doc = "Who is asking.", .fields = me_fields };
const struct op op_me_get = { .name = "me.get",
	.summary = "Show who you are and what you may.", .method = OP_GET,
	.path = "/v1/me", .kind = OP_READ, .role = ROLE_SIGNED_IN,
	.out = &me_schema, .cli = "me show" };

static const char *const can_actions[] = { "view", "request", "run",
	"approve", "cancel", "administer", NULL };
static const struct schema can_query[] = {
	{ .name = "action", .kind = SCHEMA_CHOICE, .choices = can_actions,
	    .flags = F_REQUIRED, .doc = "What." },
	{ .name = "target", .kind = SCHEMA_STRING, AT_MOST(130),
	    .doc = "NAME of a task or request type, ENV/NAME, or ENV." },
	{ .name = NULL }
};
static const struct schema can_fields[] = {
	{ .name = "allowed", .kind = SCHEMA_BOOL, .doc = "Yes or no." },
	{ .name = "rule", .kind = SCHEMA_STRING,
	    .doc = "The rule that decides, with file and line." },
	{ .name = "who_can_grant", .kind = SCHEMA_STRING,
	    .doc = "Whom to ask." },
	{ .name = "then", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "Approvals that it would still need, at most." },
	{ .name = "stands_in_for", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "action approve: in whose place they decide, until "
		   "when." },
	{ .name = "later", .kind = SCHEMA_LIST, .of = &text_schema,
	    .doc = "Rules that hold at other times of the week, and when." },
	{ .name = NULL }
};
const struct schema can_schema = { .kind = SCHEMA_OBJECT, .title = "Can",
	.doc = "Whether somebody may do something, and why.",
	.fields = can_fields };
const struct op op_access_can = { .name = "access.can",
	.summary = "Ask whether somebody may do something, and by which rule.",
	.method = OP_GET, .path = "/v1/people/{person}/can",
	.kind = OP_READ, .role = ROLE_SIGNED_IN, .query = can_query,
	.out = &can_schema,
	.cli = "access can PERSON --action ACTION [--target TARGET]" };

static const struct schema token_create_fields[] = {
	{ .name = "person", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Who it speaks for; yourself when left out." },
	{ .name = "name", .kind = SCHEMA_STRING, BETWEEN(1, 64),
	    .flags = F_REQUIRED, .doc = "What it is for." },
	{ .name = "role", .kind = SCHEMA_CHOICE, .choices = role_names,
	    .doc = "It can do no more than this role." },
	{ .name = "environments", .kind = SCHEMA_LIST, .of = &name_schema,
	    .default_json = "[]", .doc = "It works in these only." },
	{ .name = "read_only", .kind = SCHEMA_BOOL, .default_json = "false",
	    .doc = "It changes nothing." },
	{ .name = "tasks", .kind = SCHEMA_LIST, .of = &name_schema,
	    .default_json = "[]",
	    .doc = "It reaches these tasks and request types only." },
	{ .name = "projects", .kind = SCHEMA_LIST, .of = &name_schema,
	    .default_json = "[]",
	    .doc = "It reaches request types of these projects only." },
	{ .name = "operations", .kind = SCHEMA_LIST, .of = &name_schema,
	    .default_json = "[]",
	    .doc = "It calls these only: run.get, or ticket.* for all of "
		   "them." },
	{ .name = "expires", .kind = SCHEMA_DURATION,
	    BETWEEN(60000, 31622400000), .default_json = "\"30d\"",
	    .doc = "How long it works: 1h, 30d, at most 366d." },
	{ .name = NULL }
};
static const struct schema token_create_in = { .kind = SCHEMA_OBJECT,
	.title = "TokenCreate", .fields = token_create_fields };
static const struct schema token_created_fields[] = {
	{ .name = "token", .kind = SCHEMA_STRING, .flags = F_SECRET,
	    .doc = "The token itself; it is not shown again." },
	{ .name = "prefix", .kind = SCHEMA_STRING, .doc = "Names it." },
	{ .name = "person", .kind = SCHEMA_STRING,
	    .doc = "Who it speaks for." },
	{ .name = "expires_at", .kind = SCHEMA_TIME, .doc = "Until." },
	{ .name = NULL }
};
static const struct schema token_created_schema = { .kind = SCHEMA_OBJECT,
	.title = "TokenCreated", .fields = token_created_fields };
const struct op op_token_create = { .name = "token.create",
	.summary = "Make a token; it is shown once.", .method = OP_POST,
	.path = "/v1/tokens", .kind = OP_WRITE, .flags = OP_RETURNS_SECRET,
	.role = ROLE_SIGNED_IN, .in = &token_create_in,
	.out = &token_created_schema,
	.cli = "token create --name NAME [--person PERSON] [--role ROLE] "
	       "[--environments ENV] [--read-only] [--tasks TASK] "
	       "[--projects KEY] [--operations OP] [--expires DURATION]" };

static const struct schema token_list_query[] = {
	{ .name = "person", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Whose; yours when left out, an admin sees all." },
	OP_PAGE_FIELDS, { .name = NULL }
};
const struct op op_token_list = { .name = "token.list",
	.summary = "List tokens, never the tokens themselves.",
	.method = OP_GET, .path = "/v1/tokens", .kind = OP_READ,
	.flags = OP_LIST, .role = ROLE_SIGNED_IN, .query = token_list_query,
	.out = &token_schema,
	.cli = "token list [--person PERSON] [--limit N] [--after KEY]",
	.columns = "prefix,person,name,role,expires_at,used_at,revoked_at" };
const struct op op_token_revoke = { .name = "token.revoke",
	.summary = "Revoke a token at once.", .method = OP_DELETE,
	.path = "/v1/tokens/{token}", .kind = OP_WRITE,
	.flags = OP_WHEN_FULL,
	.role = ROLE_SIGNED_IN, .out = &token_schema,
	.cli = "token revoke TOKEN" };

static const struct schema no_query[] = { { .name = NULL } };
const struct op op_secret_list = { .name = "secret.list",
	.summary = "List names of secrets, never their values.",
	.method = OP_GET, .path = "/v1/secrets", .kind = OP_READ,
	.flags = OP_LIST, .role = ROLE_ADMIN, .query = no_query,
	.out = &secret_schema, .cli = "secret list",
	.columns = "name,environment,version,created_by,created_at" };
static const struct schema secret_set_fields[] = {
	{ .name = "value", .kind = SCHEMA_STRING, BETWEEN(1, 65536),
	    .flags = F_REQUIRED | F_SECRET, .doc = "The value." },
	{ .name = "environment", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Only there; without it wherever there is no other." },
	{ .name = NULL }
};
static const struct schema secret_set_in = { .kind = SCHEMA_OBJECT,
	.title = "SecretSet", .fields = secret_set_fields };
const struct op op_secret_set = { .name = "secret.set",
	.summary = "Set a secret; tasks that were granted it see it.",
	.method = OP_PUT, .path = "/v1/secrets/{secret}", .kind = OP_WRITE,
	.role = ROLE_ADMIN, .in = &secret_set_in, .out = &secret_schema,
	.cli = "secret set SECRET [--value VALUE] [--environment ENV]" };
static const struct schema secret_remove_query[] = {
	{ .name = "environment", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "That of this one alone." },
	{ .name = NULL }
};
const struct op op_secret_remove = { .name = "secret.remove",
	.summary = "Remove a secret.", .method = OP_DELETE,
	.path = "/v1/secrets/{secret}", .kind = OP_WRITE,
	.role = ROLE_ADMIN, .query = secret_remove_query,
	.out = &secret_schema,
	.cli = "secret remove SECRET [--environment ENV]" };

static const struct schema health_fields[] = {
	{ .name = "status", .kind = SCHEMA_STRING, .doc = "ok or degraded." },
	{ .name = "checks", .kind = SCHEMA_JSON,
	    .doc = "What was looked at, and what was found." },
	{ .name = NULL }
};
static const struct schema health_schema = { .kind = SCHEMA_OBJECT,
	.title = "Health", .fields = health_fields };
const struct op op_health_live = { .name = "health.live",
	.summary = "Whether the server answers at all.", .method = OP_GET,
	.path = "/healthz", .kind = OP_READ, .role = ROLE_ANYBODY,
	.out = &health_schema };
const struct op op_health_ready = { .name = "health.ready",
	.summary = "Whether the server can do its work, and what it lacks.",
	.method = OP_GET, .path = "/readyz", .kind = OP_READ,
	.role = ROLE_ANYBODY, .out = &health_schema,
	.cli = "server status" };
const struct op op_metrics_get = { .name = "metrics.get",
	.summary = "Counters and gauges in Prometheus text format.",
	.method = OP_GET, .path = "/metrics", .kind = OP_RAW,
	.role = ROLE_ANYBODY };
const struct op op_openapi_get = { .name = "openapi.get",
	.summary = "This interface as OpenAPI 3.1, as far as you may see it.",
	.method = OP_GET, .path = "/openapi.json", .kind = OP_RAW,
	.role = ROLE_SIGNED_IN };
const struct op op_schema_get = { .name = "schema.get",
	.summary = "JSON Schema of the team's folder, for editors.",
	.method = OP_GET, .path = "/v1/schema/folder", .kind = OP_RAW,
	.role = ROLE_SIGNED_IN };
