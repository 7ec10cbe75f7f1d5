/* SPDX-License-Identifier: MIT */
#include "store/store_testing.h"

#include "store/audit.h"

#define EVENTS 40
#define ROUNDS 1000

static void
append(struct db *db, int i)
{
	char object[16], reason[64];
	struct audit_entry entry = { .at = 1795253000000 + i,
		.actor = i % 3 == 0 ? "ernie" : "tina", .via = "cli",
		.action = "ticket.approved", .object = object,
		.decision = "done", .reason = reason,
		.detail = "{\"n\": 1}", .request_id = "r-1" };

	snprintf(object, sizeof(object), "OPS-%d", i);
	snprintf(reason, sizeof(reason), "because \"%d\"\n\xc3\xa9", i);
	audit_append(db, &entry);
}

static struct db *
start(struct folder *f)
{
	struct db *db = folder_start(f);
	struct err e;

	db_begin(db);
	for (int i = 1; i <= EVENTS; i++)
		append(db, i);
	assert_ok(db_commit(db, &e), &e);
	return db;
}

static void
test_chain(void **state)
{
	struct folder f;
	struct db *db = start(&f);
	struct audit_report r;
	struct err e = { 0 };
	char hash[DIGEST_HEX];

	(void)state;
	assert_ok(audit_verify(db, 1, &r, &e), &e);
	assert_int_equal(r.count, EVENTS);
	assert_int_equal(r.head, EVENTS);
	assert_int_equal(r.bad, 0);
	assert_int_equal(audit_head(db, hash), EVENTS);
	assert_string_equal(hash, r.hash);
	assert_ok(audit_verify(db, 31, &r, &e), &e);
	assert_int_equal(r.count, EVENTS - 30);
	assert_false(audit_verify(db, EVENTS + 2, &r, &e));

	/* a rolled back event leaves no hole */
	db_begin(db);
	db_savepoint(db);
	append(db, 77);
	db_rollback_to(db);
	append(db, 78);
	assert_ok(db_commit(db, &e), &e);
	assert_ok(audit_verify(db, 1, &r, &e), &e);
	assert_int_equal(r.head, EVENTS + 1);
	db_close(db);
	folder_remove(&f);
}

static void
test_triggers(void **state)
{
	static const char *const attempts[] = {
		"UPDATE audit SET actor = 'nobody' WHERE seq = 3",
		"DELETE FROM audit WHERE seq = 3",
		"DELETE FROM audit",
		"REPLACE INTO audit SELECT * FROM audit WHERE seq = 3",
	};
	struct folder f;
	struct db *db = start(&f);
	struct audit_report r;
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(attempts); i++) {
		assert_false(db_exec(db, attempts[i], &e));
		assert_non_null(strstr(e.message, "append-only"));
	}
	assert_ok(audit_verify(db, 1, &r, &e), &e);
	assert_int_equal(r.count, EVENTS);
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

static int grown; /* events of an old copy that is to grow; 0: none */

static int
pick_event(void)
{
	return 1 + pick(EVENTS);
}

static void
tamper_edit(sqlite3 *raw)
{
	static const char *const columns[] = { "at", "actor", "via", "address",
		"action", "object", "decision", "reason", "detail",
		"request_id", "prev", "hash" };
	const char *column = columns[pick((int)ARRAY_SIZE(columns))];
	char sql[200];

	if (column == columns[0])
		snprintf(sql, sizeof(sql),
		    "UPDATE audit SET at = at + 1 WHERE seq = %d",
		    pick_event());
	else
		snprintf(sql, sizeof(sql),
		    "UPDATE audit SET %s = %s || '%c' WHERE seq = %d", column,
		    column, 'a' + pick(26), pick_event());
	raw_exec(raw, sql);
}

/* The same bytes, but the border of two texts has moved. */
static void
tamper_shift(sqlite3 *raw)
{
	char sql[200];

	snprintf(sql, sizeof(sql), "UPDATE audit SET actor = actor || "
	    "substr(via, 1, 1), via = substr(via, 2) WHERE seq = %d",
	    pick_event());
	raw_exec(raw, sql);
}

static void
tamper_hole(sqlite3 *raw)
{
	char sql[100];

	snprintf(sql, sizeof(sql), "DELETE FROM audit WHERE seq = %d",
	    1 + pick(EVENTS - 1));
	raw_exec(raw, sql);
}

