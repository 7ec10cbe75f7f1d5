/* SPDX-License-Identifier: MIT */
#include "store/store_testing.h"

#include "resource/removed/removed.h"
#include "resource/run/run.h"
#include "store/audit.h"

#define STEPS 1200
#define DAY INT64_C(86400000)

static const char fill[] =
    "INSERT INTO plan (hash, body, created_at) VALUES ('p1', '{}', 0),"
    "('p2', '{}', 0);"
    "INSERT INTO closure (hash, body) VALUES ('c', '{}');"
    "INSERT INTO run (id, key, task, team, environment, params, plan_hash,"
    " closure_hash, status, reason, requester, via, ticket_id, retry_of, dry,"
    " dedupe_key, priority, root_step, open_steps, failed_steps, cancel_by,"
    " seq, created_at, started_at, ended_at)"
    " SELECT id, 'R-' || id, 't', 'a', 'dev', '{}', 'p' || id, 'c',"
    " 'succeeded', '', 'ernie', 'cli', 0, 0, 0, NULL, 0, 1, 0, 0, '', 0,"
    " 1000, 1000, 2000 FROM (SELECT 1 AS id UNION ALL SELECT 2);"
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
    " WHERE i < 1201)"
    "INSERT INTO step (id, run_id, ident, task, definition, params, status,"
    " waiting, held, shares, reason, preview, target, attempts, tries,"
    " outputs, priority, due_at, seq, started_at, ended_at)"
    " SELECT i, CASE WHEN i > 1200 THEN 2 ELSE 1 END, 'i' || i, 't', 'd',"
    " '{}', 'succeeded', 0, 0, 0, '', '', 0, 1, 1, '{\"n\":' || i || '}', 0,"
    " 0, 0, 1000, 2000 FROM n;"
    "INSERT INTO edge (run_id, from_step, to_step, name)"
    " SELECT 1, id, id % 1200 + 1, 'x' FROM step WHERE run_id = 1;"
    "INSERT INTO attempt (id, step_id, run_id, no, kind, token, epoch,"
    " boot_id, status, code, signal, detail, layers, started_at, ended_at,"
    " duration_ms, log_bytes, log_dropped)"
    " SELECT id, id, run_id, 1, 'run', 1, 1, '', 'succeeded', 0, 0, '', 0,"
    " 1000, 2000, 1000, 0, 0 FROM step;"
    "INSERT INTO run_watcher (run_id, person, ticket_id, detached)"
    " VALUES (1, 'ernie', 0, 0);";

#define TICKET(id, outcome, run)                                               \
	"INSERT INTO ticket (id, key, project, kind, title, status, priority," \
	" requester, last_editor, request, task, team, environment, params,"   \
	" plan_hash, run_id, resolution, created_at, updated_at, closed_at,"   \
	" outcome) VALUES (" #id ", 'OPS-" #id "', 'OPS', 'task', '', 'done'," \
	" '', 'ernie', 'ernie', '', 't', 'a', 'dev', '{}', 'p2', " #run        \
	", '', 0, 0, 1000, '" outcome "');"
#define RESOURCE(run, check, ticket, expiry, missing)                          \
	"INSERT INTO resource (key, kind, name, environment, status, reason,"  \
	" team, person, scope_id, request, params, outputs, cost, ticket_id,"  \
	" run_id, created_at, updated_at, expires_at, stage, due_at,"          \
	" expiry_ticket, check_at, check_run, checked_at, missing_ticket,"     \
	" offered_to, offered_by) VALUES ('RES-1', 'k', 'n', 'dev', 'active'," \
	" '', '', '', 0, '', '{}', '{}', '', " #ticket ", " #run               \
	", 0, 0, 0, 0, 0, " #expiry ", 0, " #check ", 0, " #missing            \
	", '', '');"

