/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "platform/task.h"
#include "spec/validate.h"

static json_t *
parse(const char *text)
{
	json_t *value = json_parse(str_of(text), NULL);

	assert_non_null(value);
	return value;
}

static void
test_reference(void **state)
{
	static const struct {
		const char *text;
		enum reference_kind kind;
		const char *name, *output;
	} rows[] = {
		{ "", REFERENCE_NONE, "", "" },
		{ "text", REFERENCE_NONE, "", "" },
		{ "$", REFERENCE_NONE, "", "" },
		{ "$HOME", REFERENCE_NONE, "", "" },
		{ "$$params.x", REFERENCE_NONE, "", "" },
		{ "x$params.y", REFERENCE_NONE, "", "" },
		{ "$paramsx", REFERENCE_NONE, "", "" },
		{ "$items", REFERENCE_NONE, "", "" },
		{ "$params.x", REFERENCE_PARAM, "x", "" },
		{ "$params.a_1", REFERENCE_PARAM, "a_1", "" },
		{ "$needs.role.outputs.url", REFERENCE_OUTPUT, "role", "url" },
		{ "$needs.a-b.outputs.c_d", REFERENCE_OUTPUT, "a-b", "c_d" },
		{ "$needs.a-b.artifacts.m_1", REFERENCE_ARTIFACT, "a-b",
		    "m_1" },
		{ "$needs.x.artifacts.", REFERENCE_BAD, "", "" },
		{ "$needs.x.artifacts.a.b", REFERENCE_BAD, "", "" },
		{ "$needs.x.artifact.y", REFERENCE_BAD, "", "" },
		{ "$item", REFERENCE_ITEM, "", "" },
		{ "$params", REFERENCE_BAD, "", "" },
		{ "$params.", REFERENCE_BAD, "", "" },
		{ "$params.X", REFERENCE_BAD, "", "" },
		{ "$params.x ", REFERENCE_BAD, "", "" },
		{ "$params.x/y", REFERENCE_BAD, "", "" },
		{ "$params.x.y", REFERENCE_BAD, "", "" },
		{ "$params.$params.x", REFERENCE_BAD, "", "" },
		{ "$needs", REFERENCE_BAD, "", "" },
		{ "$needs.x", REFERENCE_BAD, "", "" },
		{ "$needs..outputs.y", REFERENCE_BAD, "", "" },
		{ "$needs.x.outputs.", REFERENCE_BAD, "", "" },
		{ "$needs.x.output.y", REFERENCE_BAD, "", "" },
		{ "$item.x", REFERENCE_ITEM, "x", "" },
		{ "$item.x.Y-1", REFERENCE_ITEM, "x.Y-1", "" },
		{ "$item.", REFERENCE_BAD, "", "" },
		{ "$item.x..y", REFERENCE_BAD, "", "" },
		{ "$item.x y", REFERENCE_BAD, "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct reference r = reference_parse(rows[i].text);

		if (r.kind != rows[i].kind)
			fail_msg("'%s' is of kind %d", rows[i].text, r.kind);
		assert_true(str_is(r.name, rows[i].name));
		assert_true(str_is(r.output, rows[i].output));
	}
	assert_string_equal(reference_literal("$$x"), "$x");
	assert_string_equal(reference_literal("$$$x"), "$$x");
	assert_string_equal(reference_literal("$x"), "$x");
	assert_string_equal(reference_literal("x$$"), "x$$");
}

static void
test_matchers(void **state)
{
	static const char params[] = "{\"size\":30,\"ratio\":0.5,"
		"\"name\":\"billing\",\"big\":true,\"zones\":[\"eu\",\"us\"],"
		"\"none\":null}";
	static const struct {
		const char *when;
		bool holds;
		const char *why;
	} rows[] = {
		{ "{}", true, "always" },
		{ "{\"env\":\"prod\"}", true, "env is prod" },
		{ "{\"env\":\"dev\"}", false, "env is prod, not dev" },
		{ "{\"env\":[\"dev\",\"prod\"]}", true,
			"env is dev or prod" },
		{ "{\"env\":{\"not\":\"dev\"}}", true, "env is not dev" },
		{ "{\"env\":{\"not\":[\"dev\",\"prod\"]}}", false,
			"env is prod" },
		{ "{\"env\":{\"matches\":\"pr.*\"}}", true,
			"env matches pr.*" },
		{ "{\"env\":{\"matches\":\"pr\"}}", false,
			"env does not match pr" },
		{ "{\"size\":30}", true, "size is 30" },
		{ "{\"size\":30.0}", true, "size is 30" },
		{ "{\"size\":\"30\"}", false, "size is 30, not 30" },
		{ "{\"size\":{\"max\":20}}", false, "size is more than 20" },
		{ "{\"size\":{\"max\":30}}", true, "size is at most 30" },
		{ "{\"size\":{\"min\":31}}", false, "size is less than 31" },
		{ "{\"size\":{\"min\":10,\"max\":40}}", true,
			"size is at least 10 and size is at most 40" },
		{ "{\"ratio\":{\"min\":1}}", false, "ratio is less than 1" },
		{ "{\"big\":true}", true, "big is true" },
		{ "{\"big\":false}", false, "big is true, not false" },
		{ "{\"name\":{\"matches\":\"[a-z]+\"}}", true,
			"name matches [a-z]+" },
		{ "{\"zones\":\"us\"}", true, "zones is us" },
		{ "{\"zones\":\"ap\"}", false,
			"zones is [\"eu\",\"us\"], not ap" },
		{ "{\"zones\":{\"not\":\"us\"}}", false,
			"zones is [\"eu\",\"us\"]" },
		{ "{\"absent\":\"x\"}", false, "absent is not given" },
		{ "{\"none\":\"x\"}", false, "none is not given" },
		{ "{\"none\":{\"max\":5}}", false, "none is not given" },
		{ "{\"none\":{\"not\":\"x\"}}", true, "none is not x" },
		{ "{\"env\":\"prod\",\"size\":{\"max\":20}}", false,
			"size is more than 20" },
		{ "{\"env\":\"prod\",\"size\":{\"max\":90}}", true,
			"env is prod, size is at most 90" },
	};
	struct arena *a = arena_create();
	json_t *given = parse(params);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		json_t *when = parse(rows[i].when);
		const char *why = NULL;
		enum match match = matchers_try(when,
		    &(struct matched_on){ .env = "prod", .params = given }, a,
		    &why);

		assert_string_equal(why, rows[i].why);
		assert_int_equal(match == MATCH_YES, rows[i].holds);
		json_decref(when);
	}
	assert_int_equal(matchers_try(NULL,
	    &(struct matched_on){ .env = "prod", .params = given }, a, NULL),
	    MATCH_YES);
	json_decref(given);
	given = parse("{\"env\":\"dev\"}");
	assert_int_equal(matchers_try(given, &(struct matched_on){ 0 }, a,
	    NULL), MATCH_NO);
	json_decref(given);
	arena_destroy(a);
}

