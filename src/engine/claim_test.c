/* SPDX-License-Identifier: MIT */
/* Keys, what is required, and foreach with max_parallel. */
#include "engine/engine_testing.h"
#include "resource/run/step.h"

static const char folder[] =
    "slipway: 1\n"
    "team: platform\n"
    "projects: {OPS: {team: platform}}\n"
    "---\n"
    "people: {ernie: {name: E}, tina: {name: T}}\n"
    "teams: {platform: {members: [tina]}, dev: {members: [ernie]}}\n"
    "grants: [{to: dev, role: member, on: platform}, "
    "{to: platform, role: member}]\n"
    "---\n"
    "environments: {dev: {}, test: {}}\n"
    "---\n"
    "task: part\n"
    "params: {n: {}}\n"
    "argv: [/bin/part, $params.n]\n"
    "---\n"
    "task: queue\n"
    "params: {name: {}, n: {}}\n"
    "needs: {part: {task: part, with: {n: $params.n}}}\n"
    "key: $params.name\n"
    "argv: [/bin/work, $params.n]\n"
    "---\n"
    "task: over\n"
    "params: {name: {}, n: {}}\n"
    "needs: {queue: {task: queue, with: {name: $params.name, "
    "n: $params.n}}}\n"
    "argv: [/bin/over]\n"
    "---\n"
    "task: replace\n"
    "params: {n: {}}\n"
    "key: [web, all]\n"
    "when_busy: replace\n"
    "argv: [/bin/work, $params.n]\n"
    "always: clean\n"
    "---\n"
    "task: clean\n"
    "argv: [/bin/clean]\n"
    "---\n"
    "task: refuse\n"
    "params: {n: {}}\n"
    "key: one\n"
    "when_busy: refuse\n"
    "argv: [/bin/work, $params.n]\n"
    "---\n"
    "task: backup\n"
    "params: {name: {}, size: {type: integer, default: 3}}\n"
    "argv: [/bin/backup]\n"
    "---\n"
    "task: drop\n"
    "params: {name: {}}\n"
    "requires: [{task: backup, within: 1h, with: {name: $params.name}}]\n"
    "argv: [/bin/drop]\n"
    "---\n"
    "task: patient\n"
    "requires: [{task: backup, within: 1h, with: {name: x}, wait: true}]\n"
    "argv: [/bin/drop]\n"
    "---\n"
    "task: many\n"
    "needs: {part: {task: slow, foreach: [a, b, c, d, e], "
    "max_parallel: 2, with: {n: $item}}}\n"
    "---\n"
    "task: desk\n"
    "params: {name: {}, n: {}}\n"
    "key: $params.name\n"
    "manual: [look]\n"
    "---\n"
    "task: slow\n"
    "params: {n: {}}\n"
    "argv: [/bin/slow, $params.n]\n"
    "---\n"
    "task: shown\n"
    "params: {n: {}}\n"
    "preview: {argv: [/bin/show]}\n"
    "argv: [/bin/slow, $params.n]\n"
    "---\n"
    "task: shows\n"
    "needs: {part: {task: shown, foreach: [a, b, c], "
    "max_parallel: 1, with: {n: $item}}}\n"
    "---\n"
    "task: below\n"
    "params: {n: {}}\n"
    "preview: {argv: [/bin/slow, $params.n]}\n"
    "argv: [/bin/below, $params.n]\n"
    "---\n"
    "task: keyed\n"
    "params: {n: {}}\n"
    "needs: {below: {task: below, with: {n: $params.n}}}\n"
    "key: one\n"
    "argv: [/bin/work, $params.n]\n"
    "approve: [{of: platform}]\n"
    "---\n"
    "task: shown-drop\n"
    "requires: [{task: backup, within: 1h, with: {name: x}}]\n"
    "preview: {argv: [/bin/slow, show]}\n"
    "argv: [/bin/drop]\n";

#define MANY 140 /* keys, more than are looked at in one round */

struct script {
	char ran[200];
	int64_t held[20];
	size_t nheld;
};

static bool
script_run(void *self, const struct work *w, struct work_event *ret)
{
	struct script *s = self;
	const char *name = strrchr(w->argv[0], '/') + 1;

	(void)ret;
	snprintf(s->ran + strlen(s->ran), sizeof(s->ran) - strlen(s->ran),
	    "%s%s ", name, w->argv[1] == NULL ? "" : w->argv[1]);
	if (!streq(name, "work") && !streq(name, "slow"))
		return true;
	s->held[s->nheld++] = w->attempt;
	return false;
}

static bool
ask(struct rig *r, const char *task, const char *env, const char *params,
    struct asked *ret, struct err *e)
{
	bool ok = rig_ask(r, "ernie", task, NULL, env, params, ret, e);

