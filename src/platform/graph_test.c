/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "platform/graph.h"
#include "platform/platform.h"

static const struct task *
lookup(void *self, const char *name)
{
	return platform_task(self, name);
}

static json_t *
hashable(void *self, const json_t *value)
{
	(void)self;
	return json_deep_copy(value);
}

struct fixture {
	struct arena *arena;
	struct platform *p;
	struct graph graph;
	struct err e;
};

static bool
expand(struct fixture *f, const char *tasks, const char *root,
    const char *params)
{
	struct folder_errors errs = { 0 };
	struct graph_source source = { .lookup = lookup,
		.hashable = hashable, .environment = "dev" };
	struct buf text = { 0 };
	struct folder_file file = { .name = "slipway.yaml" };
	json_t *given = json_loads(params, 0, NULL);
	bool ok;

	memset(f, 0, sizeof(*f));
	f->arena = arena_create();
	errs.arena = f->arena;
	buf_adds(&text, "slipway: 1\nteam: t\n---\nteams: {t: {members: []}}\n");
	buf_adds(&text, tasks);
	file.bytes = buf_str(&text);
	if (!platform_load_memory("/team", &file, 1, &f->p, &errs, &f->e))
		fail_msg("%s", f->e.message);
	source.self = f->p;
	ok = graph_expand(f->arena, &source, platform_task(f->p, root), given,
	    &f->graph, &f->e);
	json_decref(given);
	buf_finish(&text);
	return ok;
}

static void
fixture_end(struct fixture *f)
{
	platform_unref(f->p);
	arena_destroy(f->arena);
}

static void
equal_steps_are_one(void **state)
{
	struct fixture f;

	(void)state;
	assert_true(expand(&f,
	    "---\ntask: base\nparams: {n: {type: integer, default: 1}}\n"
	    "argv: [/bin/true]\n"
	    "---\ntask: left\nneeds: {b: {task: base, with: {n: 1}}}\n"
	    "argv: [/bin/true]\n"
	    "---\ntask: right\nneeds: {b: base}\nargv: [/bin/true]\n"
	    "---\ntask: top\nneeds: [left, right]\nargv: [/bin/true]\n",
	    "top", "{}"));
	assert_int_equal(f.graph.count, 4);
	assert_string_equal(f.graph.steps[0]->task->name, "base");
	assert_int_equal(f.graph.steps[0]->state, GRAPH_READY);
	assert_ptr_equal(f.graph.root, f.graph.steps[3]);
	assert_int_equal(f.graph.root->nedges, 2);
	assert_int_equal(f.graph.root->state, GRAPH_WAITING);
	fixture_end(&f);
}

static void
an_output_is_a_parameter_and_an_edge(void **state)
{
	struct fixture f;
	const char *ident, *name;

	(void)state;
	assert_true(expand(&f,
	    "---\ntask: role\noutputs: {user: {}}\nargv: [/bin/true]\n"
	    "---\ntask: grant\nparams: {who: {type: string, required: true}}\n"
	    "argv: [/bin/true]\n"
	    "---\ntask: top\nneeds:\n"
	    "  grant: {task: grant, with: {who: $needs.role.outputs.user}}\n"
	    "  role: role\n"
	    "argv: [/bin/true]\n",
	    "top", "{}"));
	assert_int_equal(f.graph.count, 3);
	assert_string_equal(f.graph.steps[0]->task->name, "role");
	assert_string_equal(f.graph.steps[1]->task->name, "grant");
	assert_int_equal(f.graph.steps[1]->nedges, 1);
	assert_ptr_equal(f.graph.steps[1]->edges[0].from, f.graph.steps[0]);
	assert_true(graph_output(
	    json_object_get(f.graph.steps[1]->params, "who"), &ident, &name));
	assert_string_equal(ident, f.graph.steps[0]->ident);
	assert_string_equal(name, "user");
	fixture_end(&f);
}

static void
what_is_behind_a_target_is_not_demanded(void **state)
{
	struct fixture f;

	(void)state;
	assert_true(expand(&f,
	    "---\ntask: base\nargv: [/bin/true]\n"
	    "---\ntask: top\nneeds: [base]\ncreates: {path: /x}\n"
	    "argv: [/bin/true]\n",
	    "top", "{}"));
	assert_int_equal(f.graph.root->state, GRAPH_CHECK);
	assert_int_equal(f.graph.steps[0]->state, GRAPH_IDLE);
	fixture_end(&f);
}

static void
a_wrong_value_is_refused_where_it_is_handed_on(void **state)
{
	struct fixture f;

	(void)state;
	assert_false(expand(&f,
	    "---\ntask: base\nparams: {n: {type: integer, max: 5, "
	    "required: true}}\nargv: [/bin/true]\n"
	    "---\ntask: top\nparams: {n: {type: integer, required: true}}\n"
	    "needs: {b: {task: base, with: {n: $params.n}}}\n"
	    "argv: [/bin/true]\n",
	    "top", "{\"n\": 9}"));
	assert_string_equal(f.e.code, "graph.param");
	fixture_end(&f);
}

static void
a_long_chain_is_no_deep_stack(void **state)
{
	struct fixture f;
	struct buf text = { 0 };

	(void)state;
	buf_adds(&text, "---\ntask: c0\nargv: [/bin/true]\n");
	for (int i = 1; i < 5000; i++)
		buf_printf(&text,
		    "---\ntask: c%d\nneeds: [c%d]\nargv: [/bin/true]\n", i,
		    i - 1);
	assert_true(expand(&f, text.data, "c4999", "{}"));
	assert_int_equal(f.graph.count, 5000);
	for (size_t i = 0; i < f.graph.count; i++)
		assert_int_equal(f.graph.steps[i]->index, i);
	buf_finish(&text);
	fixture_end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_steps_are_one),
		cmocka_unit_test(an_output_is_a_parameter_and_an_edge),
		cmocka_unit_test(what_is_behind_a_target_is_not_demanded),
		cmocka_unit_test(a_wrong_value_is_refused_where_it_is_handed_on),
		cmocka_unit_test(a_long_chain_is_no_deep_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
