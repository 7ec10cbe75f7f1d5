/* SPDX-License-Identifier: MIT */
#include "engine/engine_testing.h"
#include "resource/run/step.h"

static const char folder[] =
    "slipway: 1\n"
    "team: platform\n"
    "limits: {db: 1}\n"
    "projects: {OPS: {team: platform}}\n"
    "---\n"
    "people: {ernie: {name: E}, tina: {name: T}, casey: {name: C}, "
    "carl: {name: K}}\n"
    "teams: {platform: {members: [tina]}, dev: {members: [ernie]}, "
    "compliance: {members: [casey, carl]}}\n"
    "grants: [{to: dev, role: member, on: platform}]\n"
    "---\n"
    "environments:\n"
    "  dev: {}\n"
    "  prod: {protected: true, approve: [{of: compliance, count: 1}]}\n"
    "---\n"
    "task: base\n"
    "params: {name: {type: string, required: true}}\n"
    "creates: {argv: [/bin/check-base]}\n"
    "outputs: {url: {}}\n"
    "argv: [/bin/base]\n"
    "---\n"
    "task: left\n"
    "params: {name: {type: string, required: true}}\n"
    "needs: {base: {task: base, with: {name: $params.name}}}\n"
    "uses: {db: 1}\n"
    "argv: [/bin/left]\n"
    "---\n"
    "task: right\n"
    "params: {name: {type: string, required: true}}\n"
    "needs: {base: {task: base, with: {name: $params.name}}}\n"
    "uses: {db: 1}\n"
    "retry: {times: 1, backoff: 1s..1s}\n"
    "argv: [/bin/right]\n"
    "---\n"
    "task: top\n"
    "params: {name: {type: string, required: true}}\n"
    "needs:\n"
    "  left: {task: left, with: {name: $params.name}}\n"
    "  right: {task: right, with: {name: $params.name}}\n"
    "argv: [/bin/top]\n"
    "---\n"
    "request: top\n"
    "project: OPS\n"
    "task: top\n";

/* What each command answers: the exit code by argv[0], default 0. */
struct script {
	int check_base; /* 0 there, 1 missing */
	int right;
	bool hold_base; /* base runs until it is ended by hand */
	int64_t held;
	unsigned ran; /* commands, without checks */
	unsigned at_once, most;
};

static bool
script_run(void *self, const struct work *w, struct work_event *ret)
{
	struct script *s = self;

	if (strstr(w->argv[0], "check") != NULL) {
		ret->code = s->check_base;
		return true;
	}
	s->ran++;
	if (strstr(w->argv[0], "base") != NULL) {
		if (s->hold_base) {
			s->held = w->attempt;
			return false;
		}
		buf_adds(&ret->outputs, "url=x://y\n");
		s->check_base = 0;
	}
	if (strstr(w->argv[0], "right") != NULL)
		ret->code = s->right;
	return true;
}

static void
runs_a_diamond_once(void **state)
{
	struct script s = { .check_base = 1 };
	struct rig r;
	struct asked asked;
	struct err e = { 0 };

	(void)state;
	rig_make(&r, folder, script_run, &s);
	assert_ok(rig_ask(&r, "ernie", "top", NULL, "dev",
		      "{\"name\":\"a\"}", &asked, &e),
	    &e);
	assert_null(asked.ticket);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	assert_int_equal(s.ran, 4);
	assert_string_equal(rig_step(&r, asked.run, "base")->outputs,
	    "{\"url\":\"x://y\"}");

	/* The same again: what is there is not made again. */
	assert_ok(rig_ask(&r, "ernie", "top", NULL, "dev",
		      "{\"name\":\"a\"}", &asked, &e),
	    &e);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	assert_string_equal(rig_step(&r, asked.run, "base")->status,
	    "skipped");
	assert_string_equal(rig_step(&r, asked.run, "base")->outputs,
	    "{\"url\":\"x://y\"}");
	assert_int_equal(s.ran, 7);
	rig_end(&r);
}

