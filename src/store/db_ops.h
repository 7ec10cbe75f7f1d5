/* SPDX-License-Identifier: MIT */
/*
 * db_ops.h: what a database must do to stand behind db.h.
 *
 * db.c (transactions, errors, after the commit) and query.c (statements by
 * name, rows) own what has no dialect.  A dialect (sqlite.c) owns one
 * `handle` per connection and one `void *stmt` per prepared statement, and
 * reports every failure through db_fail before it returns.  Only these files
 * and the dialects include this header.
 *
 * To add a database: write its struct db_ops, choose it in db_open by the
 * form of the path, and give the statements it needs a variant block
 * ("-- name: run_claim [postgres]").
 */
#ifndef STORE_DB_OPS_H
#define STORE_DB_OPS_H

#include "base/map.h"
#include "store/db.h"

/* Transaction control; a savepoint is always the innermost one. */
enum db_control {
	DB_BEGIN,
	DB_COMMIT,
	DB_ROLLBACK,
	DB_SAVEPOINT,
	DB_RELEASE,
	DB_ROLLBACK_TO,
	DB_CONTROLS
};

enum db_step { DB_STEP_ROW, DB_STEP_DONE, DB_STEP_FAILED };

enum db_damage {
	DB_STATEMENT, /* the statement had no effect */
	DB_BROKEN     /* the disk or the file: stop the server */
};

/* MUST, all of them. */
struct db_ops {
	const char *dialect; /* of sql_texts; "" takes the common text */
	/* What the tokens of the migrations mean here. */
	const char *token_id;
	const char *token_strict;

	bool (*open)(struct db *db, struct err *e); /* sets db->handle */
	void (*close)(struct db *db);

	/* NULL: failed. */
	void *(*prepare)(struct db *db, const char *name, const char *text);
	void (*finalize)(void *stmt);
	enum db_step (*step)(struct db *db, const char *name, void *stmt);
	void (*reset)(void *stmt); /* bindings too */

	/* Parameters count from 1, columns from 0.  Values are copied. */
	int (*param_count)(void *stmt);
	const char *(*param_name)(void *stmt, int i); /* without the $ */
	void (*bind_text)(struct db *db, void *stmt, int i, struct str v);
	void (*bind_int)(struct db *db, void *stmt, int i, int64_t v);
	void (*bind_null)(struct db *db, void *stmt, int i);

	int (*column_count)(void *stmt);
	const char *(*column_name)(void *stmt, int i);
	bool (*column_is_null)(void *stmt, int i);
	int64_t (*column_int)(void *stmt, int i);
	struct str (*column_str)(void *stmt, int i); /* until the next step */

	int64_t (*changes)(struct db *db); /* of the last statement */
	int64_t (*last_id)(struct db *db);

	bool (*control)(struct db *db, enum db_control what);
	/* The database has not thrown the transaction away by itself. */
	bool (*in_transaction)(struct db *db);
	/* Several statements in one text. */
	bool (*exec)(struct db *db, const char *sql);
	bool (*checkpoint)(struct db *db);
	bool (*copy)(struct db *db, const char *path); /* see db_copy */
	int64_t (*log_bytes)(struct db *db); /* see db_log_bytes */
};

extern const struct db_ops sqlite_ops;

/* One name, and its prepared instances that are not in use. */
struct statement {
	const char *name;
	const char *text;
	struct query *idle;
};

struct query {
	struct db *db;
	struct statement *of;
	void *stmt; /* NULL: could not be prepared, db->failed */
	bool row;   /* a row is there to be read */
	bool over;  /* no more rows */
	bool once;  /* of a text of its own, which goes with it */
	int column; /* where the last look-up by name ended */
	int param;  /* the same, from 0 */
	char **params; /* names, or NULL: not asked for yet */
	struct query_fields bound, read;
	struct query *next;
};

/* Not one that is in use. */
void query_destroy(struct query *q);

struct db_hook {
	void (*fn)(void *arg);
	void (*dropped)(void *arg); /* or NULL */
	void *arg;
};

/* What a savepoint goes back to. */
struct db_mark {
	size_t hooks;
	bool failed; /* already, so that it was never set in the database */
};

#define DB_MAGIC 0xdb000001u
#define DB_SAVEPOINTS 16 /* nested at most */

struct db {
	unsigned magic;
	const struct db_ops *ops;
	void *handle;
	enum db_mode mode;
	char *path;

	struct err err; /* the first failure, when failed */
	bool failed;
	bool lost;   /* and the whole transaction with it */
	bool broken; /* for ever */

	bool in_transaction;
	struct db_mark marks[DB_SAVEPOINTS];
	unsigned depth; /* of marks */
	struct db_hook *hooks;
	size_t nhooks, hooks_cap;

	struct map statements;
	unsigned in_use; /* queries not ended */
};

/* Remember a failure; only the first of a transaction counts. */
void db_fail(struct db *db, const struct err *e, enum db_damage damage);

#endif
