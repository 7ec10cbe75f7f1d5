/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "store/db_ops.h"
#include "store/sql_text.h"

/* First text of the name in the sorted table, or sql_texts_count. */
static size_t
query_text_find(const char *name)
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

static const char *
query_text(const struct db *db, const char *name)
{
	const char *common = NULL;

	for (size_t i = query_text_find(name);
	     i < sql_texts_count && streq(sql_texts[i].name, name); i++) {
		if (streq(sql_texts[i].dialect, db->ops->dialect))
			return sql_texts[i].text;
		if (sql_texts[i].dialect[0] == '\0')
			common = sql_texts[i].text;
	}
	return common;
}

static struct statement *
query_statement(struct db *db, const char *name)
{
	struct statement *s = map_get(&db->statements, name);

	if (s != NULL)
		return s;
	s = calloc(1, sizeof(*s));
	ASSERT(s != NULL);
	s->text = query_text(db, name);
	if (s->text == NULL)
		check_failed(__FILE__, __LINE__, name);
	s->name = sql_texts[query_text_find(name)].name;
	map_put(&db->statements, name, s);
	return s;
}

struct query *
query(struct db *db, const char *name)
{
	struct statement *s;
	struct query *q;

	ASSERT_MAGIC(db, DB_MAGIC);
	s = query_statement(db, name);
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
	q->param = 0;
	db->in_use++;
	return q;
}

struct query *
query_once(struct db *db, const char *name, const char *text)
{
	struct statement *s = calloc(1, sizeof(*s));
	struct query *q = calloc(1, sizeof(*q));

	ASSERT_MAGIC(db, DB_MAGIC);
	ASSERT(s != NULL && q != NULL);
	s->name = name;
	q->db = db;
	q->of = s;
	q->once = true;
	if (!db->failed)
		q->stmt = db->ops->prepare(db, name, text);
	db->in_use++;
	return q;
}

void
query_destroy(struct query *q)
{
	for (int i = 0; q->params != NULL && i < query_param_count(q); i++)
		free(q->params[i]);
	free(q->params);
	if (q->stmt != NULL)
		q->db->ops->finalize(q->stmt);
	free(q->bound.fields);
	free(q->read.fields);
	free(q);
}

struct query_fields *
query_bound_fields(struct query *q)
{
	return &q->bound;
}

struct query_fields *
query_read_fields(struct query *q)
{
	return &q->read;
}

/* Callers bind in the order of the statement, mostly.  0: it could not be
 * prepared, nothing is to be bound. */
static int
query_param(struct query *q, const char *param)
{
	int count = query_param_count(q);

	if (q->stmt == NULL)
		return 0;
	for (int n = 0; n < count; n++) {
		int i = (q->param + n) % count;

		if (streq(query_param_name(q, i + 1), param)) {
			q->param = i + 1;
			return i + 1;
		}
	}
	check_failed(q->of->name, 0, param);
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
	if (q->params == NULL) {
		int count = query_param_count(q);

		/* Copies: the statement may be prepared anew by itself. */
		q->params = calloc((size_t)count, sizeof(*q->params));
		ASSERT(q->params != NULL);
		for (int k = 0; k < count; k++) {
			q->params[k] =
			    strdup(q->db->ops->param_name(q->stmt, k + 1));
			ASSERT(q->params[k] != NULL);
		}
	}
	return q->params[i - 1];
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
	if (q->once) {
		free(q->of);
		query_destroy(q);
		return;
	}
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
