/* SPDX-License-Identifier: MIT */
/* foreach: in a run, over the fake driver. */
#include "engine/engine_testing.h"

static const char folder[] =
    "slipway: 1\n"
    "team: platform\n"
    "---\n"
    "people: {ernie: {name: E}}\n"
    "teams: {platform: {members: [ernie]}}\n"
    "---\n"
    "task: split\n"
    "outputs: {parts: {type: list}, text: {}}\n"
    "argv: [/bin/split]\n"
    "---\n"
    "task: base\n"
    "argv: [/bin/base]\n"
    "---\n"
    "task: part\n"
    "params: {name: {type: string, required: true}}\n"
    "needs: [base]\n"
    "when: {name: {not: none}}\n"
    "outputs: {made: {}}\n"
    "argv: [/bin/part, --, $params.name]\n"
    "---\n"
    "task: join\n"
    "params: {made: {type: list, required: true}}\n"
    "argv: [/bin/join, --, $params.made]\n"
    "---\n"
    "task: all\n"
    "needs:\n"
    "  split: split\n"
    "  part: {task: part, foreach: $needs.split.outputs.parts, "
    "with: {name: $item}}\n"
    "  join: {task: join, with: {made: $needs.part.outputs.made}}\n"
    "---\n"
    "task: last\n"
    "needs: [split]\n"
    "when: {needs.split.outputs.text: \"go\"}\n"
    "argv: [/bin/part, --, last]\n"
    "---\n"
    "task: objects\n"
    "needs:\n"
    "  split: split\n"
    "  part: {task: part, foreach: $needs.split.outputs.text, "
    "with: {name: $item.name}}\n"
    "---\n"
    "task: slow\n"
    "needs: [split]\n"
    "outputs: {parts: {type: list}}\n"
    "argv: [/bin/split]\n"
    "---\n"
    "task: own\n"
    "params: {name: {type: string, required: true}}\n"
    "creates: {argv: [/bin/part, --, $params.name]}\n"
    "argv: [/bin/part, --, $params.name]\n"
    "---\n"
    "task: piece\n"
    "params: {name: {type: string, required: true}}\n"
    "needs: {base: base, own: {task: own, with: {name: $params.name}}}\n"
    "argv: [/bin/piece]\n"
    "---\n"
    "task: tidy\n"
    "argv: [/bin/tidy]\n"
    "---\n"
    "task: group\n"
    "params: {name: {type: string, required: true}}\n"
    "needs: {base: base, own: {task: own, with: {name: $params.name}}}\n"
    "always: tidy\n"
    "---\n"
    "task: groups\n"
    "needs:\n"
    "  base: base\n"
    "  slow: slow\n"
    "  group: {task: group, foreach: $needs.slow.outputs.parts, "
    "with: {name: $item}}\n"
    "---\n"
    "task: pieces\n"
    "needs:\n"
    "  base: base\n"
    "  slow: slow\n"
    "  piece: {task: piece, foreach: $needs.slow.outputs.parts, "
    "with: {name: $item}}\n"
    "---\n"
    "task: known\n"
    "params: {names: {type: list, required: true}}\n"
    "needs: {part: {task: part, foreach: $params.names, "
    "with: {name: $item}}}\n";

struct script {
	const char *split; /* what it writes */
	const char *fails; /* the part that fails */
	const char *holds; /* the part that goes on until it is ended */
	int64_t held;
	int base; /* how it exits */
	unsigned tidied;
	unsigned parts;
	char joined[256];
};

static bool
script_run(void *self, const struct work *w, struct work_event *ret)
{
	struct script *s = self;

	if (streq(w->argv[0], "/bin/split"))
		buf_adds(&ret->outputs, s->split);
	if (streq(w->argv[0], "/bin/join"))
		snprintf(s->joined, sizeof(s->joined), "%s", w->argv[2]);
	s->tidied += streq(w->argv[0], "/bin/tidy");
	if (streq(w->argv[0], "/bin/base"))
		ret->code = s->base;
	if (!streq(w->argv[0], "/bin/part"))
		return true;
	s->parts++;
	if (s->holds != NULL && streq(s->holds, w->argv[2])) {
		s->held = w->attempt;
		return false;
	}
	if (s->fails != NULL && streq(s->fails, w->argv[2]))
		ret->code = 1;
	if (!streq(w->argv[2], "last"))
		buf_printf(&ret->outputs, "made=<%s>\n", w->argv[2]);
	return true;
}

