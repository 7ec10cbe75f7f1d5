/* SPDX-License-Identifier: MIT */
#include "resource/work/work.h"

#include <string.h>

#include "base/civil.h"
#include "resource/duty.h"
#include "resource/ticket/ticket.h"

const char *
work_section(const struct ticket *t)
{
	if (strstr(t->labels, "\"operations\"") != NULL)
		return "operations";
	if (strstr(t->labels, "\"features\"") != NULL ||
	    streq(t->kind, "feature") || streq(t->kind, "epic"))
		return "features";
	return "operations";
}

void
work_select(struct work_query *w, struct cx *cx,
    const struct work_filter *filter, const char *columns)
{
	struct select *s = &w->select;

	*w = (struct work_query){ .select = { .arena = cx->arena },
		.sight = sight_look(cx) };
	select_add(s, "SELECT ");
	select_fragment(s, columns);
	select_add(s, " FROM ticket WHERE ");
	select_fragment(s, sight_tickets(w->sight));
	if (filter->team != NULL) {
		select_add(s, " AND ticket.team = ");
		select_text(s, filter->team);
	}
	if (filter->section != NULL)
		select_fragment(s, streq(filter->section, "operations")
			? " AND " WORK_OPERATIONS
			: " AND NOT " WORK_OPERATIONS);
}

void
work_in(struct select *s, const char *const *list)
{
	select_add(s, " IN (''");
	for (; *list != NULL; list++) {
		select_add(s, ", ");
		select_text(s, *list);
	}
	select_add(s, ")");
}

void
work_period(struct select *s, int64_t from_ms, int64_t until_ms)
{
	select_add(s, " AND ((ticket.created_at >= ");
	select_int(s, from_ms);
	select_add(s, " AND ticket.created_at < ");
	select_int(s, until_ms);
	select_add(s, ") OR (ticket.closed_at >= ");
	select_int(s, from_ms);
	select_add(s, " AND ticket.closed_at < ");
	select_int(s, until_ms);
	select_add(s, "))");
}

struct query *
work_ready(struct work_query *w, struct cx *cx)
{
	struct query *q = select_query(&w->select, cx->db);

	sight_apply(w->sight, q);
	return q;
}

static struct work_item
work_item(struct cx *cx, const struct ticket *t, const char *why)
{
	return (struct work_item){ .key = t->key, .section = work_section(t),
		.kind = t->kind, .title = t->title, .status = t->status,
		.priority = t->priority, .why = why, .assignee = t->assignee,
		.requester = t->requester, .team = t->team,
		.labels = t->labels, .points = t->points,
		.age_days = (cx->now - t->created_at) / CIVIL_DAY_MS,
		.due_at = t->due_at, .created_at = t->created_at,
		.updated_at = t->updated_at };
}

void
work_page(struct cx *cx, struct work_query *w, struct work_list *list)
{
	int64_t *ids = arena_array(cx->arena, list->limit + 1, sizeof(*ids));
	struct ticket *last = NULL;
	struct err ignored;
	bool begun = list->after == NULL;
	struct query *q;
	size_t n = 0;

	/* To find the first few takes less than to sort all. */
	if (begun) {
		select_add(&w->select, " LIMIT ");
		select_int(&w->select, (int64_t)list->limit + 1);
	}
	q = work_ready(w, cx);
	if (!begun && !ticket_by_key(cx, list->after, &last, &ignored))
		last = NULL;
	while (n <= list->limit && query_next(q)) {
		const int64_t id = column_int_at(q, 0);

		if (begun)
			ids[n++] = id;
		begun = begun || (last != NULL && last->id == id);
	}
	query_end(q);
	list->more = n > list->limit;
	list->n = list->more ? list->limit : n;
	list->items =
	    arena_array(cx->arena, list->n + 1, sizeof(*list->items));
	for (size_t i = 0; i < list->n; i++) {
		const struct ticket *t = ticket_by_id(cx, ids[i]);

		list->items[i] = work_item(cx, t,
		    list->why == NULL ? "" : list->why(cx, t));
	}
}

const char *const *
work_hands(struct cx *cx)
{
	const struct platform *p = cx->platform;
	const char **list =
	    arena_array(cx->arena, p->nteams + 2, sizeof(*list));
	const char *me = cx->actor->person;
	size_t n = 0;

	if (me == NULL)
		return list;
	list[n++] = me;
	for (size_t i = 0; i < p->nteams; i++)
		if (team_has(&p->teams[i], me) &&
		    duty_has(cx, &p->teams[i], me))
			list[n++] = duty_name(cx, p->teams[i].name);
	return list;
}

const char *const *
work_teams(struct cx *cx)
{
	const struct platform *p = cx->platform;
	const char **list =
	    arena_array(cx->arena, p->nteams + 1, sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; i < p->nteams && cx->actor->person != NULL; i++)
		if (team_has(&p->teams[i], cx->actor->person))
			list[n++] = p->teams[i].name;
	return list;
}
