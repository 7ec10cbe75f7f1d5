/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/alias.h"
#include "cli/argv.h"
#include "cli/form.h"
#include "cli/help.h"
#include "cli/local.h"
#include "spec/access.h"
#include "spec/catalogue.h"
#include "spec/run.h"
#include "spec/ticket.h"

#define ARGV(...)                                                              \
	(char *[])                                                             \
	{                                                                      \
		__VA_ARGS__, NULL                                              \
	}

struct parsed {
	struct arena *arena;
	struct globals globals;
	struct args args;
	struct err e;
	bool ok;
};

static char *
word(const char *text)
{
	return (char *)(uintptr_t)text;
}

static struct parsed
parse(const struct op *op, const char *rest, const struct flag *form,
    size_t nform, const char *const *words)
{
	struct parsed p = { .arena = arena_create() };
	struct usage *u = usage_create(p.arena, op);
	char *argv[16];
	int argc = 0;

	u->rest = rest;
	usage_add_form(p.arena, u, form, nform);
	while (words[argc] != NULL) {
		argv[argc] = word(words[argc]);
		argc++;
	}
	argv[argc] = NULL;
	p.ok = args_parse(p.arena, u, argc, argv, &p.globals, &p.args, &p.e);
	return p;
}

#define PARSE(op, ...)                                                         \
	parse(&(op), NULL, NULL, 0, (const char *const[]){ __VA_ARGS__, NULL })
#define assert_text(object, key, text)                                         \
	assert_string_equal(                                                   \
	    json_string_value(json_object_get((object), (key))), (text))

/* usage_create asserts that every flag is a field. */
static void
test_every_op(void **state)
{
	unsigned n = 0;

	(void)state;
	for (const struct op *const *op = ops; *op != NULL; op++) {
		struct arena *a = arena_create();
		struct usage *u;
		char name[64];

		if ((*op)->cli != NULL) {
			u = usage_create(a, *op);
			assert_true(u->nwords >= 2);
			for (unsigned i = 0; i < u->npath; i++)
				assert_non_null(op_path_param(*op, i, name));
			assert_null(op_path_param(*op, u->npath, name));
			for (size_t i = 0; i < u->nflags; i++)
				assert_true(
				    u->flags[i].schema->kind == SCHEMA_BOOL ||
				    u->flags[i].hold != NULL);
			n++;
		}
		arena_destroy(a);
	}
	assert_true(n > 30);
}

static void
test_tables_sorted(void **state)
{
	(void)state;
	for (const struct alias *a = aliases; a[0].word != NULL; a++) {
		assert_non_null(op_find(a->op));
		assert_non_null(op_find(a->op)->cli);
		if (a[1].word != NULL)
			assert_true(strcmp(a[0].word, a[1].word) < 0);
	}
	for (const struct help_extra *x = help_extras; x[1].word != NULL; x++)
		assert_true(strcmp(x[0].word, x[1].word) < 0);
	for (const struct local *l = locals; l[0].op != NULL; l++) {
		assert_non_null(op_find(l->op));
		if (l[1].op != NULL)
			assert_true(strcmp(l[0].op, l[1].op) <= 0);
	}
}

/* The words that an alias takes beyond the path are flags of its op. */
static void
test_alias_rest(void **state)
{
	(void)state;
	for (const struct alias *al = aliases; al->word != NULL; al++) {
		struct arena *a = arena_create();
		struct usage *u = usage_create(a, op_find(al->op));
		struct str left = str_of(al->rest);

		while (left.n > 0) {
			struct str name = str_cut(left, ' ', &left);
			bool found = false;

			for (size_t i = 0; i < u->nflags; i++)
				found = found || str_is(name, u->flags[i].name);
			assert_true(found);
		}
		arena_destroy(a);
	}
}

