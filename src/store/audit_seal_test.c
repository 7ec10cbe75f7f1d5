/* SPDX-License-Identifier: MIT */
#include "store/store_testing.h"

#include "store/audit_seal.h"

#define SEGMENTS 4
#define EACH 10	 /* events of a segment: nine, and that the one before is sealed */
#define LOOSE 8	 /* behind the last one */
#define EVENTS (SEGMENTS * EACH + LOOSE)
#define ROUNDS 1000

static const unsigned char key[SEAL_KEY] = { 7 }, other_key[SEAL_KEY] = { 8 };
static const struct audit_entry who = { .at = 5, .actor = "slipway",
	.via = "engine", .decision = "done" };

static void
append(struct db *db, int i)
{
	char object[16];
	struct audit_entry entry = { .at = 1795253000000 + i,
		.actor = i % 3 == 0 ? "ernie" : "tina", .via = "cli",
		.action = "ticket.approved", .object = object,
		.decision = "done", .detail = "{}" };

	snprintf(object, sizeof(object), "OPS-%d", i);
	audit_append(db, &entry);
}

static void
seal_with(struct db *db, const unsigned char by[SEAL_KEY])
{
	struct audit_seal s;
	struct err e = { 0 };
	bool any = false;

	assert_ok(audit_seal_make(db, by, 1, 99, &s, &any, &e), &e);
	assert_true(any);
	assert_ok(audit_seal_put(db, &s, &who, &e), &e);
}

static struct db *
start(struct folder *f)
{
	struct db *db = folder_start(f);
	char hash[DIGEST_HEX];
	struct err e;

	db_begin(db);
	for (int i = 0; i < SEGMENTS; i++) {
		while (audit_head(db, hash) < (i + 1) * EACH)
			append(db, i);
		seal_with(db, key);
	}
	while (audit_head(db, hash) < EVENTS)
		append(db, 77);
	assert_ok(db_commit(db, &e), &e);
	return db;
}

static void
test_sealed(void **state)
{
	struct folder f;
	struct db *db = start(&f);
	struct audit_seal s, again;
	struct audit_report r;
	struct err e = { 0 };
	bool any = true;

	(void)state;
	assert_true(audit_seal_last(db, &s));
	assert_int_equal(s.no, SEGMENTS);
	assert_int_equal(s.first, (SEGMENTS - 1) * EACH + 1);
	assert_int_equal(s.last, SEGMENTS * EACH);
	assert_ok(audit_seal_read(db, &s, &e), &e);
	for (int full = 0; full < 2; full++) {
		assert_ok(audit_verify_sealed(db, key, full, &r, &e), &e);
		assert_int_equal(r.count, EVENTS);
		assert_int_equal(r.head, EVENTS);
		assert_ok(audit_verify_sealed(db, NULL, full, &r, &e), &e);
		assert_false(audit_verify_sealed(db, other_key, full, &r, &e));
		assert_string_equal(e.code, "audit.seal");
	}
	assert_ok(audit_seal_make(db, key, LOOSE + 1, 1, &s, &any, &e), &e);
	assert_false(any);
	assert_ok(audit_seal_make(db, key, LOOSE, 1, &s, &any, &e), &e);
	assert_true(any);
	assert_int_equal(s.last, EVENTS);

	/* two that make the same one: the second is told */
	again = s;
	db_begin(db);
	assert_ok(audit_seal_put(db, &s, &who, &e), &e);
	assert_ok(db_commit(db, &e), &e);
	db_begin(db);
	assert_false(audit_seal_put(db, &again, &who, &e));
	assert_string_equal(e.code, "audit.sealed");
	db_rollback(db);
	db_close(db);
	folder_remove(&f);
}

