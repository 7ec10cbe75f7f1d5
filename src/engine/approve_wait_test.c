/* SPDX-License-Identifier: MIT */
/* Approvals in the middle of a run that is held up, shared or cleaned up. */
#include "engine/approve_testing.h"

static void
a_shared_approval_step_is_asked_for_once(void **state)
{
	struct script s = { 0 };
	struct asked asked;
	struct need need;
	struct step *hand;
	struct err e;
	struct cx *cx;
	struct rig r;

	(void)state;
	start(&r, &s, "both", "{}", &asked);
	assert_int_equal(open_needs(&r, asked.run, &need), 1);
	assert_int_equal(count(&r, asked.run, "hand", "manual"), 1);
	assert_string_equal(decide(&r, &need, "casey", true), "");
	assert_int_equal(s.branches, 0);
	hand = rig_step(&r, asked.run, "hand");
	cx = rig_begin(&r, "tina");
	assert_ok(run_resolve(cx, run_by_id(cx, asked.run->id), hand,
		      "succeeded", "done", &e), &e);
	rig_commit(&r);
	rig_settle(&r);
	assert_int_equal(s.branches, 2);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);
}

/* Approved, it waits for a limit until that counts no more. */
static void
what_lapses_behind_a_limit_is_asked_again(void **state)
{
	struct script s = { .split = "text=x\n", .holds = true };
	struct asked holder, asked;
	struct need need;
	struct rig r;

	(void)state;
	start(&r, &s, "holder", "{\"name\":\"h\"}", &holder);
	ask(&r, "ernie", "limited", "dev", "{}", &asked);
	assert_int_equal(open_needs(&r, asked.run, &need), 1);
	assert_string_equal(decide(&r, &need, "casey", true), "");
	assert_string_equal(rig_step(&r, asked.run, "guarded")->wait_on,
	    "one");
	shift(&r, 3 * HOUR);
	s.holds = false;
	fake_end(r.fake, s.held, WORK_EXITED, 0);
	rig_settle(&r);
	assert_int_equal(s.guarded, 0);
	assert_int_equal(open_needs(&r, asked.run, &need), 1);
	assert_string_equal(decide(&r, &need, "nora", true), "");
	assert_int_equal(s.guarded, 1);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);
}

static void
guarded_pause(struct rig *r, bool on)
{
	struct cx *cx = rig_begin(r, "tina");
	struct err e;

	assert_ok(on ? pause_set(cx, PAUSE_TASK, "guarded", "x", &e)
		     : pause_end(cx, PAUSE_TASK, "guarded", &e), &e);
	rig_commit(r);
	rig_settle(r);
}

static void
what_is_paused_is_asked_and_does_not_start(void **state)
{
	struct script s = { .split = "text=x\n" };
	struct asked asked;
	struct need need;
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &s);
	guarded_pause(&r, true);
	ask(&r, "ernie", "limited", "dev", "{}", &asked);
	assert_int_equal(open_needs(&r, asked.run, &need), 1);
	assert_string_equal(decide(&r, &need, "casey", true), "");
	assert_int_equal(s.guarded, 0);
	rig_restart(&r);
	rig_settle(&r);
	assert_int_equal(s.guarded, 0);
	guarded_pause(&r, false);
	assert_int_equal(s.guarded, 1);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);
}

/* The key of the task that was asked for is taken before anything else. */
static void
who_waits_for_a_key_is_asked_afterwards(void **state)
{
	struct script s = { .split = "text=x\n" };
	struct asked one, two;
	struct need first, second;
	struct rig r;

	(void)state;
	start(&r, &s, "keyed", "{\"name\":\"k\"}", &one);
	assert_int_equal(open_needs(&r, one.run, &first), 1);
	ask(&r, "nora", "keyed", "dev", "{\"name\":\"k\"}", &two);
	assert_int_not_equal(one.run->id, two.run->id);
	assert_int_equal(open_needs(&r, two.run, &second), 0);
	assert_string_equal(decide(&r, &first, "casey", true), "");
	assert_int_equal(s.keyed, 1);
	assert_string_equal(rig_run_status(&r, one.run), "succeeded");
	assert_int_equal(open_needs(&r, two.run, &second), 1);
	assert_string_equal(decide(&r, &second, "casey", true), "");
	assert_int_equal(s.keyed, 2);
	assert_string_equal(rig_run_status(&r, two.run), "succeeded");
	rig_end(&r);
}