static void
test_flags(void **state)
{
	struct parsed p = PARSE(op_ticket_list, "--status", "done",
	    "--waiting-for=casey", "--limit", "7", "--json");

	(void)state;
	assert_true(p.ok);
	assert_text(p.args.query, "status", "done");
	assert_text(p.args.query, "waiting_for", "casey");
	assert_int_equal(
	    7, json_integer_value(json_object_get(p.args.query, "limit")));
	assert_true(p.globals.json);
	arena_destroy(p.arena);

	p = PARSE(op_request_ask, "database", "--env", "prod", "--dry-run",
	    "--wait", "--within", "5m");
	assert_true(p.ok);
	assert_string_equal(p.args.path[0], "database");
	assert_text(p.args.body, "environment", "prod");
	assert_true(json_is_true(json_object_get(p.args.body, "dry_run")));
	assert_string_equal(args_local(&p.args, "wait"), "");
	assert_string_equal(args_local(&p.args, "within"), "5m");
	assert_null(args_local(&p.args, "follow"));
	arena_destroy(p.arena);
}

static void
test_list_and_words(void **state)
{
	struct parsed p = PARSE(op_token_create, "--name", "ci", "--env", "dev",
	    "--environments", "prod", "--save", "casey");

	(void)state;
	assert_true(p.ok);
	assert_int_equal(
	    2, json_array_size(json_object_get(p.args.body, "environments")));
	assert_string_equal(args_local(&p.args, "save"), "casey");
	arena_destroy(p.arena);

	p = parse(&op_access_can, "action target", NULL, 0,
	    (const char *const[]){ "alice", "run", "prod/api", NULL });
	assert_true(p.ok);
	assert_string_equal(p.args.path[0], "alice");
	assert_text(p.args.query, "action", "run");
	assert_text(p.args.query, "target", "prod/api");
	arena_destroy(p.arena);

	p = PARSE(op_ticket_get, "--", "--help");
	assert_true(p.ok);
	assert_false(p.globals.help);
	assert_string_equal(p.args.path[0], "--help");
	arena_destroy(p.arena);
}

