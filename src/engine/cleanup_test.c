/* SPDX-License-Identifier: MIT */
/* What cleans up after a step: on_failure and always. */
#include "engine/engine_testing.h"
#include "resource/run/reveal.h"

static const char folder[] =
    "slipway: 1\n"
    "team: platform\n"
    "projects: {OPS: {team: platform}}\n"
    "---\n"
    "people: {ernie: {name: E}, tina: {name: T}}\n"
    "teams: {platform: {members: [tina]}, dev: {members: [ernie]}}\n"
    "grants: [{to: dev, role: member, on: platform}]\n"
    "---\n"
    "environments: {dev: {}}\n"
    "---\n"
    "task: tell\n"
    "params: {status: {}, reason: {}, id: {}, made: {}}\n"
    "argv: [/bin/tell, $params.status, $params.id, $params.made]\n"
    "---\n"
    "task: drop\n"
    "params: {name: {required: true}}\n"
    "retry: {times: 1, backoff: 1s..1s}\n"
    "argv: [/bin/drop, $params.name]\n"
    "---\n"
    "task: gone\n"
    "creates: {argv: [/bin/look]}\n"
    "argv: [/bin/gone]\n"
    "---\n"
    "task: hand\n"
    "manual: [look after it]\n"
    "---\n"
    "task: make\n"
    "outputs: {made: {}}\n"
    "argv: [/bin/make]\n"
    "---\n"
    "task: load\n"
    "params: {name: {default: x}}\n"
    "needs: {make: {task: make}}\n"
    "outputs: {id: {}}\n"
    "argv: [/bin/load]\n"
    "on_failure: {task: drop, with: {name: $params.name}}\n"
    "always:\n"
    "  - {task: tell, with: {status: $status, reason: $reason, "
    "id: $outputs.id, made: $needs.make.outputs.made}}\n"
    "  - gone\n"
    "---\n"
    "task: after\n"
    "needs: {load: {task: load}}\n"
    "argv: [/bin/after]\n"
    "---\n"
    "task: all\n"
    "needs: {load: {task: load}}\n"
    "always: {task: tell, with: {status: $status}}\n"
    "---\n"
    "task: each\n"
    "needs: {load: {task: load, foreach: [a, b], with: {name: $item}}}\n"
    "---\n"
    "task: all-drop\n"
    "needs: {load: {task: load}}\n"
    "always: {task: drop, with: {name: x}}\n"
    "---\n"
    "task: byhand\n"
    "manual: [do it]\n"
    "on_failure: hand\n";

struct script {
	char ran[200]; /* the names of what ran */
	int load_code, drop_code, look_code;
	bool hold, hold_drop;
	int64_t held;
	char told[200];
};

static bool
script_run(void *self, const struct work *w, struct work_event *ret)
{
	struct script *s = self;
	const char *name = strrchr(w->argv[0], '/') + 1;

	if (streq(name, "look")) {
		ret->code = s->look_code;
		return true;
	}
	snprintf(s->ran + strlen(s->ran), sizeof(s->ran) - strlen(s->ran),
	    "%s ", name);
	if (streq(name, "make"))
		buf_adds(&ret->outputs, "made=m1\n");
	else if (streq(name, "load")) {
		ret->code = s->load_code;
		s->held = w->attempt;
		if (s->hold)
			return false;
		buf_adds(&ret->outputs, "id=vm-7\n");
	} else if (streq(name, "drop")) {
		ret->code = s->drop_code;
		s->held = w->attempt;
		return !s->hold_drop;
	} else if (streq(name, "gone"))
		s->look_code = 0;
	else if (streq(name, "tell"))
		snprintf(s->told, sizeof(s->told), "%s %s %s", w->argv[1],
		    w->argv[2], w->argv[3]);
	return true;
}

static void
start(struct rig *r, struct script *s, const char *task, struct asked *ret)
{
	struct err e = { 0 };

	rig_make(r, folder, script_run, s);
	assert_ok(rig_ask(r, "ernie", task, NULL, "dev", "{}", ret, &e), &e);
	rig_settle(r);
}

static void
pass(struct rig *r, int64_t ms)
{
	clock_shift(ms);
	rig_settle(r);
}

static void
success_runs_always_alone(void **state)
{
	struct script s = { .look_code = 1 };
	struct asked asked;
	struct rig r;

	(void)state;
	start(&r, &s, "after", &asked);
	/* in their order, one after another, and beside what goes on */
	assert_string_equal(s.ran, "make load tell after gone ");
	assert_string_equal(s.told, "succeeded vm-7 m1");
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	assert_string_equal(rig_step(&r, asked.run, "drop")->status,
	    "not_needed");
	assert_int_equal(rig_step(&r, asked.run, "drop")->cleans,
	    rig_step(&r, asked.run, "load")->id);
	rig_end(&r);
}

