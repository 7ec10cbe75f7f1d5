/* SPDX-License-Identifier: MIT */
#include "store/store_testing.h"

#include "resource/secret/secret.h"
#include "resource/token/token.h"
#include "resource/token/token_api.h"

static const char team_yaml[] = "slipway: 1\n"
				"---\n"
				"people:\n"
				"  ann: {name: Ann}\n"
				"  ben: {name: Ben}\n"
				"  hal: {name: Hal, disabled: true}\n"
				"grants: [{to: ann, role: admin}]\n"
				"---\n"
				"environments: {dev: {}, prod: {}}\n";

struct bench {
	struct folder folder;
	struct db *db;
	struct arena *arena;
	struct platform *p;
	struct actor actor;
	struct site site;
	struct cx cx;
	struct problems problems;
	struct buf answer;
	struct err e;
};

static int
bench_start(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	const struct folder_file file = { .name = "slipway.yaml",
		.bytes = str_of(team_yaml) };
	struct folder_errors errs;

	b->db = folder_start(&b->folder);
	b->arena = arena_create();
	folder_errors_init(&errs, b->arena);
	assert_ok(platform_load_memory("/t", &file, 1, &b->p, &errs, &b->e),
	    &b->e);
	b->actor = (struct actor){ .person = "ben", .via = "api",
		.address = "local", .ceiling = ROLE_ADMIN };
	b->cx = (struct cx){ .arena = b->arena, .db = b->db,
		.platform = b->p, .actor = &b->actor, .site = &b->site,
		.now = 1000000 };
	db_begin(b->db);
	*state = b;
	return 0;
}

static int
bench_stop(void **state)
{
	struct bench *b = *state;

	assert_ok(db_commit(b->db, &b->e), &b->e);
	db_close(b->db);
	platform_unref(b->p);
	arena_destroy(b->arena);
	buf_finish(&b->answer);
	folder_remove(&b->folder);
	free(b);
	return 0;
}

/* Call a handler; true and b->answer, or false and b->e. */
static bool
call(struct bench *b, call_handler *handler, const char *path,
    const char *json)
{
	struct call c = { .problems = &b->problems, .path = { path } };
	json_t *value = json_loads(json, 0, NULL);
	struct json_out out;
	bool ok;

	assert_non_null(value);
	c.body = c.query = value;
	problems_init(&b->problems, b->arena);
	buf_clear(&b->answer);
	json_out_init(&out, &b->answer);
	b->e = (struct err){ 0 };
	ok = handler(&b->cx, &c, &out, &b->e);
	json_decref(value);
	return ok;
}

#define WISH(more)                                                             \
	"{\"name\":\"t\",\"expires\":\"1h\",\"environments\":[],"             \
	"\"tasks\":[],\"projects\":[],\"operations\":[]" more "}"

static struct token *
made(struct bench *b, const char *json)
{
	json_t *answer;
	struct token *t;

	assert_ok(call(b, token_api_create, NULL, json), &b->e);
	answer = json_loads(buf_cstr(&b->answer), 0, NULL);
	t = token_by_text(&b->cx, str_of(json_string_value(
	    json_object_get(answer, "token"))));
	json_decref(answer);
	assert_non_null(t);
	return t;
}

static void
a_token_of_ones_own(void **state)
{
	struct bench *b = *state;
	struct token *t = made(b, WISH(""));

	assert_string_equal(t->person, "ben");
	assert_string_equal(t->created_by, "ben");
	assert_int_equal(strlen(t->prefix), TOKEN_PREFIX);
	assert_int_equal(t->expires_at, b->cx.now + 3600000);
	assert_int_equal(token_ceiling(t), ROLE_ADMIN);
	token_reach(t, &b->actor, b->arena);
	assert_null(b->actor.environments);
	assert_null(b->actor.tasks);
	assert_null(b->actor.projects);
	assert_null(b->actor.operations);
	assert_false(b->actor.read_only);
	assert_null(token_by_text(&b->cx, str_of(t->prefix)));
	assert_null(strstr(buf_cstr(&b->answer), t->hash));
	assert_true(token_check(t, b->cx.now, &b->e));
	assert_false(token_check(t, t->expires_at, &b->e));
	assert_string_equal(b->e.code, "token.expired");
}

