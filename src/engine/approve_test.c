/* SPDX-License-Identifier: MIT */
/* Approvals and previews in the middle of a run. */
#include "engine/engine_testing.h"

static const char folder[] =
    "slipway: 1\n"
    "team: platform\n"
    "projects: {OPS: {team: platform}}\n"
    "---\n"
    "people: {ernie: {name: E}, tina: {name: T}, casey: {name: C}}\n"
    "teams: {platform: {members: [tina]}, dev: {members: [ernie]}, "
    "risk: {members: [casey, ernie]}}\n"
    "grants: [{to: dev, role: member, on: platform}]\n"
    "---\n"
    "environments: {dev: {}}\n"
    "---\n"
    "task: build\n"
    "outputs: {digest: {}}\n"
    "argv: [/bin/build]\n"
    "---\n"
    "task: publish\n"
    "params: {digest: {type: string, required: true}}\n"
    "approve: [{of: risk, count: 1}]\n"
    "argv: [/bin/publish]\n"
    "---\n"
    "task: other\n"
    "argv: [/bin/other]\n"
    "---\n"
    "task: release\n"
    "needs:\n"
    "  build: {task: build}\n"
    "  other: {task: other}\n"
    "  publish: {task: publish, with: {digest: "
    "$needs.build.outputs.digest}}\n"
    "argv: [/bin/release]\n"
    "---\n"
    "task: gate\n"
    "needs: {build: {task: build}}\n"
    "approve: [{of: risk, count: 1}]\n"
    "---\n"
    "task: change\n"
    "approve: [{of: risk, count: 1}]\n"
    "preview: {argv: [/bin/preview]}\n"
    "argv: [/bin/change]\n"
    "---\n"
    "task: free\n"
    "preview: {argv: [/bin/preview]}\n"
    "argv: [/bin/change]\n";

struct script {
	unsigned published, changed, others, previews;
	const char *says;
	int preview_code;
	bool hold; /* a change runs until it is ended by hand */
	int64_t held;
};

static bool
script_run(void *self, const struct work *w, struct work_event *ret)
{
	struct script *s = self;
	const char *name = w->argv[0];

	if (streq(name, "/bin/build"))
		buf_adds(&ret->outputs, "digest=abc\n");
	else if (streq(name, "/bin/publish"))
		s->published++;
	else if (streq(name, "/bin/change")) {
		s->changed++;
		s->held = w->attempt;
		return !s->hold;
	}
	else if (streq(name, "/bin/other"))
		s->others++;
	else if (streq(name, "/bin/preview")) {
		s->previews++;
		ret->code = s->preview_code;
	}
	return true;
}

static bool
script_output(void *self, int64_t attempt, size_t max, struct buf *to)
{
	const struct script *s = self;

	(void)attempt;
	(void)max;
	buf_adds(to, s->says);
	return true;
}

static void
start(struct rig *r, struct script *s, const char *task, struct asked *ret)
{
	struct err e = { 0 };

	rig_make(r, folder, script_run, s);
	r->site.log_output = script_output;
	r->site.log_tail_self = s;
	assert_ok(rig_ask(r, "ernie", task, NULL, "dev", "{}", ret, &e), &e);
	rig_settle(r);
}

/* The open need of the ticket of the run, or one with an empty status. */
static struct need
open_need(struct rig *r, const struct asked *asked)
{
	struct cx *cx = rig_begin(r, "ernie");
	size_t n;
	struct need *needs = approval_needs(cx, asked->ticket->id, &n);
	struct need found = { .status = "" };

	for (size_t i = 0; i < n; i++)
		if (streq(needs[i].status, "open"))
			found = needs[i];
	rig_commit(r);
	return found;
}

static bool
decide(struct rig *r, const struct asked *asked, const char *person,
    const char *hash, bool approve, struct err *e)
{
	struct cx *cx = rig_begin(r, person);
	bool ok = ticket_decide(cx, ticket_by_id(cx, asked->ticket->id), hash,
	    approve, "note", e);

	if (ok)
		rig_commit(r);
	else
		db_rollback(r->db);
	rig_settle(r);
	return ok;
}

static void
asks_though_the_disk_is_full(void **state)
{
	struct script s = { .says = "x" };
	struct asked asked;
	struct rig r;
	struct err e = { 0 };

	(void)state;
	rig_make(&r, folder, script_run, &s);
	r.site.log_output = script_output;
	r.site.log_tail_self = &s;
	assert_ok(rig_ask(&r, "ernie", "release", NULL, "dev", "{}", &asked,
		      &e), &e);
	for (int i = 0; i < 4; i++)
		rig_settle_full(&r);
	assert_string_equal(rig_step(&r, asked.run, "publish")->status,
	    "approval");
	assert_string_equal(open_need(&r, &asked).task, "publish");
	rig_end(&r);
}

