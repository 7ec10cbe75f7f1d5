/* SPDX-License-Identifier: MIT */
#include "resource/access/access.h"
#include "resource/ticket/ticket.h"

void
ticket_author_add(struct cx *cx, const struct ticket *t, const char *person,
    const char *why)
{
	struct query *q = query(cx->db, "ticket_author_add");

	bind_int(q, "ticket_id", t->id);
	bind_text(q, "person", person);
	bind_text(q, "why", why);
	bind_int(q, "since_at", cx->now);
	query_run(q);
}

/* How person is author, who is one in the way why; NULL: another human. */
static const char *
author_why(struct cx *cx, const char *person, const char *author,
    const char *why)
{
	const struct platform *p = cx->platform;
	const char *human = platform_human(p, author);

	if (streq(person, author))
		return why;
	if (streq(platform_human(p, person), human))
		return arena_printf(cx->arena, "is the same as %s, who %s",
		    author, why);
	if (access_answers_for(p, person, author))
		return arena_printf(cx->arena, "answers for %s, who %s",
		    author, why);
	if (access_answers_for(p, author, person))
		return arena_printf(cx->arena,
		    "is answered for by %s, who %s", author, why);
	return NULL;
}

const char *
ticket_authored(struct cx *cx, const struct ticket *t, const char *person)
{
	const char *why = author_why(cx, person, t->requester, "asked for it");
	struct query *q;

	if (why == NULL && t->last_editor[0] != '\0')
		why = author_why(cx, person, t->last_editor, "edited it");
	if (why != NULL)
		return why;
	q = query(cx->db, "ticket_authors");
	bind_int(q, "ticket_id", t->id);
	while (why == NULL && query_next(q))
		why = author_why(cx, person,
		    column_text(q, "person", cx->arena),
		    column_text(q, "why", cx->arena));
	query_end(q);
	return why;
}
