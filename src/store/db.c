/* SPDX-License-Identifier: MIT */
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

#include "store/db_ops.h"

bool
db_open(const char *path, enum db_mode mode, struct db **ret, struct err *e)
{
	struct db *db = calloc(1, sizeof(*db));

	ASSERT(db != NULL);
	db->magic = DB_MAGIC;
	db->ops = &sqlite_ops;
	db->mode = mode;
	db->path = strdup(path);
	ASSERT(db->path != NULL);
	map_init(&db->statements);
	if (!db->ops->open(db, e)) {
		db_close(db);
		return err_wrap(e, "open '%s'", path);
	}
	*ret = db;
	return true;
}

static void
db_statement_destroy(struct statement *s)
{
	while (s->idle != NULL) {
		struct query *q = s->idle;

		s->idle = q->next;
		query_destroy(q);
	}
	free(s);
}

void
db_close(struct db *db)
{
	const char *name;
	void *s;

	if (db == NULL)
		return;
	ASSERT_MAGIC(db, DB_MAGIC);
	ASSERT(db->in_use == 0);
	for (size_t i = 0; map_next(&db->statements, &i, &name, &s);)
		db_statement_destroy(s);
	map_finish(&db->statements);
	db->ops->close(db);
	free(db->hooks);
	free(db->path);
	db->magic = 0;
	free(db);
}

const char *
db_path(const struct db *db)
{
	ASSERT_MAGIC(db, DB_MAGIC);
	return db->path;
}

/* --- failure -------------------------------------------------------------- */

void
db_fail(struct db *db, const struct err *e, enum db_damage damage)
{
	if (!db->failed)
		db->err = *e;
	db->failed = true;
	if (damage == DB_BROKEN)
		db->broken = true;
	/* A full or failing disk makes SQLite roll back on its own. */
	if (db->in_transaction && !db->ops->in_transaction(db))
		db->lost = true;
}

bool
db_failed(struct db *db, struct err *e)
{
	ASSERT_MAGIC(db, DB_MAGIC);
	if (db->failed && e != NULL)
		*e = db->err;
	return db->failed;
}

bool
db_broken(struct db *db)
{
	ASSERT_MAGIC(db, DB_MAGIC);
	return db->broken;
}

/* --- transactions --------------------------------------------------------- */

static void
db_clear_error(struct db *db)
{
	if (db->broken)
		return;
	db->failed = db->lost = false;
}

void
db_begin(struct db *db)
{
	ASSERT_MAGIC(db, DB_MAGIC);
	ASSERT(!db->in_transaction && db->in_use == 0);
	db_clear_error(db);
	if (!db->failed)
		db->ops->control(db, DB_BEGIN);
	db->in_transaction = true;
	db->depth = 0;
	db->nhooks = 0;
}

static void
db_run_hooks(struct db *db)
{
	struct db_hook *hooks = db->hooks;
	size_t n = db->nhooks;

	/* A hook may begin the next transaction. */
	db->hooks = NULL;
	db->nhooks = db->hooks_cap = 0;
	for (size_t i = 0; i < n; i++)
		hooks[i].fn(hooks[i].arg);
	free(hooks);
}

/* Those above n are forgotten. */
static void
db_drop_hooks(struct db *db, size_t n)
{
	while (db->nhooks > n) {
		struct db_hook *h = &db->hooks[--db->nhooks];

		if (h->dropped != NULL)
			h->dropped(h->arg);
	}
}

bool
db_commit(struct db *db, struct err *e)
{
	ASSERT_MAGIC(db, DB_MAGIC);
	ASSERT(db->in_transaction && db->depth == 0 && db->in_use == 0);
	if (!db->failed)
		db->ops->control(db, DB_COMMIT);
	if (db_failed(db, e)) {
		db_rollback(db);
		return false;
	}
	db->in_transaction = false;
	db_run_hooks(db);
	return true;
}