static void
retries_from_the_failed_step(void **state)
{
	struct script s = { .check_base = 1, .right = 3 };
	struct rig r;
	struct asked asked;
	struct cx *cx;
	const struct run *took;
	struct err e = { 0 };

	(void)state;
	rig_make(&r, folder, script_run, &s);
	assert_ok(rig_ask(&r, "ernie", "top", NULL, "dev",
		      "{\"name\":\"a\"}", &asked, &e),
	    &e);
	rig_settle(&r);
	assert_string_equal(rig_step(&r, asked.run, "right")->status,
	    "retry");
	clock_shift(2000);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "failed");
	assert_string_equal(rig_step(&r, asked.run, "right")->reason,
	    "exit code 3");
	assert_string_equal(rig_step(&r, asked.run, "top")->status,
	    "blocked");
	assert_int_equal(s.ran, 4);

	s.right = 0;
	clock_shift(24 * 3600 * 1000);
	cx = rig_begin(&r, "ernie");
	assert_ok(run_retry(cx, run_by_id(cx, asked.run->id), NULL, &e), &e);
	rig_commit(&r);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	assert_int_equal(s.ran, 6);
	/* The day that it lay there is no part of how long it took. */
	cx = rig_begin(&r, "ernie");
	took = run_by_id(cx, asked.run->id);
	assert_in_range((uintmax_t)steady_span(took->started_steady +
				took->idle_ms, took->ended_steady),
	    2000, 600 * 1000);
	assert_in_range(
	    (uintmax_t)steady_span(took->created_steady, took->started_steady),
	    0, 600 * 1000);
	assert_in_range((uintmax_t)step_usual(cx, "right").median_ms, 0,
	    600 * 1000);
	rig_commit(&r);
	rig_end(&r);
}

static void
waits_for_the_approval_of_exactly_this(void **state)
{
	struct script s = { .check_base = 1 };
	struct rig r;
	struct asked asked;
	struct ticket *t;
	struct cx *cx;
	struct err e = { 0 };

	(void)state;
	rig_make(&r, folder, script_run, &s);
	assert_ok(rig_ask(&r, "ernie", NULL, "top", "prod",
		      "{\"name\":\"a\"}", &asked, &e),
	    &e);
	rig_settle(&r);
	assert_int_equal(s.ran, 0);
	assert_string_equal(rig_run_status(&r, asked.run),
	    "waiting_approval");

	cx = rig_begin(&r, "ernie");
	t = ticket_by_id(cx, asked.ticket->id);
	assert_false(ticket_decide(cx, t, t->plan_hash, true, "", &e));
	assert_string_equal(e.code, "approval.self");
	cx->actor = &(struct actor){ .person = "tina",
		.ceiling = ROLE_ADMIN, .via = "test", .address = "" };
	assert_false(ticket_decide(cx, t, t->plan_hash, true, "", &e));
	assert_string_equal(e.code, "approval.not_asked");
	cx->actor = &(struct actor){ .person = "casey",
		.ceiling = ROLE_ADMIN, .via = "test", .address = "" };
	assert_false(ticket_decide(cx, t, "0123", true, "", &e));
	assert_string_equal(e.code, "approval.stale");
	assert_ok(ticket_decide(cx, t, t->plan_hash, true, "", &e), &e);
	rig_commit(&r);

	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	assert_int_equal(s.ran, 4);
	cx = rig_begin(&r, "ernie");
	assert_string_equal(ticket_by_id(cx, t->id)->status, "done");
	rig_commit(&r);
	rig_end(&r);
}

static void
an_edit_voids_the_approval(void **state)
{
	struct script s = { .check_base = 1 };
	struct rig r;
	struct asked asked;
	struct ticket *t;
	struct problems problems;
	struct cx *cx;
	struct err e = { 0 };
	json_t *change = json_loads("{\"name\":\"b\"}", 0, NULL);
	const char *old;

	(void)state;
	rig_make(&r, folder, script_run, &s);
	assert_ok(rig_ask(&r, "ernie", NULL, "top", "prod",
		      "{\"name\":\"a\"}", &asked, &e),
	    &e);
	rig_settle(&r);
	cx = rig_begin(&r, "ernie");
	problems_init(&problems, r.arena);
	t = ticket_by_id(cx, asked.ticket->id);
	old = t->plan_hash;
	assert_ok(ticket_edit(cx, t, NULL, NULL, change, &problems, &e), &e);
	rig_commit(&r);
	json_decref(change);
	rig_settle(&r);

	cx = rig_begin(&r, "casey");
	t = ticket_by_id(cx, asked.ticket->id);
	assert_string_not_equal(t->plan_hash, old);
	assert_false(ticket_decide(cx, t, old, true, "", &e));
	assert_string_equal(e.code, "approval.stale");
	assert_string_equal(run_by_id(cx, asked.run->id)->status,
	    "cancelled");
	rig_commit(&r);
	assert_int_equal(s.ran, 0);
	rig_end(&r);
}

