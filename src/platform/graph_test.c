/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/str.h"
#include "platform/graph.h"
#include "platform/platform.h"

static const struct task *
lookup(void *self, const char *name)
{
	return platform_task(self, name);
}

static const char *
hashable(void *self, struct arena *a, const char *params)
{
	(void)self;
	(void)a;
	return params;
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
	json_t *params;

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
	assert_true(f.graph.steps[1]->symbolic);
	params = graph_step_params(f.graph.steps[1]);
	assert_true(graph_output(json_object_get(params, "who"), &ident,
	    &name));
	assert_string_equal(ident, f.graph.steps[0]->ident);
	assert_string_equal(name, "user");
	json_decref(params);
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

static const char fan_tasks[] =
    "---\ntask: base\nargv: [/bin/true]\n"
    "---\ntask: train\nparams: {lr: {type: number, required: true}, "
    "data: {type: string}}\n"
    "needs: [base]\noutputs: {model: {}}\nargv: [/bin/true]\n"
    "---\ntask: features\noutputs: {file: {}, rates: {}, list: {type: "
    "list}}\nargv: [/bin/true]\n"
    "---\ntask: top\nparams: {rates: {type: list, of: number, "
    "default: []}}\n"
    "needs:\n"
    "  train: {task: train, foreach: $params.rates, with: {lr: $item, "
    "data: $needs.features.outputs.file}}\n"
    "  features: features\nargv: [/bin/true]\n"
    "---\ntask: later\nneeds:\n"
    "  train: {task: train, foreach: $needs.features.outputs.rates, "
    "with: {lr: $item.lr}}\n"
    "  features: features\nargv: [/bin/true]\n"
    "---\ntask: pick\nparams: {models: {type: list}}\n"
    "argv: [/bin/true]\n"
    "---\ntask: best\nneeds:\n"
    "  train: {task: train, foreach: [{lr: 1}, {lr: 2}], "
    "with: {lr: $item.lr}}\n"
    "  pick: {task: pick, with: {models: $needs.train.outputs.model}}\n"
    "argv: [/bin/true]\n";

static const struct graph_step *
fan_of(const struct graph *g)
{
	for (size_t i = 0; i < g->count; i++)
		if (g->steps[i]->fan != FAN_NONE)
			return g->steps[i];
	fail();
	return NULL;
}

static void
a_list_that_is_known_is_spread(void **state)
{
	struct fixture f;
	const struct graph_step *fan;

	(void)state;
	/* base, features, two of train, their fan, top */
	assert_true(expand(&f, fan_tasks, "top",
	    "{\"rates\": [0.5, 1, 0.5]}"));
	assert_int_equal(f.graph.count, 6);
	fan = fan_of(&f.graph);
	assert_int_equal(fan->fan, FAN_SPREAD);
	/* the step that with: speaks of, and a place for each item */
	assert_int_equal(fan->nedges, 4);
	assert_string_equal(fan->edges[1].name, "000000");
	assert_string_equal(fan->edges[3].name, "000002");
	assert_ptr_equal(fan->edges[1].from, fan->edges[3].from);
	assert_true(fan->edges[1].from != fan->edges[2].from);
	assert_int_equal(fan->state, GRAPH_WAITING);
	fixture_end(&f);

	assert_true(expand(&f, fan_tasks, "top", "{}"));
	assert_int_equal(f.graph.count, 3);
	fixture_end(&f);

	/* base, two of train, their fan, pick, best */
	assert_true(expand(&f, fan_tasks, "best", "{}"));
	assert_int_equal(f.graph.count, 6);
	fixture_end(&f);
}

static void
a_list_of_an_output_is_spread_later(void **state)
{
	struct fixture f;
	struct graph_source source = { .lookup = lookup,
		.hashable = hashable, .environment = "dev" };
	struct graph_step fan;
	json_t *params;
	struct graph g;
	struct err e;

	(void)state;
	assert_true(expand(&f, fan_tasks, "later", "{}"));
	assert_int_equal(f.graph.count, 3);
	fan = *fan_of(&f.graph);
	assert_int_equal(fan.fan, FAN_OPEN);
	assert_int_equal(fan.state, GRAPH_WAITING);
	fan.edges = NULL;
	fan.nedges = fan.cap = 0;
	source.self = f.p;

	params = json_pack("{s:[{s:f},{s:f}],s:{s:{s:s}}}", "foreach",
	    "lr", 1.0, "lr", 2.0, "with", "lr", "$item", "lr");
	assert_true(graph_spread(f.arena, &source, &fan, params, &g, &e));
	assert_int_equal(g.count, 4);
	assert_int_equal(g.root->nedges, 2);
	assert_string_equal(g.root->ident, fan.ident);
	json_decref(params);

	/* What comes from an output is never taken for more than a value. */
	params = json_pack("{s:[{s:{s:[s,s]}}],s:{s:{s:s}}}", "foreach",
	    "lr", "$output", "x", "y", "with", "lr", "$item", "lr");
	assert_false(graph_spread(f.arena, &source, &fan, params, &g, &e));
	assert_string_equal(e.code, "foreach.item");
	json_decref(params);

	params = json_pack("{s:[{s:s}],s:{s:{s:s}}}", "foreach", "lr",
	    "high", "with", "lr", "$item", "lr");
	assert_false(graph_spread(f.arena, &source, &fan, params, &g, &e));
	assert_string_equal(e.message, "item 1: foreach hands 'train' a wrong "
	    "'lr': must be a number, not text");
	json_decref(params);
	fixture_end(&f);
}

static void
values_go_down_four_levels(void **state)
{
	struct fixture f;
	size_t cells = 0, fans = 0;

	(void)state;
	assert_true(expand(&f,
	    "---\ntask: cell\nparams: {x: {type: integer, required: true}, "
	    "y: {type: string, required: true}, from: {type: string}}\n"
	    "argv: [/bin/true]\n"
	    "---\ntask: row\nparams: {x: {type: integer, required: true}, "
	    "ys: {type: list}, from: {type: string}}\n"
	    "needs: {cell: {task: cell, foreach: $params.ys, with: {x: "
	    "$params.x, y: $item, from: $params.from}}}\n"
	    "---\ntask: grid\nparams: {xs: {type: list, of: integer}, ys: "
	    "{type: list}, from: {type: string}}\n"
	    "needs: {row: {task: row, foreach: $params.xs, with: {x: $item, "
	    "ys: $params.ys, from: $params.from}}}\n"
	    "---\ntask: source\noutputs: {file: {}}\nargv: [/bin/true]\n"
	    "---\ntask: top\nparams: {ys: {type: list}}\n"
	    "needs:\n  source: source\n"
	    "  grid: {task: grid, with: {xs: [1, 2, 3], ys: $params.ys, from: "
	    "$needs.source.outputs.file}}\n",
	    "top", "{\"ys\": [\"a\", \"b\"]}"));
	for (size_t i = 0; i < f.graph.count; i++) {
		const struct graph_step *s = f.graph.steps[i];

		if (s->fan != FAN_NONE)
			fans++;
		else if (streq(s->task->name, "cell")) {
			cells++;
			assert_true(s->symbolic);
			assert_int_equal(s->nedges, 1);
			assert_string_equal(s->edges[0].from->task->name,
			    "source");
		}
	}
	assert_int_equal(cells, 6);
	assert_int_equal(fans, 4);
	fixture_end(&f);
}

static void
ten_thousand_children_are_spread(void **state)
{
	struct fixture f;
	struct buf text = { 0 };

	(void)state;
	buf_adds(&text, "{\"rates\": [0");
	for (int i = 1; i < 10000; i++)
		buf_printf(&text, ",%d", i);
	buf_adds(&text, "]}");
	assert_true(expand(&f, fan_tasks, "top", text.data));
	assert_int_equal(f.graph.count, 10004);
	buf_finish(&text);
	fixture_end(&f);
}

static bool
join(struct fixture *f, const char *tasks, struct graph_part *parts,
    size_t n)
{
	struct graph_source source = { .lookup = lookup,
		.hashable = hashable, .environment = "dev" };
	json_t *params = json_object();
	bool ok;

	if (!expand(f, tasks, "last", "{}"))
		fail_msg("%s", f->e.message);
	source.self = f->p;
	for (size_t i = 0; i < n; i++) {
		parts[i].task = platform_task(f->p, parts[i].name);
		if (parts[i].params == NULL)
			parts[i].params = json_object();
	}
	ok = graph_join(f->arena, &source, platform_task(f->p, "last"),
	    params, parts, n, &f->graph, &f->e);
	for (size_t i = 0; i < n; i++)
		json_decref(parts[i].params);
	json_decref(params);
	return ok;
}

#define JOIN_TASKS                                                             \
	"---\ntask: last\nmanual: [x]\n---\ntask: a\nrun: exit 0\n"  \
	"---\ntask: b\nrun: exit 0\n---\ntask: c\nrun: exit 0\n"               \
	"---\ntask: d\nneeds: {a: {task: a}}\nrun: exit 0\n"                   \
	"---\ntask: p\nparams: {x: {required: true}}\nrun: exit 0\n"

static size_t
place(const struct fixture *f, const char *task)
{
	for (size_t i = 0; i < f->graph.count; i++)
		if (streq(f->graph.steps[i]->task->name, task))
			return i;
	fail_msg("no step of %s", task);
	return 0;
}

static void
parts_keep_their_order(void **state)
{
	const size_t first[] = { 0 }, second[] = { 1 };
	struct graph_part parts[] = { { .name = "c" },
		{ .name = "b", .after = first, .nafter = 1 },
		{ .name = "a", .after = second, .nafter = 1 } };
	struct fixture f;

	(void)state;
	assert_true(join(&f, JOIN_TASKS, parts, 3));
	assert_int_equal(f.graph.count, 4);
	assert_true(place(&f, "c") < place(&f, "b"));
	assert_true(place(&f, "b") < place(&f, "a"));
	assert_int_equal(place(&f, "last"), 3);
	assert_ptr_equal(f.graph.root, f.graph.steps[3]);
	assert_int_equal(f.graph.root->nedges, 3);
	assert_int_equal(f.graph.steps[place(&f, "c")]->state, GRAPH_READY);
	assert_int_equal(f.graph.steps[place(&f, "a")]->state, GRAPH_WAITING);
	fixture_end(&f);
}

/* a, then b, then a again: once, behind b. */
static void
equal_parts_are_one(void **state)
{
	const size_t first[] = { 0 }, second[] = { 1 };
	struct graph_part parts[] = { { .name = "a" },
		{ .name = "b", .after = first, .nafter = 1 },
		{ .name = "a", .after = second, .nafter = 1 } };
	struct fixture f;

	(void)state;
	assert_true(join(&f, JOIN_TASKS, parts, 3));
	assert_int_equal(f.graph.count, 3);
	assert_true(place(&f, "b") < place(&f, "a"));
	assert_int_equal(f.graph.root->nedges, 2);
	assert_int_equal(f.graph.steps[place(&f, "b")]->nedges, 0);
	fixture_end(&f);
}

/* d needs a and comes before it: nothing can be done about that. */
static void
parts_that_wait_for_each_other_are_refused(void **state)
{
	const size_t first[] = { 0 };
	struct graph_part parts[] = { { .name = "d" },
		{ .name = "a", .after = first, .nafter = 1 } };
	struct fixture f;

	(void)state;
	assert_false(join(&f, JOIN_TASKS, parts, 2));
	assert_string_equal(f.e.code, "graph.cycle");
	fixture_end(&f);
}

static void
a_part_without_its_parameter_is_refused(void **state)
{
	struct graph_part parts[] = { { .name = "p" } };
	struct fixture f;

	(void)state;
	assert_false(join(&f, JOIN_TASKS, parts, 1));
	assert_string_equal(f.e.code, "graph.param");
	fixture_end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_keep_their_order),
		cmocka_unit_test(equal_parts_are_one),
		cmocka_unit_test(parts_that_wait_for_each_other_are_refused),
		cmocka_unit_test(a_part_without_its_parameter_is_refused),
		cmocka_unit_test(equal_steps_are_one),
		cmocka_unit_test(an_output_is_a_parameter_and_an_edge),
		cmocka_unit_test(what_is_behind_a_target_is_not_demanded),
		cmocka_unit_test(a_wrong_value_is_refused_where_it_is_handed_on),
		cmocka_unit_test(a_long_chain_is_no_deep_stack),
		cmocka_unit_test(a_list_that_is_known_is_spread),
		cmocka_unit_test(a_list_of_an_output_is_spread_later),
		cmocka_unit_test(values_go_down_four_levels),
		cmocka_unit_test(ten_thousand_children_are_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
