/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "role/role.h"
#include "sys/jq.h"

static const char data[] =
    "{\"env\":\"prod\",\"params\":{\"size\":30,\"zones\":[\"eu\",\"us\"]}}";

/* A child of this process that is no more than one fork away. */
static pid_t
helper_pid(void)
{
	char path[64];
	int pid = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", &pid), 1);
	fclose(f);
	return pid;
}

static void
test_asks(void **state)
{
	static const struct {
		const char *program, *error; /* NULL: an answer */
		bool answer;
	} rows[] = {
		{ ".params.size > 20", NULL, true },
		{ ".params.size > 30", NULL, false },
		{ ".env == \"prod\" and (.params.zones | length) == 2", NULL,
			true },
		{ ".params.zones | any(. == \"ap\") # of Asia", NULL, false },
		{ "env == {} and ($ENV | length) == 0", NULL, true },
		{ ".params.size", "jq: it gives 30, and must give true or "
			"false", false },
		{ ".params.zones[] == \"eu\"",
			"jq: it gives more than one value", false },
		{ "empty", "jq: it gives nothing, and must give true or false",
			false },
		{ "null", "jq: it gives null, and must give true or false",
			false },
		{ ".params.size.x", "jq: Cannot index number with string "
			"\"x\"",
			false },
		{ "now > 0", "jq: a condition knows no time", false },
		{ "input", "jq: there is no further input", false },
		{ "error(\"not today\")", "jq: not today", false },
		{ "def f: f; f", "jq: it takes too long", false },
		{ "[range(1e12)] | length > 3", "jq: it takes too long",
			false },
		{ "true) | (false", "jq: syntax error, unexpected "
			"INVALID_CHARACTER, expecting $end in line 1", false },
		{ "$nobody", "jq: $nobody is not defined in line 1", false },
	};
	struct jq *jq = jq_create(NULL);
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool answer = !rows[i].answer, ok;

		e.message[0] = '\0';
		ok = jq_ask(jq, rows[i].program, data, &answer, &e);
		if (rows[i].error != NULL)
			assert_string_equal(e.message, rows[i].error);
		assert_int_equal(ok, rows[i].error == NULL);
		assert_int_equal(answer, rows[i].answer);
	}
	jq_destroy(jq);
}

static void
test_checks(void **state)
{
	struct jq *jq = jq_create(NULL);
	struct err e;
	char *long_one = calloc(1, JQ_PROGRAM_MAX + 2);

	(void)state;
	assert_non_null(long_one);
	assert_true(jq_check(jq, ".params.size > 20", &e));
	assert_false(jq_check(jq, "true\nand\n.x =", &e));
	assert_string_equal(e.message,
	    "jq: syntax error, unexpected $end in line 3");
	assert_false(jq_check(jq, "import \"a\" as a; true", &e));
	assert_false(jq_check(jq, "nothing(3)", &e));
	assert_string_equal(e.message, "jq: nothing/1 is not defined in line 1");
	memset(long_one, ' ', JQ_PROGRAM_MAX + 1);
	assert_false(jq_check(jq, long_one, &e));
	free(long_one);
	jq_destroy(jq);
}

/* More programs than are kept: each still gives its own answer. */
static void
test_many(void **state)
{
	struct jq *jq = jq_create(NULL);
	char program[64];
	struct err e;
	bool answer;

	(void)state;
	for (int i = 0; i < 300; i++) {
		snprintf(program, sizeof(program), ".params.size == %d", i);
		assert_true(jq_ask(jq, program, data, &answer, &e));
		assert_int_equal(answer, i == 30);
	}
	assert_true(jq_ask(jq, ".params.size == 30", data, &answer, &e));
	assert_true(answer);
	jq_destroy(jq);
}

static void
test_killed(void **state)
{
	struct jq *jq = jq_create(NULL);
	struct err e;
	bool answer;

	(void)state;
	assert_true(jq_ask(jq, "true", data, &answer, &e));
	assert_int_equal(kill(helper_pid(), SIGKILL), 0);
	assert_true(jq_ask(jq, "true", data, &answer, &e));
	assert_true(answer);
	jq_destroy(jq);
	jq = jq_create("/nonexistent/slipway");
	assert_false(jq_ask(jq, "true", data, &answer, &e));
	jq_destroy(jq);
}

/* It may compute, and nothing else. */
static void
test_confined(void **state)
{
	struct jq *jq = jq_create(NULL);
	char path[64];
	struct err e;
	bool answer;
	char line[200];
	bool filtered = false, new_privs = true;
	FILE *f;

	(void)state;
	assert_true(jq_ask(jq, "true", data, &answer, &e));
	snprintf(path, sizeof(path), "/proc/%d/status", helper_pid());
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		filtered |= streq(line, "Seccomp:\t2\n");
		new_privs &= !streq(line, "NoNewPrivs:\t1\n");
		assert_false(str_starts(str_of(line), "Uid:\t0"));
	}
	fclose(f);
	assert_true(filtered);
	assert_false(new_privs);
	jq_destroy(jq);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asks),
		cmocka_unit_test(test_checks),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_confined),
	};

	if (argc > 1 && streq(argv[1], "jq-helper"))
		return role_jq_helper(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