static void
start(struct rig *r, struct script *s, const char *task, const char *params,
    struct asked *asked)
{
	struct err e = { 0 };

	rig_make(r, folder, script_run, s);
	assert_ok(rig_ask(r, "ernie", task, NULL, "default", params, asked,
		      &e),
	    &e);
	rig_settle(r);
}

static struct step *
fan_step(struct rig *r, const struct run *run)
{
	struct cx *cx = rig_begin(r, "ernie");
	struct step *found = NULL;
	size_t n;
	struct step **steps = run_steps_since(cx, run->id, 0, &n);

	for (size_t i = 0; i < n; i++)
		if (steps[i]->fan != FAN_NONE)
			found = steps[i];
	rig_commit(r);
	assert_non_null(found);
	return found;
}

static void
each_item_is_done_once_and_gathered_in_order(void **state)
{
	struct script s = {
		.split = "parts=[\"b\",\"a\",\"none\",\"b\"]\n"
	};
	struct rig r;
	struct asked asked;

	(void)state;
	start(&r, &s, "all", "{}", &asked);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	assert_int_equal(s.parts, 2);
	assert_string_equal(s.joined, "[\"<b>\",\"<a>\",null,\"<b>\"]");
	assert_string_equal(fan_step(&r, asked.run)->reason, "4 done");
	rig_end(&r);
}

static void
an_empty_list_is_nothing_to_do(void **state)
{
	struct script s = { .split = "parts=[]\n" };
	struct rig r;
	struct asked asked;

	(void)state;
	start(&r, &s, "all", "{}", &asked);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	assert_int_equal(s.parts, 0);
	assert_string_equal(s.joined, "[]");
	rig_end(&r);
	start(&r, &s, "known", "{\"names\": []}", &asked);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);
}

static void
what_is_no_list_fails_and_says_so(void **state)
{
	static const struct row {
		const char *task, *split, *why;
	} rows[] = {
		{ "all", "", "'split' did not write its output 'parts'" },
		{ "objects", "text=hello\n",
		    "foreach goes over a list, and output 'text' of 'split' "
		    "is none" },
		{ "objects", "text=[{\"name\":\"a\"},{\"nam\":\"b\"}]\n",
		    "item 2 of foreach has no 'name'" },
		{ "objects", "text=[{\"name\":{\"$output\":[\"x\",\"y\"]}}]\n",
		    "item 1 of foreach is an object: 'name' is no parameter" },
	};
	struct rig r;
	struct asked asked;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct script s = { .split = rows[i].split };

		start(&r, &s, rows[i].task, "{}", &asked);
		assert_string_equal(rig_run_status(&r, asked.run), "failed");
		assert_string_equal(fan_step(&r, asked.run)->reason,
		    rows[i].why);
		assert_int_equal(s.parts, 0);
		rig_end(&r);
	}
}

static void
one_that_fails_leaves_the_others_and_is_retried_alone(void **state)
{
	struct script s = { .split = "parts=[\"a\",\"b\",\"c\"]\n",
		.fails = "a" };
	struct rig r;
	struct asked asked;
	struct cx *cx;
	struct err e = { 0 };

	(void)state;
	start(&r, &s, "all", "{}", &asked);
	assert_string_equal(rig_run_status(&r, asked.run), "failed");
	assert_int_equal(s.parts, 3);
	assert_string_equal(fan_step(&r, asked.run)->status, "blocked");
	s.fails = NULL;
	cx = rig_begin(&r, "ernie");
	assert_ok(run_retry(cx, run_by_id(cx, asked.run->id), 0, &e), &e);
	rig_commit(&r);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	assert_int_equal(s.parts, 4);
	assert_string_equal(s.joined, "[\"<a>\",\"<b>\",\"<c>\"]");
	rig_end(&r);
}