	rig_settle(r);
	return ok;
}

static void
must_ask(struct rig *r, const char *task, const char *env,
    const char *params, struct asked *ret)
{
	struct err e = { 0 };

	assert_ok(ask(r, task, env, params, ret, &e), &e);
}

static void
end(struct rig *r, struct script *s, size_t i)
{
	fake_end(r->fake, s->held[i], WORK_EXITED, 0);
	rig_settle(r);
}

/* The whole run of what was asked for; in the order of asking; each
 * environment for itself; over a restart. */
static void
the_same_key_is_queued(void **state)
{
	struct script s = { .nheld = 0 };
	struct asked a, b, c, d;
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &s);
	must_ask(&r, "queue", "dev", "{\"name\":\"x\",\"n\":\"1\"}", &a);
	must_ask(&r, "queue", "dev", "{\"name\":\"x\",\"n\":\"2\"}", &b);
	must_ask(&r, "queue", "dev", "{\"name\":\"x\",\"n\":\"3\"}", &c);
	assert_string_equal(s.ran, "part1 work1 ");
	assert_string_equal(rig_run_status(&r, b.run), "queued");
	assert_string_equal(rig_step(&r, b.run, "part")->reason,
	    "waiting for key queue/x held by R-1");
	must_ask(&r, "queue", "test", "{\"name\":\"x\",\"n\":\"4\"}", &d);
	must_ask(&r, "queue", "dev", "{\"name\":\"y\",\"n\":\"5\"}", &d);
	assert_string_equal(s.ran, "part1 work1 part4 work4 part5 work5 ");
	rig_restart(&r);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, b.run), "queued");
	s.ran[0] = '\0';
	end(&r, &s, 0);
	assert_string_equal(s.ran, "part2 work2 ");
	end(&r, &s, 3);
	assert_string_equal(s.ran, "part2 work2 part3 work3 ");
	end(&r, &s, 4);
	assert_string_equal(rig_run_status(&r, c.run), "succeeded");
	rig_end(&r);
}

/* A step below another task takes its key when it starts itself. */
static void
a_step_below_waits_for_its_own(void **state)
{
	struct script s = { .nheld = 0 };
	struct asked a, b;
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &s);
	must_ask(&r, "over", "dev", "{\"name\":\"x\",\"n\":\"1\"}", &a);
	must_ask(&r, "over", "dev", "{\"name\":\"x\",\"n\":\"2\"}", &b);
	assert_string_equal(s.ran, "part1 work1 part2 ");
	assert_string_equal(rig_step(&r, b.run, "queue")->reason,
	    "waiting for key queue/x held by R-1");
	end(&r, &s, 0);
	assert_string_equal(rig_run_status(&r, a.run), "succeeded");
	end(&r, &s, 1);
	assert_string_equal(rig_run_status(&r, b.run), "succeeded");
	rig_end(&r);
}

/* The newer one goes, when the older one and what cleans up is over. */
static void
the_older_is_replaced(void **state)
{
	struct script s = { .nheld = 0 };
	struct asked a, b, c;
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &s);
	must_ask(&r, "replace", "dev", "{\"n\":\"1\"}", &a);
	must_ask(&r, "replace", "dev", "{\"n\":\"2\"}", &b);
	assert_string_equal(s.ran, "work1 clean work2 ");
	assert_string_equal(rig_run_status(&r, a.run), "cancelled");
	must_ask(&r, "replace", "dev", "{\"n\":\"3\"}", &c);
	assert_string_equal(rig_run_status(&r, b.run), "cancelled");
	end(&r, &s, 2);
	assert_string_equal(rig_run_status(&r, c.run), "succeeded");
	{
		struct cx *cx = rig_begin(&r, "ernie");

		assert_string_equal(run_by_id(cx, b.run->id)->reason,
		    "replaced by R-3, which ernie asked for: key "
		    "replace/web/all");
		rig_commit(&r);
	}
	rig_end(&r);
}

static void
a_busy_one_is_refused(void **state)
{
	struct script s = { .nheld = 0 };
	struct asked a, b;
	struct rig r;
	struct err e = { 0 };

	(void)state;
	rig_make(&r, folder, script_run, &s);
	must_ask(&r, "refuse", "dev", "{\"n\":\"1\"}", &a);
	assert_false(ask(&r, "refuse", "dev", "{\"n\":\"2\"}", &b, &e));
	assert_string_equal(e.code, "key.busy");
	assert_string_equal(e.message, "refuse/one is busy: R-1 has its key, "
				       "and one at a time is allowed");
	/* the very same is joined */
	must_ask(&r, "refuse", "dev", "{\"n\":\"1\"}", &b);
	assert_true(b.joined);
	end(&r, &s, 0);
	must_ask(&r, "refuse", "dev", "{\"n\":\"2\"}", &b);
	end(&r, &s, 1);
	assert_string_equal(rig_run_status(&r, b.run), "succeeded");
	rig_end(&r);
}

