/* SPDX-License-Identifier: MIT */
#include "sim.h"

#define RAW_STATEMENTS 128

static struct {
	const char *sql;
	sqlite3_stmt *stmt;
} raw_cache[RAW_STATEMENTS];

sqlite3_stmt *
raw_statement(struct sim *s, const char *sql)
{
	size_t i = 0;

	while (i < RAW_STATEMENTS && raw_cache[i].sql != NULL &&
	    raw_cache[i].sql != sql)
		i++;
	ASSERT(i < RAW_STATEMENTS);
	if (raw_cache[i].sql == NULL) {
		if (sqlite3_prepare_v3(s->raw, sql, -1,
			SQLITE_PREPARE_PERSISTENT, &raw_cache[i].stmt,
			NULL) != SQLITE_OK)
			sim_violation(s, "%s: %s", sqlite3_errmsg(s->raw),
			    sql);
		raw_cache[i].sql = sql;
	}
	sqlite3_reset(raw_cache[i].stmt);
	return raw_cache[i].stmt;
}

void
raw_finish(void)
{
	for (size_t i = 0; i < RAW_STATEMENTS; i++) {
		sqlite3_finalize(raw_cache[i].stmt);
		raw_cache[i].stmt = NULL;
		raw_cache[i].sql = NULL;
	}
}

int64_t
raw_int(struct sim *s, const char *sql, int64_t a, int64_t b)
{
	sqlite3_stmt *q = raw_statement(s, sql);
	int64_t v = 0;

	sqlite3_bind_int64(q, 1, a);
	sqlite3_bind_int64(q, 2, b);
	if (sqlite3_step(q) == SQLITE_ROW)
		v = sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return v;
}

int64_t
raw_pick(struct sim *s, const char *sql)
{
	sqlite3_stmt *q = raw_statement(s, sql);
	int64_t chosen = 0;
	uint64_t n = 0;

	while (sqlite3_step(q) == SQLITE_ROW)
		if (sim_below(s, ++n) == 0)
			chosen = sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return chosen;
}

void
raw_exec(struct sim *s, const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(s->raw, sql, NULL, NULL, &why) != SQLITE_OK)
		sim_violation(s, "%s: %s", why, sql);
}