/* Declined, expired, withdrawn: what was begun is cleaned up after. */
static void
clean_ups_after_an_approval_that_was_not_given(void **state)
{
	struct script s = { 0 };
	struct asked asked;
	struct need need;
	struct cx *cx;
	struct err e;
	struct rig r;

	(void)state;
	start(&r, &s, "after", "{}", &asked);
	assert_int_equal(open_needs(&r, asked.run, &need), 1);
	assert_string_equal(decide(&r, &need, "casey", false), "");
	assert_string_equal(rig_run_status(&r, asked.run), "failed");
	assert_int_equal(s.works + s.dropped, 0);
	rig_end(&r);

	start(&r, &s, "tells", "{}", &asked);
	assert_int_equal(open_needs(&r, asked.run, &need), 1);
	assert_string_equal(decide(&r, &need, "casey", false), "");
	assert_string_equal(rig_run_status(&r, asked.run), "failed");
	assert_int_equal(s.dropped, 1);
	rig_end(&r);

	start(&r, &s, "tells", "{}", &asked);
	shift(&r, 25 * HOUR);
	assert_string_equal(rig_run_status(&r, asked.run), "failed");
	assert_int_equal(s.dropped, 2);
	rig_end(&r);

	start(&r, &s, "tells", "{}", &asked);
	assert_int_equal(open_needs(&r, asked.run, &need), 1);
	cx = rig_begin(&r, "ernie");
	assert_ok(ticket_close(cx, ticket_by_id(cx, asked.ticket->id),
		      "not any more", &e), &e);
	rig_commit(&r);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "cancelled");
	assert_int_equal(s.dropped, 3);
	assert_int_equal(open_needs(&r, asked.run, &need), 0);
	rig_end(&r);
}

/* The server dies between the decision and the start. */
static void
a_decision_outlives_the_server(void **state)
{
	struct script s = { .split = "text=x\n" };
	struct asked asked;
	struct need need;
	struct err e = { 0 };
	struct cx *cx;
	struct rig r;

	(void)state;
	start(&r, &s, "limited", "{}", &asked);
	assert_int_equal(open_needs(&r, asked.run, &need), 1);
	cx = rig_begin(&r, "casey");
	assert_ok(ticket_decide(cx, ticket_by_id(cx, need.ticket_id),
		      need.plan_hash, true, "", &e), &e);
	rig_commit(&r);
	rig_restart(&r);
	rig_settle(&r);
	assert_int_equal(s.guarded, 1);
	assert_string_equal(decide(&r, &need, "casey", true), "");
	assert_int_equal(s.guarded, 1);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);
}

/* Two who asked for the same have one run; the rules came later. */
static void
whoever_joined_a_run_does_not_approve_it(void **state)
{
	struct script s = { .holds = true };
	struct asked one, two;
	struct need need;
	struct query *q;
	char stricter[sizeof(folder) + 64];
	const char *at = strstr(folder, "{dev: {}");
	struct rig r;

	(void)state;
	start(&r, &s, "joined", "{}", &one);
	ask(&r, "nora", "joined", "dev", "{}", &two);
	assert_true(two.joined);
	assert_int_equal(one.run->id, two.run->id);
	snprintf(stricter, sizeof(stricter),
	    "%.*s{dev: {approve: [{of: risk}]}%s", (int)(at - folder), folder,
	    at + strlen("{dev: {}"));
	engine_set_platform(r.engine, rig_load(stricter));
	fake_end(r.fake, s.held, WORK_EXITED, 0);
	rig_settle(&r);
	assert_int_equal(open_needs(&r, one.run, &need), 1);
	assert_string_equal(decide(&r, &need, "nora", true), "approval.self");
	/* Nor who went away since. */
	q = query(rig_begin(&r, "nora")->db, "run_unwatch");
	bind_int(q, "run_id", one.run->id);
	bind_text(q, "person", "nora");
	query_run(q);
	rig_commit(&r);
	assert_string_equal(decide(&r, &need, "nora", true), "approval.self");
	assert_int_equal(s.guarded, 0);
	assert_string_equal(decide(&r, &need, "casey", true), "");
	assert_int_equal(s.guarded, 1);
	assert_string_equal(rig_run_status(&r, one.run), "succeeded");
	rig_end(&r);
}

