/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "resource/access/access.h"

static const char access_yaml[] =
    "slipway: 1\n"
    "team: platform\n"
    "projects: {OPS: {team: platform}}\n"
    "---\n"
    "people:\n"
    "  ann: {name: Ann}\n"	  /* admin of all */
    "  ben: {name: Ben}\n"	  /* member by grant, in dev and prod */
    "  cas: {name: Cas}\n"	  /* approver in prod */
    "  dan: {name: Dan}\n"	  /* of the owner team */
    "  eve: {name: Eve}\n"	  /* of the owner team, not in prod */
    "  fay: {name: Fay}\n"	  /* viewer of one task */
    "  gus: {name: Gus}\n"	  /* nothing */
    "  hal: {name: Hal, disabled: true}\n"
    "  ida: {name: Ida}\n"	  /* admin on a team is no administrator */
    "  joe: {name: Joe}\n"	  /* admin, and again not */
    "  kim: {name: Kim}\n"	  /* admin in dev only */
    "  leo: {name: Leo}\n"	  /* member of what a project asks for */
    "  mia: {name: Mia}\n"	  /* a grant that is over, one that is not */
    "  ned: {name: Ned}\n"	  /* admin while the glass is broken */
    "  bot: {name: Bot, service: billing}\n"
    "teams:\n"
    "  platform: {members: [dan, eve]}\n"
    "  billing: {members: [ben, gus]}\n"
    "  shut: {members: [eve]}\n"
    "grants:\n"
    "  - {to: ann, role: admin}\n"
    "  - {to: ben, role: member, on: platform, env: [dev, prod]}\n"
    "  - {to: cas, role: approver, env: prod}\n"
    "  - {to: shut, role: member, deny: true, env: prod}\n"
    "  - {to: fay, role: viewer, tasks: [hello]}\n"
    "  - {to: hal, role: admin}\n"
    "  - {to: ida, role: admin, on: platform}\n"
    "  - {to: joe, role: admin}\n"
    "  - {to: joe, role: admin, deny: true}\n"
    "  - {to: kim, role: admin, env: dev}\n"
    "  - {to: leo, role: member, projects: OPS}\n"
    "  - {to: mia, role: member, until: 2020-12-31}\n"
    "  - {to: mia, role: viewer, until: \"2999-12-31 18:00\"}\n"
    "  - {to: mia, role: viewer, env: lab, deny: true, until: 2999-12-31}\n"
    "  - {to: mia, role: viewer, env: dev, deny: true, until: 2020-12-31}\n"
    "  - {to: ned, role: admin, break_glass: true}\n"
    "---\n"
    "environments: {dev: {}, lab: {}, prod: {}}\n"
    "---\n"
    "task: hello\n"
    "run: \"true\"\n"
    "---\n"
    "task: other\n"
    "run: \"true\"\n"
    "---\n"
    "request: greeting\n"
    "project: OPS\n"
    "task: hello\n";

struct bench {
	struct platform *p;
	struct arena *arena;
	struct actor actor;
	struct cx cx;
};

static int
bench_start(void **state)
{
	struct bench *b = test_calloc(1, sizeof(*b));
	const struct folder_file file = { .name = "slipway.yaml",
		.bytes = str_of(access_yaml) };
	struct folder_errors errs;
	struct err e = { 0 };

	b->arena = arena_create();
	folder_errors_init(&errs, b->arena);
	if (!platform_load_memory("/team", &file, 1, &b->p, &errs, &e))
		fail_msg("%s", e.message);
	b->actor = (struct actor){ .via = "api", .ceiling = ROLE_ADMIN };
	b->cx = (struct cx){ .arena = b->arena, .platform = b->p,
		.actor = &b->actor };
	*state = b;
	return 0;
}

static int
bench_stop(void **state)
{
	struct bench *b = *state;

	platform_unref(b->p);
	arena_destroy(b->arena);
	test_free(b);
	return 0;
}

static struct access_answer
ask_of(struct bench *b, const char *person, enum right right,
    const char *name, const char *env)
{
	b->actor.person = person;
	return access_ask(b->p, &b->actor, right,
	    &(struct access_target){ "platform", env, name }, b->arena);
}

/* One letter per right that is given: View, reQuest, Run, Cancel, Approve,
 * aDminister. */
static const char *
rights_of(struct bench *b, const char *person, const char *name,
    const char *env)
{
	static const char letters[] = "VQRCAD";
	char *text = arena_alloc(b->arena, sizeof(letters));
	size_t n = 0;

	for (enum right r = RIGHT_VIEW; r <= RIGHT_ADMINISTER; r++)
		if (ask_of(b, person, r, name, env).allowed)
			text[n++] = letters[r];
	return text;
}

