/* SPDX-License-Identifier: MIT */
#include "spec/resource.h"

#include "spec/catalogue.h"

static const char *const resource_states[] = { "active", "missing", "orphan",
	"gone", NULL };
static const char *const resource_final[] = { "gone", NULL };
static const struct machine_move resource_moves[] = {
	{ "active", "missing", "its check does not find it" },
	{ "missing", "active", "it is there again" },
	{ "active", "gone", "it was undone" },
	{ "missing", "gone", "it was undone" },
	{ "gone", "active", "it was asked for again" },
	{ "orphan", "active", "somebody took it over, or asked for it" },
	{ "orphan", "gone", "it is no longer found" },
	{ "gone", "orphan", "it is found, and nobody's" },
	{ NULL, NULL, NULL }
};
const struct machine resource_machine = { "resource", resource_states,
	resource_final, resource_moves };

static const struct schema resource_fields[] = {
	FIELD(struct resource, id, .flags = F_HIDDEN),
	FIELD(struct resource, key, .flags = F_KEY,
	    .doc = "RES- and a number."),
	FIELD(struct resource, kind, .doc = "What it is: database."),
	FIELD(struct resource, name, .doc = "Its name."),
	FIELD(struct resource, environment, .doc = "Where it is."),
	FIELD_AS(struct resource, status, SCHEMA_CHOICE,
	    .choices = resource_states, .doc = "Whether it is there."),
	FIELD(struct resource, reason, .doc = "Why, in words."),
	FIELD(struct resource, team, .doc = "Owner, or empty."),
	FIELD(struct resource, person, .doc = "Who asked for it."),
	FIELD(struct resource, scope_id, .flags = F_HIDDEN),
	FIELD(struct resource, request, .doc = "The request type."),
	FIELD_AS(struct resource, params, SCHEMA_JSON,
	    .doc = "What it was asked for with; no secrets."),
	FIELD_AS(struct resource, outputs, SCHEMA_JSON,
	    .doc = "What came of that; no secrets."),
	FIELD(struct resource, cost, .doc = "As declared, or empty."),
	FIELD(struct resource, cost_once, .flags = F_HIDDEN),
	FIELD(struct resource, cost_month, .flags = F_HIDDEN),
	FIELD(struct resource, currency, .flags = F_HIDDEN),
	FIELD(struct resource, ticket_id, .flags = F_HIDDEN),
	FIELD(struct resource, run_id, .flags = F_HIDDEN),
	FIELD_AS(struct resource, created_at, SCHEMA_TIME, .doc = "Made."),
	FIELD_AS(struct resource, updated_at, SCHEMA_TIME,
	    .doc = "Last change."),
	FIELD_AS(struct resource, expires_at, SCHEMA_TIME,
	    .flags = F_NULLABLE, .doc = "End of its lifetime; null: none."),
	FIELD(struct resource, stage, .flags = F_HIDDEN),
	FIELD(struct resource, due_at, .flags = F_HIDDEN),
	FIELD(struct resource, expiry_ticket, .flags = F_HIDDEN),
	FIELD(struct resource, check_at, .flags = F_HIDDEN),
	FIELD(struct resource, check_run, .flags = F_HIDDEN),
	FIELD_AS(struct resource, checked_at, SCHEMA_TIME,
	    .flags = F_NULLABLE, .doc = "When it was last looked for."),
	FIELD(struct resource, missing_ticket, .flags = F_HIDDEN),
	FIELD(struct resource, offered_to,
	    .doc = "The team that may take it over, or empty."),
	FIELD(struct resource, offered_by, .doc = "Who offered that."),
	{ .name = NULL }
};
const struct schema resource_schema = { .kind = SCHEMA_OBJECT,
	.title = "Resource", .doc = "Something that a request made.",
	.fields = resource_fields };