static void
a_token_for_some_operations(void **state)
{
	static const char *const some[] = { "ticket.*", "run.get", NULL };
	const struct actor reader = { .token = "slw_a", .read_only = true };
	const struct actor scoped = { .token = "slw_b", .operations = some };
	struct err e;

	(void)state;
	assert_true(token_calls(&reader, op_find("run.get"), &e));
	assert_false(token_calls(&reader, op_find("run.cancel"), &e));
	assert_string_equal(e.code, "token.scope");
	assert_string_equal(e.message,
	    "token slw_a is for reading, and run.cancel changes something");
	assert_true(token_calls(&scoped, op_find("ticket.approve"), &e));
	assert_true(token_calls(&scoped, op_find("run.get"), &e));
	assert_false(token_calls(&scoped, op_find("run.list"), &e));
	assert_string_equal(e.message, "token slw_b is not for run.list");
}

static void
a_narrow_token_makes_no_other(void **state)
{
	static const char *const slow[] = { "slow", NULL };
	struct bench *b = *state;

	b->actor.token = "slw_a";
	b->actor.tasks = slow;
	assert_false(call(b, token_api_create, NULL, WISH("")));
	assert_string_equal(b->e.code, "token.scope");
}

static void
of_others_for_admins_alone(void **state)
{
	struct bench *b = *state;

	assert_false(
	    call(b, token_api_create, NULL, WISH(",\"person\":\"ann\"")));
	assert_int_equal(b->e.class, ERR_DENIED);
	b->actor.person = "ann";
	assert_string_equal(made(b, WISH(",\"person\":\"ben\""))->person,
	    "ben");
	assert_false(
	    call(b, token_api_create, NULL, WISH(",\"person\":\"hal\"")));
	assert_int_equal(b->e.class, ERR_INVALID);
	assert_false(
	    call(b, token_api_create, NULL, WISH(",\"person\":\"who\"")));
	b->actor = (struct actor){ .is_operator = true, .via = "api",
		.address = "local", .ceiling = ROLE_ADMIN };
	assert_string_equal(made(b, WISH(",\"person\":\"ben\""))->created_by,
	    "operator");
	assert_false(call(b, token_api_create, NULL, WISH("")));
	assert_int_equal(b->e.class, ERR_INVALID);
}

static void
a_child_is_never_wider(void **state)
{
	static const char *const dev[] = { "dev", NULL };
	struct bench *b = *state;
	struct token *parent = made(b, WISH(",\"role\":\"member\"")), *child;

	b->actor.token = parent->prefix;
	b->actor.ceiling = token_ceiling(parent);
	b->actor.environments = dev;
	assert_int_equal(b->actor.ceiling, ROLE_MEMBER);
	child = made(b, "{\"name\":\"c\",\"expires\":\"9h\","
			"\"environments\":[]}");
	assert_string_equal(child->role, "member");
	assert_string_equal(child->environments, "[\"dev\"]");
	assert_int_equal(child->expires_at, parent->expires_at);
	assert_string_equal(made(b, WISH(",\"role\":\"viewer\""))->role,
	    "viewer");
	assert_false(
	    call(b, token_api_create, NULL, WISH(",\"role\":\"admin\"")));
	assert_string_equal(b->problems.items[0].code, "token.role");
	assert_false(
	    call(b, token_api_create, NULL, WISH(",\"role\":\"approver\"")));
	assert_false(call(b, token_api_create, NULL,
	    "{\"name\":\"c\",\"expires\":\"9h\","
	    "\"environments\":[\"prod\",\"moon\"]}"));
	assert_int_equal(b->problems.count, 2);
}

static void
revoked_is_over(void **state)
{
	struct bench *b = *state;
	struct token *t = made(b, WISH(""));

	b->actor.person = "hal";
	assert_false(call(b, token_api_revoke, t->prefix, "{}"));
	assert_int_equal(b->e.class, ERR_NOT_FOUND);
	b->actor.person = "ben";
	assert_ok(call(b, token_api_revoke, t->prefix, "{}"), &b->e);
	assert_ok(call(b, token_api_revoke, t->prefix, "{}"), &b->e);
	t = token_by_prefix(&b->cx, t->prefix);
	assert_false(token_check(t, b->cx.now, &b->e));
	assert_int_equal(b->e.class, ERR_UNAUTHENTICATED);
	assert_string_equal(b->e.code, "token.revoked");
}

static size_t
listed(struct bench *b, const char *query, const char **ret_next)
{
	json_t *answer;
	const char *next;
	size_t n;

	assert_ok(call(b, token_api_list, NULL, query), &b->e);
	answer = json_loads(buf_cstr(&b->answer), 0, NULL);
	n = json_array_size(json_object_get(answer, "items"));
	next = json_string_value(json_object_get(answer, "next"));
	*ret_next = arena_strdup(b->arena, next);
	json_decref(answer);
	return n;
}