static void
failure_runs_both_in_order(void **state)
{
	struct script s = { .load_code = 3, .look_code = 0 };
	struct asked asked;
	struct rig r;

	(void)state;
	start(&r, &s, "after", &asked);
	assert_string_equal(s.ran, "make load drop tell ");
	assert_string_equal(s.told, "failed vm-7 m1");
	assert_string_equal(rig_step(&r, asked.run, "gone")->status,
	    "skipped");
	assert_string_equal(rig_step(&r, asked.run, "after")->status,
	    "blocked");
	assert_string_equal(rig_run_status(&r, asked.run), "failed");
	rig_end(&r);
}

/* It is tried again as any task, and its end changes nothing. */
static void
failing_itself_changes_no_status(void **state)
{
	struct script s = { .load_code = 0, .look_code = 2 };
	struct asked asked;
	struct rig r;

	(void)state;
	start(&r, &s, "after", &asked);
	assert_string_equal(rig_step(&r, asked.run, "gone")->status,
	    "failed");
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);

	s = (struct script){ .load_code = 1, .drop_code = 4 };
	start(&r, &s, "after", &asked);
	assert_string_equal(rig_step(&r, asked.run, "drop")->status, "retry");
	assert_string_equal(rig_run_status(&r, asked.run), "running");
	pass(&r, 2000);
	assert_string_equal(s.ran, "make load drop drop tell ");
	assert_string_equal(rig_run_status(&r, asked.run), "failed");
	rig_end(&r);
}

static void
cancel(struct rig *r, const struct asked *asked, bool everything)
{
	struct cx *cx = rig_begin(r, "ernie");

	run_cancel(cx, run_by_id(cx, asked->run->id), "enough");
	if (everything)
		run_cancel_cleanups(cx, run_by_id(cx, asked->run->id),
		    "all of it");
	rig_commit(r);
	rig_settle(r);
}

static void
cancel_spares_it(void **state)
{
	struct script s = { .hold = true, .look_code = 1 };
	struct asked asked;
	struct rig r;

	(void)state;
	start(&r, &s, "after", &asked);
	s.hold_drop = true;
	cancel(&r, &asked, false);
	assert_string_equal(s.ran, "make load drop ");
	assert_string_equal(rig_run_status(&r, asked.run), "running");
	/* the second cancel too */
	cancel(&r, &asked, false);
	assert_string_equal(rig_step(&r, asked.run, "drop")->status,
	    "running");
	fake_end(r.fake, s.held, WORK_EXITED, 0);
	rig_settle(&r);
	assert_string_equal(s.ran, "make load drop tell gone ");
	assert_string_equal(rig_run_status(&r, asked.run), "cancelled");
	rig_end(&r);
}

static void
cancel_of_everything_ends_it(void **state)
{
	struct script s = { .hold = true, .hold_drop = true };
	struct asked asked;
	struct rig r;

	(void)state;
	start(&r, &s, "after", &asked);
	cancel(&r, &asked, false);
	cancel(&r, &asked, true);
	assert_string_equal(s.ran, "make load drop ");
	assert_string_equal(rig_step(&r, asked.run, "drop")->status,
	    "cancelled");
	assert_string_equal(rig_step(&r, asked.run, "tell")->status,
	    "not_needed");
	assert_string_equal(rig_run_status(&r, asked.run), "cancelled");
	rig_end(&r);
}

static void
never_begun_is_nothing_to_clean(void **state)
{
	struct script s = { .hold = true };
	struct asked asked;
	struct rig r;

	(void)state;
	start(&r, &s, "byhand", &asked);
	assert_string_equal(rig_step(&r, asked.run, "byhand")->status,
	    "manual");
	cancel(&r, &asked, false);
	/* a person had begun */
	assert_string_equal(rig_step(&r, asked.run, "hand")->status,
	    "manual");
	cancel(&r, &asked, true);
	assert_string_equal(rig_run_status(&r, asked.run), "cancelled");
	rig_end(&r);

	s = (struct script){ .look_code = 1 };
	rig_make(&r, folder, script_run, &s);
	{
		struct err e = { 0 };

		assert_ok(rig_ask(&r, "ernie", "after", NULL, "dev", "{}",
			&asked, &e), &e);
	}
	cancel(&r, &asked, false);
	assert_string_equal(s.ran, "");
	assert_string_equal(rig_run_status(&r, asked.run), "cancelled");
	rig_end(&r);
}

static void
a_group_is_cleaned_up_at_the_end(void **state)
{
	struct script s = { .load_code = 1 };
	struct asked asked;
	struct rig r;

	(void)state;
	start(&r, &s, "all", &asked);
	assert_string_equal(s.ran, "make load drop tell tell ");
	assert_string_equal(s.told, "blocked  ");
	assert_string_equal(rig_run_status(&r, asked.run), "failed");
	rig_end(&r);
}

