/* SPDX-License-Identifier: MIT */
/* Approval rules: how many, who, in which time, and in whose place. */
#include "engine/engine_testing.h"
#include "resource/delegation/delegation.h"
#include "resource/ticket/work.h"

#define HOUR INT64_C(3600000)

static const char folder[] =
    "slipway: 1\n"
    "team: platform\n"
    "projects: {OPS: {team: platform}}\n"
    "limits: {one: 1}\n"
    "---\n"
    "people: {ernie: {name: E}, tina: {name: T}, casey: {name: C}, "
    "robin: {name: R}, dora: {name: D}, nora: {name: N}, "
    "bot: {same_as: ernie}, casey2: {same_as: casey}, gone: {disabled: true}}\n"
    "teams: {platform: {members: [tina]}, dev: {members: [ernie]}, "
    "four: {members: [casey, robin, dora, ernie]}, "
    "twins: {members: [casey, casey2, robin, bot]}, "
    "risk: {members: [casey, robin]}, legal: {members: [dora, nora]}}\n"
    "grants: [{to: dev, role: member, on: platform}]\n"
    "---\n"
    "environments: {dev: {}, prod: {}}\n"
    "---\n"
    "task: half\n"
    "approve: [{of: four, percent: 50}]\n"
    "argv: [/bin/half]\n"
    "---\n"
    "task: most\n"
    "approve: [{of: four, percent: 51}]\n"
    "argv: [/bin/most]\n"
    "---\n"
    "task: both\n"
    "approve: [{of: risk}, {of: legal, count: 2}]\n"
    "argv: [/bin/both]\n"
    "---\n"
    "task: twice\n"
    "approve: [{of: twins, count: 2}]\n"
    "argv: [/bin/twice]\n"
    "---\n"
    "task: every\n"
    "approve: [{of: risk, count: all}]\n"
    "argv: [/bin/every]\n"
    "---\n"
    "task: small\n"
    "params: {size: {type: integer, required: true}}\n"
    "approve: [{name: little, when: {size: {max: 50}}, none: true}, "
    "{name: much, of: risk}]\n"
    "argv: [/bin/small]\n"
    "---\n"
    "task: timed\n"
    "uses: {one: 1}\n"
    "approve: [{of: risk, valid: 2h, expires: 4h, remind: 1h, "
    "when_expired: legal}]\n"
    "argv: [/bin/timed]\n"
    "---\n"
    "task: holder\n"
    "uses: {one: 1}\n"
    "argv: [/bin/holder]\n"
    "---\n"
    "task: strictly\n"
    "approve: [{of: risk, when_expired: decline}]\n"
    "argv: [/bin/strictly]\n";

struct script {
	unsigned ran;
	int64_t held;
};

static bool
script_run(void *self, const struct work *w, struct work_event *ret)
{
	struct script *s = self;

	(void)ret;
	if (streq(w->argv[0], "/bin/holder")) {
		s->held = w->attempt;
		return false;
	}
	s->ran++;
	return true;
}

static void
start(struct rig *r, struct script *s, const char *task, const char *params,
    struct asked *ret)
{
	struct err e = { 0 };

	*s = (struct script){ 0 };
	rig_make(r, folder, script_run, s);
	assert_ok(rig_ask(r, "ernie", task, NULL, "prod", params, ret, &e),
	    &e);
	rig_settle(r);
}

/* NULL: it went well; else the code. */
static const char *
decide(struct rig *r, const struct asked *asked, const char *person,
    bool approve)
{
	struct cx *cx = rig_begin(r, person);
	struct ticket *t = ticket_by_id(cx, asked->ticket->id);
	static char code[48];
	struct err e = { 0 };
	bool ok = ticket_decide(cx, t, t->plan_hash, approve, "", &e);

	if (ok)
		rig_commit(r);
	else
		db_rollback(r->db);
	rig_settle(r);
	snprintf(code, sizeof(code), "%s", e.code);
	return ok ? NULL : code;
}

static const char *
status(struct rig *r, const struct asked *asked)
{
	struct cx *cx = rig_begin(r, "ernie");
	const char *text = ticket_by_id(cx, asked->ticket->id)->status;

	rig_commit(r);
	return text;
}