static void
every_person_everywhere(void **state)
{
	static const struct {
		const char *person, *name, *dev, *lab, *prod, *any;
	} oracle[] = {
		{ "ann", "hello", "VQRCAD", "VQRCAD", "VQRCAD", "VQRCAD" },
		{ "ben", "hello", "VQRC", "", "VQRC", "VQRC" },
		{ "cas", "hello", "", "", "VA", "VA" },
		{ "dan", "hello", "VQRC", "VQRC", "VQRC", "VQRC" },
		{ "eve", "hello", "VQRC", "VQRC", "V", "VQRC" },
		{ "fay", "hello", "V", "V", "V", "V" },
		{ "fay", "other", "", "", "", "" },
		{ "gus", "hello", "", "", "", "" },
		{ "hal", "hello", "", "", "", "" },
		{ "ida", "hello", "VQRCA", "VQRCA", "VQRCA", "VQRCA" },
		{ "joe", "hello", "", "", "", "" },
		{ "kim", "hello", "VQRCA", "", "", "VQRCA" },
		{ "leo", "hello", "", "", "", "" },
		{ "leo", "greeting", "VQRC", "VQRC", "VQRC", "VQRC" },
		{ "mia", "hello", "V", "", "V", "V" },
		{ "ned", "hello", "", "", "", "" },
		{ "nobody", "hello", "", "", "", "" },
		{ NULL, "hello", "", "", "", "" },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < ARRAY_SIZE(oracle); i++) {
		const char *who = oracle[i].person, *name = oracle[i].name;

		assert_string_equal(rights_of(b, who, name, "dev"),
		    oracle[i].dev);
		assert_string_equal(rights_of(b, who, name, "lab"),
		    oracle[i].lab);
		assert_string_equal(rights_of(b, who, name, "prod"),
		    oracle[i].prod);
		assert_string_equal(rights_of(b, who, name, NULL),
		    oracle[i].any);
	}
}

static void
a_broken_glass_opens_its_grants(void **state)
{
	struct bench *b = *state;
	struct access_answer a;

	b->actor.glass = true;
	assert_string_equal(rights_of(b, "ned", "hello", "prod"), "VQRCAD");
	assert_string_equal(rights_of(b, "gus", "hello", "prod"), "");
	a = ask_of(b, "ned", RIGHT_ADMINISTER, NULL, NULL);
	assert_string_equal(a.rule, "admin by break-glass (slipway.yaml:41)");
}

static void
what_is_taken_is_named(void **state)
{
	const struct access_target prod = { "platform", "prod", "hello" };
	struct bench *b = *state;

	assert_string_equal(
	    access_taken(b->p, "eve", RIGHT_RUN, &prod, b->arena),
	    "not member in prod (slipway.yaml:29)");
	assert_null(access_taken(b->p, "eve", RIGHT_VIEW, &prod, b->arena));
	assert_null(access_taken(b->p, "gus", RIGHT_RUN, &prod, b->arena));
}

static void
who_answers_for_an_account(void **state)
{
	struct bench *b = *state;

	assert_true(access_answers_for(b->p, "gus", "bot"));
	assert_false(access_answers_for(b->p, "dan", "bot"));
	assert_false(access_answers_for(b->p, "gus", "ben"));
	assert_false(access_answers_for(b->p, NULL, "bot"));
	assert_false(access_answers_for(b->p, "gus", NULL));
}

/* For the review: only a yes to who asks themselves is a use. */
static void
uses_of_grants_are_remembered(void **state)
{
	const struct access_target dev = { "platform", "dev", "hello" };
	struct bench *b = *state;
	struct err e = { 0 };

	ask_of(b, "ben", RIGHT_RUN, "hello", "dev");
	assert_int_equal(b->p->grant_used[1], 0);
	assert_true(access_check(&b->cx, RIGHT_RUN, &dev, "task", "hello",
	    &e));
	assert_int_not_equal(b->p->grant_used[1], 0);
	b->actor = (struct actor){ .person = "cas", .ceiling = ROLE_ADMIN };
	assert_true(access_sees(b->p, &b->actor, NULL,
	    &(struct access_target){ "platform", "prod", "hello" }));
	assert_int_equal(b->p->grant_used[2], 0);
	b->actor.via = "api";
	assert_true(access_sees(b->p, &b->actor, NULL,
	    &(struct access_target){ "platform", "prod", "hello" }));
	assert_int_not_equal(b->p->grant_used[2], 0);
}