void
db_rollback(struct db *db)
{
	ASSERT_MAGIC(db, DB_MAGIC);
	ASSERT(db->in_use == 0);
	if (db->in_transaction && db->ops->in_transaction(db))
		db->ops->control(db, DB_ROLLBACK);
	db->in_transaction = false;
	db->depth = 0;
	db_drop_hooks(db, 0);
	db_clear_error(db);
}

void
db_savepoint(struct db *db)
{
	ASSERT_MAGIC(db, DB_MAGIC);
	ASSERT(db->in_transaction && db->depth < DB_SAVEPOINTS);
	db->marks[db->depth++] = (struct db_mark){ .hooks = db->nhooks,
		.failed = db->failed };
	if (!db->failed)
		db->ops->control(db, DB_SAVEPOINT);
}

void
db_release(struct db *db)
{
	const struct db_mark *mark;

	ASSERT_MAGIC(db, DB_MAGIC);
	ASSERT(db->depth > 0);
	mark = &db->marks[--db->depth];
	if (mark->failed || db->lost || db->broken)
		return;
	/* The error stays; the level must go, or the level above would find
	 * this one when it rolls back. */
	if (!db->failed || db->ops->control(db, DB_ROLLBACK_TO))
		db->ops->control(db, DB_RELEASE);
}

void
db_rollback_to(struct db *db)
{
	const struct db_mark *mark;

	ASSERT_MAGIC(db, DB_MAGIC);
	ASSERT(db->depth > 0);
	mark = &db->marks[--db->depth];
	db_drop_hooks(db, mark->hooks);
	if (mark->failed || db->lost || db->broken)
		return;
	db_clear_error(db);
	if (db->ops->control(db, DB_ROLLBACK_TO))
		db->ops->control(db, DB_RELEASE);
}

void
db_after_commit(struct db *db, void (*fn)(void *arg), void *arg)
{
	db_after_commit_or(db, fn, NULL, arg);
}

void
db_after_commit_or(struct db *db, void (*fn)(void *arg),
    void (*dropped)(void *arg), void *arg)
{
	ASSERT_MAGIC(db, DB_MAGIC);
	ASSERT(db->in_transaction);
	if (db->nhooks == db->hooks_cap) {
		db->hooks_cap = db->hooks_cap == 0 ? 64 : 2 * db->hooks_cap;
		db->hooks = reallocarray(db->hooks, db->hooks_cap,
		    sizeof(*db->hooks));
		ASSERT(db->hooks != NULL);
	}
	db->hooks[db->nhooks++] = (struct db_hook){ .fn = fn,
		.dropped = dropped, .arg = arg };
}

/* --- the rest ------------------------------------------------------------- */

int64_t
db_last_id(struct db *db)
{
	ASSERT_MAGIC(db, DB_MAGIC);
	return db->failed ? 0 : db->ops->last_id(db);
}

/* Outside a transaction nobody else would clear what exec left behind. */
static bool
db_outcome(struct db *db, bool ok, struct err *e)
{
	if (ok)
		return true;
	db_failed(db, e);
	if (!db->in_transaction)
		db_clear_error(db);
	return false;
}

bool
db_exec(struct db *db, const char *sql, struct err *e)
{
	ASSERT_MAGIC(db, DB_MAGIC);
	return db_outcome(db, !db->failed && db->ops->exec(db, sql), e);
}

bool
db_checkpoint(struct db *db, struct err *e)
{
	ASSERT_MAGIC(db, DB_MAGIC);
	ASSERT(!db->in_transaction);
	return db_outcome(db, !db->failed && db->ops->checkpoint(db), e);
}

bool
db_copy(struct db *db, const char *path, struct err *e)
{
	ASSERT_MAGIC(db, DB_MAGIC);
	ASSERT(!db->in_transaction);
	return db_outcome(db, !db->failed && db->ops->copy(db, path), e);
}

int64_t
db_log_bytes(struct db *db)
{
	ASSERT_MAGIC(db, DB_MAGIC);
	return db->ops->log_bytes(db);
}