/* The last need of the ticket. */
static struct need
last_need(struct rig *r, const struct asked *asked, size_t *ret_n)
{
	struct cx *cx = rig_begin(r, "ernie");
	struct need *needs = approval_needs(cx, asked->ticket->id, ret_n);

	rig_commit(r);
	return needs[*ret_n - 1];
}

static bool
history_has(struct rig *r, const struct asked *asked, const char *kind,
    const char *text)
{
	struct cx *cx = rig_begin(r, "ernie");
	struct query *q = query(cx->db, "ticket_entries");
	bool found = false;

	bind_int(q, "ticket_id", asked->ticket->id);
	while (query_next(q))
		found |= streq(column_text(q, "kind", cx->arena), kind) &&
		    strstr(column_text(q, "body", cx->arena), text) != NULL;
	query_end(q);
	rig_commit(r);
	return found;
}

static void
shares_are_rounded_up(void **state)
{
	struct script s;
	struct asked asked;
	struct rig r;
	size_t n;

	(void)state;
	for (int64_t people = 0; people <= 12; people++)
		for (int64_t percent = 1; percent <= 100; percent++) {
			int64_t share = approval_share(percent, people);

			assert_true(share * 100 >= percent * people);
			assert_true((share - 1) * 100 < percent * people);
		}

	/* Of four, ernie asks: half of the three others is two. */
	start(&r, &s, "half", "{}", &asked);
	assert_int_equal(last_need(&r, &asked, &n).wanted, 2);
	assert_null(decide(&r, &asked, "casey", true));
	assert_string_equal(status(&r, &asked), "waiting_approval");
	assert_null(decide(&r, &asked, "robin", true));
	assert_string_equal(status(&r, &asked), "done");
	assert_int_equal(s.ran, 1);
	rig_end(&r);
}

/* Another folder comes into force, in which `from` is `to`. */
static void
reload(struct rig *r, const char *from, const char *to)
{
	char yaml[sizeof(folder) + 200];
	const char *at = strstr(folder, from);

	assert_non_null(at);
	snprintf(yaml, sizeof(yaml), "%.*s%s%s", (int)(at - folder), folder,
	    to, at + strlen(from));
	engine_set_platform(r->engine, rig_load(yaml));
	rig_settle(r);
}

static void
nobody_comes_or_goes_to_make_it_easier(void **state)
{
	static const char four[] = "four: {members: [casey, robin, dora, ernie]}";
	struct script s;
	struct asked asked;
	struct rig r;

	(void)state;
	/* Dora left: of two still two, as of the request. */
	start(&r, &s, "half", "{}", &asked);
	reload(&r, four, "four: {members: [casey, robin, ernie]}");
	assert_string_equal(decide(&r, &asked, "dora", true),
	    "approval.not_asked");
	assert_null(decide(&r, &asked, "casey", true));
	assert_string_equal(status(&r, &asked), "waiting_approval");
	assert_null(decide(&r, &asked, "robin", true));
	assert_string_equal(status(&r, &asked), "done");
	rig_end(&r);

	/* Two came: of five more than half are three, and they are not asked. */
	start(&r, &s, "half", "{}", &asked);
	reload(&r, four,
	    "four: {members: [casey, robin, dora, ernie, tina, nora]}");
	assert_string_equal(decide(&r, &asked, "nora", true),
	    "approval.not_asked");
	assert_null(decide(&r, &asked, "casey", true));
	assert_null(decide(&r, &asked, "robin", true));
	assert_string_equal(status(&r, &asked), "waiting_approval");
	assert_null(decide(&r, &asked, "dora", true));
	assert_string_equal(status(&r, &asked), "done");
	rig_end(&r);

	/* The requester joins, and is still the requester. */
	start(&r, &s, "every", "{}", &asked);
	reload(&r, "risk: {members: [casey, robin]}",
	    "risk: {members: [casey, robin, ernie]}");
	assert_string_equal(decide(&r, &asked, "ernie", true),
	    "approval.self");
	assert_null(decide(&r, &asked, "casey", true));
	assert_null(decide(&r, &asked, "robin", true));
	assert_string_equal(status(&r, &asked), "done");
	rig_end(&r);
}