/* A chain that is not whole is not sealed. */
static void
test_not_whole(void **state)
{
	struct folder f;
	struct db *db = start(&f);
	sqlite3 *raw = folder_raw(&f);
	struct audit_seal s;
	struct err e = { 0 };
	bool any;

	(void)state;
	raw_exec(raw, "DROP TRIGGER audit_no_update;"
	    "UPDATE audit SET actor = 'x' WHERE seq = 45");
	assert_false(audit_seal_make(db, key, 1, 1, &s, &any, &e));
	assert_string_equal(e.code, "audit.broken");
	sqlite3_close(raw);
	db_close(db);
	folder_remove(&f);
}

/* --- tampering ------------------------------------------------------------ */

static uint64_t seed = 20261121;

static int
pick(int n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (int)((seed >> 33) % (uint64_t)n);
}

/* What the quick look may miss: what is inside a segment. */
static bool hidden;

static void
exec_at(sqlite3 *raw, const char *before, int at)
{
	char sql[300];

	snprintf(sql, sizeof(sql), "%s%d", before, at);
	raw_exec(raw, sql);
}

static void
tamper_inside(sqlite3 *raw, struct db *db)
{
	static const char *const forms[] = {
		"UPDATE audit SET actor = actor || 'x' WHERE seq = ",
		"UPDATE audit SET at = at + 1 WHERE seq = ",
		"UPDATE audit SET detail = ' {}' WHERE seq = ",
		"UPDATE audit SET prev = upper(prev) || '0' WHERE seq = ",
	};
	const int at = pick(SEGMENTS) * EACH + 1 + pick(EACH - 1);

	(void)db;
	exec_at(raw, forms[pick((int)ARRAY_SIZE(forms))], at);
	hidden = true;
}

static void
tamper_hash(sqlite3 *raw, struct db *db)
{
	(void)db;
	exec_at(raw, "UPDATE audit SET hash = replace(hash, substr(hash, 9, 1),"
	    " 'g') WHERE seq = ", (1 + pick(SEGMENTS)) * EACH);
}

static void
tamper_loose(sqlite3 *raw, struct db *db)
{
	(void)db;
	exec_at(raw, "UPDATE audit SET reason = 'so' WHERE seq = ",
	    SEGMENTS * EACH + 1 + pick(LOOSE));
}

static void
tamper_hole(sqlite3 *raw, struct db *db)
{
	(void)db;
	exec_at(raw, "DELETE FROM audit WHERE seq = ", 1 + pick(EVENTS));
}

static void
tamper_cut(sqlite3 *raw, struct db *db)
{
	const int at = pick(EVENTS);

	(void)db;
	exec_at(raw, "DELETE FROM audit WHERE seq > ", at);
	if (pick(2) == 0)
		exec_at(raw, "DELETE FROM audit_segment WHERE last > ", at);
}

/* A copy of an old day that went on since, honestly. */
static void
tamper_old(sqlite3 *raw, struct db *db)
{
	const int at = 1 + pick(EVENTS - 2);
	char hash[DIGEST_HEX];
	struct err e;

	exec_at(raw, "DELETE FROM audit WHERE seq > ", at);
	exec_at(raw, "DELETE FROM audit_segment WHERE last >= ", at);
	raw_exec(raw, "COMMIT");
	db_begin(db);
	while (audit_head(db, hash) < EVENTS + 2)
		append(db, 500);
	seal_with(db, key);
	assert_ok(db_commit(db, &e), &e);
	raw_exec(raw, "BEGIN");
}

static void
tamper_seal(sqlite3 *raw, struct db *db)
{
	static const char *const forms[] = { "no = no + 10", "first = first + 1",
		"last = last - 1", "to_at = to_at + 1", "bytes = bytes - 1",
		"at = at + 1", "hash = (SELECT hash FROM audit WHERE seq = 3)",
		"sha256 = upper(sha256) || '0'", "prev = sha256",
		"seal = sha256" };
	char sql[200];

	(void)db;
	snprintf(sql, sizeof(sql), "UPDATE audit_segment SET %s WHERE no = %d",
	    forms[pick((int)ARRAY_SIZE(forms))], 1 + pick(SEGMENTS));
	raw_exec(raw, sql);
}