static void
a_target_that_vanished_voids_the_approval(void **state)
{
	struct script s = { .check_base = 0 };
	struct rig r;
	struct asked asked;
	struct ticket *t;
	struct cx *cx;
	struct err e = { 0 };

	(void)state;
	rig_make(&r, folder, script_run, &s);
	assert_ok(rig_ask(&r, "ernie", NULL, "top", "prod",
		      "{\"name\":\"a\"}", &asked, &e),
	    &e);
	rig_settle(&r);
	assert_string_equal(rig_step(&r, asked.run, "base")->preview,
	    "done");
	s.check_base = 1;
	cx = rig_begin(&r, "casey");
	t = ticket_by_id(cx, asked.ticket->id);
	assert_ok(ticket_decide(cx, t, t->plan_hash, true, "", &e), &e);
	rig_commit(&r);
	rig_settle(&r);
	assert_int_equal(s.ran, 0);
	assert_string_equal(rig_run_status(&r, asked.run),
	    "waiting_approval");

	cx = rig_begin(&r, "carl");
	t = ticket_by_id(cx, asked.ticket->id);
	assert_string_equal(t->status, "waiting_approval");
	assert_ok(ticket_decide(cx, t, t->plan_hash, true, "", &e), &e);
	rig_commit(&r);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	assert_int_equal(s.ran, 4);
	rig_end(&r);
}

static void
a_restart_disturbs_nothing(void **state)
{
	struct script s = { .check_base = 1, .hold_base = true };
	struct rig r;
	struct asked asked, again;
	struct err e = { 0 };

	(void)state;
	rig_make(&r, folder, script_run, &s);
	assert_ok(rig_ask(&r, "ernie", "top", NULL, "dev",
		      "{\"name\":\"a\"}", &asked, &e),
	    &e);
	rig_settle(&r);
	assert_string_equal(rig_step(&r, asked.run, "base")->status,
	    "running");
	rig_restart(&r);
	/* The same again while it runs: one run, two watchers. */
	assert_ok(rig_ask(&r, "tina", "top", NULL, "dev",
		      "{\"name\":\"a\"}", &again, &e),
	    &e);
	assert_true(again.joined);
	assert_int_equal(again.run->id, asked.run->id);
	rig_settle(&r);
	s.hold_base = false;
	s.check_base = 0;
	fake_end(r.fake, s.held, WORK_EXITED, 0);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	assert_int_equal(s.ran, 4);
	assert_int_equal(fake_starts(r.fake, s.held), 1);
	rig_end(&r);
}

static void
cancel_ends_what_runs_and_starts_no_more(void **state)
{
	struct script s = { .check_base = 1, .hold_base = true };
	struct rig r;
	struct asked asked;
	struct cx *cx;
	struct err e = { 0 };

	(void)state;
	rig_make(&r, folder, script_run, &s);
	assert_ok(rig_ask(&r, "ernie", "top", NULL, "dev",
		      "{\"name\":\"a\"}", &asked, &e),
	    &e);
	rig_settle(&r);
	cx = rig_begin(&r, "ernie");
	run_cancel(cx, run_by_id(cx, asked.run->id), "enough");
	rig_commit(&r);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "cancelled");
	assert_int_equal(s.ran, 1);
	rig_end(&r);
}

static void
what_is_lost_is_unknown_and_a_person_decides(void **state)
{
	struct script s = { .check_base = 1, .hold_base = true };
	struct rig r;
	struct asked asked;
	struct cx *cx;
	struct err e = { 0 };

	(void)state;
	rig_make(&r, folder, script_run, &s);
	assert_ok(rig_ask(&r, "ernie", "top", NULL, "dev",
		      "{\"name\":\"a\"}", &asked, &e),
	    &e);
	rig_settle(&r);
	fake_lose(r.fake, s.held);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "unknown");
	assert_string_equal(rig_step(&r, asked.run, "base")->status,
	    "unknown");
	s.hold_base = false;
	cx = rig_begin(&r, "ernie");
	assert_ok(run_retry(cx, run_by_id(cx, asked.run->id), NULL, &e), &e);
	rig_commit(&r);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);
}

static void
an_equal_step_of_another_run_is_shared(void **state)
{
	struct script s = { .check_base = 1, .hold_base = true };
	struct rig r;
	struct asked one, two;
	struct err e = { 0 };

	(void)state;
	rig_make(&r, folder, script_run, &s);
	assert_ok(rig_ask(&r, "ernie", "left", NULL, "dev",
		      "{\"name\":\"a\"}", &one, &e),
	    &e);
	rig_settle(&r);
	assert_ok(rig_ask(&r, "ernie", "right", NULL, "dev",
		      "{\"name\":\"a\"}", &two, &e),
	    &e);
	rig_settle(&r);
	assert_string_equal(rig_step(&r, two.run, "base")->reason,
	    "the same step is running in R-1");
	s.hold_base = false;
	s.check_base = 0;
	fake_end(r.fake, s.held, WORK_EXITED, 0);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, one.run), "succeeded");
	assert_string_equal(rig_run_status(&r, two.run), "succeeded");
	assert_int_equal(s.ran, 3);
	rig_end(&r);
}