/* Nor is what could not be read taken for an answer. */
static void
decides_though_the_disk_is_full(void **state)
{
	struct script s = { .says = "x" };
	struct asked asked;
	struct need need;
	struct rig r;
	struct err e = { 0 };
	bool done = false;

	(void)state;
	start(&r, &s, "release", &asked);
	need = open_need(&r, &asked);
	for (int64_t n = 1; !done; n++) {
		struct cx *cx = rig_begin(&r, "casey");
		struct ticket *t = ticket_by_id(cx, asked.ticket->id);

		rig_disk_fill(n);
		done = ticket_decide(cx, t, need.plan_hash, true, "", &e) &&
		    !db_failed(r.db, &e);
		unsetenv("SLIPWAY_FAILPOINT");
		assert_true(done || (db_failed(r.db, &e) &&
			e.class == ERR_FULL));
		if (done)
			rig_commit(&r);
		else
			db_rollback(r.db);
	}
	rig_settle(&r);
	assert_int_equal(s.published, 1);
	rig_end(&r);
}

static void
asks_in_a_branch(void **state)
{
	struct script s = { .says = "" };
	struct asked asked;
	struct err e = { 0 };
	struct need need;
	struct rig r;

	(void)state;
	start(&r, &s, "release", &asked);
	assert_non_null(asked.ticket);
	assert_string_equal(rig_step(&r, asked.run, "publish")->status,
	    "approval");
	assert_int_equal(s.others, 1);
	assert_int_equal(s.published, 0);
	need = open_need(&r, &asked);
	assert_string_equal(need.task, "publish");

	/* Who asked is of that team, and may not. */
	assert_false(decide(&r, &asked, "ernie", need.plan_hash, true, &e));
	assert_string_equal(e.code, "approval.self");
	assert_false(decide(&r, &asked, "tina", need.plan_hash, true, &e));
	assert_string_equal(e.code, "approval.not_asked");
	assert_false(decide(&r, &asked, "casey", asked.run->plan_hash, true,
	    &e));
	assert_string_equal(e.code, "approval.closed");
	rig_restart(&r);
	rig_settle(&r);
	assert_int_equal(s.published, 0);
	assert_ok(decide(&r, &asked, "casey", need.plan_hash, true, &e), &e);
	assert_int_equal(s.published, 1);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	assert_ok(decide(&r, &asked, "casey", need.plan_hash, true, &e), &e);
	assert_int_equal(s.published, 1);
	rig_end(&r);
}

static void
declined_fails_and_is_asked_again(void **state)
{
	struct script s = { .says = "" };
	struct asked asked;
	struct err e = { 0 };
	struct need need;
	struct cx *cx;
	struct rig r;

	(void)state;
	start(&r, &s, "release", &asked);
	need = open_need(&r, &asked);
	assert_ok(decide(&r, &asked, "casey", need.plan_hash, false, &e), &e);
	assert_string_equal(rig_step(&r, asked.run, "publish")->reason,
	    "declined by casey: note");
	assert_string_equal(rig_step(&r, asked.run, "release")->status,
	    "blocked");
	assert_string_equal(rig_run_status(&r, asked.run), "failed");

	cx = rig_begin(&r, "ernie");
	assert_ok(run_retry(cx, run_by_id(cx, asked.run->id), 0, &e), &e);
	rig_commit(&r);
	rig_settle(&r);
	assert_int_equal(s.published, 0);
	assert_string_equal(open_need(&r, &asked).plan_hash, need.plan_hash);
	assert_ok(decide(&r, &asked, "casey", need.plan_hash, true, &e), &e);
	assert_int_equal(s.published, 1);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);
}

