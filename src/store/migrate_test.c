/* SPDX-License-Identifier: MIT */
#include "store/store_testing.h"

#include <signal.h>

#include "store/meta.h"
#include "store/sql_text.h"

static int
current(struct db *db)
{
	struct err e;
	int number = -1;

	assert_ok(migrate_current(db, &number, &e), &e);
	return number;
}

/* The whole schema as one text. */
static char *
schema_of(const struct folder *f)
{
	sqlite3 *raw = folder_raw(f);
	sqlite3_stmt *stmt;
	struct buf all = { 0 };

	assert_int_equal(sqlite3_prepare_v2(raw,
	    "SELECT type, name, sql FROM sqlite_master ORDER BY type, name",
	    -1, &stmt, NULL), SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		buf_printf(&all, "%s %s %s\n", sqlite3_column_text(stmt, 0),
		    sqlite3_column_text(stmt, 1),
		    sqlite3_column_type(stmt, 2) == SQLITE_NULL ? (const
			unsigned char *)"" : sqlite3_column_text(stmt, 2));
	sqlite3_finalize(stmt);
	sqlite3_close(raw);
	return all.data;
}

static void
test_fresh_is_migrated(void **state)
{
	struct folder fresh, old;
	struct db *db = folder_start(&fresh);
	struct err e;
	char *a, *b;

	(void)state;
	assert_int_equal(current(db), migrate_latest());
	assert_ok(migrate(db, &e), &e);
	db_close(db);

	folder_make(&old);
	for (int n = 1; n <= migrate_latest(); n++) {
		db = folder_open(&old, DB_WRITE);
		assert_int_equal(current(db), n - 1);
		assert_ok(migrate_to(db, n, &e), &e);
		assert_int_equal(current(db), n);
		db_close(db);
	}
	a = schema_of(&fresh);
	b = schema_of(&old);
	assert_string_equal(a, b);
	assert_null(strchr(a, '@'));
	free(a);
	free(b);
	folder_remove(&fresh);
	folder_remove(&old);
}

static void
test_numbers(void **state)
{
	int expected = 0;

	(void)state;
	for (size_t i = 0; i < sql_texts_count; i++) {
		int number;

		if (sscanf(sql_texts[i].name, "migration:%d", &number) == 1)
			assert_int_equal(number, ++expected);
	}
	assert_int_equal(expected, migrate_latest());
}

static void
test_newer(void **state)
{
	struct folder f;
	struct db *db = folder_start(&f);
	struct err e = { 0 };
	char *before, *after;

	(void)state;
	db_begin(db);
	meta_set_int(db, "schema", migrate_latest() + 1);
	assert_ok(db_commit(db, &e), &e);
	before = schema_of(&f);
	assert_false(migrate(db, &e));
	assert_int_equal(e.class, ERR_CONFIG);
	assert_string_equal(e.code, "store.newer");
	assert_true(e.hint[0] != '\0');
	after = schema_of(&f);
	assert_string_equal(before, after);
	free(before);
	free(after);
	db_close(db);
	folder_remove(&f);
}

struct plan {
	struct folder *f;
	int nth;
};

static void
killed(void *arg)
{
	struct plan *p = arg;
	struct db *db = folder_open(p->f, DB_WRITE);
	char failpoint[40];
	struct err e;

	snprintf(failpoint, sizeof(failpoint), "db.exec.next:kill:%d", p->nth);
	setenv("SLIPWAY_FAILPOINT", failpoint, 1);
	migrate(db, &e);
	db_close(db);
}

/* Killed at each statement of each migration: whole or not at all. */
static void
test_killed(void **state)
{
	struct folder f;
	struct plan plan = { &f, 1 };
	char *before = NULL;
	int at = 0;

	(void)state;
	needs_failpoints();
	folder_make(&f);
	for (;;) {
		int status = in_child(killed, &plan);
		struct db *db = folder_open(&f, DB_WRITE);
		int now = current(db);
		char *schema = schema_of(&f);

		db_close(db);
		if (now > at) {
			at = now;
			plan.nth = 1;
		} else if (schema != NULL && before != NULL) {
			assert_string_equal(schema, before);
			plan.nth++;
		} else {
			assert_true(schema == before);
			plan.nth++;
		}
		free(before);
		before = schema;
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
			break;
	}
	assert_int_equal(at, migrate_latest());
	assert_non_null(strstr(before, "table audit "));
	free(before);
	folder_remove(&f);
}

/* Of the whole program, whoever wrote it. */
static void
test_statements_prepare(void **state)
{
	struct folder f;
	struct db *db = folder_start(&f);
	struct err e;

	(void)state;
	for (size_t i = 0; i < sql_texts_count; i++) {
		const struct sql_text *t = &sql_texts[i];

		if (strncmp(t->name, "migration:", 10) == 0 ||
		    t->dialect[0] != '\0')
			continue;
		if (strstr(t->text, "::") != NULL)
			fail_msg("%s: write CAST(x AS type)", t->name);
		query_end(query(db, t->name));
		if (db_failed(db, &e))
			fail_msg("%s", e.message);
	}
	db_close(db);
	folder_remove(&f);
}

static void
test_epoch(void **state)
{
	struct folder f;
	struct db *db = folder_start(&f);
	struct err e = { 0 };
	int64_t first = 0, second = 0;

	(void)state;
	assert_ok(meta_epoch_take(db, &first, &e), &e);
	assert_int_equal(first, 1);
	assert_ok(meta_epoch_check(db, first, &e), &e);
	db_close(db);
	db = folder_open(&f, DB_WRITE);
	assert_ok(meta_epoch_take(db, &second, &e), &e);
	assert_int_equal(second, 2);
	assert_false(meta_epoch_check(db, first, &e));
	assert_string_equal(e.code, "fence.epoch");
	db_close(db);
	folder_remove(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed), /* counts from 1 in a child */
		cmocka_unit_test(test_fresh_is_migrated),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_newer),
		cmocka_unit_test(test_statements_prepare),
		cmocka_unit_test(test_epoch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