static const char *
held_status(struct rig *r, const struct script *s)
{
	struct cx *cx = rig_begin(r, "ernie");
	struct attempt *a = run_attempt(cx, s->held);

	rig_commit(r);
	return a->status;
}

static void
news_of_a_start_waits_a_moment_for_company(void **state)
{
	struct script s = { .check_base = 1, .hold_base = true };
	struct rig r;
	struct asked asked;
	struct err e = { 0 };

	(void)state;
	rig_make(&r, folder, script_run, &s);
	assert_ok(rig_ask(&r, "ernie", "base", NULL, "dev",
		      "{\"name\":\"a\"}", &asked, &e),
	    &e);
	rig_settle(&r);
	clock_set(clock_wall_ms(), clock_boot_ms());
	fake_begin(r.fake, s.held);
	rig_settle(&r);
	assert_string_equal(held_status(&r, &s), "starting");
	assert_true(r.hooks.next_due(r.hooks.self) <= clock_boot_ms() + 20);
	clock_shift(20);
	rig_settle(&r);
	assert_string_equal(held_status(&r, &s), "running");
	fake_end(r.fake, s.held, WORK_EXITED, 0);
	s.check_base = 0;
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);
}

static void
a_cancel_that_is_rolled_back_leaves_nothing(void **state)
{
	struct script s = { .check_base = 1, .hold_base = true };
	struct rig r;
	struct asked asked;
	struct err e = { 0 };
	struct cx *cx;

	(void)state;
	rig_make(&r, folder, script_run, &s);
	assert_ok(rig_ask(&r, "ernie", "base", NULL, "dev",
		      "{\"name\":\"a\"}", &asked, &e),
	    &e);
	rig_settle(&r);
	cx = rig_begin(&r, "ernie");
	run_cancel(cx, run_by_id(cx, asked.run->id), "enough");
	db_rollback(r.db);
	rig_settle(&r);
	assert_int_equal(engine_live(r.engine), 1);
	rig_end(&r);
}

/* The wall clock goes back an hour while a step pauses before its next try. */
static void
lengths_do_not_follow_the_wall_clock(void **state)
{
	static _Atomic int64_t shifts[2];
	struct script s = { .check_base = 1, .right = 3 };
	struct rig r;
	struct asked asked;
	struct step_usual usual;
	struct cx *cx;
	const struct run *run;
	struct err e = { 0 };

	(void)state;
	clock_follow(shifts);
	rig_make(&r, folder, script_run, &s);
	assert_ok(rig_ask(&r, "ernie", "top", NULL, "dev",
		      "{\"name\":\"a\"}", &asked, &e),
	    &e);
	rig_settle(&r);
	assert_string_equal(rig_step(&r, asked.run, "right")->status,
	    "retry");
	s.right = 0;
	shifts[0] = -3600 * 1000;
	shifts[1] = 2000;
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	cx = rig_begin(&r, "ernie");
	run = run_by_id(cx, asked.run->id);
	assert_true(run->ended_at < run->started_at);
	assert_in_range(
	    (uintmax_t)steady_span(run->started_steady, run->ended_steady),
	    2000, 600 * 1000);
	usual = step_usual(cx, "right");
	assert_int_equal(usual.samples, 1);
	assert_in_range((uintmax_t)usual.median_ms, 2000, 600 * 1000);
	rig_commit(&r);
	rig_end(&r);
	shifts[0] = shifts[1] = 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_a_diamond_once),
		cmocka_unit_test(retries_from_the_failed_step),
		cmocka_unit_test(lengths_do_not_follow_the_wall_clock),
		cmocka_unit_test(waits_for_the_approval_of_exactly_this),
		cmocka_unit_test(an_edit_voids_the_approval),
		cmocka_unit_test(a_target_that_vanished_voids_the_approval),
		cmocka_unit_test(a_restart_disturbs_nothing),
		cmocka_unit_test(cancel_ends_what_runs_and_starts_no_more),
		cmocka_unit_test(what_is_lost_is_unknown_and_a_person_decides),
		cmocka_unit_test(an_equal_step_of_another_run_is_shared),
		cmocka_unit_test(a_cancel_that_is_rolled_back_leaves_nothing),
		cmocka_unit_test(news_of_a_start_waits_a_moment_for_company),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
