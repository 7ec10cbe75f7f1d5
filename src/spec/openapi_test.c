/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

#include "base/arena.h"
#include "spec/openapi.h"

static const char *const environments[] = { "dev", "prod", NULL };
static const char *const colours[] = { "red", "green", NULL };
static const struct schema text = { .kind = SCHEMA_STRING };
static const struct schema whole = { .kind = SCHEMA_INTEGER };
static const struct schema *const either[] = { &text, &whole, NULL };

static const struct schema task_run_fields[] = {
	{ .name = "environment", .kind = SCHEMA_STRING, .doc = "Where." },
	{ .name = "params",
	    .kind = SCHEMA_JSON,
	    .default_json = "{}",
	    .doc = "Parameters." },
	{ .name = NULL },
};
static const struct schema task_run_in = {
	.kind = SCHEMA_OBJECT, .title = "TaskRun", .fields = task_run_fields
};
static const struct schema run_fields[] = {
	{ .name = "key", .kind = SCHEMA_STRING, .flags = F_KEY | F_REQUIRED },
	{ .name = "colour", .kind = SCHEMA_CHOICE, .choices = colours },
	{ .name = "row", .kind = SCHEMA_INTEGER, .flags = F_HIDDEN },
	{ .name = NULL },
};
static const struct schema run_schema = { .kind = SCHEMA_OBJECT,
	.title = "Run",
	.fields = run_fields,
	.doc = "A run." };
static const struct schema page[] = { OP_PAGE_FIELDS, { .name = NULL } };

static const struct op health = { .name = "health.live",
	.summary = "Say that it lives.",
	.path = "/healthz",
	.kind = OP_RAW,
	.role = ROLE_ANYBODY };
static const struct op run_delete = { .name = "run.delete",
	.summary = "Delete a run.",
	.path = "/v1/runs/{run}",
	.method = OP_DELETE,
	.kind = OP_WRITE,
	.role = ROLE_ADMIN,
	.flags = OP_RETURNS_SECRET };
static const struct op run_follow = { .name = "run.follow",
	.summary = "Follow a run.",
	.path = "/v1/runs/{run}/follow",
	.kind = OP_STREAM,
	.role = ROLE_VIEWER };
static const struct op run_get = { .name = "run.get",
	.summary = "Show a run.",
	.path = "/v1/runs/{run}",
	.out = &run_schema,
	.role = ROLE_VIEWER,
	.cli = "run show RUN" };
static const struct op run_list = { .name = "run.list",
	.summary = "List runs.",
	.path = "/v1/runs",
	.flags = OP_LIST,
	.query = page,
	.out = &run_schema,
	.role = ROLE_VIEWER };
static const struct op task_run = { .name = "task.run",
	.summary = "Run a task.",
	.path = "/v1/tasks/{task}/runs",
	.method = OP_POST,
	.kind = OP_WRITE,
	.role = ROLE_MEMBER,
	.in = &task_run_in,
	.out = &run_schema };
static const struct op *const table[] = { &health, &run_delete, &run_follow,
	&run_get, &run_list, &task_run, NULL };

static const struct schema params_fields[] = {
	{ .name = "name",
	    .kind = SCHEMA_STRING,
	    .flags = F_REQUIRED,
	    .pattern = "[[:lower:]][a-z0-9_\\-]{1,30}",
	    AT_MOST(31),
	    .doc = "Name of the \"database\"." },
	{ .name = "size",
	    .kind = SCHEMA_INTEGER,
	    BETWEEN(1, 500),
	    .default_json = "10" },
	{ .name = "colour", .kind = SCHEMA_CHOICE, .choices = colours },
	{ .name = "keep", .kind = SCHEMA_DURATION, .example = "\"90d\"" },
	{ .name = "at", .kind = SCHEMA_TIME, .flags = F_NULLABLE },
	{ .name = "labels",
	    .kind = SCHEMA_MAP,
	    .of = &text,
	    .pattern = "[a-z]+" },
	{ .name = "hosts", .kind = SCHEMA_LIST, .of = &text, BETWEEN(1, 9) },
	{ .name = "either", .kind = SCHEMA_ONE_OF, .any_of = either },
	{ .name = "password", .kind = SCHEMA_STRING, .flags = F_SECRET },
	{ .name = "free", .kind = SCHEMA_JSON },
	{ .name = NULL },
};
static const struct schema params = { .kind = SCHEMA_OBJECT,
	.fields = params_fields };

static json_t *
document(const struct openapi_source *src)
{
	const char *file = getenv("SLIPWAY_TEST_OPENAPI");
	struct buf b = { 0 };
	struct json_out j;
	json_error_t error;
	json_t *v;

	json_out_init(&j, &b);
	openapi_write(src, &j);
	assert_true(json_out_done(&j));
	v = json_loadb(b.data, b.len, JSON_REJECT_DUPLICATES, &error);
	if (v == NULL)
		fail_msg("line %d: %s", error.line, error.text);
	if (file != NULL) /* for a stock validator */
		assert_int_equal(json_dump_file(v, file, JSON_INDENT(1)), 0);
	buf_finish(&b);
	return v;
}

/* The value at a path of keys parted by spaces; a number is an index. */
static const json_t *
at(const json_t *v, const char *path)
{
	char keys[200], *rest = keys, *key;

	snprintf(keys, sizeof(keys), "%s", path);
	while ((key = strsep(&rest, " ")) != NULL) {
		v = json_is_array(v) ? json_array_get(v, strtoul(key, NULL, 10))
				     : json_object_get(v, key);
		if (v == NULL)
			fail_msg("no '%s' in %s", key, path);
	}
	return v;
}