static void
special_actors(void **state)
{
	struct bench *b = *state;

	b->actor.is_operator = true;
	assert_string_equal(rights_of(b, NULL, "hello", "prod"), "VCD");
	b->actor = (struct actor){ .is_engine = true };
	assert_string_equal(rights_of(b, NULL, "hello", "prod"), "VQRCAD");
	b->actor = (struct actor){ .is_local = true };
	assert_string_equal(rights_of(b, "stranger", "hello", "prod"),
	    "VQRCAD");
}

static void
tokens_only_narrow(void **state)
{
	static const char *const dev[] = { "dev", NULL };
	struct bench *b = *state;

	b->actor.ceiling = ROLE_VIEWER;
	assert_string_equal(rights_of(b, "ann", "hello", "dev"), "V");
	b->actor.ceiling = ROLE_APPROVER;
	assert_string_equal(rights_of(b, "ann", "hello", "dev"), "VA");
	assert_string_equal(rights_of(b, "ben", "hello", "dev"), "V");
	b->actor.ceiling = ROLE_MEMBER;
	assert_string_equal(rights_of(b, "ann", "hello", "dev"), "VQRC");
	b->actor.ceiling = ROLE_SIGNED_IN;
	assert_string_equal(rights_of(b, "ann", "hello", "dev"), "");
	b->actor.ceiling = ROLE_ADMIN;
	b->actor.environments = dev;
	assert_string_equal(rights_of(b, "ann", "hello", "dev"), "VQRCA");
	assert_string_equal(rights_of(b, "ann", "hello", "prod"), "");
	assert_string_equal(rights_of(b, "ann", "hello", NULL), "VQRCA");
	assert_string_equal(rights_of(b, "gus", "hello", "dev"), "");
}

/* For what is one's own no grant is needed, but the token still counts. */
static void
tokens_narrow_the_own(void **state)
{
	static const char *const dev[] = { "dev", NULL };
	struct bench *b = *state;
	const struct actor *a = &b->actor;
	struct err e = { 0 };

	assert_true(access_token_allows(a, RIGHT_APPROVE, "prod"));
	b->actor.token = "slw_abc";
	b->actor.ceiling = ROLE_VIEWER;
	assert_true(access_token_allows(a, RIGHT_VIEW, "prod"));
	assert_false(access_token_allows(a, RIGHT_CANCEL, "prod"));
	assert_false(access_token_check(&b->cx, RIGHT_CANCEL, "prod", &e));
	assert_int_equal(e.class, ERR_DENIED);
	assert_string_equal(e.message,
	    "cancel: token slw_abc is limited to the role viewer");
	b->actor.ceiling = ROLE_ADMIN;
	b->actor.environments = dev;
	assert_true(access_token_allows(a, RIGHT_VIEW, "dev"));
	assert_true(access_token_allows(a, RIGHT_VIEW, NULL));
	assert_false(access_token_allows(a, RIGHT_VIEW, "prod"));
	assert_false(access_token_check(&b->cx, RIGHT_VIEW, "prod", &e));
	assert_string_equal(e.message, "view: token slw_abc is not for 'prod'");
}

static void
roles_within_roles(void **state)
{
	(void)state;
	assert_true(access_role_within(ROLE_VIEWER, ROLE_MEMBER));
	assert_true(access_role_within(ROLE_MEMBER, ROLE_MEMBER));
	assert_true(access_role_within(ROLE_APPROVER, ROLE_ADMIN));
	assert_true(access_role_within(ROLE_SIGNED_IN, ROLE_VIEWER));
	assert_false(access_role_within(ROLE_MEMBER, ROLE_APPROVER));
	assert_false(access_role_within(ROLE_APPROVER, ROLE_MEMBER));
	assert_false(access_role_within(ROLE_ADMIN, ROLE_MEMBER));
}