static void
tamper_remove(sqlite3 *raw, struct db *db)
{
	(void)db;
	exec_at(raw, pick(2) == 0 ? "DELETE FROM audit_segment WHERE no = "
		: "DELETE FROM audit_segment WHERE no >= ",
	    1 + pick(SEGMENTS));
}

/* All that follows an edit made anew, by somebody without the key. */
static void
tamper_forge(sqlite3 *raw, struct db *db)
{
	const int from = pick(SEGMENTS) * EACH;
	char hash[DIGEST_HEX];
	struct err e;

	exec_at(raw, "DELETE FROM audit WHERE seq > ", from);
	exec_at(raw, "DELETE FROM audit_segment WHERE last > ", from);
	raw_exec(raw, "COMMIT");
	db_begin(db);
	while (audit_head(db, hash) < from + EACH)
		append(db, 300);
	seal_with(db, other_key);
	while (audit_head(db, hash) < EVENTS)
		append(db, 400);
	assert_ok(db_commit(db, &e), &e);
	raw_exec(raw, "BEGIN");
}

static void (*const tamperings[])(sqlite3 *raw, struct db *db) = {
	tamper_inside, tamper_hash, tamper_loose, tamper_hole, tamper_cut,
	tamper_old, tamper_seal, tamper_remove, tamper_forge };

static bool
is_found(struct db *db, const char *anchor, bool full)
{
	struct audit_report r;
	struct err e = { 0 };

	if (!audit_verify_sealed(db, key, full, &r, &e)) {
		assert_true(streq(e.code, "audit.broken") ||
		    streq(e.code, "audit.seal"));
		return true;
	}
	return !audit_anchor_check(db, anchor, AUDIT_ANCHOR_LAST, &e);
}

static void
test_tampering(void **state)
{
	struct folder f;
	struct db *db = start(&f);
	sqlite3 *raw = folder_raw(&f);
	char anchor[80], hash[DIGEST_HEX];
	struct err e = { 0 };
	int missed = 0;

	(void)state;
	snprintf(anchor, sizeof(anchor), "%s/anchor", f.path);
	assert_true(audit_anchor_write(anchor, audit_head(db, hash), hash,
	    &e));
	raw_exec(raw, "PRAGMA synchronous = OFF; DROP TRIGGER audit_no_update;"
	    "DROP TRIGGER audit_no_delete;"
	    "DROP TRIGGER audit_segment_no_update;"
	    "DROP TRIGGER audit_segment_no_delete;"
	    "CREATE TABLE kept AS SELECT * FROM audit;"
	    "CREATE TABLE seals AS SELECT * FROM audit_segment");
	for (int i = 0; i < ROUNDS; i++) {
		hidden = false;
		raw_exec(raw, "BEGIN");
		tamperings[i % (int)ARRAY_SIZE(tamperings)](raw, db);
		raw_exec(raw, "COMMIT");
		if (!is_found(db, anchor, true))
			fail_msg("round %d: not found", i);
		if (!is_found(db, anchor, false)) {
			missed++;
			if (!hidden)
				fail_msg("round %d: not found quickly", i);
		}
		raw_exec(raw, "BEGIN; DELETE FROM audit;"
		    "DELETE FROM audit_segment;"
		    "INSERT INTO audit SELECT * FROM kept;"
		    "INSERT INTO audit_segment SELECT * FROM seals; COMMIT");
	}
	assert_true(missed <= ROUNDS / (int)ARRAY_SIZE(tamperings) + 1);
	assert_false(is_found(db, anchor, true));
	sqlite3_close(raw);
	db_close(db);
	folder_remove(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sealed),
		cmocka_unit_test(test_not_whole),
		cmocka_unit_test(test_tampering),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