/* One of two had approved it when its run was cancelled. */
static void
half_an_approval_is_none_after_a_retry(void **state)
{
	struct script s = { .split = "text=x\n" };
	struct asked asked;
	struct need need;
	struct err e;
	struct cx *cx;
	struct rig r;

	(void)state;
	start(&r, &s, "twice", "{}", &asked);
	assert_int_equal(open_needs(&r, asked.run, &need), 2);
	assert_string_equal(decide(&r, &need, "casey", true), "");
	assert_int_equal(open_needs(&r, asked.run, &need), 1);
	cx = rig_begin(&r, "ernie");
	run_cancel(cx, run_by_id(cx, asked.run->id), "wait");
	rig_commit(&r);
	rig_settle(&r);
	cx = rig_begin(&r, "ernie");
	assert_ok(run_retry(cx, run_by_id(cx, asked.run->id), NULL, &e), &e);
	rig_commit(&r);
	rig_settle(&r);
	assert_int_equal(s.guarded, 0);
	assert_int_equal(open_needs(&r, asked.run, &need), 1);
	assert_string_equal(need.approvers, "legal");
	assert_string_equal(decide(&r, &need, "robin", true), "");
	assert_int_equal(s.guarded, 1);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);
}

/* Who approved first has left the team when the last one approves. */
static void
who_left_is_replaced(void **state)
{
	static const char before[] = "risk: {members: [casey, nora]}";
	struct script s = { .split = "" };
	char other[sizeof(folder) + 64];
	const char *at = strstr(folder, before);
	struct asked asked;
	struct need need;
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &s);
	ask(&r, "ernie", "part", "guarded", "{\"name\": \"x\"}", &asked);
	assert_int_equal(open_needs(&r, asked.run, &need), 2);
	assert_string_equal(decide(&r, &need, "casey", true), "");
	snprintf(other, sizeof(other), "%.*srisk: {members: [nora]}%s",
	    (int)(at - folder), folder, at + strlen(before));
	engine_set_platform(r.engine, rig_load(other));
	rig_settle(&r);
	assert_string_equal(decide(&r, &need, "robin", true), "");
	assert_int_equal(s.parts, 0);
	assert_int_equal(open_needs(&r, asked.run, &need), 1);
	assert_string_equal(need.approvers, "risk");
	assert_string_equal(decide(&r, &need, "nora", true), "");
	assert_int_equal(s.parts, 1);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);
}

/* Its work began in time; the person takes longer. */
static void
what_began_in_time_goes_on(void **state)
{
	struct script s = { .split = "" };
	struct asked asked;
	struct need need;
	struct step *hand;
	struct err e;
	struct cx *cx;
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &s);
	ask(&r, "ernie", "hand", "brief", "{\"name\": \"x\"}", &asked);
	assert_int_equal(open_needs(&r, asked.run, &need), 1);
	assert_string_equal(decide(&r, &need, "robin", true), "");
	shift(&r, 2 * HOUR);
	hand = rig_step(&r, asked.run, "hand");
	assert_string_equal(hand->status, "manual");
	cx = rig_begin(&r, "tina");
	assert_ok(run_resolve(cx, run_by_id(cx, asked.run->id), hand,
		      "succeeded", "done", &e), &e);
	rig_commit(&r);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);
}

/* Nobody knew how it ended; somebody says so when the approval has lapsed. */
static void
the_ticket_follows_what_is_resolved_late(void **state)
{
	struct script s = { .split = "", .holds = true };
	struct asked asked;
	struct need need;
	struct err e;
	struct cx *cx;
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &s);
	ask(&r, "ernie", "holder", "brief", "{\"name\": \"h\"}", &asked);
	assert_int_equal(open_needs(&r, asked.run, &need), 1);
	assert_string_equal(decide(&r, &need, "robin", true), "");
	fake_lose(r.fake, s.held);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "unknown");
	shift(&r, 2 * HOUR);
	cx = rig_begin(&r, "tina");
	assert_ok(run_resolve(cx, run_by_id(cx, asked.run->id),
		      run_step(cx, asked.run->root_step), "succeeded", "done",
		      &e), &e);
	assert_string_equal(ticket_by_id(cx, need.ticket_id)->status, "done");
	rig_commit(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_shared_approval_step_is_asked_for_once),
		cmocka_unit_test(what_lapses_behind_a_limit_is_asked_again),
		cmocka_unit_test(what_is_paused_is_asked_and_does_not_start),
		cmocka_unit_test(who_waits_for_a_key_is_asked_afterwards),
		cmocka_unit_test(
		    clean_ups_after_an_approval_that_was_not_given),
		cmocka_unit_test(a_decision_outlives_the_server),
		cmocka_unit_test(whoever_joined_a_run_does_not_approve_it),
		cmocka_unit_test(half_an_approval_is_none_after_a_retry),
		cmocka_unit_test(who_left_is_replaced),
		cmocka_unit_test(what_began_in_time_goes_on),
		cmocka_unit_test(the_ticket_follows_what_is_resolved_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