/* A hole that was closed by counting anew. */
static void
tamper_close_up(sqlite3 *raw)
{
	int seq = 1 + pick(EVENTS - 1);
	char sql[200];

	snprintf(sql, sizeof(sql), "DELETE FROM audit WHERE seq = %d;"
	    "UPDATE audit SET seq = -seq WHERE seq > %d;"
	    "UPDATE audit SET seq = -seq - 1 WHERE seq < 0", seq, seq);
	raw_exec(raw, sql);
}

static void
tamper_swap(sqlite3 *raw)
{
	int a = pick_event(), b = pick_event();
	char sql[200];

	if (a == b)
		b = a % EVENTS + 1;
	snprintf(sql, sizeof(sql), "UPDATE audit SET seq = -1 WHERE seq = %d;"
	    "UPDATE audit SET seq = %d WHERE seq = %d;"
	    "UPDATE audit SET seq = %d WHERE seq = -1", a, a, b, b);
	raw_exec(raw, sql);
}

static void
tamper_add(sqlite3 *raw)
{
	char sql[300];

	snprintf(sql, sizeof(sql), "INSERT INTO audit SELECT %d, at, actor, "
	    "via, address, action, object, decision, reason, detail, "
	    "request_id, prev, hash FROM kept WHERE seq = %d",
	    pick(2) == 0 ? EVENTS + 1 : -pick(3), pick_event());
	raw_exec(raw, sql);
}

static void
tamper_cut(sqlite3 *raw)
{
	char sql[100];

	snprintf(sql, sizeof(sql), "DELETE FROM audit WHERE seq > %d",
	    pick(EVENTS));
	raw_exec(raw, sql);
}

/* Two rows keep their numbers and change what is in them. */
static void
tamper_exchange(sqlite3 *raw)
{
	int a = pick_event(), b = pick_event();
	char sql[400];

	if (a == b)
		b = a % EVENTS + 1;
	snprintf(sql, sizeof(sql), "UPDATE audit SET (at, actor, object, "
	    "reason) = (SELECT at, actor, object, reason FROM kept WHERE "
	    "seq = %d) WHERE seq = %d; UPDATE audit SET (at, actor, object, "
	    "reason) = (SELECT at, actor, object, reason FROM kept WHERE "
	    "seq = %d) WHERE seq = %d", b, a, a, b);
	raw_exec(raw, sql);
}

/* The same value to a reader, of another kind. */
static void
tamper_type(sqlite3 *raw)
{
	static const char *const forms[] = {
		"reason = CAST(reason || x'00' AS TEXT)",
		"detail = ' ' || detail",
		"address = '0'",
		"hash = upper(hash)",
		"at = -at",
	};
	char sql[200];

	snprintf(sql, sizeof(sql), "UPDATE audit SET %s WHERE seq = %d",
	    forms[pick((int)ARRAY_SIZE(forms))], pick_event());
	raw_exec(raw, sql);
}

/* An edit whose own hash is right again. */
static void
tamper_forge(sqlite3 *raw)
{
	char sql[400];
	int at = 1 + pick(EVENTS - 1);

	snprintf(sql, sizeof(sql), "UPDATE audit SET hash = (SELECT hash FROM "
	    "kept WHERE seq = %d) WHERE seq = %d", at + 1, at);
	raw_exec(raw, sql);
}

/* A table of an old day, to which new events were added since. */
static void
tamper_old(sqlite3 *raw)
{
	int cut = 1 + pick(EVENTS - 2);
	char sql[400];

	snprintf(sql, sizeof(sql), "DELETE FROM audit WHERE seq > %d", cut);
	raw_exec(raw, sql);
	grown = cut;
}

static void (*const tamperings[])(sqlite3 *raw) = { tamper_edit, tamper_shift,
	tamper_hole, tamper_close_up, tamper_swap, tamper_add, tamper_cut,
	tamper_exchange, tamper_type, tamper_forge, tamper_old };

/* What an honest server appends to an old copy is a chain of its own. */
static void
grow(struct db *db)
{
	struct err e;

	if (grown == 0)
		return;
	db_begin(db);
	while (grown < EVENTS + 2)
		append(db, 1000 + grown++);
	assert_ok(db_commit(db, &e), &e);
	grown = 0;
}

