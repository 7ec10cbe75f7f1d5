/* SPDX-License-Identifier: MIT */
/*
 * select.h: a statement that is put together while it runs.
 *
 * For what has too many forms to be named: searches.  The text is joined of
 * constants alone, values are always bound: select_add takes nothing but a
 * literal, select_fragment a text of some const table.  A value becomes the
 * parameter $v1, $v2 …; the fragments may have parameters of their own names,
 * which the caller binds when the query is ready.
 *
 *	struct select s = { .arena = cx->arena };
 *	select_add(&s, "SELECT key FROM ticket WHERE status = ");
 *	select_text(&s, status);
 *	q = select_query(&s, cx->db);
 *	while (query_next(q)) …
 *	query_end(q);
 */
#ifndef STORE_SELECT_H
#define STORE_SELECT_H

#include "store/db.h"

#define SELECT_VALUES 4000

struct select_value;

struct select {
	struct arena *arena;
	struct buf text;
	struct select_value *values, *last; /* in order */
	unsigned nvalues;
};

#define select_add(s, literal) select_fragment((s), "" literal)
void select_fragment(struct select *s, const char *constant);
void select_text(struct select *s, const char *value);
void select_int(struct select *s, int64_t value);

/* Prepared, with those values bound; frees the text.  query_end forgets the
 * statement, since it is not likely to come again. */
struct query *select_query(struct select *s, struct db *db);
/* Without a query: frees the text. */
void select_finish(struct select *s);

#endif