static void
a_restart_in_the_middle_doubles_nothing(void **state)
{
	struct script s = { .split = "parts=[\"a\",\"b\",\"c\"]\n",
		.holds = "b" };
	struct rig r;
	struct asked asked;
	size_t n;

	(void)state;
	start(&r, &s, "all", "{}", &asked);
	assert_int_equal(s.parts, 3);
	rig_restart(&r);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "running");
	fake_end(r.fake, s.held, WORK_EXITED, 0);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	assert_int_equal(s.parts, 3);
	run_steps_since(rig_begin(&r, "ernie"), asked.run->id, 0, &n);
	rig_commit(&r);
	/* split, base, three parts, their fan, join, all */
	assert_int_equal(n, 8);
	rig_end(&r);
}

static void
a_condition_may_speak_of_an_output(void **state)
{
	static const struct row {
		const char *split, *status, *reason;
	} rows[] = {
		{ "text=go\n", "succeeded", "" },
		{ "text=stop\n", "skipped",
		    "when: needs.split.outputs.text is stop, not go" },
		{ "", "skipped",
		    "when: needs.split.outputs.text is not given" },
	};
	struct rig r;
	struct asked asked;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct script s = { .split = rows[i].split };
		struct step *last;

		start(&r, &s, "last", "{}", &asked);
		assert_string_equal(rig_run_status(&r, asked.run),
		    "succeeded");
		last = rig_step(&r, asked.run, "last");
		assert_string_equal(last->status, rows[i].status);
		assert_string_equal(last->reason, rows[i].reason);
		rig_end(&r);
	}
}

/* A child that can never run blocks its fan once; what else the list brought is
 * still open, and so is the run. */
static void
a_child_beside_what_failed_blocks_once(void **state)
{
	struct script s = { .split = "parts=[\"a\"]\n", .holds = "a",
		.base = 1 };
	struct rig r;
	struct asked asked;
	struct cx *cx;

	(void)state;
	start(&r, &s, "pieces", "{}", &asked);
	assert_string_equal(rig_step(&r, asked.run, "own")->status, "checking");
	assert_string_equal(fan_step(&r, asked.run)->status, "blocked");
	cx = rig_begin(&r, "ernie");
	assert_int_equal(run_by_id(cx, asked.run->id)->open_steps, 1);
	rig_commit(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "running");
	fake_end(r.fake, s.held, WORK_EXITED, 0);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "failed");
	rig_end(&r);
}

/* What a list brings to clean up is remembered, also when as many steps were
 * closed as opened with it. */
static void
a_child_beside_what_failed_is_cleaned_up_after(void **state)
{
	struct script s = { .split = "parts=[\"a\"]\n", .holds = "a",
		.base = 1 };
	struct rig r;
	struct asked asked;

	(void)state;
	start(&r, &s, "groups", "{}", &asked);
	assert_string_equal(rig_step(&r, asked.run, "own")->status, "checking");
	assert_int_equal(s.tidied, 0);
	fake_end(r.fake, s.held, WORK_EXITED, 0);
	rig_settle(&r);
	assert_int_equal(s.tidied, 1);
	assert_string_equal(rig_run_status(&r, asked.run), "failed");
	rig_end(&r);
}

static void
ten_thousand_children(void **state)
{
	struct script s = { .split = NULL };
	struct buf text = { 0 };
	struct rig r;
	struct asked asked;

	(void)state;
	buf_adds(&text, "parts=[\"0\"");
	for (int i = 1; i < 10000; i++)
		buf_printf(&text, ",\"part-%d\"", i);
	buf_adds(&text, "]\n");
	s.split = text.data;
	start(&r, &s, "all", "{}", &asked);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	assert_int_equal(s.parts, 10000);
	rig_end(&r);
	buf_finish(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_item_is_done_once_and_gathered_in_order),
		cmocka_unit_test(an_empty_list_is_nothing_to_do),
		cmocka_unit_test(what_is_no_list_fails_and_says_so),
		cmocka_unit_test(
		    one_that_fails_leaves_the_others_and_is_retried_alone),
		cmocka_unit_test(a_restart_in_the_middle_doubles_nothing),
		cmocka_unit_test(a_condition_may_speak_of_an_output),
		cmocka_unit_test(a_child_beside_what_failed_blocks_once),
		cmocka_unit_test(a_child_beside_what_failed_is_cleaned_up_after),
		cmocka_unit_test(ten_thousand_children),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
