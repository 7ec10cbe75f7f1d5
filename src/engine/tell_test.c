/* SPDX-License-Identifier: MIT */
/* Who is told of what, by which task, and how often. */
#include "engine/engine_testing.h"

#include "resource/inbox/inbox.h"
#include "resource/inbox/tell.h"

#define MINUTE INT64_C(60000)

static const char folder[] =
    "slipway: 1\n"
    "team: platform\n"
    "projects: {OPS: {team: platform}}\n"
    "notify:\n"
    "  - {on: [mention, comment], task: tell, env: dev,\n"
    "     with: {to: $notice.person, what: $notice.kind, text: $notice.text}}\n"
    "  - {on: [access], to: platform, task: page, env: dev}\n"
    "  - {on: [expiry], task: short, env: dev, with: {text: $notice.text}}\n"
    "  - {on: [approval], to: risk, once: true, task: tell, env: dev,\n"
    "     with: {to: $notice.name, what: $notice.subject, text: x}}\n"
    "---\n"
    "people: {ernie: {}, tina: {}, casey: {}}\n"
    "teams: {platform: {members: [tina]}, risk: {members: [casey, ernie]}}\n"
    "---\n"
    "environments: {dev: {}, prod: {}}\n"
    "---\n"
    "task: tell\n"
    "params: {to: {}, what: {}, text: {}}\n"
    "argv: [/bin/tell, $params.to, $params.what, $params.text]\n"
    "---\n"
    "task: page\n"
    "argv: [/bin/page]\n"
    "---\n"
    "task: short\n"
    "params: {text: {max: 3}}\n"
    "argv: [/bin/short]\n";

struct told {
	unsigned tells, pages, shorts;
	char last[400];
};

static bool
script_run(void *self, const struct work *w, struct work_event *ret)
{
	struct told *t = self;

	(void)ret;
	if (streq(w->argv[0], "/bin/tell")) {
		t->tells++;
		snprintf(t->last, sizeof(t->last), "%s %s %s", w->argv[1],
		    w->argv[2], w->argv[3]);
	}
	t->pages += streq(w->argv[0], "/bin/page");
	t->shorts += streq(w->argv[0], "/bin/short");
	return true;
}

static void
post(struct rig *r, const char *person, const char *kind, const char *subject)
{
	inbox_post(rig_begin(r, NULL), person, kind, subject, "a line");
	rig_commit(r);
}

static void
what_is_told_is_told_once(void **state)
{
	struct told t = { .tells = 0 };
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &t);
	post(&r, "ernie", INBOX_MENTION, "OPS-1");
	rig_settle(&r);
	assert_int_equal(t.tells, 1);
	assert_string_equal(t.last, "ernie mention a line");
	rig_restart(&r);
	rig_settle(&r);
	assert_int_equal(t.tells, 1);
	/* Of one kind only the team is told, of others nobody. */
	post(&r, "casey", INBOX_ACCESS, "G-1");
	post(&r, "casey", INBOX_DONE, "R-1");
	rig_settle(&r);
	assert_int_equal(t.pages, 0);
	post(&r, "tina", INBOX_ACCESS, "G-1");
	rig_settle(&r);
	assert_int_equal(t.pages, 1);
	rig_end(&r);
}

static void
what_comes_together_is_one_message(void **state)
{
	struct told t = { .tells = 0 };
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &t);
	post(&r, "ernie", INBOX_MENTION, "OPS-1");
	post(&r, "ernie", INBOX_COMMENT, "OPS-2");
	rig_settle(&r);
	assert_int_equal(t.tells, 1);
	assert_string_equal(t.last,
	    "ernie digest mention  OPS-1: a line\ncomment  OPS-2: a line");
	rig_end(&r);
}

/* A channel hears of it once, whoever of the team is asked; its people do not
 * by that, and it is in nobody's inbox. */
static void
a_team_is_told_once(void **state)
{
	struct told t = { .tells = 0 };
	const char **open;
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &t);
	inbox_post_group(rig_begin(&r, NULL), "risk", INBOX_APPROVAL, "OPS-1",
	    "a line");
	rig_commit(&r);
	post(&r, "tina", INBOX_APPROVAL, "OPS-1");
	rig_settle(&r);
	assert_int_equal(t.tells, 1);
	assert_string_equal(t.last, "risk OPS-1 x");
	open = inbox_waiting(rig_begin(&r, NULL), INBOX_APPROVAL, "OPS-1");
	for (size_t i = 0; i < 3; i++)
		assert_null(strchr(open[i], ':'));
	assert_null(open[3]);
	/* When it is settled it can be told of anew. */
	inbox_settle(&r.cx, INBOX_APPROVAL, "OPS-1");
	rig_commit(&r);
	rig_settle(&r);
	assert_int_equal(t.tells, 1);
	post(&r, "casey", INBOX_APPROVAL, "OPS-1");
	rig_settle(&r);
	assert_int_equal(t.tells, 2);
	rig_end(&r);
}

/* What the task does not take starts nothing: it is tried again, with longer
 * and longer pauses, and given up. */
static void
what_cannot_be_told_is_given_up(void **state)
{
	struct told t = { .tells = 0 };
	int64_t pause = 0, now;
	unsigned turns;
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &t);
	post(&r, "ernie", INBOX_EXPIRY, "RES-1");
	now = clock_wall_ms();
	for (turns = 0; turns < 20; turns++) {
		struct cx *cx = rig_begin(&r, NULL);
		int64_t next;

		cx->now = now;
		next = tell_turn(cx);
		rig_commit(&r);
		if (next == INT64_MAX)
			break;
		assert_true(next - now > pause);
		pause = next - now;
		now = next;
	}
	assert_int_equal(turns, INBOX_TRIES - 1);
	assert_true(pause > 10 * MINUTE);
	assert_int_equal(t.shorts, 0);
	rig_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_told_is_told_once),
		cmocka_unit_test(what_comes_together_is_one_message),
		cmocka_unit_test(a_team_is_told_once),
		cmocka_unit_test(what_cannot_be_told_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
