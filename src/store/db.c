/* SPDX-License-Identifier: MIT */
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

#include "store/db_ops.h"
#include "store/sql_text.h"

#define DB_MAGIC 0xdb000001u

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
db_statement_destroy(struct db *db, struct statement *s)
{
	while (s->idle != NULL) {
		struct query *q = s->idle;

		s->idle = q->next;
		if (q->stmt != NULL)
			db->ops->finalize(q->stmt);
		free(q);
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
		db_statement_destroy(db, s);
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

/* --- statements ----------------------------------------------------------- */

/* First text of the name in the sorted table, or sql_texts_count. */
static size_t
db_text_find(const char *name)
{
	size_t low = 0, high = sql_texts_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(sql_texts[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const char *
db_text(const struct db *db, const char *name)
{
	const char *common = NULL;

	for (size_t i = db_text_find(name);
	     i < sql_texts_count && streq(sql_texts[i].name, name); i++) {
		if (streq(sql_texts[i].dialect, db->ops->dialect))
			return sql_texts[i].text;
		if (sql_texts[i].dialect[0] == '\0')
			common = sql_texts[i].text;
	}
	return common;
}

static struct statement *
db_statement(struct db *db, const char *name)
{
	struct statement *s = map_get(&db->statements, name);

	if (s != NULL)
		return s;
	s = calloc(1, sizeof(*s));
	ASSERT(s != NULL);
	s->text = db_text(db, name);
	if (s->text == NULL)
		check_failed(__FILE__, __LINE__, name);
	s->name = sql_texts[db_text_find(name)].name;
	map_put(&db->statements, name, s);
	return s;
}

struct query *
query(struct db *db, const char *name)
{
	struct statement *s;
	struct query *q;

	ASSERT_MAGIC(db, DB_MAGIC);
	s = db_statement(db, name);
	q = s->idle;
	if (q != NULL) {
		s->idle = q->next;
	} else {
		q = calloc(1, sizeof(*q));
		ASSERT(q != NULL);
		q->db = db;
		q->of = s;
	}
	if (q->stmt == NULL && !db->failed)
		q->stmt = db->ops->prepare(db, s->name, s->text);
	q->next = NULL;
	q->row = q->over = false;
	q->column = 0;
	db->in_use++;
	return q;
}

/* 0: the statement could not be prepared, nothing is to be bound. */
static int
query_param(struct query *q, const char *param)
{
	int i;

	if (q->stmt == NULL)
		return 0;
	i = q->db->ops->param_index(q->stmt, param);
	if (i == 0)
		check_failed(q->of->name, 0, param);
	return i;
}

void
bind_text(struct query *q, const char *param, const char *v)
{
	if (v == NULL)
		bind_null(q, param);
	else
		bind_str(q, param, str_of(v));
}

void
bind_str(struct query *q, const char *param, struct str v)
{
	int i = query_param(q, param);

	if (i > 0)
		q->db->ops->bind_text(q->db, q->stmt, i, v);
}

void
bind_int(struct query *q, const char *param, int64_t v)
{
	int i = query_param(q, param);

	if (i > 0)
		q->db->ops->bind_int(q->db, q->stmt, i, v);
}

void
bind_null(struct query *q, const char *param)
{
	int i = query_param(q, param);

	if (i > 0)
		q->db->ops->bind_null(q->db, q->stmt, i);
}

int
query_param_count(struct query *q)
{
	return q->stmt == NULL ? 0 : q->db->ops->param_count(q->stmt);
}

const char *
query_param_name(struct query *q, int i)
{
	return q->db->ops->param_name(q->stmt, i);
}

void
bind_text_at(struct query *q, int i, const char *v)
{
	if (v == NULL)
		q->db->ops->bind_null(q->db, q->stmt, i);
	else
		q->db->ops->bind_text(q->db, q->stmt, i, str_of(v));
}

void
bind_int_at(struct query *q, int i, int64_t v)
{
	q->db->ops->bind_int(q->db, q->stmt, i, v);
}

bool
query_next(struct query *q)
{
	q->row = false;
	if (q->over || q->db->failed || q->stmt == NULL)
		return false;
	switch (q->db->ops->step(q->db, q->of->name, q->stmt)) {
	case DB_STEP_ROW:
		q->row = true;
		break;
	case DB_STEP_DONE:
	case DB_STEP_FAILED:
		q->over = true;
		break;
	}
	return q->row;
}

void
query_end(struct query *q)
{
	if (q->stmt != NULL)
		q->db->ops->reset(q->stmt);
	ASSERT(q->db->in_use > 0);
	q->db->in_use--;
	q->row = false;
	q->next = q->of->idle;
	q->of->idle = q;
}

int64_t
query_run_count(struct query *q)
{
	struct db *db = q->db;
	int64_t changes;

	while (query_next(q))
		continue;
	changes = db->failed ? 0 : db->ops->changes(db);
	query_end(q);
	return changes;
}

void
query_run(struct query *q)
{
	query_run_count(q);
}

/* --- rows ----------------------------------------------------------------- */

/* Callers read columns in the order of the statement, mostly. */
static int
query_column(struct query *q, const char *name)
{
	int count = q->db->ops->column_count(q->stmt);

	for (int n = 0; n < count; n++) {
		int i = (q->column + n) % count;

		if (streq(q->db->ops->column_name(q->stmt, i), name)) {
			q->column = i + 1;
			return i;
		}
	}
	check_failed(q->of->name, 0, name);
}

int64_t
column_int(struct query *q, const char *name)
{
	return q->row ? column_int_at(q, query_column(q, name)) : 0;
}

bool
column_is_null(struct query *q, const char *name)
{
	return !q->row || column_is_null_at(q, query_column(q, name));
}

char *
column_text(struct query *q, const char *name, struct arena *a)
{
	int i;

	if (!q->row)
		return NULL;
	i = query_column(q, name);
	if (column_is_null_at(q, i))
		return NULL;
	return arena_str(a, column_str_at(q, i));
}

int64_t
column_int_at(struct query *q, int i)
{
	return q->row ? q->db->ops->column_int(q->stmt, i) : 0;
}

bool
column_is_null_at(struct query *q, int i)
{
	return !q->row || q->db->ops->column_is_null(q->stmt, i);
}

struct str
column_str_at(struct query *q, int i)
{
	return q->row ? q->db->ops->column_str(q->stmt, i) : str_of(NULL);
}

int
column_count(struct query *q)
{
	return q->stmt == NULL ? 0 : q->db->ops->column_count(q->stmt);
}

const char *
column_name(struct query *q, int i)
{
	return q->db->ops->column_name(q->stmt, i);
}

int64_t
db_last_id(struct db *db)
{
	ASSERT_MAGIC(db, DB_MAGIC);
	return db->failed ? 0 : db->ops->last_id(db);
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
	db->nhooks = 0;
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
	db->nhooks = mark->hooks;
	if (mark->failed || db->lost || db->broken)
		return;
	db_clear_error(db);
	if (db->ops->control(db, DB_ROLLBACK_TO))
		db->ops->control(db, DB_RELEASE);
}

void
db_after_commit(struct db *db, void (*fn)(void *arg), void *arg)
{
	ASSERT_MAGIC(db, DB_MAGIC);
	ASSERT(db->in_transaction);
	if (db->nhooks == db->hooks_cap) {
		db->hooks_cap = db->hooks_cap == 0 ? 64 : 2 * db->hooks_cap;
		db->hooks = reallocarray(db->hooks, db->hooks_cap,
		    sizeof(*db->hooks));
		ASSERT(db->hooks != NULL);
	}
	db->hooks[db->nhooks++] = (struct db_hook){ .fn = fn, .arg = arg };
}

/* --- the rest ------------------------------------------------------------- */

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

int64_t
db_log_bytes(struct db *db)
{
	ASSERT_MAGIC(db, DB_MAGIC);
	return db->ops->log_bytes(db);
}