static void
test_tampering(void **state)
{
	struct folder f;
	struct db *db = start(&f);
	sqlite3 *raw = folder_raw(&f);
	struct audit_report r;
	struct err e = { 0 };
	char anchor[80], hash[DIGEST_HEX];
	int found = 0;

	(void)state;
	snprintf(anchor, sizeof(anchor), "%s/anchor", f.path);
	assert_false(audit_anchor_check(db, anchor, AUDIT_ANCHOR_LAST, &e));
	assert_string_equal(e.code, "audit.no_anchor");
	assert_true(audit_anchor_write(anchor, audit_head(db, hash), hash,
	    &e));
	raw_exec(raw, "PRAGMA synchronous = OFF; DROP TRIGGER audit_no_update;"
	    "DROP TRIGGER audit_no_delete;"
	    "CREATE TABLE kept AS SELECT * FROM audit");
	for (int i = 0; i < ROUNDS; i++) {
		raw_exec(raw, "BEGIN");
		tamperings[i % (int)ARRAY_SIZE(tamperings)](raw);
		raw_exec(raw, "COMMIT");
		grow(db);
		if (!audit_verify(db, 1, &r, &e)) {
			assert_string_equal(e.code, "audit.broken");
			assert_true(r.bad != 0 && r.bad <= EVENTS + 1);
			found++;
		} else if (!audit_anchor_check(db, anchor, AUDIT_ANCHOR_LAST,
			       &e)) {
			assert_true(streq(e.code, "audit.tail_cut") ||
			    streq(e.code, "audit.rewritten"));
			found++;
		}
		raw_exec(raw, "BEGIN; DELETE FROM audit;"
		    "INSERT INTO audit SELECT * FROM kept; COMMIT");
	}
	assert_int_equal(found, ROUNDS);
	assert_ok(audit_verify(db, 1, &r, &e), &e);
	assert_ok(audit_anchor_check(db, anchor, AUDIT_ANCHOR_LAST, &e), &e);
	sqlite3_close(raw);
	db_close(db);
	folder_remove(&f);
}

/* A whole new chain is right in itself and not the one that was anchored. */
static void
test_rewritten(void **state)
{
	struct folder f, other;
	struct db *db = start(&f), *forged = folder_start(&other);
	struct err e;
	char anchor[80], hash[DIGEST_HEX];

	(void)state;
	snprintf(anchor, sizeof(anchor), "%s/anchor", f.path);
	assert_true(audit_anchor_write(anchor, audit_head(db, hash), hash,
	    &e));
	db_begin(forged);
	for (int i = 1; i <= EVENTS + 5; i++)
		append(forged, i == 7 ? 8 : i);
	assert_ok(db_commit(forged, &e), &e);
	assert_false(audit_anchor_check(forged, anchor, AUDIT_ANCHOR_LAST, &e));
	assert_string_equal(e.code, "audit.rewritten");
	assert_int_equal(err_class_info(e.class)->exit, 2);
	assert_true(file_replace(AT_FDCWD, anchor, "40 abc\n", 7, 0600, &e));
	assert_false(audit_anchor_check(db, anchor, AUDIT_ANCHOR_LAST, &e));
	assert_string_equal(e.code, "audit.anchor");
	db_close(forged);
	db_close(db);
	folder_remove(&other);
	folder_remove(&f);
}

/* A file of many anchors, as it grows elsewhere. */
static void
test_anchors(void **state)
{
	struct folder f;
	struct db *db = start(&f);
	struct err e = { 0 };
	char path[80], hash[DIGEST_HEX];
	sqlite3 *raw;
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s/anchors", f.path);
	fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	assert_false(audit_anchor_check_fd(db, fd, path, AUDIT_ANCHOR_EACH,
	    &e));
	assert_string_equal(e.code, "audit.no_anchor");
	for (int i = 0; i < 2000; i++) {
		int64_t seq = 1 + i * EVENTS / 2000;

		assert_true(audit_hash_at(db, seq, hash));
		assert_ok(audit_anchor_add(fd, seq, hash, 1000 * i, &e), &e);
	}
	assert_ok(audit_anchor_check(db, path, AUDIT_ANCHOR_EACH, &e), &e);
	/* what a crash left of a line does not spoil the next one */
	assert_true(file_write_all(fd, "40 0011", 7));
	assert_ok(audit_anchor_check(db, path, AUDIT_ANCHOR_LAST, &e), &e);
	assert_ok(audit_anchor_add(fd, EVENTS, hash, 0, &e), &e);
	assert_ok(audit_anchor_check(db, path, AUDIT_ANCHOR_EACH, &e), &e);

	/* an event in the middle is another one, and all hashes fit it */
	raw = folder_raw(&f);
	raw_exec(raw, "DROP TRIGGER audit_no_update; UPDATE audit SET hash = "
	    "replace(hash, '0', '1') WHERE seq = 20");
	sqlite3_close(raw);
	assert_ok(audit_anchor_check(db, path, AUDIT_ANCHOR_LAST, &e), &e);
	assert_false(audit_anchor_check(db, path, AUDIT_ANCHOR_EACH, &e));
	assert_string_equal(e.code, "audit.rewritten");
	assert_non_null(strstr(e.message, "event 20 "));
	assert_true(audit_hash_at(db, EVENTS, hash));
	assert_ok(audit_anchor_add(fd, EVENTS + 1, hash, 0, &e), &e);
	assert_false(audit_anchor_check(db, path, AUDIT_ANCHOR_LAST, &e));
	assert_string_equal(e.code, "audit.tail_cut");
	close(fd);
	db_close(db);
	folder_remove(&f);
}

