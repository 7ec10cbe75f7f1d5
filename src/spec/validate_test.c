/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "spec/validate.h"

static const char *const env_choices[] = { "dev", "staging", "prod", NULL };
static const struct schema text = { .kind = SCHEMA_STRING };
static const struct schema whole = { .kind = SCHEMA_INTEGER };
static const struct schema texts = {
	.kind = SCHEMA_LIST, .of = &text, AT_MOST(3)
};
static const struct schema *const text_or_list[] = { &text, &texts, NULL };
static const struct schema *const list_or_whole[] = { &texts, &whole, NULL };

static const struct schema inner_fields[] = {
	{ .name = "wait",
	    .kind = SCHEMA_DURATION,
	    BETWEEN(1000, 60000),
	    .default_json = "\"5s\"" },
	{ .name = NULL },
};

static const struct schema fields[] = {
	{ .name = "name",
	    .kind = SCHEMA_STRING,
	    .flags = F_REQUIRED,
	    .pattern = "[a-z][a-z0-9_]{1,30}",
	    BETWEEN(1, 31),
	    .example = "\"billing\"",
	    .doc = "Name of the database." },
	{ .name = "size",
	    .kind = SCHEMA_INTEGER,
	    BETWEEN(1, 500),
	    .default_json = "10" },
	{ .name = "ratio", .kind = SCHEMA_NUMBER, BETWEEN(0, 1) },
	{ .name = "env", .kind = SCHEMA_CHOICE, .choices = env_choices },
	{ .name = "keep", .kind = SCHEMA_DURATION },
	{ .name = "until", .kind = SCHEMA_TIME, .flags = F_NULLABLE },
	{ .name = "on", .kind = SCHEMA_BOOL },
	{ .name = "labels",
	    .kind = SCHEMA_MAP,
	    .of = &text,
	    .pattern = "[a-z]+",
	    AT_MOST(2) },
	{ .name = "args", .kind = SCHEMA_ONE_OF, .any_of = text_or_list },
	{ .name = "many", .kind = SCHEMA_ONE_OF, .any_of = list_or_whole },
	{ .name = "inner",
	    .kind = SCHEMA_OBJECT,
	    .fields = inner_fields,
	    .default_json = "{}" },
	{ .name = "any", .kind = SCHEMA_JSON },
	{ .name = "link", .kind = SCHEMA_INTEGER, .flags = F_REFERENCE },
	{ .name = "path",
	    .kind = SCHEMA_STRING,
	    .flags = F_REFERENCE,
	    .pattern = "\\$?[a-z]+",
	    AT_MOST(6) },
	{ .name = "password",
	    .kind = SCHEMA_STRING,
	    .flags = F_SECRET,
	    .pattern = "[a-z]{8,}" },
	{ .name = "row", .kind = SCHEMA_STRING, .flags = F_HIDDEN },
	{ .name = NULL },
};
static const struct schema form = { .kind = SCHEMA_OBJECT, .fields = fields };

struct checked {
	struct arena *arena;
	json_t *value;
	struct problems problems;
	bool ok;
};

static struct checked
check(const struct schema *s, const char *body)
{
	struct checked c = { .arena = arena_create() };
	struct err e;

	c.value = json_parse(str_of(body), &e);
	if (c.value == NULL)
		fail_msg("%s: %s", body, e.message);
	problems_init(&c.problems, c.arena);
	c.ok = validate(s, c.value, "", &c.problems);
	assert_int_equal(c.ok, c.problems.count == 0);
	return c;
}

static void
done(struct checked *c)
{
	json_decref(c->value);
	arena_destroy(c->arena);
}

/* One member beside a right name gives one problem (code NULL: none). */
static void
member(const char *json, const char *pointer, const char *code,
    const char *message, const char *hint)
{
	char body[300];
	struct checked c;

	snprintf(body, sizeof(body), "{\"name\":\"billing\",%s}", json);
	c = check(&form, body);
	if (code == NULL) {
		if (!c.ok)
			fail_msg("%s: %s", json, c.problems.items[0].message);
	} else {
		const struct problem *p = c.problems.items;

		if (c.problems.count != 1)
			fail_msg("%s: %zu problems", json, c.problems.count);
		assert_string_equal(p->pointer, pointer);
		assert_string_equal(p->code, code);
		assert_string_equal(p->message, message);
		if (hint == NULL)
			assert_null(p->hint);
		else
			assert_string_equal(p->hint, hint);
	}
	done(&c);
}

static void
defaults_are_filled_in(void **state)
{
	struct checked c = check(&form, "{\"name\":\"billing\"}");

	(void)state;
	assert_true(c.ok);
	assert_string_equal(json_canonical(c.arena, c.value),
	    "{\"inner\":{\"wait\":\"5s\"},\"name\":\"billing\",\"size\":10}");
	done(&c);
}

