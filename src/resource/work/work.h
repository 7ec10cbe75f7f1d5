/* SPDX-License-Identifier: MIT */
/*
 * work.h: tickets as work: what is in which list, in which order, and why.
 *
 * A list is a condition and an order of constant SQL (struct work_list) over
 * tickets that the actor may see; ids come from SQL in order, rows are read
 * for the page alone, and `why` is said row by row in words.  Reads only.
 */
#ifndef RESOURCE_WORK_H
#define RESOURCE_WORK_H

#include "resource/cx.h"
#include "resource/sight.h"
#include "spec/ticket.h"
#include "spec/work.h"
#include "store/select.h"

/* SQL over `ticket`. */
#define WORK_UNRESOLVED                                                        \
	"ticket.status NOT IN ('done', 'declined', 'cancelled')"
#define WORK_OPERATIONS                                                        \
	"(instr(ticket.labels, '\"operations\"') > 0 OR "                      \
	"(instr(ticket.labels, '\"features\"') = 0 AND "                       \
	"ticket.kind NOT IN ('feature', 'epic')))"
#define WORK_RANK                                                              \
	"CASE ticket.priority WHEN 'interruption' THEN 0 WHEN 'security' "     \
	"THEN 1 WHEN 'customer' THEN 2 WHEN 'operational' THEN 3 ELSE 4 END"
#define WORK_DUE "ticket.due_at = 0, ticket.due_at, ticket.created_at, ticket.id"

const char *work_section(const struct ticket *t);

/* What narrows any list; NULL: all. */
struct work_filter {
	const char *team, *section;
};

/* A statement about tickets that is being put together. */
struct work_query {
	struct select select;
	struct sight *sight;
};
/* SELECT … FROM ticket WHERE what is seen, and the filter. */
void work_select(struct work_query *w, struct cx *cx,
    const struct work_filter *filter, const char *columns);
/* " IN (…)" of the list; NULL-terminated. */
void work_in(struct select *s, const char *const *list);
/* Asked for, or ended, from then up to, and not with, until. */
void work_period(struct select *s, int64_t from_ms, int64_t until_ms);
struct query *work_ready(struct work_query *w, struct cx *cx);

struct work_list {
	const char *(*why)(struct cx *cx, const struct ticket *t);
	size_t limit;
	const char *after; /* key, or NULL */
	struct work_item *items; /* found */
	size_t n;
	bool more;
};
/* Run a statement of ids in order and read the page behind `after`. */
void work_page(struct cx *cx, struct work_query *w, struct work_list *list);

/* The actor, and the duties that they have now; NULL-terminated. */
const char *const *work_hands(struct cx *cx);
/* Teams that the actor is of; NULL-terminated. */
const char *const *work_teams(struct cx *cx);

#endif