static void
rules_in_words(void **state)
{
	static const char *const dev[] = { "dev", NULL };
	struct bench *b = *state;
	struct access_answer a;

	a = ask_of(b, "ben", RIGHT_RUN, "hello", "dev");
	assert_string_equal(a.rule,
	    "member on platform in dev, prod (slipway.yaml:27)");
	assert_string_equal(a.who_can_grant, "");
	a = ask_of(b, "dan", RIGHT_RUN, "hello", "prod");
	assert_string_equal(a.rule, "one of team platform, the owner "
				    "(slipway.yaml:22)");
	a = ask_of(b, "eve", RIGHT_RUN, "hello", "prod");
	assert_string_equal(a.rule, "not member in prod (slipway.yaml:29)");
	assert_string_equal(a.who_can_grant, "an admin: ann");
	a = ask_of(b, "gus", RIGHT_RUN, "hello", "prod");
	assert_string_equal(a.rule, "nothing grants 'run' on 'hello' of team "
				    "'platform' in 'prod'");
	a = ask_of(b, "hal", RIGHT_VIEW, "hello", "prod");
	assert_string_equal(a.rule, "'hal' is disabled");
	a = ask_of(b, "who", RIGHT_VIEW, "hello", "prod");
	assert_string_equal(a.rule, "the folder has no person 'who'");
	a = ask_of(b, "joe", RIGHT_ADMINISTER, NULL, NULL);
	assert_string_equal(a.rule, "not admin (slipway.yaml:34)");
	b->actor.token = "slw_abc";
	b->actor.ceiling = ROLE_VIEWER;
	a = ask_of(b, "ben", RIGHT_RUN, "hello", "dev");
	assert_string_equal(a.rule,
	    "token slw_abc is limited to the role viewer");
	b->actor.ceiling = ROLE_ADMIN;
	b->actor.environments = dev;
	a = ask_of(b, "ben", RIGHT_RUN, "hello", "prod");
	assert_string_equal(a.rule, "token slw_abc is not for 'prod'");
	b->actor = (struct actor){ .is_operator = true };
	a = ask_of(b, NULL, RIGHT_APPROVE, "hello", "prod");
	assert_string_equal(a.rule, "the operator administers, and never "
				    "asks, runs or approves");
}

static bool
check_of(struct bench *b, const char *person, enum right right,
    const char *env, struct err *e)
{
	const struct access_target t = { "platform", env, "hello" };

	b->actor.person = person;
	return access_check(&b->cx, right, &t, "task", "hello", e);
}

static void
invisible_is_absent(void **state)
{
	struct bench *b = *state;
	struct err e = { 0 };

	assert_true(check_of(b, "ben", RIGHT_RUN, "dev", &e));
	assert_false(check_of(b, "gus", RIGHT_RUN, "dev", &e));
	assert_int_equal(e.class, ERR_NOT_FOUND);
	assert_string_equal(e.code, "not_found");
	assert_string_equal(e.message, "no task 'hello'");
	assert_false(check_of(b, "gus", RIGHT_VIEW, "dev", &e));
	assert_int_equal(e.class, ERR_NOT_FOUND);
	assert_false(check_of(b, "eve", RIGHT_RUN, "prod", &e));
	assert_int_equal(e.class, ERR_DENIED);
	assert_string_equal(e.code, "access.denied");
	assert_string_equal(e.message, "run task 'hello' in 'prod': not "
				       "member in prod (slipway.yaml:29)");
	assert_string_equal(e.hint, "ask an admin: ann");
}

static bool
sees(struct bench *b, const char *person, const char *requester,
    const char *env)
{
	b->actor.person = person;
	return access_sees(b->p, &b->actor, requester,
	    &(struct access_target){ "platform", env, "other" });
}

static void
who_sees_what_was_asked_for(void **state)
{
	static const char *const dev[] = { "dev", NULL };
	struct bench *b = *state;

	assert_true(sees(b, "gus", "gus", "lab"));
	assert_true(sees(b, "ben", "gus", "lab")); /* a team-mate */
	assert_true(sees(b, "dan", "gus", "lab")); /* the owner */
	assert_false(sees(b, "fay", "gus", "lab"));
	assert_false(sees(b, "gus", "dan", "lab"));
	assert_false(sees(b, "gus", NULL, "lab"));
	assert_false(sees(b, "hal", "hal", "lab"));
	assert_false(sees(b, NULL, "gus", "lab"));
	b->actor.environments = dev;
	assert_false(sees(b, "gus", "gus", "lab"));
	assert_true(sees(b, "gus", "gus", "dev"));
	b->actor.ceiling = ROLE_SIGNED_IN;
	assert_false(sees(b, "gus", "gus", "dev"));
}

static void
environments_of_a_right(void **state)
{
	struct bench *b = *state;
	const char **names;

	b->actor.person = "ben";
	names = access_environments(&b->cx, RIGHT_RUN, "platform", "hello");
	assert_string_equal(names[0], "dev");
	assert_string_equal(names[1], "prod");
	assert_null(names[2]);
	b->actor.person = "gus";
	names = access_environments(&b->cx, RIGHT_RUN, "platform", "hello");
	assert_null(names[0]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_start, bench_stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_person_everywhere),
		TEST(a_broken_glass_opens_its_grants),
		TEST(what_is_taken_is_named),
		TEST(who_answers_for_an_account),
		TEST(uses_of_grants_are_remembered),
		TEST(special_actors),
		TEST(tokens_only_narrow),
		TEST(tokens_narrow_the_own),
		cmocka_unit_test(roles_within_roles),
		TEST(rules_in_words),
		TEST(invisible_is_absent),
		TEST(who_sees_what_was_asked_for),
		TEST(environments_of_a_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