/* One that is retried is the older still; and no statement that finds no room
 * on the way leads astray. */
static void
the_older_goes_when_it_comes_back(void **state)
{
	struct script s = { .nheld = 0 };
	struct asked a, b;
	struct rig r;
	struct cx *cx;
	struct err e = { 0 };

	(void)state;
	rig_make(&r, folder, script_run, &s);
	must_ask(&r, "replace", "dev", "{\"n\":\"1\"}", &a);
	fake_end(r.fake, s.held[0], WORK_EXITED, 1);
	rig_settle(&r);
	must_ask(&r, "replace", "dev", "{\"n\":\"2\"}", &b);
	cx = rig_begin(&r, "ernie");
	assert_ok(run_retry(cx, run_by_id(cx, a.run->id), NULL, &e), &e);
	rig_commit(&r);
	rig_settle_full(&r);
	assert_string_equal(rig_run_status(&r, a.run), "cancelled");
	assert_string_equal(rig_run_status(&r, b.run), "running");
	rig_end(&r);
}

static void
what_is_required(void **state)
{
	struct script s = { .nheld = 0 };
	struct asked a, b, waits;
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &s);
	must_ask(&r, "drop", "dev", "{\"name\":\"x\"}", &a);
	assert_string_equal(rig_step(&r, a.run, "drop")->reason,
	    "backup (name=x, size=3) never succeeded; within 1h is required");
	must_ask(&r, "patient", "dev", "{}", &waits);
	assert_string_equal(rig_run_status(&r, waits.run), "queued");
	must_ask(&r, "backup", "test", "{\"name\":\"x\"}", &b);
	must_ask(&r, "backup", "dev", "{\"name\":\"y\"}", &b);
	assert_string_equal(rig_run_status(&r, waits.run), "queued");
	must_ask(&r, "backup", "dev", "{\"name\":\"x\"}", &b);
	assert_string_equal(rig_run_status(&r, waits.run), "succeeded");
	must_ask(&r, "drop", "dev", "{\"name\":\"x\"}", &a);
	assert_string_equal(rig_run_status(&r, a.run), "succeeded");
	clock_shift(3600 * 1000 + 1000);
	must_ask(&r, "drop", "dev", "{\"name\":\"x\"}", &a);
	assert_string_equal(rig_run_status(&r, a.run), "failed");
	assert_non_null(strstr(rig_step(&r, a.run, "drop")->reason,
	    "last succeeded 1 h 00 m ago, in R-5; within"));
	rig_end(&r);
}

static void
so_many_of_a_list_at_once(void **state)
{
	struct script s = { .nheld = 0 };
	struct asked a;
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &s);
	must_ask(&r, "many", "dev", "{}", &a);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(s.nheld, i + 2 < 5 ? i + 2 : 5);
		if (i == 1)
			rig_restart(&r);
		end(&r, &s, i);
	}
	assert_string_equal(s.ran, "slowa slowb slowc slowd slowe ");
	assert_string_equal(rig_run_status(&r, a.run), "succeeded");
	rig_end(&r);
}

static bool
script_output(void *self, int64_t attempt, size_t max, struct buf *to)
{
	(void)self;
	(void)attempt;
	(void)max;
	buf_adds(to, "shown\n");
	return true;
}

/* The command follows its preview at once, as far as it may. */
static void
so_many_of_a_list_that_is_shown(void **state)
{
	struct script s = { .nheld = 0 };
	struct asked a;
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &s);
	r.site.log_output = script_output;
	must_ask(&r, "shows", "dev", "{}", &a);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(s.nheld, i + 1);
		end(&r, &s, i);
	}
	assert_string_equal(rig_run_status(&r, a.run), "succeeded");
	rig_end(&r);
}

static void
what_is_required_still_is_after_a_preview(void **state)
{
	struct script s = { .nheld = 0 };
	struct asked a, b;
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &s);
	r.site.log_output = script_output;
	must_ask(&r, "backup", "dev", "{\"name\":\"x\"}", &b);
	must_ask(&r, "shown-drop", "dev", "{}", &a);
	assert_string_equal(s.ran, "backup slowshow ");
	clock_shift(3600 * 1000 + 1000);
	end(&r, &s, 0);
	assert_string_equal(s.ran, "backup slowshow ");
	assert_string_equal(rig_run_status(&r, a.run), "failed");
	rig_end(&r);
}

