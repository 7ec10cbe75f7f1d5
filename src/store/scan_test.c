/* SPDX-License-Identifier: MIT */
#include "store/store_testing.h"

#include "store/sql_text.h"

/*
 * Statements that may read a whole table, by the beginning of their name.  All
 * others find their rows by an index: a partial one only serves a statement
 * that repeats its condition, which a parameter does not imply.
 */
static const char *const may_scan[] = {
	/* the last row by its key */
	"audit_head", "audit_seal_last", "backup_last",
	/* checks and reports of everything */
	"audit_count", "doctor_", "evidence_", "fsck_", "metrics_", "removed_",
	"review_",
	/* tables that stay small */
	"discovery_over", "filter_", "glass_code_", "meta_exists", "pause_",
	"resource_costs", "resource_get_by_name", "secret_list",
	"sight_scopes",
};

static bool
scan_is_allowed(const char *statement)
{
	for (size_t i = 0; i < ARRAY_SIZE(may_scan); i++)
		if (strncmp(statement, may_scan[i], strlen(may_scan[i])) == 0)
			return true;
	return false;
}

/* An index with a condition holds what is open, alive, due: little. */
static bool
scan_is_partial(sqlite3 *raw, const char *plan)
{
	const char *index = strstr(plan, " INDEX ");
	sqlite3_stmt *stmt;
	bool partial;

	if (index == NULL)
		return false;
	assert_int_equal(sqlite3_prepare_v2(raw, "SELECT sql LIKE '%WHERE%' "
	    "FROM sqlite_master WHERE name = ?", -1, &stmt, NULL), SQLITE_OK);
	sqlite3_bind_text(stmt, 1, index + strlen(" INDEX "), -1,
	    SQLITE_STATIC);
	partial = sqlite3_step(stmt) == SQLITE_ROW &&
	    sqlite3_column_int(stmt, 0) != 0;
	sqlite3_finalize(stmt);
	return partial;
}

/* Of a line of EXPLAIN QUERY PLAN: is it a table, and read from end to end? */
static bool
scan_is_whole(sqlite3 *raw, const char *plan)
{
	return strncmp(plan, "SCAN ", 5) == 0 &&
	    strncmp(plan, "SCAN (subquery", 14) != 0 &&
	    strncmp(plan, "SCAN CONSTANT", 13) != 0 &&
	    strncmp(plan, "SCAN below", 10) != 0 && /* made by the statement */
	    strstr(plan, "VIRTUAL TABLE") == NULL && !scan_is_partial(raw, plan);
}

static void
scan_look(sqlite3 *raw, const struct sql_text *t)
{
	char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", t->text);
	sqlite3_stmt *stmt;

	if (sqlite3_prepare_v2(raw, explain, -1, &stmt, NULL) != SQLITE_OK)
		fail_msg("%s: %s", t->name, sqlite3_errmsg(raw));
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		const char *plan = (const char *)sqlite3_column_text(stmt, 3);

		if (scan_is_whole(raw, plan))
			fail_msg("%s reads a whole table: %s", t->name, plan);
	}
	sqlite3_finalize(stmt);
	sqlite3_free(explain);
}

/* What is asked for does not take longer because there is much else. */
static void
test_statements_use_indexes(void **state)
{
	struct folder f;
	struct db *db = folder_start(&f);
	sqlite3 *raw = folder_raw(&f);

	(void)state;
	for (size_t i = 0; i < sql_texts_count; i++)
		if (strncmp(sql_texts[i].name, "migration:", 10) != 0 &&
		    sql_texts[i].dialect[0] == '\0' &&
		    !scan_is_allowed(sql_texts[i].name))
			scan_look(raw, &sql_texts[i]);
	sqlite3_close(raw);
	db_close(db);
	folder_remove(&f);
}

/* A condition left out is found. */
static void
test_a_scan_is_seen(void **state)
{
	struct folder f;
	struct db *db = folder_start(&f);
	sqlite3 *raw = folder_raw(&f);

	(void)state;
	assert_true(scan_is_whole(raw, "SCAN run"));
	assert_true(scan_is_whole(raw,
	    "SCAN attempt USING INDEX attempt_by_run"));
	assert_false(scan_is_whole(raw,
	    "SCAN attempt USING INDEX attempt_live"));
	assert_false(scan_is_whole(raw,
	    "SEARCH run USING INDEX run_by_undo (undo_of=?)"));
	sqlite3_close(raw);
	db_close(db);
	folder_remove(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statements_use_indexes),
		cmocka_unit_test(test_a_scan_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