static void
each_child_has_its_own(void **state)
{
	struct script s = { .load_code = 1 };
	struct asked asked;
	struct rig r;
	const char *at = s.ran;
	size_t n = 0;

	(void)state;
	start(&r, &s, "each", &asked);
	while ((at = strstr(at, "drop ")) != NULL)
		n++, at++;
	assert_int_equal(n, 2);
	assert_string_equal(rig_run_status(&r, asked.run), "failed");
	rig_end(&r);
}

static void
a_retry_arms_it_again(void **state)
{
	struct script s = { .load_code = 1 };
	struct asked asked;
	struct rig r;
	struct err e = { 0 };
	struct step *tell;
	struct cx *cx;

	(void)state;
	start(&r, &s, "after", &asked);
	assert_string_equal(s.ran, "make load drop tell ");
	for (int i = 0; i < 2; i++) {
		cx = rig_begin(&r, "ernie");
		assert_ok(run_retry(cx, run_by_id(cx, asked.run->id), NULL,
			&e), &e);
		rig_commit(&r);
		s.ran[0] = '\0';
		s.load_code = i == 0;
		rig_settle(&r);
		assert_string_equal(s.ran, i == 0
			? "load drop tell " : "load tell after ");
	}
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	/* alone it does not run again */
	tell = rig_step(&r, asked.run, "tell");
	cx = rig_begin(&r, "ernie");
	assert_false(run_retry(cx, run_by_id(cx, asked.run->id), tell, &e));
	assert_string_equal(e.code, "step.cleans");
	db_rollback(r.db);
	rig_end(&r);
}

/* The server dies while it cleans up, and right before. */
static void
a_restart_cleans_up_once(void **state)
{
	struct script s = { .hold = true, .look_code = 1 };
	struct asked asked;
	struct rig r;

	(void)state;
	start(&r, &s, "after", &asked);
	fake_end(r.fake, s.held, WORK_EXITED, 1);
	rig_restart(&r);
	s.hold_drop = true;
	rig_settle(&r);
	assert_string_equal(s.ran, "make load drop ");
	rig_restart(&r);
	rig_settle(&r);
	fake_end(r.fake, s.held, WORK_EXITED, 0);
	rig_settle(&r);
	assert_string_equal(s.ran, "make load drop tell gone ");
	assert_string_equal(rig_run_status(&r, asked.run), "failed");
	rig_end(&r);
}

static bool
resolve(struct rig *r, const struct asked *asked, const char *task,
    struct err *e)
{
	struct step *step = rig_step(r, asked->run, task);
	struct cx *cx = rig_begin(r, "tina");
	bool ok = run_resolve(cx, run_by_id(cx, asked->run->id), step,
	    "succeeded", "seen", e);

	rig_commit(r);
	rig_settle(r);
	return ok;
}

/* The group is done again, but not while it is cleaned up after. */
static void
what_is_blocked_stays_so_while_it_is_cleaned_up_after(void **state)
{
	struct script s = { .hold = true, .hold_drop = true };
	struct asked asked;
	struct rig r;
	struct err e = { 0 };

	(void)state;
	start(&r, &s, "all-drop", &asked);
	fake_lose(r.fake, s.held);
	rig_settle(&r);
	assert_false(resolve(&r, &asked, "load", &e));
	assert_string_equal(e.code, "step.cleaning");
	fake_end(r.fake, s.held, WORK_EXITED, 0);
	rig_settle(&r);
	assert_string_equal(s.ran, "make load drop tell drop ");
	assert_false(resolve(&r, &asked, "load", &e));
	assert_string_equal(e.code, "step.cleaning");
	fake_end(r.fake, s.held, WORK_EXITED, 0);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "unknown");
	assert_ok(resolve(&r, &asked, "load", &e), &e);
	assert_string_equal(s.ran, "make load drop tell drop drop ");
	fake_end(r.fake, s.held, WORK_EXITED, 0);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    what_is_blocked_stays_so_while_it_is_cleaned_up_after),
		cmocka_unit_test(success_runs_always_alone),
		cmocka_unit_test(failure_runs_both_in_order),
		cmocka_unit_test(failing_itself_changes_no_status),
		cmocka_unit_test(cancel_spares_it),
		cmocka_unit_test(cancel_of_everything_ends_it),
		cmocka_unit_test(never_begun_is_nothing_to_clean),
		cmocka_unit_test(a_group_is_cleaned_up_at_the_end),
		cmocka_unit_test(each_child_has_its_own),
		cmocka_unit_test(a_retry_arms_it_again),
		cmocka_unit_test(a_restart_cleans_up_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
