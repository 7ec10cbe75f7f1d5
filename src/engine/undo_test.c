/* SPDX-License-Identifier: MIT */
/* What a run made is undone once. */
#include "engine/engine_testing.h"
#include "resource/run/reveal.h"

static const char folder[] =
    "slipway: 1\n"
    "team: platform\n"
    "---\n"
    "people: {ernie: {name: E}}\n"
    "teams: {platform: {members: [ernie]}}\n"
    "---\n"
    "environments: {dev: {}}\n"
    "---\n"
    "task: make\n"
    "argv: [/bin/make]\n"
    "undo: unmake\n"
    "---\n"
    "task: unmake\n"
    "argv: [/bin/unmake]\n"
    "---\n"
    "task: late\n"
    "needs: [make]\n"
    "argv: [/bin/late]\n";

struct script {
	int code;
	unsigned undone;
	int64_t late;
};

static bool
script_run(void *self, const struct work *w, struct work_event *ret)
{
	struct script *s = self;

	if (streq(w->argv[0], "/bin/late")) {
		s->late = w->attempt;
		return false;
	}
	if (!streq(w->argv[0], "/bin/unmake"))
		return true;
	ret->code = s->code;
	s->undone += s->code == 0;
	return true;
}

static void
undo(struct rig *r, const struct asked *of, struct asked *ret)
{
	struct cx *cx = rig_begin(r, "ernie");
	struct err e = { 0 };
	struct ask ask;

	assert_ok(ask_undo(cx, run_by_id(cx, of->run->id), "ernie", &ask, &e) &&
		ask_make(cx, &ask, ret, &e), &e);
	rig_commit(r);
	rig_settle(r);
}

static bool
retry(struct rig *r, const struct asked *of, struct err *e)
{
	struct cx *cx = rig_begin(r, "ernie");
	bool ok = run_retry(cx, run_by_id(cx, of->run->id), NULL, e);

	rig_commit(r);
	rig_settle(r);
	return ok;
}

/* An undo that failed goes on, unless another one came after it. */
static void
the_last_undo_alone_goes_on(void **state)
{
	struct script s = { .code = 1 };
	struct asked made, first, second;
	struct rig r;
	struct err e = { 0 };

	(void)state;
	rig_make(&r, folder, script_run, &s);
	assert_ok(rig_ask(&r, "ernie", "make", NULL, "dev", "{}", &made, &e),
	    &e);
	rig_settle(&r);
	undo(&r, &made, &first);
	assert_string_equal(rig_run_status(&r, first.run), "failed");
	assert_ok(retry(&r, &first, &e), &e);
	assert_string_equal(rig_run_status(&r, first.run), "failed");
	undo(&r, &made, &second);
	assert_false(retry(&r, &first, &e));
	assert_string_equal(e.code, "undo.stale");
	s.code = 0;
	assert_ok(retry(&r, &second, &e), &e);
	assert_int_equal(s.undone, 1);
	assert_false(retry(&r, &first, &e));
	assert_string_equal(e.code, "undo.stale");
	rig_end(&r);
}

/* What a person says of its end does not make a run go on that is undone. */
static void
what_is_undone_is_not_resolved(void **state)
{
	struct script s = { .code = 0 };
	struct asked late, first;
	struct step *step;
	struct cx *cx;
	struct rig r;
	struct err e = { 0 };

	(void)state;
	rig_make(&r, folder, script_run, &s);
	assert_ok(rig_ask(&r, "ernie", "late", NULL, "dev", "{}", &late, &e),
	    &e);
	rig_settle(&r);
	fake_lose(r.fake, s.late);
	rig_settle(&r);
	assert_string_equal(rig_run_status(&r, late.run), "unknown");
	undo(&r, &late, &first);
	assert_int_equal(s.undone, 1);
	step = rig_step(&r, late.run, "late");
	cx = rig_begin(&r, "ernie");
	assert_false(run_resolve(cx, run_by_id(cx, late.run->id), step,
	    "succeeded", "seen", &e));
	assert_string_equal(e.code, "run.undone");
	rig_commit(&r);
	assert_string_equal(rig_run_status(&r, late.run), "unknown");
	rig_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_undo_alone_goes_on),
		cmocka_unit_test(what_is_undone_is_not_resolved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