static void
test_anchor_due(void **state)
{
	struct audit_anchor a = { 0 };

	(void)state;
	assert_true(audit_anchor_due(&a, 0) == INT64_MAX);
	assert_true(audit_anchor_due(&a, 1) == 0);
	a = (struct audit_anchor){ .seq = 1, .boot_ms = 5000 };
	assert_true(audit_anchor_due(&a, 1) == INT64_MAX);
	assert_true(audit_anchor_due(&a, 2) == 65000);
	assert_true(audit_anchor_due(&a, 100) == 65000);
	assert_true(audit_anchor_due(&a, 101) == 6000);
}

/* --- export --------------------------------------------------------------- */

static bool
write_line(void *arg, struct str line)
{
	int *fd = arg;

	return file_write_all(*fd, line.p, line.n);
}

static void
run_verifier(void *arg)
{
	char *const *argv = arg;

	close(STDOUT_FILENO);
	open("/dev/null", O_WRONLY);
	execv(argv[0], argv);
	_exit(127);
}

static int
verifier(const char *anchor, const char *file)
{
	char script[] = "script/audit-verify", option[] = "--anchor";
	char anchor_arg[80], file_arg[80];
	char *argv[] = { script, option, anchor_arg, file_arg, NULL };
	int status;

	snprintf(anchor_arg, sizeof(anchor_arg), "%s", anchor);
	snprintf(file_arg, sizeof(file_arg), "%s", file);
	status = in_child(run_verifier, argv);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
export_to(struct db *db, const char *path)
{
	struct err e;
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_ok(audit_export(db, 1, INT64_MAX, write_line, &fd, &e), &e);
	close(fd);
}

/* The script agrees, without any of our code; run from the root. */
static void
test_export(void **state)
{
	struct folder f;
	struct db *db = start(&f);
	struct audit_entry odd = { .at = 0, .actor = "\xff\xc3(",
		.reason = "a\x01" "b\x7f\xe2\x80\xa8", .detail = "{}" };
	struct audit_report r;
	struct err e;
	char anchor[80], file[80], hash[DIGEST_HEX];
	struct buf text = { 0 };
	sqlite3 *raw;

	(void)state;
	if (access("script/audit-verify", X_OK) < 0)
		skip();
	db_begin(db);
	audit_append(db, &odd);
	assert_ok(db_commit(db, &e), &e);
	assert_ok(audit_verify(db, 1, &r, &e), &e);
	snprintf(anchor, sizeof(anchor), "%s/anchor", f.path);
	snprintf(file, sizeof(file), "%s/export", f.path);
	assert_true(audit_anchor_write(anchor, audit_head(db, hash), hash,
	    &e));
	export_to(db, file);
	assert_int_equal(verifier(anchor, file), 0);

	/* the last line is lost; a letter is changed */
	assert_true(file_read(AT_FDCWD, file, 1 << 20, &text, &e));
	text.data[text.len - 1] = '\0';
	text.len = (size_t)(strrchr(text.data, '\n') + 1 - text.data);
	assert_true(file_replace(AT_FDCWD, file, text.data, text.len, 0600,
	    &e));
	assert_int_equal(verifier(anchor, file), 2);
	raw = folder_raw(&f);
	raw_exec(raw, "DROP TRIGGER audit_no_update;"
	    "UPDATE audit SET actor = 'tinb' WHERE seq = 5");
	sqlite3_close(raw);
	export_to(db, file);
	assert_int_equal(verifier(anchor, file), 2);
	buf_finish(&text);
	db_close(db);
	folder_remove(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_triggers),
		cmocka_unit_test(test_tampering),
		cmocka_unit_test(test_rewritten),
		cmocka_unit_test(test_anchors),
		cmocka_unit_test(test_anchor_due),
		cmocka_unit_test(test_export),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