static const char task_text[] = "{\"task\":\"database\",\"team\":\"p\","
	"\"params\":{\"name\":{\"type\":\"string\",\"required\":true},"
	"\"size\":{\"type\":\"integer\",\"min\":1,\"max\":5,\"default\":2},"
	"\"pw\":{\"type\":\"secret\"},\"z\":{\"type\":\"choice\","
	"\"choices\":[\"a\",\"b\"]},\"l\":{\"type\":\"list\","
	"\"of\":\"integer\"}},"
	"\"needs\":{\"role\":{\"task\":\"role\",\"with\":{\"n\":"
	"\"$params.name\"}}},"
	"\"creates\":{\"argv\":[\"./check\",\"$needs.role.outputs.o\"]},"
	"\"run\":\"./create\",\"files\":{\"create\":\"00\"},"
	"\"uses\":{\"db\":2},\"timeout\":\"5m\",\"grace\":\"1s\","
	"\"retry\":{\"times\":2,\"backoff\":\"10s..2m\"},"
	"\"outputs\":{\"pw\":{\"secret\":true,\"reveal\":\"once\"}},"
	"\"approve\":[{\"of\":\"c\",\"count\":2},{\"of\":\"d\","
	"\"count\":\"all\"},{\"none\":true}],"
	"\"manual\":[\"look\"],\"undo\":\"drop\",\"sandbox\":\"strict\","
	"\"memory\":\"512M\",\"output\":\"1K\",\"idempotent\":true}";

