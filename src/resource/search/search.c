/* SPDX-License-Identifier: MIT */
#include "resource/search/search.h"

#include <string.h>

#include "resource/search/compile.h"
#include "resource/search/filter.h"
#include "resource/sight.h"
#include "resource/ticket/ticket.h"
#include "resource/wall.h"

static void
search_by_id(struct cx *cx, const char *name, int64_t id)
{
	struct query *q = query(cx->db, name);

	bind_int(q, "id", id);
	query_run(q);
}

void
search_learn_ticket(struct cx *cx, int64_t ticket_id)
{
	search_by_id(cx, "search_forget_ticket", ticket_id);
	search_by_id(cx, "search_learn_ticket", ticket_id);
}

void
search_learn_comment(struct cx *cx, int64_t entry_id)
{
	search_by_id(cx, "search_forget_comment", entry_id);
	search_by_id(cx, "search_learn_comment", entry_id);
}

void
search_forget(struct cx *cx, int64_t ticket_id)
{
	search_by_id(cx, "search_forget_ticket", ticket_id);
	search_by_id(cx, "search_forget_all_comments", ticket_id);
}

/* --- one question --- */

struct asked {
	struct jql query, filter;
	struct select select;
	struct sight *sight;
	unsigned tests;
	struct compile c;
};

static bool
asked_filter(struct asked *a, const char *key, struct err *e)
{
	struct compile inner = a->c;

	inner.filter = filter_named(a->c.cx, key, e);
	if (inner.filter == NULL)
		return false;
	inner.query = &a->filter;
	inner.outer = &a->c;
	if (!jql_parse(a->c.cx->arena, str_of(inner.filter->query), &a->filter,
		e))
		return err_wrap(e, "filter '%s'", inner.filter->key);
	select_add(&a->select, " AND ");
	return compile_where(&inner, e) ||
	    err_wrap(e, "filter '%s'", inner.filter->key);
}

/* Everything behind WHERE, without the page. */
static bool
asked_where(struct asked *a, const struct search *what, struct err *e)
{
	select_fragment(&a->select, sight_tickets(a->sight));
	select_add(&a->select, " AND ");
	if (!jql_parse(a->c.cx->arena, str_of(what->query), &a->query, e) ||
	    !compile_where(&a->c, e))
		return false;
	for (size_t i = 0; i < what->nis; i++) {
		if (what->is[i].value == NULL)
			continue;
		select_add(&a->select, " AND ");
		if (!compile_is(&a->c, what->is[i].field, what->is[i].value,
			e))
			return false;
	}
	if (what->filter == NULL)
		return true;
	if (!asked_filter(a, what->filter, e))
		return false;
	if (a->query.norders == 0) {
		memcpy(a->query.orders, a->filter.orders,
		    sizeof(a->query.orders));
		a->query.norders = a->filter.norders;
	}
	return true;
}

static struct asked *
asked_create(struct cx *cx)
{
	struct asked *a = ARENA_NEW(cx->arena, struct asked);

	*a = (struct asked){ .select = { .arena = cx->arena },
		.sight = sight_look(cx) };
	a->c = (struct compile){ .cx = cx, .query = &a->query,
		.zone = wall_zone(cx), .to = &a->select, .tests = &a->tests };
	return a;
}

static struct query *
asked_query(struct asked *a)
{
	struct query *q = select_query(&a->select, a->c.cx->db);

	sight_apply(a->sight, q);
	return q;
}

bool
search_find(struct cx *cx, const struct search *what, const char *after,
    size_t limit, const int64_t **ret_ids, size_t *ret_n, struct err *e)
{
	struct asked *a = asked_create(cx);
	int64_t *ids = arena_array(cx->arena, limit + 1, sizeof(*ids));
	struct ticket *last;
	struct err ignored;
	struct query *q;
	size_t n = 0;

	select_add(&a->select, "SELECT ticket.id FROM ticket WHERE ");
	if (!asked_where(a, what, e)) {
		select_finish(&a->select);
		return false;
	}
	if (after != NULL && ticket_by_key(cx, after, &last, &ignored)) {
		select_add(&a->select, " AND ");
		compile_after(&a->c, last->id);
	} else if (after != NULL) {
		limit = 0;
	}
	select_add(&a->select, " ORDER BY ");
	compile_order(&a->c);
	select_add(&a->select, " LIMIT ");
	select_int(&a->select, (int64_t)limit);
	q = asked_query(a);
	while (n < limit && query_next(q))
		ids[n++] = column_int_at(q, 0);
	query_end(q);
	if (n == 0 && after == NULL &&
	    !compile_names_known(cx, &a->query, a->query.where, e))
		return false;
	*ret_ids = ids;
	*ret_n = n;
	return true;
}

bool
search_count(struct cx *cx, const struct search *what, int64_t *ret_n,
    struct err *e)
{
	struct asked *a = asked_create(cx);
	struct query *q;

	select_add(&a->select, "SELECT COUNT(*) FROM ticket WHERE ");
	if (!asked_where(a, what, e)) {
		select_finish(&a->select);
		return false;
	}
	q = asked_query(a);
	*ret_n = query_next(q) ? column_int_at(q, 0) : 0;
	query_end(q);
	return *ret_n > 0 ||
	    compile_names_known(cx, &a->query, a->query.where, e);
}

bool
search_check(struct cx *cx, const char *filter, struct err *e)
{
	const struct search what = { .query = "", .filter = filter };
	struct asked *a = asked_create(cx);
	const bool ok = asked_where(a, &what, e);

	select_finish(&a->select);
	return ok;
}
