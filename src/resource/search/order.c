/* SPDX-License-Identifier: MIT */
/* The order of a query as a list of expressions, for ORDER BY and for "behind
 * this ticket": a > (its a) OR (a = (its a) AND (b > (its b) OR …)). */
#include "resource/search/compile.h"

struct order_term {
	const char *column, *behind; /* the expression, in two parts */
	bool descending;
};
#define ORDER_TERMS (JQL_ORDERS * 2 + 1)

/* What is empty comes last, whichever way round. */
static size_t
order_terms(const struct jql *query, struct order_term terms[ORDER_TERMS])
{
	size_t n = 0;

	for (size_t i = 0; i < query->norders; i++) {
		const struct jql_order *o = &query->orders[i];
		const char *column = compile_columns[o->field->id];
		const bool number = o->field->type == JQL_TIME ||
		    o->field->type == JQL_NUMBER;

		if (o->field->id == JQL_TICKET) {
			terms[n++] = (struct order_term){ "ticket.project", "",
				o->descending };
			terms[n++] = (struct order_term){ "ticket.id", "",
				o->descending };
			continue;
		}
		if (o->field->id == JQL_PRIORITY) {
			/* The most urgent first. */
			terms[n++] = (struct order_term){ column, "",
				!o->descending };
			continue;
		}
		terms[n++] = (struct order_term){ column,
			number ? " = 0" : " = ''", false };
		terms[n++] = (struct order_term){ column, "", o->descending };
	}
	terms[n++] = (struct order_term){ "ticket.id", "", true };
	return n;
}

static void
order_expression(struct select *to, const struct order_term *t)
{
	select_add(to, "(");
	select_fragment(to, t->column);
	select_fragment(to, t->behind);
	select_add(to, ")");
}

void
compile_order(struct compile *c)
{
	struct order_term terms[ORDER_TERMS];
	const size_t n = order_terms(c->query, terms);

	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			select_add(c->to, ", ");
		order_expression(c->to, &terms[i]);
		if (terms[i].descending)
			select_add(c->to, " DESC");
	}
}

static void
order_against(struct select *to, const struct order_term *t,
    const char *compare, int64_t ticket_id)
{
	order_expression(to, t);
	select_fragment(to, compare);
	select_add(to, "(SELECT ");
	order_expression(to, t);
	select_add(to, " FROM ticket WHERE ticket.id = ");
	select_int(to, ticket_id);
	select_add(to, ")");
}

void
compile_after(struct compile *c, int64_t ticket_id)
{
	struct order_term terms[ORDER_TERMS];
	const size_t n = order_terms(c->query, terms);

	for (size_t i = 0; i < n; i++) {
		select_add(c->to, "(");
		order_against(c->to, &terms[i],
		    terms[i].descending ? " < " : " > ", ticket_id);
		if (i + 1 == n)
			break;
		select_add(c->to, " OR (");
		order_against(c->to, &terms[i], " = ", ticket_id);
		select_add(c->to, " AND ");
	}
	select_add(c->to, ")");
	for (size_t i = 1; i < n; i++)
		select_add(c->to, "))");
}
