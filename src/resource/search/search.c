/* SPDX-License-Identifier: MIT */
#include "resource/search/search.h"

#include "resource/search/compile.h"
#include "resource/sight.h"
#include "store/record.h"
#include "sys/zone_file.h"

struct search {
	struct cx *cx;
	struct query *q;
};

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

static const struct zone *
search_zone(struct cx *cx)
{
	const struct zone *z = zone_utc();
	struct err ignored;

	if (cx->platform->timezone != NULL)
		(void)zone_file_load(cx->arena, ZONE_FILE_FOLDER,
		    cx->platform->timezone, &z, &ignored);
	return z;
}

bool
search_begin(struct cx *cx, const char *text, struct search **ret,
    struct err *e)
{
	struct select select = { .arena = cx->arena };
	struct compile c = { .cx = cx, .to = &select };
	struct search *s = ARENA_NEW(cx->arena, struct search);
	struct jql jql;

	if (!jql_parse(cx->arena, str_of(text), &jql, e))
		return false;
	c.query = &jql;
	c.zone = search_zone(cx);
	select_add(&select, "SELECT ticket.* FROM ticket WHERE ");
	select_add(&select, SIGHT_TICKETS " AND ");
	if (!compile_where(&c, e)) {
		select_finish(&select);
		return false;
	}
	select_add(&select, " ORDER BY ");
	compile_order(&c);
	s->cx = cx;
	s->q = select_query(&select, cx->db);
	sight_bind(cx, s->q);
	*ret = s;
	return true;
}

struct ticket *
search_next(struct search *s)
{
	struct ticket *t;

	if (!query_next(s->q))
		return NULL;
	t = ARENA_NEW(s->cx->arena, struct ticket);
	record_read(s->q, &ticket_schema, t, s->cx->arena);
	return t;
}

void
search_end(struct search *s)
{
	query_end(s->q);
}
