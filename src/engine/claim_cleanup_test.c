/* SPDX-License-Identifier: MIT */
/* Keys of what cleans up, and of what was cancelled. */
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
    "task: load\n"
    "argv: [/bin/load]\n"
    "always: [replacing, refusing]\n"
    "---\n"
    "task: replacing\n"
    "key: one\n"
    "when_busy: replace\n"
    "argv: [/bin/replacing]\n"
    "---\n"
    "task: refusing\n"
    "key: one\n"
    "when_busy: refuse\n"
    "argv: [/bin/refusing]\n"
    "---\n"
    "task: hand\n"
    "params: {name: {default: x}}\n"
    "key: one\n"
    "manual: [do it]\n"
    "---\n"
    "task: handed\n"
    "argv: [/bin/load]\n"
    "always: {task: hand, with: {name: y}}\n"
    "---\n"
    "task: both\n"
    "needs: [hand, handed]\n"
    "---\n"
    "task: newest\n"
    "params: {n: {}}\n"
    "key: two\n"
    "when_busy: replace\n"
    "argv: [/bin/newest]\n"
    "always: tidy\n"
    "---\n"
    "task: tidy\n"
    "argv: [/bin/tidy]\n";

struct script {
	int64_t held[8];
	size_t nheld;
};

static bool
script_run(void *self, const struct work *w, struct work_event *ret)
{
	struct script *s = self;

	(void)ret;
	s->held[s->nheld++] = w->attempt;
	return false;
}

static void
ask_with(struct rig *r, const char *task, const char *params,
    struct asked *ret)
{
	struct err e = { 0 };

	assert_ok(rig_ask(r, "ernie", task, NULL, "dev", params, ret, &e), &e);
	rig_settle(r);
}

static void
ask(struct rig *r, const char *task, struct asked *ret)
{
	ask_with(r, task, "{}", ret);
}

static void
end(struct rig *r, struct script *s, size_t i)
{
	fake_end(r->fake, s->held[i], WORK_EXITED, 0);
	rig_settle(r);
}

/* It neither goes for, nor ends, a newer run that has its key. */
static void
what_cleans_up_waits_for_its_key(void **state)
{
	struct script s = { .nheld = 0 };
	struct asked load, replacing, refusing;
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &s);
	ask(&r, "load", &load);
	ask(&r, "replacing", &replacing);
	ask(&r, "refusing", &refusing);
	assert_int_equal(s.nheld, 3);
	end(&r, &s, 0);
	assert_int_equal(s.nheld, 3);
	assert_string_equal(rig_step(&r, load.run, "replacing")->reason,
	    "waiting for key replacing/one held by R-2");
	end(&r, &s, 1);
	assert_string_equal(rig_run_status(&r, replacing.run), "succeeded");
	assert_int_equal(s.nheld, 4);
	end(&r, &s, 3);
	assert_string_equal(rig_step(&r, load.run, "refusing")->reason,
	    "waiting for key refusing/one held by R-3");
	end(&r, &s, 2);
	assert_int_equal(s.nheld, 5);
	end(&r, &s, 4);
	assert_string_equal(rig_run_status(&r, load.run), "succeeded");
	rig_end(&r);
}

/* What cleans up needs the key that a person had who is not wanted any more. */
static void
what_was_cancelled_has_no_key(void **state)
{
	struct script s = { .nheld = 0 };
	struct asked asked;
	struct step *hand;
	struct cx *cx;
	struct rig r;
	struct err e = { 0 };

	(void)state;
	rig_make(&r, folder, script_run, &s);
	ask(&r, "both", &asked);
	assert_string_equal(rig_step(&r, asked.run, "hand")->status, "idle");
	cx = rig_begin(&r, "ernie");
	run_cancel(cx, run_by_id(cx, asked.run->id), "enough");
	rig_commit(&r);
	end(&r, &s, 0);
	hand = rig_step(&r, asked.run, "hand");
	assert_string_equal(hand->status, "manual");
	assert_int_not_equal(hand->cleans, 0);
	cx = rig_begin(&r, "tina");
	assert_ok(run_resolve(cx, run_by_id(cx, asked.run->id), hand,
		      "succeeded", "done", &e), &e);
	rig_commit(&r);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "cancelled");
	rig_end(&r);
}

/* While the first still cleans up, the second waits, and the third ends its
 * waiting: it never runs. */
static void
who_waits_is_replaced_too(void **state)
{
	struct script s = { .nheld = 0 };
	struct asked first, second, third;
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &s);
	ask_with(&r, "newest", "{\"n\":\"1\"}", &first);
	ask_with(&r, "newest", "{\"n\":\"2\"}", &second);
	assert_int_equal(s.nheld, 2); /* the first, and what cleans it up */
	assert_string_equal(rig_run_status(&r, second.run), "queued");
	ask_with(&r, "newest", "{\"n\":\"3\"}", &third);
	assert_string_equal(rig_run_status(&r, second.run), "cancelled");
	assert_string_equal(rig_run_status(&r, third.run), "queued");
	end(&r, &s, 1);
	assert_int_equal(s.nheld, 3);
	end(&r, &s, 2);
	end(&r, &s, 3);
	assert_string_equal(rig_run_status(&r, third.run), "succeeded");
	rig_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cleans_up_waits_for_its_key),
		cmocka_unit_test(who_waits_is_replaced_too),
		cmocka_unit_test(what_was_cancelled_has_no_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
