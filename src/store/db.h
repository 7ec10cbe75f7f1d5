/* SPDX-License-Identifier: MIT */
/*
 * db.h: one connection to the database, statements by name.
 *
 * SQL lives in NAME.sql files, embedded at build and prepared by name; this
 * header and its implementations (sqlite.c; PostgreSQL fits behind struct
 * db_ops) are all that knows a dialect.  A connection belongs to one thread.
 *
 * Errors are sticky: the first failure (disk full, I/O, corruption, a
 * violated constraint) is remembered, every later statement does nothing and
 * reads as "no row", and the transaction cannot commit.  So domain code binds,
 * runs and reads without a check per line; whoever owns the transaction asks
 * db_failed once.  A rule of the domain is checked by a SELECT first: there is
 * one writer, so nothing can slip in between.
 *
 *	struct query *q = query(db, "run_by_key");
 *	bind_text(q, "key", key);
 *	if (query_next(q))
 *		run->id = column_int(q, "id");
 *	query_end(q);
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct db;
struct query;

enum db_mode { DB_WRITE, DB_READ };

/* path: a file (SQLite).  DB_WRITE creates and migrates nothing: see
 * migrate.h; DB_READ wants an existing file and never changes it.  SQLite:
 * WAL, synchronous=FULL, foreign keys, a second of patience with a stranger's
 * lock, automatic checkpoints off (see db_checkpoint), no mmap (a disk error
 * would be a SIGBUS). */
bool db_open(const char *path, enum db_mode mode, struct db **ret,
    struct err *e);
void db_close(struct db *db); /* NULL is fine */
const char *db_path(const struct db *db);

/* The named statement, ready for binding; ASSERTs that the name exists, as
 * binding and reading ASSERT parameter and column.  Nested use of the same
 * name gets a second instance.  Every query must have ended when a
 * transaction begins or ends (ASSERT). */
struct query *query(struct db *db, const char *name);
/* One that has no name of its own; for select.c alone. */
struct query *query_once(struct db *db, const char *name, const char *text);
void bind_text(struct query *q, const char *param, const char *v); /* NULL ok */
void bind_str(struct query *q, const char *param, struct str v);
void bind_int(struct query *q, const char *param, int64_t v);
void bind_null(struct query *q, const char *param);
/* Parameters by number, from 1; the name without the $. */
int query_param_count(struct query *q);
const char *query_param_name(struct query *q, int i);
void bind_text_at(struct query *q, int i, const char *v); /* NULL ok */
void bind_int_at(struct query *q, int i, int64_t v);
bool query_next(struct query *q); /* a row is there */
void query_end(struct query *q);  /* always, and nothing after it */
void query_run(struct query *q);  /* step to the end, and end */
int64_t query_run_count(struct query *q); /* the same; rows changed */

int64_t column_int(struct query *q, const char *name);	/* NULL reads 0 */
bool column_is_null(struct query *q, const char *name);
/* Copy in the arena; NULL stays NULL. */
char *column_text(struct query *q, const char *name, struct arena *a);
/* By position, for hot paths; the text lives until the next step, and its p is
 * NULL for NULL. */
int64_t column_int_at(struct query *q, int i);
bool column_is_null_at(struct query *q, int i);
struct str column_str_at(struct query *q, int i);
int column_count(struct query *q);
const char *column_name(struct query *q, int i);

/* For record.h: which member of a record goes to which parameter, or comes
 * from which column.  Looked up once: it stays with the prepared statement. */
struct query_fields {
	const void *of; /* the kind of record, NULL: not looked up yet */
	int count;
	const void **fields;
};
struct query_fields *query_bound_fields(struct query *q);
struct query_fields *query_read_fields(struct query *q);

/* Id of the row the last INSERT of this connection made. */
int64_t db_last_id(struct db *db);

/* Transactions.  Savepoints nest by number.  db_begin forgets an old error.  A
 * db_commit that returns false has rolled back. */
void db_begin(struct db *db);
bool db_commit(struct db *db, struct err *e); /* durable when true */
void db_rollback(struct db *db);	      /* clears the sticky error */
void db_savepoint(struct db *db);
void db_release(struct db *db);
void db_rollback_to(struct db *db); /* and release; clears an error that came
				     * after db_savepoint, unless it cost the
				     * whole transaction or db_broken */
/* True, and e filled, when something failed since begin or savepoint. */
bool db_failed(struct db *db, struct err *e);
/* The failure is of the disk or the file: stop the server (rules 8). */
bool db_broken(struct db *db);

/* Call fn(arg) after the outermost commit, in order; forgotten by a rollback
 * of the savepoint it was said in. */
void db_after_commit(struct db *db, void (*fn)(void *arg), void *arg);
/* The same for an arg that must be freed: dropped(arg) where it is forgotten.
 * One of the two is called, once. */
void db_after_commit_or(struct db *db, void (*fn)(void *arg),
    void (*dropped)(void *arg), void *arg);

/* Move the log of commits into the file, as far as readers allow.  Hinders
 * nobody, but costs two fsyncs: off the core thread, on a connection of its
 * own (DB_WRITE).  writer.c does it. */
bool db_checkpoint(struct db *db, struct err *e);
/* A consistent copy as of now in a new file at path, while others write: they
 * do not wait.  Durable when true.  Outside a transaction. */
bool db_copy(struct db *db, const char *path, struct err *e);
/* Length of that log after the last commit of this connection. */
int64_t db_log_bytes(struct db *db);
/* A statement that is not in a .sql file: PRAGMAs, migrations.  Text must be
 * a constant. */
bool db_exec(struct db *db, const char *sql, struct err *e);

#endif
