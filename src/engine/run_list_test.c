/* SPDX-License-Identifier: MIT */
/* The list of runs is what run_visible says, near and far, for everybody. */
#include "engine/engine_testing.h"
#include "resource/call.h"
#include "resource/run/run_api.h"

#define FILLERS 1200 /* more than are looked at one by one */

static const char folder[] =
    "slipway: 1\n"
    "team: platform\n"
    "projects: {OPS: {team: platform}}\n"
    "---\n"
    "people: {ernie: {}, tina: {}, casey: {}, olga: {}, zoe: {}}\n"
    "teams: {platform: {members: [tina]}, dev: {members: [ernie, olga]}, "
    "risk: {members: [casey]}}\n"
    "grants: [{to: dev, role: member, on: platform, env: [dev]},\n"
    "  {to: tina, role: admin, on: platform},\n"
    "  {to: zoe, role: viewer, tasks: [change]}]\n"
    "---\n"
    "environments: {dev: {}, prod: {}}\n"
    "---\n"
    "task: build\n"
    "argv: [/bin/build]\n"
    "---\n"
    "task: change\n"
    "params: {n: {type: integer, default: 0}}\n"
    "argv: [/bin/change]\n"
    "---\n"
    "request: change\n"
    "project: OPS\n"
    "task: change\n"
    "approve: [{of: risk, count: 1}]\n"
    "---\n"
    "request: hidden\n"
    "project: OPS\n"
    "task: build\n"
    "approve: [{of: risk, count: 1}]\n";

static const char *const people[] = { "ernie", "tina", "casey", "olga", "zoe" };

/* The same run again and again, as somebody's whom nobody knows. */
static void
fill(struct rig *r, int64_t id)
{
	struct err e = { 0 };
	char text[512];

	db_begin(r->db);
	snprintf(text, sizeof(text),
	    "CREATE TEMP TABLE filler AS SELECT * FROM run WHERE id = %lld;"
	    "UPDATE filler SET requester = 'nobody', ticket_id = 0, "
	    "dedupe_key = NULL, scope_id = 0, team = 'elsewhere';",
	    (long long)id);
	assert_true(db_exec(r->db, text, &e));
	for (int i = 0; i < FILLERS; i++)
		assert_true(db_exec(r->db,
		    "UPDATE filler SET id = (SELECT max(id) + 1 FROM run);"
		    "UPDATE filler SET key = 'R-' || id;"
		    "INSERT INTO run SELECT * FROM filler;",
		    &e));
	assert_true(db_exec(r->db, "DROP TABLE filler", &e));
	rig_commit(r);
}

static void
ask(struct rig *r, const char *person, const char *task, const char *request,
    const char *env)
{
	struct asked asked;
	struct err e = { 0 };

	assert_ok(rig_ask(r, person, task, request, env, "{}", &asked, &e),
	    &e);
}

/* All pages of a person's list: the ids, the newest first. */
static size_t
listed(struct rig *r, const char *person, int limit, const char *status,
    const char *task, int64_t *ids)
{
	struct cx *cx = rig_begin(r, person);
	const char *after = NULL;
	size_t n = 0;

	do {
		struct buf text = { 0 };
		struct json_out out;
		struct err e = { 0 };
		json_t *query = json_pack("{s:i,s:s*,s:s*,s:s*}", "limit",
		    limit, "after", after, "status", status, "task", task);
		struct call call = { .query = query };
		json_t *answer, *item;
		size_t i;

		json_out_init(&out, &text);
		assert_ok(run_api_list(cx, &call, &out, &e), &e);
		answer = json_loadb(text.data, text.len, 0, NULL);
		assert_non_null(answer);
		json_array_foreach (json_object_get(answer, "items"), i, item)
			ids[n++] = atoll(json_string_value(
				       json_object_get(item, "key")) + 2);
		after = arena_strdup(r->arena, json_is_null(
			    json_object_get(answer, "next")) ? ""
			: json_string_value(json_object_get(answer, "next")));
		json_decref(answer);
		json_decref(query);
		buf_finish(&text);
	} while (after[0] != '\0');
	rig_commit(r);
	return n;
}

static void
compare(struct rig *r, const char *person, int limit, const char *status,
    const char *task, size_t *ret_n)
{
	int64_t ids[64] = { 0 };
	size_t n = listed(r, person, limit, status, task, ids), at = 0;
	struct cx *cx = rig_begin(r, person);

	for (int64_t id = run_next_id(cx) - 1; id > 0; id--) {
		const struct run *run = run_by_id(cx, id);

		if (!run_visible(cx, run) ||
		    (status != NULL && !streq(status, run->status)) ||
		    (task != NULL && !streq(task, run->task)))
			continue;
		assert_true(at < n);
		assert_int_equal(ids[at], id);
		at++;
	}
	assert_int_equal(at, n);
	rig_commit(r);
	*ret_n = n;
}

static void
compare_some(struct rig *r, const char *person)
{
	static const char *const statuses[] = { NULL, "queued", "succeeded",
		"waiting_approval", "failed" };
	static const char *const tasks[] = { NULL, "build", "change" };
	size_t n;

	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++)
		for (size_t k = 0; k < ARRAY_SIZE(tasks); k++)
			compare(r, person, 2, statuses[i], tasks[k], &n);
}

static void
asks(struct rig *r)
{
	ask(r, "ernie", "build", NULL, "dev");
	ask(r, "ernie", NULL, "hidden", "prod");
	ask(r, "olga", "change", NULL, "dev");
	ask(r, "ernie", "change", NULL, "dev"); /* watches olga's */
	ask(r, "tina", NULL, "change", "prod");
	ask(r, "tina", "build", NULL, "prod");
}

static void
a_list_is_what_one_may_see_near_and_far(void **state)
{
	static const size_t seen[2][5] = { { 3, 5, 2, 3, 2 },
		{ 6, 10, 4, 6, 4 } };
	struct rig r;

	(void)state;
	rig_make(&r, folder, NULL, NULL);
	asks(&r);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(people); i++) {
			size_t n;

			compare_some(&r, people[i]);
			compare(&r, people[i], 1, NULL, NULL, &n);
			compare(&r, people[i], 3, NULL, NULL, &n);
			compare(&r, people[i], 50, NULL, NULL, &n);
			assert_int_equal(n, seen[round][i]);
		}
		if (round == 0) {
			rig_settle(&r);
			fill(&r, 1);
			asks(&r);
		}
	}
	rig_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_what_one_may_see_near_and_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