static int64_t
count(struct folder *f, const char *what)
{
	sqlite3 *raw = folder_raw(f);
	sqlite3_stmt *stmt = NULL;
	int64_t n;

	assert_int_equal(sqlite3_prepare_v2(raw, what, -1, &stmt, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	n = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(raw);
	return n;
}

/* One turn of the core thread; how many it was told of. */
static size_t
turn(struct db *db, const struct removed_limits *l)
{
	struct site site = { .data = "/nowhere" };
	struct arena *arena = arena_create();
	struct cx cx = { .arena = arena,
		.db = db,
		.actor = &actor_engine,
		.site = &site,
		.now = 10 * DAY };
	int64_t ids[REMOVED_BATCH], steps = REMOVED_STEPS;
	struct err e = { 0 };
	size_t n;

	db_begin(db);
	n = removed_runs(db, l, 0, ids);
	for (size_t i = 0; i < n; i++)
		removed_run(&cx, l, ids[i], &steps);
	assert_ok(db_commit(db, &e), &e);
	arena_destroy(arena);
	return n;
}

/* Nobody may go on with it: a retry would lose its steps. */
static void
assert_gone(struct db *db, const char *key)
{
	const struct actor actor = { .person = "ernie", .is_local = true,
		.via = "cli", .address = "", .ceiling = ROLE_ADMIN };
	struct arena *arena = arena_create();
	struct cx cx = { .arena = arena, .db = db, .actor = &actor,
		.now = 10 * DAY };
	struct run *run;
	struct err e = { 0 };

	db_begin(db);
	assert_false(run_by_key(&cx, key, &run, &e));
	assert_string_equal(e.code, "run.removed");
	db_rollback(db);
	arena_destroy(arena);
}

/* A run that is too large for one turn goes in pieces, and is told as it was
 * from the first on. */
static void
test_pieces(void **state)
{
	const struct removed_limits all = { .before = 9 * DAY,
		.logs_to = 5000 };
	struct folder f;
	struct db *db = folder_start(&f);
	sqlite3 *raw = folder_raw(&f);

	(void)state;
	raw_exec(raw, fill);
	sqlite3_close(raw);
	assert_int_equal(turn(db, &all), 1);
	assert_int_equal(count(&f, "SELECT count(*) FROM removed"), 1);
	assert_int_equal(count(&f, "SELECT count(*) FROM run"), 2);
	assert_int_equal(count(&f, "SELECT count(*) FROM step"),
	    STEPS + 1 - REMOVED_STEPS);
	assert_gone(db, "R-1");
	assert_int_equal(turn(db, &all), 1);
	assert_int_equal(turn(db, &all), 1);
	assert_gone(db, "R-1");
	assert_int_equal(count(&f, "SELECT count(*) FROM run"), 1);
	assert_int_equal(count(&f, "SELECT count(*) FROM step"), 1);
	assert_int_equal(count(&f, "SELECT count(*) FROM edge"), 0);
	assert_int_equal(count(&f, "SELECT count(*) FROM attempt"), 1);
	assert_int_equal(count(&f, "SELECT count(*) FROM plan WHERE hash IN "
	    "('p1', 'p2')"), 1);
	assert_int_equal(count(&f, "SELECT count(*) FROM removed_step"),
	    STEPS);
	assert_int_equal(count(&f, "SELECT json_array_length(evidence, "
	    "'$.change.steps') FROM removed"), STEPS);
	assert_int_equal(count(&f, "SELECT count(*) FROM audit WHERE object = "
	    "'R-1' AND action = 'run.removed'"), 1);
	/* the newest stays: its number would be given again */
	assert_int_equal(turn(db, &all), 0);
	db_close(db);
	folder_remove(&f);
}

static void
test_kept(void **state)
{
	static const char *const holds[] = {
		"UPDATE run SET ended_at = 820000000 WHERE id = 1",
		"UPDATE run SET status = 'unknown' WHERE id = 1",
		"UPDATE run SET retry_of = 1 WHERE id = 2",
		"UPDATE run SET undo_of = 1 WHERE id = 2",
		"INSERT INTO key_holder (lock, run_id, step_id) "
		"VALUES ('k', 1, 0)",
		"INSERT INTO artifact (run_id, step_id, name, path, sha256, "
		"size, keep, created_at, expires_at, removed_at, reason) "
		"VALUES (1, 1, 'a', 'a', 'x', 1, 'forever', 1, 0, 0, '')",
		"UPDATE step SET shares = 7 WHERE run_id = 2",
		TICKET(1, "", 1),
		TICKET(1, "", 0) "UPDATE run SET ticket_id = 1 WHERE id = 1",
		RESOURCE(1, 0, 0, 0, 0),
		RESOURCE(0, 1, 0, 0, 0),
		"UPDATE step SET run_id = 1 WHERE run_id = 2",
		"UPDATE attempt SET run_id = 1 WHERE run_id = 2",
	};
	const struct removed_limits all = { .before = 9 * DAY,
		.logs_to = 5000 };
	const struct removed_limits logs = { .before = 9 * DAY,
		.logs_to = 600 };

	(void)state;
	for (size_t i = 0; i <= ARRAY_SIZE(holds); i++) {
		struct folder f;
		struct db *db = folder_start(&f);
		sqlite3 *raw = folder_raw(&f);

		raw_exec(raw, fill);
		if (i < ARRAY_SIZE(holds))
			raw_exec(raw, holds[i]);
		sqlite3_close(raw);
		assert_int_equal(turn(db, i < ARRAY_SIZE(holds) ? &all
							: &logs), 0);
		db_close(db);
		folder_remove(&f);
	}
}

/* What keeps a ticket; the first of them does not. */
static void
test_tickets_kept(void **state)
{
	static const char *const holds[] = {
		"",
		"UPDATE ticket SET outcome = '' WHERE id = 1",
		"UPDATE ticket SET closed_at = 820000000 WHERE id = 1",
		"UPDATE ticket SET run_id = 2 WHERE id = 1",
		"UPDATE run SET ticket_id = 1 WHERE id = 2",
		"DELETE FROM ticket WHERE id = 2",
		RESOURCE(0, 0, 1, 0, 0),
		RESOURCE(0, 0, 0, 1, 0),
		RESOURCE(0, 0, 0, 0, 1),
		"INSERT INTO glass (person, reason, ticket, opened_at, "
		"until_at, closed_at, closed_by, reviewed_at, reviewed_by, "
		"note, reminded_at) VALUES ('tina', '', 'OPS-1', 0, 0, 0, '', "
		"0, '', '', 0)",
		"UPDATE ticket SET epic = 'OPS-1', outcome = '' WHERE id = 2",
		"UPDATE ticket SET outcome = '' WHERE id = 2;"
		"INSERT INTO ticket_link (from_id, to_id, kind, created_by, "
		"created_at) VALUES (1, 2, 'blocks', '', 0)",
		"UPDATE ticket SET outcome = '' WHERE id = 2;"
		"INSERT INTO ticket_link (from_id, to_id, kind, created_by, "
		"created_at) VALUES (2, 1, 'blocks', '', 0)",
	};
	const struct removed_limits limits = { .before = 9 * DAY };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(holds); i++) {
		int64_t ids[REMOVED_BATCH];
		struct folder f;
		struct db *db = folder_start(&f);
		sqlite3 *raw = folder_raw(&f);

		raw_exec(raw, fill);
		raw_exec(raw, TICKET(1, "done", 0) TICKET(2, "done", 2));
		raw_exec(raw, holds[i]);
		sqlite3_close(raw);
		db_begin(db);
		assert_int_equal(removed_tickets(db, &limits, 0, ids), i == 0);
		db_rollback(db);
		db_close(db);
		folder_remove(&f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_tickets_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