static void
group_and_group(void **state)
{
	struct script s;
	struct asked asked;
	struct rig r;

	(void)state;
	start(&r, &s, "both", "{}", &asked);
	assert_null(decide(&r, &asked, "dora", true));
	assert_null(decide(&r, &asked, "nora", true));
	assert_string_equal(status(&r, &asked), "waiting_approval");
	assert_string_equal(decide(&r, &asked, "tina", true),
	    "approval.not_asked");
	assert_null(decide(&r, &asked, "robin", true));
	assert_string_equal(status(&r, &asked), "done");
	assert_int_equal(s.ran, 1);
	rig_end(&r);
}

static void
accounts_of_one_human_are_one(void **state)
{
	struct script s;
	struct asked asked;
	struct rig r;

	(void)state;
	start(&r, &s, "twice", "{}", &asked);
	/* Who asked has that account too. */
	assert_string_equal(decide(&r, &asked, "bot", true), "approval.self");
	assert_null(decide(&r, &asked, "casey", true));
	assert_null(decide(&r, &asked, "casey2", true));
	assert_string_equal(status(&r, &asked), "waiting_approval");
	assert_null(decide(&r, &asked, "robin", true));
	assert_string_equal(status(&r, &asked), "done");
	rig_end(&r);
}

static void
standing_rules_are_named(void **state)
{
	struct script s;
	struct asked asked;
	struct rig r;
	size_t n;

	(void)state;
	start(&r, &s, "small", "{\"size\": 50}", &asked);
	assert_null(asked.ticket);
	assert_non_null(strstr(asked.run->reason,
	    "no approval by rule little of task small (slipway.yaml:"));
	assert_non_null(strstr(asked.run->reason, "size is at most 50"));
	rig_end(&r);
	start(&r, &s, "small", "{\"size\": 51}", &asked);
	assert_non_null(strstr(last_need(&r, &asked, &n).source,
	    "rule much of task small (slipway.yaml:"));
	rig_end(&r);
}

static void
reminds_once_and_then_asks_others(void **state)
{
	struct script s;
	struct asked asked;
	struct need need;
	struct rig r;
	size_t n;

	(void)state;
	start(&r, &s, "timed", "{}", &asked);
	assert_false(history_has(&r, &asked, "reminder", ""));
	clock_shift(HOUR + 1000);
	rig_settle(&r);
	assert_true(history_has(&r, &asked, "reminder", "casey, robin"));
	assert_int_equal(last_need(&r, &asked, &n).remind_at, 0);

	clock_shift(3 * HOUR);
	rig_settle(&r);
	need = last_need(&r, &asked, &n);
	assert_int_equal(n, 2);
	assert_string_equal(need.approvers, "legal");
	assert_string_equal(need.instead_of, "risk");
	assert_string_equal(status(&r, &asked), "waiting_approval");
	assert_string_equal(decide(&r, &asked, "casey", true),
	    "approval.not_asked");
	assert_null(decide(&r, &asked, "nora", true));
	assert_string_equal(status(&r, &asked), "done");
	rig_end(&r);

	/* Nobody of the others either. */
	start(&r, &s, "timed", "{}", &asked);
	clock_shift(4 * HOUR + 1000);
	rig_settle(&r);
	assert_string_equal(status(&r, &asked), "waiting_approval");
	clock_shift(4 * HOUR + 1000);
	rig_settle(&r);
	assert_string_equal(status(&r, &asked), "cancelled");
	assert_int_equal(s.ran, 0);
	rig_end(&r);
}

static void
expired_is_declined(void **state)
{
	struct script s;
	struct asked asked;
	struct rig r;

	(void)state;
	start(&r, &s, "strictly", "{}", &asked);
	clock_shift(25 * HOUR);
	rig_settle(&r);
	assert_string_equal(status(&r, &asked), "declined");
	assert_string_equal(rig_run_status(&r, asked.run), "cancelled");
	assert_string_equal(decide(&r, &asked, "casey", true),
	    "approval.closed");
	rig_end(&r);
}