static void
expires_and_is_cancelled(void **state)
{
	struct script s = { .says = "" };
	struct asked asked;
	struct err e = { 0 };
	struct need need;
	struct cx *cx;
	struct rig r;

	(void)state;
	start(&r, &s, "gate", &asked);
	assert_string_equal(rig_step(&r, asked.run, "gate")->status,
	    "approval");
	need = open_need(&r, &asked);
	clock_shift(25LL * 3600 * 1000);
	rig_settle(&r);
	assert_string_equal(rig_step(&r, asked.run, "gate")->status,
	    "failed");
	assert_string_equal(rig_run_status(&r, asked.run), "failed");
	assert_false(decide(&r, &asked, "casey", need.plan_hash, true, &e));
	assert_string_equal(e.code, "approval.expired");
	rig_end(&r);

	start(&r, &s, "gate", &asked);
	need = open_need(&r, &asked);
	cx = rig_begin(&r, "ernie");
	run_cancel(cx, run_by_id(cx, asked.run->id), "no longer");
	rig_commit(&r);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, asked.run), "cancelled");
	assert_string_equal(open_need(&r, &asked).status, "");
	assert_false(decide(&r, &asked, "casey", need.plan_hash, true, &e));
	rig_end(&r);

	start(&r, &s, "gate", &asked);
	need = open_need(&r, &asked);
	assert_ok(decide(&r, &asked, "casey", need.plan_hash, true, &e), &e);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);
}

static void
a_changed_preview_voids(void **state)
{
	struct script s = { .says = "one\n" };
	struct asked asked;
	struct err e = { 0 };
	struct need first, second;
	struct rig r;

	(void)state;
	start(&r, &s, "change", &asked);
	assert_int_equal(s.previews, 1);
	first = open_need(&r, &asked);
	s.says = "two\n";
	assert_ok(decide(&r, &asked, "casey", first.plan_hash, true, &e), &e);
	assert_int_equal(s.previews, 2);
	assert_int_equal(s.changed, 0);
	second = open_need(&r, &asked);
	assert_string_not_equal(first.plan_hash, second.plan_hash);
	assert_false(decide(&r, &asked, "casey", first.plan_hash, true, &e));
	assert_string_equal(e.code, "approval.stale");
	rig_restart(&r);
	assert_ok(decide(&r, &asked, "casey", second.plan_hash, true, &e),
	    &e);
	assert_int_equal(s.previews, 3);
	assert_int_equal(s.changed, 1);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	rig_end(&r);
}

/* Two runs want the same step: each is approved by itself, and only what is
 * approved starts or takes the other's result. */
static void
two_runs_are_asked_each(void **state)
{
	struct script s = { .says = "same\n", .hold = true };
	struct asked one, two;
	struct need first, second;
	struct err e = { 0 };
	struct rig r;

	(void)state;
	start(&r, &s, "change", &one);
	assert_ok(rig_ask(&r, "ernie", "change", NULL, "dev", "{}", &two, &e),
	    &e);
	rig_settle(&r);
	assert_int_not_equal(one.run->id, two.run->id);
	first = open_need(&r, &one);
	second = open_need(&r, &two);
	assert_ok(decide(&r, &one, "casey", first.plan_hash, true, &e), &e);
	assert_int_equal(s.changed, 1);
	assert_string_equal(rig_step(&r, two.run, "change")->status,
	    "approval");
	assert_ok(decide(&r, &two, "casey", second.plan_hash, true, &e), &e);
	assert_int_equal(s.changed, 1);
	assert_string_equal(rig_step(&r, two.run, "change")->status,
	    "ready");
	fake_end(r.fake, s.held, WORK_EXITED, 0);
	rig_settle(&r);
	assert_int_equal(s.changed, 1);
	assert_string_equal(rig_run_status(&r, one.run), "succeeded");
	assert_string_equal(rig_run_status(&r, two.run), "succeeded");
	rig_end(&r);
}

static void
previews_without_rules_and_failing_ones(void **state)
{
	struct script s = { .says = "one\n" };
	struct asked asked;
	struct rig r;

	(void)state;
	start(&r, &s, "free", &asked);
	assert_null(asked.ticket);
	assert_string_equal(rig_run_status(&r, asked.run), "succeeded");
	assert_int_equal(s.previews, 1);
	assert_int_equal(s.changed, 1);
	rig_end(&r);

	s.preview_code = 3;
	start(&r, &s, "change", &asked);
	assert_string_equal(rig_step(&r, asked.run, "change")->reason,
	    "its preview failed: exit code 3");
	rig_end(&r);
	s.preview_code = 0;
	s.says = "\xff";
	start(&r, &s, "change", &asked);
	assert_string_equal(rig_run_status(&r, asked.run), "failed");
	assert_int_equal(s.changed, 1);
	rig_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_in_a_branch),
		cmocka_unit_test(asks_though_the_disk_is_full),
		cmocka_unit_test(decides_though_the_disk_is_full),
		cmocka_unit_test(declined_fails_and_is_asked_again),
		cmocka_unit_test(expires_and_is_cancelled),
		cmocka_unit_test(a_changed_preview_voids),
		cmocka_unit_test(two_runs_are_asked_each),
		cmocka_unit_test(previews_without_rules_and_failing_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
