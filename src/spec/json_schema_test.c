/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "spec/json_schema.h"
#include "spec/validate.h"

#define DIALECT "\"$schema\":\"https://json-schema.org/draft/2020-12/schema\""

static void
written(const struct schema *s, const char *wanted)
{
	struct buf b = { 0 };
	struct json_out j;

	json_out_init(&j, &b);
	json_schema_write(s, NULL, &j);
	assert_true(json_out_done(&j));
	assert_string_equal(b.data, wanted);
	buf_finish(&b);
}

static void
scalars(void **state)
{
	static const char *const colours[] = { "red", "green", NULL };

	(void)state;
	written(&(struct schema){ .kind = SCHEMA_STRING,
		    BETWEEN(5, 31),
		    .pattern = "[a-z]+",
		    .doc = "Its \"name\"." },
	    "{" DIALECT ",\"description\":\"Its \\\"name\\\".\","
	    "\"type\":\"string\",\"minLength\":2,\"maxLength\":31,"
	    "\"pattern\":\"^(?:[a-z]+)$\"}");
	written(&(struct schema){ .kind = SCHEMA_INTEGER, AT_LEAST(-3) },
	    "{" DIALECT ",\"type\":\"integer\",\"format\":\"int64\","
	    "\"minimum\":-3}");
	written(&(struct schema){ .kind = SCHEMA_CHOICE, .choices = colours },
	    "{" DIALECT ",\"type\":\"string\",\"enum\":[\"red\",\"green\"]}");
	written(&(struct schema){ .kind = SCHEMA_TIME },
	    "{" DIALECT ",\"type\":\"string\",\"format\":\"date-time\"}");
	written(&(struct schema){ .kind = SCHEMA_JSON }, "{" DIALECT "}");
}

static const struct schema node_fields[];
static const struct schema node = {
	.kind = SCHEMA_OBJECT, .title = "Node", .fields = node_fields
};
static const struct schema node_fields[] = {
	{ .name = "next",
	    .kind = SCHEMA_OBJECT,
	    .title = "Node",
	    .fields = node_fields,
	    .flags = F_NULLABLE,
	    .doc = "Or null." },
	{ .name = "all", .kind = SCHEMA_LIST, .of = &node, AT_MOST(9) },
	{ .name = "id",
	    .kind = SCHEMA_INTEGER,
	    .flags = F_REQUIRED | F_REFERENCE,
	    .default_json = "7",
	    .example = "8" },
	{ .name = "secret", .kind = SCHEMA_STRING, .flags = F_HIDDEN },
	{ .name = NULL },
};

static void
a_schema_may_contain_itself(void **state)
{
	(void)state;
	written(&node,
	    "{" DIALECT ",\"$ref\":\"#/$defs/Node\",\"$defs\":{\"Node\":{"
	    "\"title\":\"Node\",\"type\":\"object\",\"properties\":{"
	    "\"next\":{\"description\":\"Or null.\",\"anyOf\":["
	    "{\"$ref\":\"#/$defs/Node\"},{\"type\":\"null\"}]},"
	    "\"all\":{\"type\":\"array\",\"maxItems\":9,"
	    "\"items\":{\"$ref\":\"#/$defs/Node\"}},"
	    "\"id\":{\"anyOf\":[{\"type\":\"integer\",\"format\":\"int64\"},"
	    "{\"type\":\"string\",\"pattern\":\"^\\\\$[^$]\","
	    "\"description\":\"A reference, like $params.name.\"}],"
	    "\"default\":7,\"examples\":[8]}},"
	    "\"required\":[\"id\"],\"additionalProperties\":false}}}");
}

static void
maps_and_alternatives(void **state)
{
	static const struct schema text = { .kind = SCHEMA_STRING };
	static const struct schema map = { .kind = SCHEMA_MAP,
		.of = &text,
		.pattern = "[A-Z]+",
		AT_LEAST(1) };
	static const struct schema *const both[] = { &text, &map, NULL };

	(void)state;
	written(&(struct schema){ .kind = SCHEMA_ONE_OF, .any_of = both },
	    "{" DIALECT ",\"anyOf\":[{\"type\":\"string\"},"
	    "{\"type\":\"object\",\"propertyNames\":{"
	    "\"pattern\":\"^(?:[A-Z]+)$\"},\"minProperties\":1,"
	    "\"additionalProperties\":{\"type\":\"string\"}}]}");
}

/* Two objects of one title are told apart. */
static void
titles_may_clash(void **state)
{
	static const struct schema x[] = { { .name = "x", .kind = SCHEMA_BOOL },
		{ .name = NULL } };
	static const struct schema y[] = { { .name = "y", .kind = SCHEMA_BOOL },
		{ .name = NULL } };
	static const struct schema both[] = {
		{ .name = "a",
		    .kind = SCHEMA_OBJECT,
		    .title = "T",
		    .fields = x },
		{ .name = "b",
		    .kind = SCHEMA_OBJECT,
		    .title = "T",
		    .fields = y },
		{ .name = NULL },
	};

	(void)state;
	written(&(struct schema){ .kind = SCHEMA_OBJECT, .fields = both },
	    "{" DIALECT ",\"type\":\"object\",\"properties\":{"
	    "\"a\":{\"$ref\":\"#/$defs/T\"},"
	    "\"b\":{\"type\":\"object\",\"properties\":{"
	    "\"y\":{\"type\":\"boolean\"}},\"additionalProperties\":false}},"
	    "\"additionalProperties\":false,"
	    "\"$defs\":{\"T\":{\"title\":\"T\",\"type\":\"object\","
	    "\"properties\":{\"x\":{\"type\":\"boolean\"}},"
	    "\"additionalProperties\":false}}}");
}

/* A form may be nested deeper than a document is written. */
static void
depth_ends_in_anything(void **state)
{
	struct schema lists[200] = { { .kind = SCHEMA_BOOL } };
	struct buf b = { 0 };
	struct json_out j;
	struct err e;
	json_t *v;

	(void)state;
	for (size_t i = 1; i < 200; i++)
		lists[i] = (struct schema){ .kind = SCHEMA_LIST,
			.of = &lists[i - 1],
			.flags = F_NULLABLE };
	json_out_init(&j, &b);
	json_schema_write(&lists[199], "https://example.com/x", &j);
	assert_true(json_out_done(&j));
	v = json_loadb(b.data, b.len, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(v);
	assert_string_equal(json_string_value(json_object_get(v, "$id")),
	    "https://example.com/x");
	json_decref(v);
	assert_null(json_parse(buf_str(&b), &e));
	buf_finish(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scalars),
		cmocka_unit_test(a_schema_may_contain_itself),
		cmocka_unit_test(maps_and_alternatives),
		cmocka_unit_test(titles_may_clash),
		cmocka_unit_test(depth_ends_in_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
