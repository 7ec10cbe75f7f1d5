/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/str.h"
#include "spec/op.h"

static const struct op run_active = { .name = "run.active",
	.path = "/v1/runs/active" };
static const struct op run_edit = {
	.name = "run.edit", .method = OP_PATCH, .path = "/v1/runs/{run}"
};
static const struct op run_get = { .name = "run.get",
	.path = "/v1/runs/{run}" };
static const struct op run_list = { .name = "run.list", .path = "/v1/runs" };
static const struct op run_step = { .name = "run.step",
	.path = "/v1/runs/{run}/steps/{step}/attempts/{attempt}" };

static const struct op *const table[] = { &run_active, &run_edit, &run_get,
	&run_list, &run_step, NULL };

static const struct op *
match(enum op_method m, const char *path, struct str *params, bool *other)
{
	return op_match_in(table, m, path, params, other);
}

static void
paths_are_matched(void **state)
{
	struct str params[OP_PATH_PARAMS];
	bool other = true;

	(void)state;
	assert_ptr_equal(match(OP_GET, "/v1/runs", params, &other), &run_list);
	assert_false(other);
	assert_ptr_equal(
	    match(OP_GET, "/v1/runs/R-12", params, &other), &run_get);
	assert_true(str_is(params[0], "R-12"));
	assert_null(params[1].p);
	assert_ptr_equal(
	    match(OP_PATCH, "/v1/runs/R-12", params, &other), &run_edit);
	assert_ptr_equal(
	    match(OP_GET, "/v1/runs/R-1/steps/22/attempts/333", params, &other),
	    &run_step);
	assert_true(str_is(params[0], "R-1"));
	assert_true(str_is(params[1], "22"));
	assert_true(str_is(params[2], "333"));
}

static void
a_literal_wins(void **state)
{
	struct str params[OP_PATH_PARAMS];
	bool other;

	(void)state;
	assert_ptr_equal(
	    match(OP_GET, "/v1/runs/active", params, &other), &run_active);
	assert_null(params[0].p);
	assert_ptr_equal(
	    match(OP_GET, "/v1/runs/actives", params, &other), &run_get);
}

static void
what_does_not_match(void **state)
{
	static const char *const paths[] = { "", "/", "v1/runs", "/v1/runs/",
		"/v1//runs", "/v1/runs/R-1/", "/v1/runs//", "/v1/run",
		"/v1/runsx", "/v1/runs/R-1/steps//attempts/1",
		"/v1/runs/R-1/steps/2/attempts", "/v1/runs/a/b", "/V1/runs" };
	struct str params[OP_PATH_PARAMS];
	bool other;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		other = true;
		if (match(OP_GET, paths[i], params, &other) != NULL)
			fail_msg("'%s' matched", paths[i]);
		assert_false(other);
	}
	assert_null(match(OP_DELETE, "/v1/runs/R-1", params, &other));
	assert_true(other);
}

static void
names(void **state)
{
	char out[64];

	(void)state;
	assert_ptr_equal(op_find_in(table, "run.active"), &run_active);
	assert_ptr_equal(op_find_in(table, "run.get"), &run_get);
	assert_ptr_equal(op_find_in(table, "run.step"), &run_step);
	assert_null(op_find_in(table, "run.stop"));
	assert_null(op_find_in(table, ""));
	assert_string_equal(op_path_param(&run_step, 0, out), "run");
	assert_string_equal(op_path_param(&run_step, 2, out), "attempt");
	assert_null(op_path_param(&run_step, 3, out));
	assert_null(op_path_param(&run_list, 0, out));
	assert_string_equal(op_method_name(OP_DELETE), "DELETE");
	assert_string_equal(role_names[ROLE_APPROVER], "approver");
	assert_null(role_names[ROLE_ADMIN + 1]);
}

/* The path that matches op->path and no literal. */
static void
example_path(const struct op *op, char *to, size_t n)
{
	size_t used = 0;

	for (const char *p = op->path; *p != '\0' && used + 2 < n; p++) {
		if (*p == '{') {
			to[used++] = '~';
			p = strchr(p, '}');
		} else {
			to[used++] = *p;
		}
	}
	to[used] = '\0';
}

static void
the_product_is_sound(void **state)
{
	struct str params[OP_PATH_PARAMS];
	char path[200];
	bool other;

	(void)state;
	for (size_t i = 0; ops[i] != NULL; i++) {
		const struct op *op = ops[i];

		if (i > 0 && strcmp(ops[i - 1]->name, op->name) >= 0)
			fail_msg("%s is out of order", op->name);
		assert_non_null(op->summary);
		assert_ptr_equal(op_find(op->name), op);
		example_path(op, path, sizeof(path));
		if (op_match(op->method, path, params, &other) != op)
			fail_msg("%s is hidden by another path", op->name);
		if ((op->kind == OP_WRITE) == (op->method == OP_GET))
			fail_msg("%s: GET never writes", op->name);
		if (op->in != NULL)
			assert_int_equal(op->in->kind, SCHEMA_OBJECT);
	}
}

static void
matching_is_fast(void **state)
{
	static struct op many[101];
	static char paths[100][64];
	const struct op *list[101];
	struct str params[OP_PATH_PARAMS];
	int64_t start;
	bool other;

	(void)state;
	for (size_t i = 0; i < 100; i++) {
		snprintf(paths[i], sizeof(paths[i]),
		    "/v1/noun%zu/{id}/part%zu/{part}", i, i);
		many[i] = (struct op){ .name = "x", .path = paths[i] };
		list[i] = &many[i];
	}
	list[100] = NULL;
	start = clock_boot_us();
	for (int i = 0; i < 10000; i++)
		assert_ptr_equal(op_match_in(list, OP_GET,
				     "/v1/noun99/1/part99/22", params, &other),
		    &many[99]);
	/* Generous: a sanitizer build on a busy machine. */
	assert_true(clock_boot_us() - start < 10000 * 50);
	print_message("one match of 100: %lld ns\n",
	    (long long)(clock_boot_us() - start) / 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_matched),
		cmocka_unit_test(a_literal_wins),
		cmocka_unit_test(what_does_not_match),
		cmocka_unit_test(names),
		cmocka_unit_test(the_product_is_sound),
		cmocka_unit_test(matching_is_fast),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