static void
approve(struct rig *r, const struct asked *asked)
{
	struct cx *cx = rig_begin(r, "tina");
	struct ticket *t = ticket_by_id(cx, asked->ticket->id);
	struct err e = { 0 };

	assert_ok(ticket_decide(cx, t, t->plan_hash, true, "", &e), &e);
	rig_commit(r);
	rig_settle(r);
}

/* It ends when the run may begin, and another has its key. */
static void
a_preview_of_the_plan_takes_no_key(void **state)
{
	struct script s = { .nheld = 0 };
	struct asked a, b;
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &s);
	r.site.log_output = script_output;
	must_ask(&r, "keyed", "dev", "{\"n\":\"1\"}", &a);
	must_ask(&r, "keyed", "dev", "{\"n\":\"2\"}", &b);
	assert_string_equal(s.ran, "slow1 slow2 ");
	approve(&r, &b);
	end(&r, &s, 1);
	assert_string_equal(s.ran, "slow1 slow2 below2 work2 ");
	approve(&r, &a);
	end(&r, &s, 0);
	assert_string_equal(s.ran, "slow1 slow2 below2 work2 ");
	end(&r, &s, 2);
	assert_string_equal(s.ran, "slow1 slow2 below2 work2 slow1 ");
	rig_end(&r);
}

/* Nothing new begins: not after a preview either, which is made again. */
static void
a_full_disk_holds_a_command_behind_its_preview(void **state)
{
	struct script s = { .nheld = 0 };
	struct asked a, b;
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &s);
	r.site.log_output = script_output;
	must_ask(&r, "backup", "dev", "{\"name\":\"x\"}", &b);
	must_ask(&r, "shown-drop", "dev", "{}", &a);
	r.site.full = true;
	end(&r, &s, 0);
	assert_string_equal(rig_step(&r, a.run, "shown-drop")->status,
	    "ready");
	r.site.full = false;
	rig_settle(&r);
	assert_string_equal(s.ran, "backup slowshow slowshow ");
	end(&r, &s, 1);
	assert_string_equal(rig_run_status(&r, a.run), "succeeded");
	rig_end(&r);
}

static const char *
desk_waits(struct rig *r, int name, bool cancel)
{
	struct cx *cx = rig_begin(r, "ernie");
	const struct run *holder = run_by_id(cx, 1 + name);
	const struct step *waits;

	if (cancel)
		run_cancel(cx, run_by_id(cx, holder->id), "enough");
	waits = run_step(cx, run_by_id(cx, 1 + MANY + name)->root_step);
	rig_commit(r);
	return waits->status;
}

/* Each key has somebody behind whom another waits: one that becomes free is
 * seen at once, and one of which nobody said so in the end. */
static void
many_keys_are_waited_for(void **state)
{
	struct script s = { .nheld = 0 };
	char params[64];
	struct asked a;
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &s);
	for (int i = 0; i < 2 * MANY; i++) {
		snprintf(params, sizeof(params),
		    "{\"name\":\"%03d\",\"n\":\"%d\"}", i % MANY, i);
		must_ask(&r, "desk", "dev", params, &a);
	}
	rig_settle(&r);
	assert_string_equal(desk_waits(&r, MANY - 1, true), "ready");
	db_begin(r.db);
	r.hooks.duties(r.hooks.self, r.db);
	rig_commit(&r);
	assert_string_equal(desk_waits(&r, MANY - 1, false), "manual");

	r.site.freed = NULL;
	for (int i = 0; i < MANY - 1; i += 50)
		desk_waits(&r, i, true);
	for (int i = 0; i < 2 * MANY / 64 + 2; i++) {
		rig_settle(&r);
		assert_true(r.hooks.next_due(r.hooks.self) != INT64_MAX);
	}
	for (int i = 0; i < MANY - 1; i += 50)
		assert_string_equal(desk_waits(&r, i, false), "manual");
	assert_string_equal(desk_waits(&r, 1, false), "ready");
	rig_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_key_is_queued),
		cmocka_unit_test(a_step_below_waits_for_its_own),
		cmocka_unit_test(the_older_is_replaced),
		cmocka_unit_test(a_busy_one_is_refused),
		cmocka_unit_test(the_older_goes_when_it_comes_back),
		cmocka_unit_test(what_is_required),
		cmocka_unit_test(so_many_of_a_list_at_once),
		cmocka_unit_test(many_keys_are_waited_for),
		cmocka_unit_test(so_many_of_a_list_that_is_shown),
		cmocka_unit_test(a_preview_of_the_plan_takes_no_key),
		cmocka_unit_test(what_is_required_still_is_after_a_preview),
		cmocka_unit_test(a_full_disk_holds_a_command_behind_its_preview),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
