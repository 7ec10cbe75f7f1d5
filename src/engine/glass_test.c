/* SPDX-License-Identifier: MIT */
/* Break-glass: what opens it, when it ends, who looks at it. */
#include "engine/engine_testing.h"

#include "resource/glass/glass.h"

#define MINUTE INT64_C(60000)
#define DAY (24 * 60 * MINUTE)

static const char folder[] =
    "slipway: 1\n"
    "team: platform\n"
    "projects: {OPS: {team: platform}}\n"
    "---\n"
    "people: {pat: {}, nora: {}, tina: {}, ernie: {},\n"
    "  robot: {service: pat}}\n"
    "teams: {platform: {members: [tina]}, oncall: {members: [pat, nora]}}\n"
    "grants: [{to: tina, role: admin},\n"
    "  {to: oncall, role: admin, break_glass: true}]\n"
    "---\n"
    "environments: {dev: {}}\n";

static bool
script_run(void *self, const struct work *w, struct work_event *ret)
{
	(void)self;
	(void)w;
	(void)ret;
	return true;
}

static int
rig_start(void **state)
{
	struct rig *r = test_calloc(1, sizeof(*r));

	rig_make(r, folder, script_run, NULL);
	*state = r;
	return 0;
}

static int
rig_stop(void **state)
{
	rig_end(*state);
	test_free(*state);
	return 0;
}

/* A sealed code, as an admin makes it. */
static const char *
sealed(struct rig *r)
{
	char *code = arena_alloc(r->arena, GLASS_CODE + 1);

	glass_seal(rig_begin(r, "tina"), code);
	rig_commit(r);
	return code;
}

static bool
broken_by(struct rig *r, const char *person, const char *code,
    struct glass **ret, struct err *e)
{
	bool ok = glass_break(rig_begin(r, person), "the site is down",
	    30 * MINUTE, code, ret, e);

	rig_commit(r);
	return ok;
}

static bool
open_now(struct rig *r, const char *person, int64_t after_ms)
{
	struct cx *cx = rig_begin(r, person);
	bool open = glass_is_open(cx->db, person, cx->now + after_ms);

	rig_commit(r);
	return open;
}

static void
a_code_opens_once(void **state)
{
	struct rig *r = *state;
	const char *void_code = sealed(r), *code = sealed(r);
	struct glass *g;
	struct err e;

	assert_false(broken_by(r, "ernie", code, &g, &e));
	assert_string_equal(e.code, "glass.grant");
	assert_false(broken_by(r, "pat", void_code, &g, &e));
	assert_string_equal(e.code, "glass.code");
	assert_false(open_now(r, "pat", 0));
	assert_ok(broken_by(r, "pat", code, &g, &e), &e);
	assert_true(open_now(r, "pat", 0));
	assert_false(open_now(r, "nora", 0));
	assert_false(broken_by(r, "nora", code, &g, &e));
	assert_string_equal(e.code, "glass.code");
	assert_false(broken_by(r, "pat", sealed(r), &g, &e));
	assert_string_equal(e.code, "glass.open");
	/* What was refused used no code up. */
	assert_ok(broken_by(r, "nora", sealed(r), &g, &e), &e);
}

static void
it_ends_by_itself(void **state)
{
	struct rig *r = *state;
	struct glass *g;
	struct cx *cx;
	struct err e;

	assert_ok(broken_by(r, "pat", sealed(r), &g, &e), &e);
	assert_true(open_now(r, "pat", 30 * MINUTE - 1000));
	assert_false(open_now(r, "pat", 30 * MINUTE + 1000));
	cx = rig_begin(r, "pat");
	cx->now += 31 * MINUTE;
	glass_turn(cx);
	g = glass_by_id(cx, g->id);
	assert_int_equal(g->closed_at, g->until_at);
	glass_close(cx, g); /* again is no error */
	assert_int_equal(g->closed_at, g->until_at);
	rig_commit(r);
}

static bool
reviewed_by(struct rig *r, const char *person, int64_t id, struct err *e)
{
	struct cx *cx = rig_begin(r, person);
	bool ok = glass_reviewed(cx, glass_by_id(cx, id), "fine", e);

	rig_commit(r);
	return ok;
}

static void
another_person_reviews(void **state)
{
	struct rig *r = *state;
	struct glass *g;
	struct cx *cx;
	struct err e;

	assert_ok(broken_by(r, "pat", sealed(r), &g, &e), &e);
	assert_false(reviewed_by(r, "tina", g->id, &e));
	assert_string_equal(e.code, "glass.open");
	cx = rig_begin(r, "pat");
	glass_close(cx, glass_by_id(cx, g->id));
	rig_commit(r);
	assert_false(open_now(r, "pat", 0));
	assert_false(reviewed_by(r, "pat", g->id, &e));
	assert_string_equal(e.code, "glass.self");
	assert_false(reviewed_by(r, NULL, g->id, &e));
	assert_string_equal(e.code, "glass.operator");
	assert_ok(reviewed_by(r, "nora", g->id, &e), &e);
	assert_false(reviewed_by(r, "tina", g->id, &e));
	assert_string_equal(e.code, "glass.reviewed");
}

/* Once a day, however often one looks. */
static void
who_did_not_review_is_reminded(void **state)
{
	struct rig *r = *state;
	struct glass *g;
	bool overdue;
	struct err e;

	assert_ok(broken_by(r, "pat", sealed(r), &g, &e), &e);
	for (int day = 0; day < 3; day++)
		for (int again = 0; again < 2; again++) {
			struct cx *cx = rig_begin(r, "pat");
			const int64_t opened = g->opened_at;

			cx->now = opened + day * DAY + MINUTE * (again + 1);
			assert_true(glass_turn(cx) > cx->now);
			assert_non_null(glass_summary(cx, &overdue));
			assert_int_equal(overdue, day > 0);
			assert_int_equal(glass_by_id(cx, g->id)->reminded_at,
			    day == 0 ? 0 : opened + day * DAY + MINUTE);
			rig_commit(r);
		}
	assert_ok(reviewed_by(r, "tina", g->id, &e), &e);
	assert_null(glass_summary(rig_begin(r, "tina"), &overdue));
	rig_commit(r);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_start, rig_stop)
	const struct CMUnitTest tests[] = {
		TEST(a_code_opens_once),
		TEST(it_ends_by_itself),
		TEST(another_person_reviews),
		TEST(who_did_not_review_is_reminded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
