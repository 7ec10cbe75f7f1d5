/* SPDX-License-Identifier: MIT */
/* Approvals and manual steps below a foreach. */
#include "engine/approve_testing.h"

/* Once: not with the plan, where nobody could know what it is about. */
static void
children_of_an_open_list_are_asked_when_known(void **state)
{
	struct script s = { 0 };
	struct asked asked;
	struct need need;
	struct rig r;

	(void)state;
	start(&r, &s, "open", "{}", &asked);
	assert_non_null(asked.ticket);
	assert_string_equal(rig_run_status(&r, asked.run), "running");
	assert_int_equal(open_needs(&r, asked.run, &need), 2);
	assert_int_equal(count(&r, asked.run, "part", "approval"), 2);
	assert_int_equal(count(&r, asked.run, "part", "succeeded"), 1);
	assert_int_equal(s.parts, 1);
	rig_restart(&r);
	rig_settle(&r);
	assert_int_equal(open_needs(&r, asked.run, &need), 2);
	assert_string_equal(decide(&r, &need, "ernie", true),
	    "approval.self");
	assert_string_equal(decide(&r, &need, "casey", true), "");
	assert_int_equal(s.parts, 2);
	assert_int_equal(open_needs(&r, asked.run, &need), 1);
	assert_string_equal(decide(&r, &need, "casey", true), "");
	assert_int_equal(s.parts, 3);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);
}

static void
children_of_a_known_list_are_asked_with_the_plan(void **state)
{
	struct script s = { 0 };
	struct asked asked;
	struct need need;
	struct rig r;

	(void)state;
	start(&r, &s, "known", "{\"names\":[\"a\",\"b\",\"small\"]}", &asked);
	assert_string_equal(rig_run_status(&r, asked.run),
	    "waiting_approval");
	assert_int_equal(open_needs(&r, asked.run, &need), 1);
	assert_int_equal(need.step_id, 0);
	assert_string_equal(decide(&r, &need, "casey", true), "");
	assert_int_equal(s.parts, 3);
	assert_int_equal(open_needs(&r, asked.run, &need), 0);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);

	start(&r, &s, "known", "{\"names\":[\"small\"]}", &asked);
	assert_null(asked.ticket);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);
}

/* Each child has its need; one that is declined fails alone, and alone is
 * asked anew. */
static void
approval_steps_below_a_foreach(void **state)
{
	struct script s = { 0 };
	struct asked asked;
	struct need need;
	struct err e;
	struct cx *cx;
	struct rig r;

	(void)state;
	start(&r, &s, "gates", "{\"names\":[\"a\",\"b\",\"c\"]}", &asked);
	assert_int_equal(open_needs(&r, asked.run, &need), 3);
	assert_string_equal(decide(&r, &need, "casey", true), "");
	assert_int_equal(open_needs(&r, asked.run, &need), 2);
	assert_string_equal(decide(&r, &need, "casey", false), "");
	assert_int_equal(open_needs(&r, asked.run, &need), 1);
	assert_string_equal(rig_run_status(&r, asked.run), "running");
	shift(&r, 25 * HOUR);
	assert_int_equal(open_needs(&r, asked.run, &need), 0);
	assert_int_equal(count(&r, asked.run, "gate", "succeeded"), 1);
	assert_int_equal(count(&r, asked.run, "gate", "failed"), 2);
	assert_string_equal(rig_run_status(&r, asked.run), "failed");

	cx = rig_begin(&r, "ernie");
	assert_ok(run_retry(cx, run_by_id(cx, asked.run->id), NULL,
		      &e), &e);
	rig_commit(&r);
	rig_settle(&r);
	for (size_t left = 2; left > 0; left--) {
		assert_int_equal(open_needs(&r, asked.run, &need), left);
		assert_string_equal(decide(&r, &need, "casey", true), "");
	}
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);
}

static void
by_hand_below_a_foreach(void **state)
{
	struct script s = { 0 };
	struct asked asked;
	struct err e;
	struct rig r;

	(void)state;
	start(&r, &s, "hands", "{}", &asked);
	for (size_t left = 3; left > 0; left--) {
		struct step **steps, *hand = NULL;
		struct cx *cx;
		size_t n;

		assert_int_equal(count(&r, asked.run, "hand", "manual"), left);
		cx = rig_begin(&r, "tina");
		steps = run_steps_since(cx, asked.run->id, 0, &n);
		for (size_t i = 0; i < n; i++)
			if (streq(steps[i]->status, "manual"))
				hand = steps[i];
		assert_ok(run_resolve(cx, run_by_id(cx, asked.run->id), hand,
			      "succeeded", "done", &e), &e);
		rig_commit(&r);
		rig_restart(&r);
		rig_settle(&r);
	}
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);
}

/* Nobody waits for an approval when something has just failed. */
static void
clean_ups_of_an_open_list_are_asked_with_the_plan(void **state)
{
	struct script s = { .fails = true };
	struct asked asked;
	struct need need;
	struct rig r;

	(void)state;
	start(&r, &s, "works", "{}", &asked);
	assert_string_equal(rig_run_status(&r, asked.run),
	    "waiting_approval");
	assert_int_equal(open_needs(&r, asked.run, &need), 1);
	assert_string_equal(need.approvers, "legal");
	assert_string_equal(decide(&r, &need, "robin", true), "");
	assert_int_equal(s.works, 3);
	assert_int_equal(s.dropped, 3);
	assert_int_equal(open_needs(&r, asked.run, &need), 0);
	assert_string_equal(rig_run_status(&r, asked.run), "failed");
	rig_end(&r);
}

/* They all need one approval step, over the list. */
static void
a_list_may_be_approved_as_a_whole(void **state)
{
	struct script s = { 0 };
	struct asked asked;
	struct need need;
	struct rig r;

	(void)state;
	start(&r, &s, "agree-all", "{}", &asked);
	assert_int_equal(open_needs(&r, asked.run, &need), 1);
	assert_string_equal(need.task, "list-gate");
	assert_int_equal(s.parts, 0);
	assert_string_equal(decide(&r, &need, "casey", true), "");
	assert_int_equal(s.parts, 3);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);
}

/* More than one turn of the clock looks at. */
static void
thousands_expire_together(void **state)
{
	struct script s = { 0 };
	struct buf params = { .data = NULL };
	struct asked asked;
	struct need need;
	struct rig r;

	(void)state;
	buf_adds(&params, "{\"names\":[\"n\"");
	for (int i = 0; i < 599; i++)
		buf_printf(&params, ",\"n%d\"", i);
	buf_adds(&params, "]}");
	start(&r, &s, "gates", buf_cstr(&params), &asked);
	buf_finish(&params);
	assert_int_equal(open_needs(&r, asked.run, &need), 600);
	shift(&r, 25 * HOUR);
	assert_int_equal(open_needs(&r, asked.run, &need), 0);
	assert_int_equal(count(&r, asked.run, "gate", "failed"), 600);
	assert_string_equal(rig_run_status(&r, asked.run), "failed");
	rig_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(children_of_an_open_list_are_asked_when_known),
		cmocka_unit_test(
		    children_of_a_known_list_are_asked_with_the_plan),
		cmocka_unit_test(approval_steps_below_a_foreach),
		cmocka_unit_test(by_hand_below_a_foreach),
		cmocka_unit_test(
		    clean_ups_of_an_open_list_are_asked_with_the_plan),
		cmocka_unit_test(a_list_may_be_approved_as_a_whole),
		cmocka_unit_test(thousands_expire_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