static void
numbers(void **state)
{
	(void)state;
	member("\"size\":500", NULL, NULL, NULL, NULL);
	member("\"size\":501", "/size", "field.range",
	    "501 is above the most allowed, 500", NULL);
	member("\"size\":0", "/size", "field.range",
	    "0 is below the least allowed, 1", NULL);
	member("\"size\":1.0", "/size", "field.type",
	    "must be a whole number, not a number with a fraction",
	    "write it without a point");
	member("\"size\":\"5\"", "/size", "field.type",
	    "must be a whole number, not text", "write it without quotes");
	member("\"size\":null", "/size", "field.type",
	    "must be a whole number, not null", "leave it out instead");
	member("\"ratio\":1", NULL, NULL, NULL, NULL);
	member("\"ratio\":0.5", NULL, NULL, NULL, NULL);
	member("\"ratio\":1.5", "/ratio", "field.range",
	    "1.5 is above the most allowed, 1", NULL);
	member("\"on\":\"true\"", "/on", "field.type",
	    "must be true or false, not text", "write it without quotes");
}

static void
choices_and_times(void **state)
{
	(void)state;
	member("\"env\":\"prod\"", NULL, NULL, NULL, NULL);
	member("\"env\":\"prd\"", "/env", "field.choice",
	    "'prd' is not one of the allowed values", "did you mean 'prod'?");
	member("\"env\":\"moon\"", "/env", "field.choice",
	    "'moon' is not one of the allowed values",
	    "choose one of: dev, staging, prod");
	member("\"keep\":\"90d\"", NULL, NULL, NULL, NULL);
	member("\"keep\":\"90 days\"", "/keep", "field.duration",
	    "'90 days' is not a duration",
	    "write it like 30s, 5m, 1h30m or 90d");
	member("\"keep\":90", "/keep", "field.type",
	    "must be a duration like 5m or 1h30m, not a whole number",
	    "write the unit: 30s, 5m, 1h30m");
	member("\"inner\":{\"wait\":\"2m\"}", "/inner/wait", "field.range",
	    "'2m' is too long", NULL);
	member("\"until\":null", NULL, NULL, NULL, NULL);
	member("\"until\":\"2026-11-21T09:30:00Z\"", NULL, NULL, NULL, NULL);
	member("\"until\":\"tomorrow\"", "/until", "field.time",
	    "'tomorrow' is not a time", "write it like 2026-11-21T09:30:00Z");
}

static void
trees(void **state)
{
	(void)state;
	member("\"labels\":{\"a\":\"1\",\"b\":\"2\"}", NULL, NULL, NULL, NULL);
	member("\"labels\":{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}", "/labels",
	    "field.range", "3 entries, at most 2 are allowed", NULL);
	member("\"labels\":{\"a/~b\":\"1\"}", "/labels/a~1~0b", "param.pattern",
	    "name 'a/~b' does not match [a-z]+", NULL);
	member("\"labels\":{\"a\":1}", "/labels/a", "field.type",
	    "must be text, not a whole number", "write it in quotes");
	member("\"args\":\"x\"", NULL, NULL, NULL, NULL);
	member("\"args\":[\"x\",\"y\"]", NULL, NULL, NULL, NULL);
	member("\"args\":[\"x\",2]", "/args/1", "field.type",
	    "must be text, not a whole number", "write it in quotes");
	member("\"args\":[\"1\",\"2\",\"3\",\"4\"]", "/args", "field.range",
	    "4 elements, at most 3 are allowed", NULL);
	member("\"args\":{}", "/args", "field.type",
	    "must be text or a list, not an object", NULL);
	member("\"many\":\"x\"", "/many", "field.type",
	    "must be a list or a whole number, not text", NULL);
	member("\"any\":[1,{\"x\":null}]", NULL, NULL, NULL, NULL);
	member("\"any\":null", NULL, NULL, NULL, NULL);
}

static void
unknown_fields(void **state)
{
	struct checked c;

	(void)state;
	member("\"sise\":1", "/sise", "field.unknown", "unknown field 'sise'",
	    "did you mean 'size'?");
	member("\"zzzzzzzz\":1", "/zzzzzzzz", "field.unknown",
	    "unknown field 'zzzzzzzz'", NULL);
	member("\"row\":\"x\"", "/row", "field.unknown", "unknown field 'row'",
	    NULL);
	member("\"inner\":{\"zzzz\":1}", "/inner/zzzz", "field.unknown",
	    "unknown field 'zzzz'", "allowed: wait");
	c = check(&form, "{\"nmae\":1,\"size\":0,\"env\":\"x\"}");
	assert_int_equal(c.problems.count, 4); /* all of them at once */
	assert_string_equal(c.problems.items[0].code, "field.unknown");
	assert_string_equal(c.problems.items[1].code, "field.required");
	assert_string_equal(c.problems.items[1].pointer, "/name");
	assert_string_equal(c.problems.items[1].hint, "Name of the database.");
	done(&c);
}