static void
an_approval_that_is_not_used_lapses(void **state)
{
	struct script s = { 0 };
	struct asked asked, holder;
	struct err e = { 0 };
	struct rig r;
	size_t n;

	(void)state;
	rig_make(&r, folder, script_run, &s);
	assert_ok(rig_ask(&r, "ernie", "holder", NULL, "prod", "{}", &holder,
	    &e), &e);
	rig_settle(&r);
	assert_ok(rig_ask(&r, "ernie", "timed", NULL, "prod", "{}", &asked,
	    &e), &e);
	rig_settle(&r);
	assert_null(decide(&r, &asked, "casey", true));
	assert_string_equal(status(&r, &asked), "approved");
	clock_shift(2 * HOUR + 1000);
	rig_settle(&r);
	assert_string_equal(status(&r, &asked), "waiting_approval");
	assert_string_equal(rig_run_status(&r, asked.run),
	    "waiting_approval");
	assert_true(history_has(&r, &asked, "status", "lapsed"));
	assert_string_equal(last_need(&r, &asked, &n).status, "open");

	/* The limit is free, and nothing begins. */
	fake_end(r.fake, s.held, WORK_EXITED, 0);
	rig_settle(&r);
	assert_int_equal(s.ran, 0);
	assert_null(decide(&r, &asked, "casey", true));
	assert_string_equal(status(&r, &asked), "done");
	assert_int_equal(s.ran, 1);
	rig_end(&r);
}

static int64_t
delegate(struct rig *r, const char *person, const char *to,
    const char *environment, int64_t from, int64_t until, const char **ret)
{
	struct cx *cx = rig_begin(r, person);
	struct delegation d = { .person = person, .delegate = to,
		.project = "", .environment = environment, .note = "",
		.from_at = cx->now + from, .until_at = cx->now + until };
	static char code[48];
	struct err e = { 0 };
	bool ok = delegation_make(cx, &d, &e);

	rig_commit(r);
	snprintf(code, sizeof(code), "%s", e.code);
	*ret = ok ? NULL : code;
	return d.id;
}

static void
delegates_decide_in_their_place(void **state)
{
	struct script s;
	struct asked asked;
	struct rig r;
	const char *why;
	int64_t id;

	(void)state;
	start(&r, &s, "every", "{}", &asked);
	delegate(&r, "casey", "casey", "", 0, HOUR, &why);
	assert_string_equal(why, "delegation.person");
	delegate(&r, "casey", "casey2", "", 0, HOUR, &why);
	assert_string_equal(why, "delegation.person");
	delegate(&r, "casey", "gone", "", 0, HOUR, &why);
	assert_string_equal(why, "delegation.person");
	delegate(&r, "casey", "nora", "", 0, 0, &why);
	assert_string_equal(why, "delegation.time");
	delegate(&r, "casey", "nora", "", 0, 367 * 24 * HOUR, &why);
	assert_string_equal(why, "delegation.time");

	/* Elsewhere, later, and by who was delegated to: nothing. */
	delegate(&r, "casey", "nora", "dev", 0, HOUR, &why);
	assert_null(why);
	delegate(&r, "casey", "nora", "", HOUR, 2 * HOUR, &why);
	assert_null(why);
	assert_string_equal(decide(&r, &asked, "nora", true),
	    "approval.not_asked");
	delegate(&r, "casey", "tina", "prod", 0, HOUR, &why);
	delegate(&r, "tina", "nora", "", 0, HOUR, &why);
	assert_string_equal(decide(&r, &asked, "nora", true),
	    "approval.not_asked");
	/* Who asked does not decide for anybody. */
	delegate(&r, "casey", "ernie", "", 0, HOUR, &why);
	assert_string_equal(decide(&r, &asked, "ernie", true),
	    "approval.self");

	/* Robin is asked, and stands in for casey: one human. */
	delegate(&r, "casey", "robin", "", 0, HOUR, &why);
	assert_null(decide(&r, &asked, "robin", true));
	assert_string_equal(status(&r, &asked), "waiting_approval");
	assert_null(decide(&r, &asked, "tina", true));
	assert_true(history_has(&r, &asked, "vote", "approved for casey"));
	assert_string_equal(status(&r, &asked), "done");
	assert_int_equal(s.ran, 1);
	rig_end(&r);

	/* It is over: by its time, or ended; casey's own decision is casey's. */
	start(&r, &s, "every", "{}", &asked);
	id = delegate(&r, "casey", "tina", "", 0, HOUR, &why);
	delegate(&r, "casey", "nora", "", 0, HOUR, &why);
	delegation_end(rig_begin(&r, "casey"),
	    delegation_by_id(&r.cx, id));
	rig_commit(&r);
	assert_string_equal(decide(&r, &asked, "tina", true),
	    "approval.not_asked");
	assert_null(decide(&r, &asked, "nora", true));
	assert_null(decide(&r, &asked, "casey", true));
	assert_string_equal(status(&r, &asked), "waiting_approval");
	clock_shift(HOUR + 1000);
	assert_null(decide(&r, &asked, "robin", true));
	assert_string_equal(status(&r, &asked), "done");
	rig_end(&r);
}