static void
test_refused(void **state)
{
	static const struct {
		const struct op *op;
		const char *words[6];
		const char *message, *hint;
	} rows[] = {
		{ &op_ticket_get, { NULL }, "TICKET is missing",
		    "usage: slipway ticket show TICKET" },
		{ &op_ticket_get, { "OPS-1", "OPS-2" },
		    "'OPS-2' is one word too many",
		    "usage: slipway ticket show TICKET" },
		{ &op_ticket_list, { "--statsu", "done" },
		    "unknown flag '--statsu'", "did you mean --status?" },
		{ &op_ticket_list, { "--status", "doen" },
		    "--status 'doen': it is one of: open, waiting_approval, "
		    "approved, in_progress, done, declined, cancelled, failed",
		    "did you mean 'done'?" },
		{ &op_ticket_list, { "--limit", "many" },
		    "--limit 'many': not a whole number", "" },
		{ &op_ticket_list, { "--status", "--limit", "5" },
		    "--status: a value is missing",
		    "for one that begins with --: --status=--limit" },
		{ &op_ticket_comment, { "OPS-1" }, "--text is missing",
		    "usage: slipway ticket comment TICKET --text TEXT" },
		{ &op_ticket_comment, { "OPS-1", "--text" },
		    "--text: a value is missing", "write: --text=VALUE" },
		{ &op_ticket_comment, { "OPS-1", "--text", "\xff" },
		    "--text '…': not valid UTF-8", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct parsed p =
		    parse(rows[i].op, NULL, NULL, 0, rows[i].words);

		assert_false(p.ok);
		assert_string_equal(p.e.message, rows[i].message);
		assert_string_equal(p.e.hint, rows[i].hint);
		assert_int_equal(err_class_info(p.e.class)->exit, 2);
		arena_destroy(p.arena);
	}
}

static const char form_text[] =
    "{\"type\": \"object\", \"properties\": {"
    "\"name\": {\"type\": \"string\", \"description\": \"Its name\"},"
    "\"size\": {\"type\": \"integer\", \"minimum\": 1, \"maximum\": 500,"
    " \"default\": 10},"
    "\"tier\": {\"type\": \"string\", \"enum\": [\"gold\", \"tin\"]},"
    "\"url\": {\"type\": \"string\"},"
    "\"backup\": {\"type\": \"boolean\"},"
    "\"tags\": {\"type\": \"array\", \"items\": {\"type\": \"string\"}},"
    "\"password\": {\"type\": \"string\", \"format\": \"password\"}},"
    "\"required\": [\"name\", \"size\", \"password\"]}";

static struct parsed
parse_form(const char *const *words)
{
	struct arena *a = arena_create();
	json_t *schema = json_loads(form_text, 0, NULL);
	struct flag *flags;
	size_t n;
	struct parsed p;

	form_flags(a, schema, &flags, &n);
	assert_int_equal(n, 7);
	assert_true(flags[0].required);
	assert_false(flags[1].required); /* has a default */
	assert_true(flags[6].secret);
	p = parse(&op_request_ask, NULL, flags, n, words);
	/* What was parsed refers to the flags. */
	arena_cleanup(p.arena, (void (*)(void *))arena_destroy, a);
	json_decref(schema);
	return p;
}

static void
test_form(void **state)
{
	struct parsed p = parse_form(
	    (const char *const[]){ "database", "--name=$(touch C)", "--size",
		"-3", "--tier", "gold", "--url", "http://x", "--no-backup",
		"--tags", "a", "--tags", "b", "--password-file", "-", NULL });

	(void)state;
	assert_true(p.ok);
	assert_text(p.args.params, "name", "$(touch C)");
	assert_int_equal(
	    -3, json_integer_value(json_object_get(p.args.params, "size")));
	assert_text(p.args.params, "url", "http://x");
	assert_null(p.globals.url);
	assert_true(json_is_false(json_object_get(p.args.params, "backup")));
	assert_int_equal(
	    2, json_array_size(json_object_get(p.args.params, "tags")));
	assert_non_null(p.args.files);
	assert_string_equal(p.args.files->path, "-");
	arena_destroy(p.arena);

	p = parse_form(
	    (const char *const[]){ "database", "--password", "hunter2", NULL });
	assert_false(p.ok);
	assert_string_equal(p.e.code, "flag.secret");
	assert_null(strstr(p.e.message, "hunter2"));
	arena_destroy(p.arena);

	p = parse_form(
	    (const char *const[]){ "database", "--tier", "glod", NULL });
	assert_false(p.ok);
	assert_string_equal(p.e.hint, "did you mean 'gold'?");
	arena_destroy(p.arena);
}

static void
test_verbs(void **state)
{
	struct verb v;

	(void)state;
	assert_true(verb_find(2, ARGV(word("run"), word("list")), &v));
	assert_ptr_equal(v.op, &op_run_list);
	assert_int_equal(v.words, 2);
	assert_true(verb_find(2, ARGV(word("run"), word("dump")), &v));
	assert_ptr_equal(v.op, &op_task_run);
	assert_int_equal(v.words, 1);
	assert_true(verb_find(1, ARGV(word("approve")), &v));
	assert_ptr_equal(v.op, &op_ticket_approve);
	assert_false(verb_find(1, ARGV(word("ticket")), &v));
	assert_false(verb_find(1, ARGV(word("aprove")), &v));
	assert_true(verb_is_noun("ticket"));
	assert_false(verb_is_noun("tick"));
}

static void
test_near_verb(void **state)
{
	struct arena *a = arena_create();
	struct near near = near_start("aprove");

	(void)state;
	verb_offer_all(a, &near);
	assert_string_equal(near.best, "approve");
	near = near_start("ticket sow");
	verb_offer_all(a, &near);
	assert_string_equal(near.best, "ticket show");
	arena_destroy(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_op),
		cmocka_unit_test(test_tables_sorted),
		cmocka_unit_test(test_alias_rest),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_list_and_words),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_verbs),
		cmocka_unit_test(test_near_verb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
