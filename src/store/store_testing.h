/* SPDX-License-Identifier: MIT */
/*
 * store_testing.h: a data folder that is gone after the test; for *_test.c
 * only.
 */
#ifndef STORE_STORE_TESTING_H
#define STORE_STORE_TESTING_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/scratch_testing.h"
#include "store/migrate.h"
#include "sys/file.h"

struct folder {
	char path[64];
	char db[80];
};

static inline void
folder_make(struct folder *f)
{
	scratch_make(f->path, sizeof(f->path), "store");
	snprintf(f->db, sizeof(f->db), "%s/db", f->path);
}

static inline void
folder_remove(struct folder *f)
{
	struct err e;

	assert_true(file_remove_tree(AT_FDCWD, f->path, &e));
}

static inline void
assert_ok(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s: %s", e->code, e->message);
}

static inline struct db *
folder_open(const struct folder *f, enum db_mode mode)
{
	struct db *db = NULL;
	struct err e = { 0 };

	assert_ok(db_open(f->db, mode, &db, &e), &e);
	return db;
}

/* A new folder with a migrated database. */
static inline struct db *
folder_start(struct folder *f)
{
	struct err e = { 0 };
	struct db *db;

	folder_make(f);
	db = folder_open(f, DB_WRITE);
	assert_ok(migrate(db, &e), &e);
	return db;
}

/* Without any of our safeguards. */
static inline sqlite3 *
folder_raw(const struct folder *f)
{
	sqlite3 *raw;

	assert_int_equal(sqlite3_open(f->db, &raw), SQLITE_OK);
	sqlite3_busy_timeout(raw, 5000);
	return raw;
}

static inline void
raw_exec(sqlite3 *raw, const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(raw, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
}

static inline int64_t
raw_int(sqlite3 *raw, const char *sql)
{
	sqlite3_stmt *stmt;
	int64_t v;

	if (sqlite3_prepare_v2(raw, sql, -1, &stmt, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(raw));
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	v = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return v;
}

/* The release has no failpoints to test with. */
static inline void
needs_failpoints(void)
{
#ifndef SLIPWAY_TESTING
	skip();
#endif
}

/* Run fn in a child; how it ended, as of waitpid. */
static inline int
in_child(void (*fn)(void *arg), void *arg)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		setenv("CMOCKA_TEST_ABORT", "1", 1);
		fn(arg);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

#endif