static void
who_asked_is_not_decided_for(void **state)
{
	struct script s = { 0 };
	struct asked asked;
	struct err e = { 0 };
	const char *why;
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &s);
	assert_ok(rig_ask(&r, "casey", "every", NULL, "prod", "{}", &asked,
	    &e), &e);
	rig_settle(&r);
	delegate(&r, "casey", "tina", "", 0, HOUR, &why);
	assert_string_equal(decide(&r, &asked, "tina", true),
	    "approval.self");
	/* All of risk but who asked is robin. */
	assert_null(decide(&r, &asked, "robin", true));
	assert_string_equal(status(&r, &asked), "done");
	rig_end(&r);
}

static const char *
merge(struct rig *r, const struct asked *from, const struct asked *into)
{
	struct cx *cx = rig_begin(r, "tina");
	static char code[48];
	struct err e = { 0 };
	bool ok = ticket_merge(cx, ticket_by_id(cx, from->ticket->id),
	    ticket_by_id(cx, into->ticket->id), "", &e);

	if (ok)
		rig_commit(r);
	else
		db_rollback(r->db);
	rig_settle(r);
	snprintf(code, sizeof(code), "%s", e.code);
	return ok ? NULL : code;
}

static void
ask_as(struct rig *r, const char *person, const char *task,
    struct asked *ret)
{
	struct err e = { 0 };

	assert_ok(rig_ask(r, person, task, NULL, "prod", "{}", ret, &e), &e);
	rig_settle(r);
}

/* Casey approved what casey asked for, as one sees by now. */
static void
who_is_merged_in_approved_nothing(void **state)
{
	struct script s;
	struct asked asked, twin;
	struct rig r;
	size_t n;

	(void)state;
	start(&r, &s, "both", "{}", &asked);
	assert_null(decide(&r, &asked, "casey", true));
	assert_null(decide(&r, &asked, "dora", true));
	ask_as(&r, "casey", "strictly", &twin);
	assert_null(merge(&r, &twin, &asked));
	assert_string_equal(status(&r, &twin), "cancelled");
	assert_string_equal(rig_run_status(&r, twin.run), "cancelled");
	assert_string_equal(last_need(&r, &asked, &n).status, "open");
	assert_int_equal(n, 4);
	assert_string_equal(decide(&r, &asked, "casey", true),
	    "approval.self");
	assert_null(decide(&r, &asked, "robin", true));
	assert_null(decide(&r, &asked, "dora", true));
	assert_null(decide(&r, &asked, "nora", true));
	assert_string_equal(status(&r, &asked), "done");
	assert_int_equal(s.ran, 1);
	/* It was merged, and this one is over. */
	ask_as(&r, "casey", "strictly", &twin);
	assert_string_equal(merge(&r, &twin, &asked), "ticket.merge");
	assert_string_equal(merge(&r, &twin, &twin), "ticket.merge");
	rig_end(&r);
}

