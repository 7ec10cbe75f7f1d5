/* SPDX-License-Identifier: MIT */
/*
 * compile.h: a query as a condition and an order in SQL, over `ticket`.
 *
 * A saved filter is compiled in place of its name, inside of the query that
 * names it: filter and outer tell where one is, so that a filter that comes
 * back to itself is found, and tests counts over all of them, so that no
 * chain of filters makes a statement that SQLite would refuse.
 */
#ifndef RESOURCE_SEARCH_COMPILE_H
#define RESOURCE_SEARCH_COMPILE_H

#include "resource/cx.h"
#include "spec/filter.h"
#include "spec/jql.h"
#include "store/select.h"

#define COMPILE_TESTS 300
#define COMPILE_SPARE 100 /* values of what stands around the query */

struct compile {
	struct cx *cx;
	const struct jql *query;
	const struct zone *zone;
	struct select *to;
	unsigned *tests; /* so far */
	const struct filter *filter; /* whose query it is, or NULL */
	const struct compile *outer; /* the query that names the filter */
};

/* Where a field is kept: an expression over `ticket`. */
extern const char *const compile_columns[JQL_IDS];

/* Appends a condition.  ERR_SYNTAX "query.value" for a team, project or filter
 * that the actor has not heard of, and for a value left to be filled in. */
bool compile_where(struct compile *c, struct err *e);
/* The field has this value; not for words, times and numbers. */
bool compile_is(struct compile *c, enum jql_id id, const char *value,
    struct err *e);

/* order.c: what stands behind ORDER BY; and a condition for what comes behind
 * that ticket in this order. */
void compile_order(struct compile *c);
void compile_after(struct compile *c, int64_t ticket_id);

/* name.c: the account of a full name or an address in any case; else the same
 * text. */
const char *compile_person(struct cx *cx, const char *text);
/* Of a query that found nothing: false when it asks for a person, a team or an
 * environment that the folder does not have. */
bool compile_names_known(struct cx *cx, const struct jql *q,
    const struct jql_node *where, struct err *e);

/* project.c: for compile.c alone. */
bool compile_projects(
    struct compile *c, const struct jql_node *n, struct err *e);
/* Always false: which holes, and the line to type. */
bool compile_holes(struct compile *c, struct err *e);

#endif