static void
lists_are_ones_own(void **state)
{
	struct bench *b = *state;
	const char *next;

	for (int i = 0; i < 3; i++)
		made(b, WISH(""));
	b->actor.person = "ann";
	made(b, WISH(""));
	assert_int_equal(listed(b, "{\"limit\":9}", &next), 4);
	assert_int_equal(
	    listed(b, "{\"limit\":9,\"person\":\"ben\"}", &next), 3);
	b->actor.person = "ben";
	assert_int_equal(listed(b, "{\"limit\":2}", &next), 2);
	assert_non_null(next);
	assert_int_equal(listed(b,
			     arena_printf(b->arena,
				 "{\"limit\":2,\"after\":\"%s\"}", next),
			     &next),
	    1);
	assert_null(next);
	assert_false(call(b, token_api_list, NULL,
	    "{\"limit\":9,\"person\":\"ann\"}"));
	assert_int_equal(b->e.class, ERR_DENIED);
}

static void
use_is_remembered(void **state)
{
	struct bench *b = *state;
	struct token *t = made(b, WISH(""));

	assert_int_equal(t->used_at, 0);
	token_used(b->db, t->id, 5000);
	token_used(b->db, t->id, 4000); /* never back */
	assert_int_equal(token_by_prefix(&b->cx, t->prefix)->used_at, 5000);
}

static void
secrets_have_versions(void **state)
{
	struct bench *b = *state;
	struct buf value = { 0 };

	assert_int_equal(secret_version(&b->cx, "pg", ""), 0);
	assert_false(secret_read(&b->cx, "pg", "", &value, &b->e));
	assert_string_equal(b->e.code, "secret.missing");
	assert_int_equal(secret_set(&b->cx, "pg", "", STR("one"))->version, 1);
	assert_int_equal(secret_set(&b->cx, "pg", "", STR("one"))->version, 1);
	assert_int_equal(secret_set(&b->cx, "pg", "", STR("two"))->version, 2);
	assert_ok(secret_read(&b->cx, "pg", "", &value, &b->e), &b->e);
	assert_string_equal(buf_cstr(&value), "two");
	/* One of its own in an environment, with a number of its own. */
	assert_int_equal(secret_version(&b->cx, "pg", "dev"), 2);
	assert_int_equal(secret_set(&b->cx, "pg", "dev", STR("two"))->version,
	    3);
	assert_int_equal(secret_version(&b->cx, "pg", "dev"), 3);
	assert_int_equal(secret_version(&b->cx, "pg", "prod"), 2);
	assert_int_equal(secret_set(&b->cx, "pg", "dev", STR("dev"))->version,
	    4);
	assert_int_equal(secret_set(&b->cx, "pg", "", STR("five"))->version, 5);
	value.len = 0;
	assert_ok(secret_read(&b->cx, "pg", "dev", &value, &b->e), &b->e);
	assert_string_equal(buf_cstr(&value), "dev");
	secret_remove(&b->cx, secret_get(&b->cx, "pg", ""));
	assert_int_equal(secret_version(&b->cx, "pg", ""), 0);
	assert_int_equal(secret_version(&b->cx, "pg", "dev"), 4);
	secret_remove(&b->cx, secret_get(&b->cx, "pg", "dev"));
	assert_int_equal(secret_version(&b->cx, "pg", "dev"), 0);
	assert_int_equal(secret_set(&b->cx, "pg", "", STR("two"))->version, 6);
	buf_finish(&value);
}

static void
secrets_are_sealed(void **state)
{
	struct bench *b = *state;
	struct buf value = { 0 };

	secret_set(&b->cx, "pg", "", STR("hunter2"));
	assert_null(strstr(secret_get(&b->cx, "pg", "")->sealed, "hunter2"));
	b->site.key[0] ^= 1;
	assert_false(secret_read(&b->cx, "pg", "", &value, &b->e));
	assert_int_equal(b->e.class, ERR_INTERNAL);
	buf_finish(&value);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_start, bench_stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_token_of_ones_own),
		TEST(a_token_for_some_operations),
		TEST(a_narrow_token_makes_no_other),
		TEST(of_others_for_admins_alone),
		TEST(a_child_is_never_wider),
		TEST(revoked_is_over),
		TEST(lists_are_ones_own),
		TEST(use_is_remembered),
		TEST(secrets_have_versions),
		TEST(secrets_are_sealed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
