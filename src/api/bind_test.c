/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "api/bind.h"

static void
every_operation_is_bound_once(void **state)
{
	size_t n = 0;

	(void)state;
	for (size_t i = 0; ops[i] != NULL; i++) {
		const struct binding *b = binding_find(ops[i]);

		if (b == NULL)
			fail_msg("nothing does %s", ops[i]->name);
		assert_ptr_equal(b->op, ops[i]);
		if ((b->handler != NULL) == (b->raw != NULL))
			fail_msg("%s: one function, please", ops[i]->name);
		n++;
	}
	for (size_t i = 0; bindings[i].op != NULL; i++, n--)
		if (i > 0)
			assert_true(strcmp(bindings[i - 1].op->name,
					bindings[i].op->name) < 0);
	assert_int_equal(n, 0);
}

static void
kinds_and_functions_fit(void **state)
{
	(void)state;
	for (const struct binding *b = bindings; b->op != NULL; b++) {
		if (b->op->kind == OP_WRITE || b->pool)
			assert_non_null(b->handler);
		if (b->op->kind == OP_STREAM)
			assert_non_null(b->raw);
		if (b->pool)
			assert_int_not_equal(b->op->kind, OP_WRITE);
		if (b->op->method == OP_GET)
			assert_int_not_equal(b->op->kind, OP_WRITE);
		else
			assert_int_equal(b->op->kind, OP_WRITE);
	}
}

static void
operations_are_described(void **state)
{
	char name[64];

	(void)state;
	for (size_t i = 0; ops[i] != NULL; i++) {
		const struct op *op = ops[i];
		unsigned params = 0, braces = 0;

		assert_true(op->role >= ROLE_ANYBODY &&
		    op->role <= ROLE_ADMIN);
		assert_true(strlen(op->summary) > 5);
		assert_int_equal(op->summary[strlen(op->summary) - 1], '.');
		while (op_path_param(op, params, name) != NULL)
			params++;
		assert_true(params <= OP_PATH_PARAMS);
		for (const char *c = op->path; *c != '\0'; c++)
			braces += *c == '{';
		assert_int_equal(params, braces);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_operation_is_bound_once),
		cmocka_unit_test(kinds_and_functions_fit),
		cmocka_unit_test(operations_are_described),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