static void
texts_are_checked(void **state)
{
	struct checked c = check(&form, "{\"name\":\"Foo; rm -rf /\"}");
	struct buf b = { 0 };
	json_t *nul;

	(void)state;
	assert_string_equal(c.problems.items[0].code, "param.pattern");
	assert_string_equal(c.problems.items[0].message,
	    "'Foo; rm -rf /' does not match [a-z][a-z0-9_]{1,30}");
	assert_string_equal(
	    c.problems.items[0].hint, "for example \"billing\"");
	done(&c);
	c = check(&form, "{\"name\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}");
	assert_string_equal(c.problems.items[0].code, "param.too_long");
	done(&c);
	c = check(&form, "{\"name\":\"\"}");
	assert_string_equal(c.problems.items[0].message, "must not be empty");
	done(&c);
	buf_addc(&b, '"');
	for (size_t i = 0; i <= LIMIT_PARAM_BYTES; i++)
		buf_addc(&b, 'a');
	buf_addc(&b, '"');
	c = check(&text, b.data);
	assert_string_equal(c.problems.items[0].code, "param.too_long");
	done(&c);
	b.data[--b.len] = '\0';
	b.data[b.len - 1] = '"';
	c = check(&text, b.data);
	assert_true(c.ok);
	done(&c);
	buf_finish(&b);
	c = check(&text, "\"a\"");
	nul = json_stringn("a\0b", 3);
	assert_false(validate(&text, nul, "/x", &c.problems));
	assert_string_equal(c.problems.items[0].code, "param.encoding");
	assert_string_equal(c.problems.items[0].pointer, "/x");
	json_decref(nul);
	done(&c);
}

static void
secrets_are_not_shown(void **state)
{
	(void)state;
	member("\"password\":\"S3cret\"", "/password", "param.pattern",
	    "the value does not match [a-z]{8,}", NULL);
}

static void
references(void **state)
{
	(void)state;
	member("\"link\":\"$params.size\"", NULL, NULL, NULL, NULL);
	member("\"link\":\"$$x\"", "/link", "field.type",
	    "must be a whole number, not text", NULL);
	member("\"path\":\"$params.too_long_for_the_field\"", NULL, NULL, NULL,
	    NULL);
	member("\"path\":\"$$abcde\"", NULL, NULL, NULL, NULL);
	member("\"path\":\"$$ABC\"", "/path", "param.pattern",
	    "'$$ABC' does not match \\$?[a-z]+", NULL);
	member("\"size\":\"$params.size\"", "/size", "field.type",
	    "must be a whole number, not text", NULL);
}

/* 200,000 unknown fields cost neither time nor memory. */
static void
floods_end_early(void **state)
{
	struct buf b = { 0 };
	struct checked c;
	struct err e;

	(void)state;
	buf_addc(&b, '{');
	for (int i = 0; i < 100000; i++)
		buf_printf(&b, "%s\"k%d\":1", i > 0 ? "," : "", i);
	buf_addc(&b, '}');
	c = check(&form, b.data);
	assert_int_equal(c.problems.count, LIMIT_FOLDER_ERRORS);
	assert_true(arena_used(c.arena) < MIB(1));
	assert_false(validate(&form, c.value, "", &c.problems));
	assert_false(problems_err(&c.problems, &e));
	assert_non_null(strstr(e.message, "200 problems"));
	done(&c);
	buf_clear(&b);
	buf_adds(&b, "{\"name\":\"billing\",\"labels\":{\"");
	for (int i = 0; i < 500000; i++)
		buf_addc(&b, 'x');
	buf_adds(&b, "\":[1,2,3,4]}}");
	c = check(&form, b.data);
	assert_string_equal(c.problems.items[0].code, "param.too_long");
	assert_true(arena_used(c.arena) < KIB(64));
	done(&c);
	buf_finish(&b);
}

static void
problems_are_rendered(void **state)
{
	struct checked c = check(&form, "{\"name\":\"billing\",\"size\":0}");
	struct buf b = { 0 };
	struct json_out j;
	struct err e;

	(void)state;
	assert_false(problems_err(&c.problems, &e));
	assert_int_equal(e.class, ERR_INVALID);
	assert_string_equal(e.code, "invalid");
	assert_string_equal(
	    e.message, "/size: 0 is below the least allowed, 1");
	problem_add(&c.problems, "", "x.y", "do z", "%d things", 3);
	assert_false(problems_err(&c.problems, &e));
	assert_string_equal(e.message,
	    "2 problems, the first: /size: 0 is below the least allowed, 1");
	json_out_init(&j, &b);
	problems_json(&c.problems, &j);
	assert_true(json_out_done(&j));
	assert_string_equal(b.data,
	    "[{\"pointer\":\"/size\",\"code\":\"field.range\","
	    "\"detail\":\"0 is below the least allowed, 1\"},"
	    "{\"pointer\":\"\",\"code\":\"x.y\",\"detail\":\"3 things\","
	    "\"hint\":\"do z\"}]");
	buf_finish(&b);
	problems_init(&c.problems, c.arena);
	assert_true(problems_err(&c.problems, &e));
	done(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_filled_in),
		cmocka_unit_test(numbers),
		cmocka_unit_test(choices_and_times),
		cmocka_unit_test(trees),
		cmocka_unit_test(unknown_fields),
		cmocka_unit_test(texts_are_checked),
		cmocka_unit_test(secrets_are_not_shown),
		cmocka_unit_test(references),
		cmocka_unit_test(floods_end_early),
		cmocka_unit_test(problems_are_rendered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
