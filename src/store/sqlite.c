/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/db_ops.h"
#include "sys/failpoint.h"

#define SQLITE_FRAME_BYTES (4096 + 24) /* of the WAL: a page and its header */
#define SQLITE_BUSY_MS 1000

struct sqlite {
	sqlite3 *conn;
	sqlite3_stmt *control[DB_CONTROLS];
	int wal_frames;
};

static const char *const sqlite_control_names[DB_CONTROLS] = {
	[DB_BEGIN] = "begin",
	[DB_COMMIT] = "commit",
	[DB_ROLLBACK] = "rollback",
	[DB_SAVEPOINT] = "savepoint",
	[DB_RELEASE] = "release",
	[DB_ROLLBACK_TO] = "rollback to savepoint",
};

/* --- failure -------------------------------------------------------------- */

/* A full disk shows itself as an I/O error where SQLite does not expect it.
 * After a failed fsync nothing is known, whatever errno says. */
static bool
sqlite_is_full(struct sqlite *s, int rc)
{
	int number;

	if ((rc & 0xff) == SQLITE_FULL)
		return true;
	if ((rc & 0xff) != SQLITE_IOERR || rc == SQLITE_IOERR_FSYNC ||
	    rc == SQLITE_IOERR_DIR_FSYNC)
		return false;
	number = s->conn == NULL ? 0 : sqlite3_system_errno(s->conn);
	return number == ENOSPC || number == EDQUOT;
}

static enum db_damage
sqlite_classify(struct db *db, int rc, enum err_class *ret_class,
    const char **ret_code)
{
	*ret_class = ERR_INTERNAL;
	*ret_code = "db.statement";
	if (sqlite_is_full(db->handle, rc)) {
		*ret_class = ERR_FULL;
		*ret_code = "storage.full";
		return DB_STATEMENT;
	}
	if (rc == SQLITE_READONLY && db->mode == DB_READ)
		return DB_STATEMENT;
	switch (rc & 0xff) {
	case SQLITE_NOMEM:
		check_failed(__FILE__, __LINE__, "out of memory");
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		*ret_class = ERR_UNAVAILABLE;
		*ret_code = "db.busy";
		return DB_STATEMENT;
	case SQLITE_CONSTRAINT:
		*ret_code = "db.constraint";
		return DB_STATEMENT;
	case SQLITE_READONLY:
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_PROTOCOL:
		*ret_class = ERR_IO;
		*ret_code = "db.io";
		return DB_BROKEN;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		*ret_class = ERR_IO;
		*ret_code = "db.corrupt";
		return DB_BROKEN;
	default:
		return DB_STATEMENT;
	}
}

static void
sqlite_hint(struct err *e)
{
	if (e->class == ERR_FULL)
		err_hint(e, "free space on the disk of the data folder");
	else if (streq(e->code, "db.corrupt"))
		err_hint(e, "slipway fsck DATA says what is wrong; the way back: "
			    "slipway restore BACKUP --to NEW --new-epoch");
}

/* Always returns false. */
static bool
sqlite_fail(struct db *db, int rc, const char *what)
{
	struct sqlite *s = db->handle;
	const char *why = sqlite3_errstr(rc);
	enum db_damage damage;
	enum err_class class;
	const char *code;
	struct err e = { 0 };

	if (rc == sqlite3_extended_errcode(s->conn))
		why = sqlite3_errmsg(s->conn);
	damage = sqlite_classify(db, rc, &class, &code);
	if (streq(code, "db.corrupt"))
		err_set(&e, class, code, "database '%s': %s: %s (sqlite %d)",
		    db->path, what, why, rc);
	else
		err_set(&e, class, code, "database: %s: %s (sqlite %d)", what,
		    why, rc);
	sqlite_hint(&e);
	db_fail(db, &e, damage);
	return false;
}

/* --- connections ---------------------------------------------------------- */

static int
sqlite_on_wal(void *arg, sqlite3 *conn, const char *schema, int frames)
{
	struct sqlite *s = arg;

	(void)conn;
	(void)schema;
	s->wal_frames = frames;
	return SQLITE_OK;
}

static void
sqlite_configure(void)
{
	/* Counting allocations takes a lock that all threads share. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	/* Savepoints keep what they undo in memory, not in /tmp. */
	sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);
}