static void
test_task(void **state)
{
	struct arena *a = arena_create();
	json_t *body = parse(task_text);
	const struct schema *s;
	struct task *t, *again;
	json_t *pinned;

	(void)state;
	assert_true(task_from_json(a, body, &t, NULL));
	assert_string_equal(t->name, "database");
	assert_string_equal(t->team, "p");
	assert_int_equal(t->command.kind, COMMAND_FILE);
	assert_string_equal(t->command.file, "create");
	assert_int_equal(t->creates.kind, CREATES_RUN);
	assert_int_equal(t->creates.command.kind, COMMAND_ARGV);
	assert_false(t->creates.early);
	assert_string_equal(task_need(t, "role")->task, "role");
	assert_null(task_need(t, "x"));
	assert_true(task_output(t, "pw")->secret);
	assert_true(task_output(t, "pw")->once);
	assert_string_equal(task_output(t, "pw")->to, "requester");
	assert_int_equal(t->timeout_ms, 300000);
	assert_int_equal(t->grace_ms, 1000);
	assert_int_equal(t->retry_times, 2);
	assert_int_equal(t->backoff_min_ms, 10000);
	assert_int_equal(t->backoff_max_ms, 120000);
	assert_int_equal(t->memory_bytes, 512 << 20);
	assert_int_equal(t->output_cap, 1024);
	assert_int_equal(t->sandbox, SANDBOX_STRICT);
	assert_int_equal(t->napprove, 3);
	assert_string_equal(t->approve[0].text, "2 of c");
	assert_string_equal(t->approve[1].text, "all of d");
	assert_int_equal(t->approve[1].count, 0);
	assert_true(t->approve[2].none);
	assert_string_equal(t->uses[0].limit, "db");
	assert_null(t->secrets[0]);
	assert_string_equal(t->manual[0], "look");
	s = schema_member(t->params, "size");
	assert_int_equal(s->max, 5);
	assert_string_equal(s->default_json, "2");
	assert_true(schema_member(t->params, "name")->flags & F_REQUIRED);
	assert_true(schema_member(t->params, "pw")->flags & F_SECRET);
	assert_int_equal(schema_member(t->params, "l")->of->kind,
	    SCHEMA_INTEGER);
	assert_string_equal(schema_member(t->params, "z")->choices[1], "b");

	/* The pinned body gives the same task. */
	pinned = parse(t->body);
	assert_true(task_from_json(a, pinned, &again, NULL));
	assert_string_equal(again->hash, t->hash);
	assert_string_equal(again->body, t->body);
	json_decref(pinned);
	json_decref(body);
	arena_destroy(a);
}

static void
test_task_damaged(void **state)
{
	static const char *const texts[] = { "[]", "{}", "{\"task\":1}",
		"{\"task\":\"a\"}",
		"{\"task\":\"a\",\"team\":\"t\",\"params\":{\"x\":{\"type\":\"blob\"}}}",
		"{\"task\":\"a\",\"team\":\"t\",\"needs\":{\"x\":\"b\"}}",
	};
	struct arena *a = arena_create();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		json_t *body = parse(texts[i]);
		struct err e = { 0 };
		struct task *t;

		assert_false(task_from_json(a, body, &t, &e));
		assert_int_equal(e.class, ERR_INTERNAL);
		json_decref(body);
	}
	arena_destroy(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reference),
		cmocka_unit_test(test_matchers),
		cmocka_unit_test(test_task),
		cmocka_unit_test(test_task_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