static const char *
text_at(const json_t *v, const char *path)
{
	return json_string_value(at(v, path));
}

static void
static_operations(void **state)
{
	const struct openapi_source src = { .ops = table, .version = "1.2.3" };
	json_t *v = document(&src);
	const json_t *get = at(v, "paths /v1/runs/{run} get");

	(void)state;
	assert_string_equal(text_at(v, "openapi"), "3.1.0");
	assert_string_equal(text_at(v, "info version"), "1.2.3");
	assert_int_equal(json_object_size(at(v, "paths")), 5);
	assert_int_equal(json_array_size(at(v, "tags")), 3);
	assert_string_equal(text_at(get, "operationId"), "run.get");
	assert_string_equal(text_at(get, "parameters 0 in"), "path");
	assert_string_equal(text_at(get, "x-slipway-command"), "run show RUN");
	assert_string_equal(
	    text_at(get, "responses 200 content application/json schema $ref"),
	    "#/components/schemas/Run");
	assert_null(
	    json_object_get(at(v, "components schemas Run properties"), "row"));
	assert_int_equal(
	    json_array_size(at(v, "paths /healthz get security")), 0);
	assert_string_equal(text_at(v, "paths /v1/runs get responses 200 "
				       "content application/json schema "
				       "properties items items $ref"),
	    "#/components/schemas/Run");
	assert_string_equal(
	    text_at(v, "paths /v1/runs get parameters 0 name"), "limit");
	assert_string_equal(
	    text_at(v, "paths /v1/runs/{run}/follow get responses 200 content "
		       "text/event-stream schema type"),
	    "string");
	assert_non_null(at(v, "paths /v1/runs/{run} delete responses 204"));
	assert_non_null(
	    strstr(text_at(v, "paths /v1/runs/{run} delete description"),
		"secret.already_shown"));
	assert_string_equal(
	    text_at(v, "paths /v1/tasks/{task}/runs post parameters 1 $ref"),
	    "#/components/parameters/IdempotencyKey");
	assert_non_null(at(v, "components schemas Problem"));
	assert_non_null(at(v, "components schemas FieldProblem"));
	json_decref(v);
}

static void
dynamic_operations(void **state)
{
	const struct openapi_dynamic dynamic[] = {
		{ .op = &task_run,
		    .name = "database",
		    .doc = "Makes a database.\nAnd a role.",
		    .params = &params,
		    .environments = environments },
		{ .op = &task_run, .name = "a/b {c}" },
	};
	const struct openapi_source src = {
		.ops = table, .version = "1", .dynamic = dynamic, .count = 2
	};
	json_t *v = document(&src);
	const json_t *post = at(v, "paths /v1/tasks/database/runs post");
	const json_t *body =
	    at(post, "requestBody content application/json schema");

	(void)state;
	assert_string_equal(text_at(post, "operationId"), "task.run.database");
	assert_string_equal(text_at(post, "summary"), "Makes a database.");
	assert_string_equal(text_at(post, "description"),
	    "Makes a database.\nAnd a role.\n\nRun a task.");
	assert_int_equal(json_array_size(at(post, "parameters")), 1);
	assert_string_equal(
	    text_at(body, "properties environment enum 1"), "prod");
	assert_string_equal(
	    text_at(body, "properties params properties name pattern"),
	    "^(?:[a-z][a-z0-9_\\\\-]{1,30})$");
	assert_string_equal(text_at(body, "required 0"), "params");
	assert_true(json_is_true(at(post, "requestBody required")));
	assert_true(json_object_get(at(v, "paths"),
			"/v1/tasks/a%2Fb%20%7Bc%7D/runs") != NULL);
	assert_true(json_is_false(
	    at(v, "paths /v1/tasks/{task}/runs post requestBody required")));
	json_decref(v);
}

/* As many as a large team has, beside the product's own operations. */
static void
five_hundred_tasks(void **state)
{
	struct arena *a = arena_create();
	struct openapi_dynamic *dynamic = arena_array(a, 500, sizeof(*dynamic));
	const struct openapi_source src = {
		.ops = ops, .version = "1.2.3", .dynamic = dynamic, .count = 500
	};
	const struct op *run = op_find("task.run");
	const char *id;
	json_t *v, *ids = json_object(), *methods, *operation;
	const char *path, *method;

	(void)state;
	assert_non_null(run);
	for (size_t i = 0; i < 500; i++)
		dynamic[i] = (struct openapi_dynamic){ .op = run,
			.name = arena_printf(a, "task-%zu", i),
			.doc = "Does something.",
			.params = &params,
			.environments = environments };
	v = document(&src);
	json_object_foreach((json_t *)(uintptr_t)at(v, "paths"), path, methods)
	{
		json_object_foreach(methods, method, operation)
		{
			id = text_at(operation, "operationId");
			assert_null(json_object_get(ids, id));
			json_object_set_new(ids, id, json_true());
		}
	}
	assert_true(json_object_size(ids) > 500);
	json_decref(ids);
	json_decref(v);
	arena_destroy(a);
}

static void
nothing_to_show(void **state)
{
	static const struct op *const none[] = { NULL };
	const struct openapi_source src = { .ops = none, .version = "1" };
	json_t *v = document(&src);

	(void)state;
	assert_int_equal(json_object_size(at(v, "paths")), 0);
	json_decref(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_to_show),
		cmocka_unit_test(static_operations),
		cmocka_unit_test(dynamic_operations),
		cmocka_unit_test(five_hundred_tasks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