static void
sqlite_secure(sqlite3 *conn)
{
	sqlite3_db_config(conn, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(conn, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(conn, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	sqlite3_db_config(conn, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(conn, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
}

static void *
sqlite_prepare(struct db *db, const char *name, const char *text)
{
	struct sqlite *s = db->handle;
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v3(s->conn, text, -1,
	    SQLITE_PREPARE_PERSISTENT, &stmt, NULL);

	if (rc != SQLITE_OK)
		sqlite_fail(db, rc, name);
	return stmt;
}

static bool
sqlite_exec(struct db *db, const char *sql)
{
	struct sqlite *s = db->handle;

	while (*sql != '\0') {
		sqlite3_stmt *stmt = NULL;
		int rc = sqlite3_prepare_v2(s->conn, sql, -1, &stmt, &sql);

		if (rc == SQLITE_OK && stmt == NULL)
			continue; /* a comment at the end */
		while (rc == SQLITE_OK || rc == SQLITE_ROW)
			rc = sqlite3_step(stmt);
		if (rc != SQLITE_DONE)
			sqlite_fail(db, rc, stmt == NULL ? sql :
			    sqlite3_sql(stmt));
		sqlite3_finalize(stmt);
		if (rc != SQLITE_DONE)
			return false;
		FAILPOINT("db.exec.next");
	}
	return true;
}

/* A file system without shared memory keeps another mode, and says nothing. */
static bool
sqlite_is_wal(struct db *db)
{
	sqlite3_stmt *stmt = sqlite_prepare(db, "open", "PRAGMA journal_mode");
	bool wal;

	if (stmt == NULL)
		return false;
	wal = sqlite3_step(stmt) == SQLITE_ROW &&
	    sqlite3_stricmp((const char *)sqlite3_column_text(stmt, 0),
		"wal") == 0;
	sqlite3_finalize(stmt);
	return wal || sqlite_fail(db, SQLITE_PROTOCOL,
	    "this file system cannot hold a write-ahead log");
}

/* recursive_triggers: else REPLACE would delete without asking a trigger. */
static bool
sqlite_set_up(struct db *db)
{
	static const char common[] =
	    "PRAGMA foreign_keys = ON;"
	    "PRAGMA recursive_triggers = ON;"
	    "PRAGMA cell_size_check = ON;"
	    "PRAGMA temp_store = MEMORY;"
	    "PRAGMA mmap_size = 0;"
	    "PRAGMA wal_autocheckpoint = 0;";
	static const char write[] =
	    "PRAGMA journal_mode = WAL;"
	    "PRAGMA synchronous = FULL;"
	    "PRAGMA journal_size_limit = 16777216;"
	    "PRAGMA cache_size = -16384;";
	static const char read[] =
	    "PRAGMA query_only = ON;"
	    "PRAGMA cache_size = -8192;";
	struct sqlite *s = db->handle;

	if (!sqlite_exec(db, common))
		return false;
	if (db->mode == DB_WRITE) {
		sqlite3_wal_hook(s->conn, sqlite_on_wal, s);
		return sqlite_exec(db, write) && sqlite_is_wal(db);
	}
	sqlite3_db_config(s->conn, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	return sqlite_exec(db, read);
}

/* Nobody else's to read; its log and shared memory take the same mode. */
static void
sqlite_private(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return; /* sqlite3_open_v2 says why */
	(void)fchmod(fd, 0600);
	close(fd);
}

static bool
sqlite_open(struct db *db, struct err *e)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
	    SQLITE_OPEN_EXRESCODE;
	struct sqlite *s = calloc(1, sizeof(*s));
	int rc;

	ASSERT(s != NULL);
	db->handle = s;
	if (db->mode == DB_READ && access(db->path, F_OK) != 0) {
		err_sys(e, "database");
		return err_hint(e, "name the data folder: --data DIR");
	}
	pthread_once(&once, sqlite_configure);
	if (db->mode == DB_WRITE) {
		flags |= SQLITE_OPEN_CREATE;
		sqlite_private(db->path);
	}
	rc = sqlite3_open_v2(db->path, &s->conn, flags, NULL);
	if (rc == SQLITE_OK) {
		sqlite_secure(s->conn);
		sqlite3_busy_timeout(s->conn, SQLITE_BUSY_MS);
		if (sqlite_set_up(db))
			return true;
	} else {
		sqlite_fail(db, rc, "open");
	}
	db_failed(db, e);
	return false;
}

static void
sqlite_close(struct db *db)
{
	struct sqlite *s = db->handle;

	if (s == NULL)
		return;
	for (int i = 0; i < DB_CONTROLS; i++)
		sqlite3_finalize(s->control[i]);
	ASSERT(sqlite3_close(s->conn) == SQLITE_OK);
	free(s);
	db->handle = NULL;
}

/* --- statements ----------------------------------------------------------- */

static void
sqlite_finalize(void *stmt)
{
	sqlite3_finalize(stmt);
}

static enum db_step
sqlite_step(struct db *db, const char *name, void *stmt)
{
	int rc = FAILPOINT_FAILS("db.step.full") ? SQLITE_FULL :
						   sqlite3_step(stmt);

	if (rc == SQLITE_ROW)
		return DB_STEP_ROW;
	if (rc == SQLITE_DONE)
		return DB_STEP_DONE;
	sqlite_fail(db, rc, name);
	return DB_STEP_FAILED;
}

static void
sqlite_reset(void *stmt)
{
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
}

static int
sqlite_param_count(void *stmt)
{
	return sqlite3_bind_parameter_count(stmt);
}

static const char *
sqlite_param_name(void *stmt, int i)
{
	return sqlite3_bind_parameter_name(stmt, i) + 1;
}

static void
sqlite_bound(struct db *db, void *stmt, int rc)
{
	if (rc != SQLITE_OK)
		sqlite_fail(db, rc, sqlite3_sql(stmt));
}

static void
sqlite_bind_text(struct db *db, void *stmt, int i, struct str v)
{
	const char *text = v.p == NULL ? "" : v.p;

	sqlite_bound(db, stmt,
	    sqlite3_bind_text64(stmt, i, text, v.n, SQLITE_TRANSIENT,
		SQLITE_UTF8));
}

static void
sqlite_bind_int(struct db *db, void *stmt, int i, int64_t v)
{
	sqlite_bound(db, stmt, sqlite3_bind_int64(stmt, i, v));
}

static void
sqlite_bind_null(struct db *db, void *stmt, int i)
{
	sqlite_bound(db, stmt, sqlite3_bind_null(stmt, i));
}

static int
sqlite_column_count(void *stmt)
{
	return sqlite3_column_count(stmt);
}

static const char *
sqlite_column_name(void *stmt, int i)
{
	return sqlite3_column_name(stmt, i);
}

static bool
sqlite_column_is_null(void *stmt, int i)
{
	return sqlite3_column_type(stmt, i) == SQLITE_NULL;
}

static int64_t
sqlite_column_int(void *stmt, int i)
{
	return sqlite3_column_int64(stmt, i);
}

static struct str
sqlite_column_str(void *stmt, int i)
{
	const void *text = sqlite3_column_text(stmt, i);

	return (struct str){ text, (size_t)sqlite3_column_bytes(stmt, i) };
}

static int64_t
sqlite_changes(struct db *db)
{
	struct sqlite *s = db->handle;

	return sqlite3_changes64(s->conn);
}

static int64_t
sqlite_last_id(struct db *db)
{
	struct sqlite *s = db->handle;

	return sqlite3_last_insert_rowid(s->conn);
}

/* --- transactions --------------------------------------------------------- */

static const char *
sqlite_control_text(const struct db *db, enum db_control what)
{
	switch (what) {
	case DB_BEGIN:
		return db->mode == DB_WRITE ? "BEGIN IMMEDIATE" : "BEGIN";
	case DB_COMMIT:
		return "COMMIT";
	case DB_ROLLBACK:
		return "ROLLBACK";
	case DB_SAVEPOINT:
		return "SAVEPOINT s";
	case DB_RELEASE:
		return "RELEASE s";
	case DB_ROLLBACK_TO:
		return "ROLLBACK TO s";
	case DB_CONTROLS:
		break;
	}
	check_failed(__FILE__, __LINE__, "control");
}

static int
sqlite_commit_fault(enum db_control what)
{
	if (what != DB_COMMIT)
		return SQLITE_OK;
	FAILPOINT("db.commit.before");
	if (FAILPOINT_FAILS("db.commit.full"))
		return SQLITE_FULL;
	if (FAILPOINT_FAILS("db.commit.fsync"))
		return SQLITE_IOERR_FSYNC;
	return SQLITE_OK;
}

static bool
sqlite_control(struct db *db, enum db_control what)
{
	struct sqlite *s = db->handle;
	const char *name = sqlite_control_names[what];
	sqlite3_stmt *stmt = s->control[what];
	int rc = sqlite_commit_fault(what);

	if (rc != SQLITE_OK)
		return sqlite_fail(db, rc, name);
	if (stmt == NULL) {
		stmt = sqlite_prepare(db, name, sqlite_control_text(db, what));
		if (stmt == NULL)
			return false;
		s->control[what] = stmt;
	}
	rc = sqlite3_step(stmt);
	if (rc != SQLITE_DONE)
		sqlite_fail(db, rc, name);
	sqlite3_reset(stmt);
	if (rc == SQLITE_DONE && what == DB_COMMIT)
		FAILPOINT("db.commit.after");
	return rc == SQLITE_DONE;
}

static bool
sqlite_in_transaction(struct db *db)
{
	struct sqlite *s = db->handle;

	return sqlite3_get_autocommit(s->conn) == 0;
}

static bool
sqlite_checkpoint(struct db *db)
{
	struct sqlite *s = db->handle;
	int rc = sqlite3_wal_checkpoint_v2(s->conn, NULL,
	    SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);

	if (rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY)
		return true; /* busy: somebody else is at it */
	return sqlite_fail(db, rc, "checkpoint");
}

/* One step takes one snapshot; a new file needs no journal of its own. */
static int
sqlite_copy_pages(struct sqlite *s, sqlite3 *to)
{
	sqlite3_backup *b;
	int rc = sqlite3_exec(to, "PRAGMA journal_mode = OFF;"
	    "PRAGMA synchronous = FULL", NULL, NULL, NULL);

	if (rc != SQLITE_OK)
		return rc;
	b = sqlite3_backup_init(to, "main", s->conn, "main");
	if (b == NULL)
		return sqlite3_extended_errcode(to);
	rc = sqlite3_backup_step(b, -1);
	sqlite3_backup_finish(b);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static bool
sqlite_copy(struct db *db, const char *path)
{
	sqlite3 *to = NULL;
	int rc = sqlite3_open_v2(path, &to,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE,
	    NULL);

	if (rc == SQLITE_OK)
		rc = sqlite_copy_pages(db->handle, to);
	sqlite3_close(to);
	return rc == SQLITE_OK || sqlite_fail(db, rc, "copy");
}

static int64_t
sqlite_log_bytes(struct db *db)
{
	struct sqlite *s = db->handle;

	return (int64_t)s->wal_frames * SQLITE_FRAME_BYTES;
}

const struct db_ops sqlite_ops = {
	.dialect = "sqlite",
	.token_id = "INTEGER PRIMARY KEY",
	.token_strict = "STRICT",
	.open = sqlite_open,
	.close = sqlite_close,
	.prepare = sqlite_prepare,
	.finalize = sqlite_finalize,
	.step = sqlite_step,
	.reset = sqlite_reset,
	.param_count = sqlite_param_count,
	.param_name = sqlite_param_name,
	.bind_text = sqlite_bind_text,
	.bind_int = sqlite_bind_int,
	.bind_null = sqlite_bind_null,
	.column_count = sqlite_column_count,
	.column_name = sqlite_column_name,
	.column_is_null = sqlite_column_is_null,
	.column_int = sqlite_column_int,
	.column_str = sqlite_column_str,
	.changes = sqlite_changes,
	.last_id = sqlite_last_id,
	.control = sqlite_control,
	.in_transaction = sqlite_in_transaction,
	.exec = sqlite_exec,
	.checkpoint = sqlite_checkpoint,
	.copy = sqlite_copy,
	.log_bytes = sqlite_log_bytes,
};