static void
what_is_approved_and_waits_is_asked_again(void **state)
{
	struct script s = { 0 };
	struct asked asked, twin, holder;
	struct rig r;

	(void)state;
	rig_make(&r, folder, script_run, &s);
	ask_as(&r, "ernie", "holder", &holder);
	ask_as(&r, "ernie", "timed", &asked);
	ask_as(&r, "casey", "strictly", &twin);
	assert_null(decide(&r, &asked, "casey", true));
	assert_string_equal(rig_run_status(&r, asked.run), "queued");
	/* What may begin is not the other's. */
	assert_string_equal(merge(&r, &asked, &twin), "ticket.running");
	assert_null(merge(&r, &twin, &asked));
	assert_string_equal(rig_run_status(&r, asked.run),
	    "waiting_approval");
	fake_end(r.fake, s.held, WORK_EXITED, 0);
	rig_settle(&r);
	assert_int_equal(s.ran, 0);
	assert_string_equal(decide(&r, &asked, "casey", true),
	    "approval.self");
	assert_null(decide(&r, &asked, "robin", true));
	assert_int_equal(s.ran, 1);
	rig_end(&r);
}

/* Several edit one after the other: each had a hand in what it asks for. */
static void
every_editor_is_kept_out(void **state)
{
	static const char *const editors[] = { "casey", "robin" };
	struct script s;
	struct asked asked;
	struct rig r;

	(void)state;
	start(&r, &s, "small", "{\"size\": 60}", &asked);
	for (size_t i = 0; i < ARRAY_SIZE(editors); i++) {
		struct cx *cx = rig_begin(&r, editors[i]);
		json_t *params = json_pack("{s:i}", "size", 70 + (int)i);
		struct problems problems;
		struct err e = { 0 };

		problems_init(&problems, r.arena);
		assert_ok(ticket_edit(cx,
			      ticket_by_id(cx, asked.ticket->id), NULL, NULL,
			      params, &problems, &e), &e);
		json_decref(params);
		rig_commit(&r);
		rig_settle(&r);
	}
	for (size_t i = 0; i < ARRAY_SIZE(editors); i++)
		assert_string_equal(decide(&r, &asked, editors[i], true),
		    "approval.self");
	assert_int_equal(s.ran, 0);
	rig_end(&r);
}

static void
times_of_delegations(void **state)
{
	static const struct {
		const char *text;
		bool end;
		int64_t at;
	} rows[] = {
		{ "+2h", false, 7200000 + 5 },
		{ "1970-01-02", false, 24 * HOUR },
		{ "1970-01-02", true, 48 * HOUR },
		{ "1970-01-01T01:00:00Z", true, HOUR },
		{ "1970-02-30", true, -1 },
		{ "+0s", true, -1 },
		{ "+", true, -1 },
		{ "-2h", true, -1 },
		{ "friday", true, -1 },
		{ "", true, -1 },
		{ "1970-01-02x", true, -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t at = -1;
		bool ok = delegation_time(zone_utc(), rows[i].text, 5,
		    rows[i].end, &at);

		assert_int_equal(ok, rows[i].at != -1);
		if (ok)
			assert_int_equal(at, rows[i].at);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares_are_rounded_up),
		cmocka_unit_test(nobody_comes_or_goes_to_make_it_easier),
		cmocka_unit_test(group_and_group),
		cmocka_unit_test(accounts_of_one_human_are_one),
		cmocka_unit_test(standing_rules_are_named),
		cmocka_unit_test(reminds_once_and_then_asks_others),
		cmocka_unit_test(expired_is_declined),
		cmocka_unit_test(an_approval_that_is_not_used_lapses),
		cmocka_unit_test(delegates_decide_in_their_place),
		cmocka_unit_test(who_asked_is_not_decided_for),
		cmocka_unit_test(who_is_merged_in_approved_nothing),
		cmocka_unit_test(what_is_approved_and_waits_is_asked_again),
		cmocka_unit_test(every_editor_is_kept_out),
		cmocka_unit_test(times_of_delegations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