static const struct schema detail_fields[] = {
	{ .name = "resource", .kind = SCHEMA_OBJECT, .title = "Resource",
	    .fields = resource_fields, .doc = "The resource itself." },
	{ .name = "ticket", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "Ticket that it was asked for by." },
	{ .name = "run", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "Run that made it." },
	{ .name = "undo", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "Run that undoes it, or did." },
	{ .name = "expire", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "What follows on the end of its lifetime: remind, ask or "
		   "undo." },
	{ .name = "expiry_ticket", .kind = SCHEMA_STRING,
	    .flags = F_NULLABLE,
	    .doc = "Ticket that asks what shall become of it." },
	{ .name = "missing_ticket", .kind = SCHEMA_STRING,
	    .flags = F_NULLABLE, .doc = "Ticket that says it is missing." },
	{ .name = "asked", .kind = SCHEMA_STRING, .flags = F_NULLABLE,
	    .doc = "Ticket by which more than the policy gives was asked "
		   "for, by this call." },
	{ .name = NULL }
};
const struct schema resource_detail_schema = { .kind = SCHEMA_OBJECT,
	.title = "ResourceDetail", .doc = "A resource and where it is from.",
	.fields = detail_fields };

static const struct schema list_query[] = { OP_PAGE_FIELDS,
	{ .name = "mine", .kind = SCHEMA_BOOL, .default_json = "false",
	    .doc = "Only what you asked for or your teams own." },
	{ .name = "team", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Only what this team owns." },
	{ .name = "kind", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Only of this kind." },
	{ .name = "environment", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Only there." },
	{ .name = "status", .kind = SCHEMA_CHOICE, .choices = resource_states,
	    .doc = "Only in this status; without it what is not gone." },
	{ .name = "expiring", .kind = SCHEMA_DURATION,
	    .doc = "Only what ends within this time, or did: 30d." },
	{ .name = NULL } };
const struct op op_resource_list = { .name = "resource.list",
	.summary = "List what requests made.", .method = OP_GET,
	.path = "/v1/resources", .kind = OP_READ, .flags = OP_LIST,
	.role = ROLE_SIGNED_IN, .query = list_query, .out = &resource_schema,
	.cli = "resource list [--mine] [--team TEAM] [--kind KIND] "
	       "[--environment ENV] [--status STATUS] [--expiring TIME] "
	       "[--limit N] [--after KEY]",
	.columns = "key,kind,name,environment,team,status,expires_at,cost" };

static const char *const cost_groups[] = { "team", "kind", "environment",
	"request", NULL };
static const struct schema costs_query[] = {
	{ .name = "by", .kind = SCHEMA_CHOICE, .choices = cost_groups,
	    .default_json = "\"team\"", .doc = "Added up by this." },
	{ .name = "team", .kind = SCHEMA_STRING, AT_MOST(64),
	    .doc = "Only what this team owns." },
	{ .name = NULL }
};
static const struct schema cost_fields[] = {
	{ .name = "name", .kind = SCHEMA_STRING, .flags = F_KEY,
	    .doc = "The team, or what it is added up by." },
	{ .name = "resources", .kind = SCHEMA_INTEGER,
	    .doc = "How many there are." },
	{ .name = "once", .kind = SCHEMA_STRING,
	    .doc = "What making them cost, as a decimal number." },
	{ .name = "per_month", .kind = SCHEMA_STRING,
	    .doc = "What they cost in a month; of a year a twelfth." },
	{ .name = "currency", .kind = SCHEMA_STRING,
	    .doc = "Empty: nothing says what these cost." },
	{ .name = NULL }
};
static const struct schema cost_schema = { .kind = SCHEMA_OBJECT,
	.title = "ResourceCost", .doc = "What some resources cost.",
	.fields = cost_fields };
const struct op op_resource_costs = { .name = "resource.costs",
	.summary = "Add up what resources cost.",
	.doc = "Of what is there and you may see, as declared when it was "
	       "asked for.",
	.method = OP_GET, .path = "/v1/resource-costs", .kind = OP_READ,
	.flags = OP_LIST, .role = ROLE_SIGNED_IN, .query = costs_query,
	.out = &cost_schema, .cli = "resource costs [--by BY] [--team TEAM]",
	.columns = "name,resources,once,per_month,currency" };

const struct op op_resource_get = { .name = "resource.get",
	.summary = "Show a resource, what made it and how long it lives.",
	.method = OP_GET, .path = "/v1/resources/{resource}",
	.kind = OP_READ, .role = ROLE_SIGNED_IN,
	.out = &resource_detail_schema, .cli = "resource show RESOURCE" };

static const struct schema transfer_fields[] = {
	{ .name = "to", .kind = SCHEMA_STRING, AT_MOST(64),
	    .flags = F_REQUIRED, .doc = "The team that shall own it." },
	{ .name = NULL }
};
static const struct schema transfer_in = { .kind = SCHEMA_OBJECT,
	.title = "ResourceTransfer", .fields = transfer_fields };
const struct op op_resource_transfer = { .name = "resource.transfer",
	.summary = "Give a resource to another team.",
	.doc = "At once when you belong to both; else somebody there accepts "
	       "it first.",
	.method = OP_POST, .path = "/v1/resources/{resource}/transfer",
	.kind = OP_WRITE, .role = ROLE_SIGNED_IN, .in = &transfer_in,
	.out = &resource_detail_schema,
	.cli = "resource transfer RESOURCE --to TEAM" };
const struct op op_resource_accept = { .name = "resource.accept",
	.summary = "Take over a resource that was offered to your team.",
	.method = OP_POST, .path = "/v1/resources/{resource}/accept",
	.kind = OP_WRITE, .role = ROLE_SIGNED_IN,
	.out = &resource_detail_schema, .cli = "resource accept RESOURCE" };

static const struct schema extend_fields[] = {
	{ .name = "by", .kind = SCHEMA_DURATION,
	    BETWEEN(60000, 3660 * 86400000LL),
	    .doc = "From its end, or from now if that is over; without it "
		   "another lifetime." },
	{ .name = "note", .kind = SCHEMA_STRING, AT_MOST(2000),
	    .default_json = "\"\"", .doc = "Why." },
	{ .name = NULL }
};
static const struct schema extend_in = { .kind = SCHEMA_OBJECT,
	.title = "ResourceExtend", .fields = extend_fields };
const struct op op_resource_extend = { .name = "resource.extend",
	.summary = "Let a resource live longer.",
	.doc = "Within what the request type allows at once; beyond that a "
	       "ticket asks the team that makes it, which may.",
	.method = OP_POST, .path = "/v1/resources/{resource}/extend",
	.kind = OP_WRITE, .role = ROLE_SIGNED_IN, .in = &extend_in,
	.out = &resource_detail_schema,
	.cli = "resource extend RESOURCE [--by TIME] [--note TEXT]" };

static const struct schema release_fields[] = {
	{ .name = "note", .kind = SCHEMA_STRING, AT_MOST(2000),
	    .doc = "Why, for those who decide." },
	{ .name = "dry_run", .kind = SCHEMA_BOOL, .default_json = "false",
	    .doc = "Only make the plan; no ticket, nothing runs." },
	{ .name = NULL }
};
static const struct schema release_in = { .kind = SCHEMA_OBJECT,
	.title = "ResourceRelease", .fields = release_fields };
const struct op op_resource_release = { .name = "resource.release",
	.summary = "Have a resource taken away: undo the run that made it.",
	.method = OP_POST, .path = "/v1/resources/{resource}/release",
	.kind = OP_WRITE, .role = ROLE_SIGNED_IN, .in = &release_in,
	.out = &asked_schema,
	.cli = "resource release RESOURCE [--note TEXT] [--dry-run]" };

static const struct schema adopt_fields[] = {
	{ .name = "team", .kind = SCHEMA_STRING, AT_MOST(64),
	    .flags = F_REQUIRED, .doc = "Whose it is from now on." },
	{ .name = NULL }
};
static const struct schema adopt_in = { .kind = SCHEMA_OBJECT,
	.title = "ResourceAdopt", .fields = adopt_fields };
const struct op op_resource_adopt = { .name = "resource.adopt",
	.summary = "Say whose something is that was found and is nobody's.",
	.doc = "For the team that makes such things.", .method = OP_POST,
	.path = "/v1/resources/{resource}/adopt", .kind = OP_WRITE,
	.role = ROLE_SIGNED_IN, .in = &adopt_in,
	.out = &resource_detail_schema,
	.cli = "resource adopt RESOURCE --team TEAM" };
