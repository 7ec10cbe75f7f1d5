/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "resource/audit.h"
#include "resource/ticket/work.h"
#include "store/record.h"

#define LINK_WALK 10000 /* tickets looked at for a loop */

struct link {
	int64_t from, to;
	const char *kind; /* one of the first TICKET_LINKS */
};

/* What the other end says of a kind. */
static const char *
link_inverse(const char *kind)
{
	static const size_t inverse[] = { 5, 6, 2, 7, 8 };

	for (size_t i = 0; i < TICKET_LINKS; i++)
		if (streq(kind, ticket_link_kinds[i]))
			return ticket_link_kinds[inverse[i]];
	return NULL;
}

/* As the table has it; relates_to has no direction, so the older is first. */
static struct link
link_of(const struct ticket *t, const char *kind, const struct ticket *other)
{
	struct link link = { t->id, other->id, kind };

	if (link_inverse(kind) == NULL) {
		for (size_t i = 0; i < TICKET_LINKS; i++)
			if (streq(link_inverse(ticket_link_kinds[i]), kind))
				link.kind = ticket_link_kinds[i];
		link.from = other->id;
		link.to = t->id;
	} else if (streq(kind, "relates_to") && t->id > other->id) {
		link.from = other->id;
		link.to = t->id;
	}
	return link;
}

static const char *
link_name(struct cx *cx, int64_t id)
{
	const struct ticket *t = ticket_by_id(cx, id);

	return t != NULL && ticket_visible(cx, t) ? t->key : "another ticket";
}

/* From link.to along what it blocks; link.from must not be reached. */
static bool
link_no_loop(struct cx *cx, const struct link *link, struct err *e)
{
	struct {
		int64_t id;
		size_t by;
	} *walk = arena_array(cx->arena, LINK_WALK, sizeof(*walk));
	size_t n = 1;
	const char *loop;

	walk[0].id = link->to;
	for (size_t i = 0; i < n; i++) {
		struct query *q;

		if (walk[i].id == link->from) {
			loop = link_name(cx, link->from);
			for (size_t k = i; k != 0; k = walk[k].by)
				loop = arena_printf(cx->arena, "%s blocks %s",
				    link_name(cx, walk[walk[k].by].id), loop);
			return err_set(e, ERR_CONFLICT, "ticket.loop",
			    "%s cannot block %s: %s",
			    link_name(cx, link->from), link_name(cx, link->to),
			    loop);
		}
		q = query(cx->db, "link_blocked");
		bind_int(q, "from_id", walk[i].id);
		while (n < LINK_WALK && query_next(q)) {
			int64_t id = column_int(q, "to_id");
			size_t k = 0;

			while (k < n && walk[k].id != id)
				k++;
			walk[n].id = id;
			walk[n].by = i;
			n += k == n;
		}
		query_end(q);
	}
	if (n < LINK_WALK)
		return true;
	return err_set(e, ERR_CONFLICT, "ticket.loop",
	    "%s blocks too much to be linked so", link_name(cx, link->to));
}

static bool
link_exists(struct cx *cx, const struct link *link)
{
	struct query *q = query(cx->db, "link_get");
	bool found;

	bind_int(q, "from_id", link->from);
	bind_int(q, "to_id", link->to);
	bind_text(q, "kind", link->kind);
	found = query_next(q);
	query_end(q);
	return found;
}

/* Both ends say it, each in its own words. */
static void
link_told(struct cx *cx, const struct ticket *t, const char *kind,
    const struct ticket *other, bool added)
{
	const char *inverse = link_inverse(kind);

	for (size_t i = 0; inverse == NULL && i < TICKET_LINKS; i++)
		if (streq(link_inverse(ticket_link_kinds[i]), kind))
			inverse = ticket_link_kinds[i];
	ticket_note(cx, t, "link",
	    arena_printf(cx->arena, "%s %s %s", added ? "link:" : "no longer:",
		kind, other->key), NULL);
	ticket_note(cx, other, "link",
	    arena_printf(cx->arena, "%s %s %s", added ? "link:" : "no longer:",
		inverse, t->key), NULL);
	audit(cx, added ? "ticket.linked" : "ticket.unlinked", t->key, "done",
	    arena_printf(cx->arena, "%s %s", kind, other->key), NULL);
}

bool
ticket_link_add(struct cx *cx, const struct ticket *t, const char *kind,
    const struct ticket *other, struct err *e)
{
	const struct link link = link_of(t, kind, other);
	struct query *q;

	if (t->id == other->id)
		return err_set(e, ERR_INVALID, "ticket.link_self",
		    "%s cannot be linked to itself", t->key);
	if (link_exists(cx, &link))
		return true;
	if (streq(link.kind, "blocks") && !link_no_loop(cx, &link, e))
		return false;
	q = query(cx->db, "link_insert");
	bind_int(q, "from_id", link.from);
	bind_int(q, "to_id", link.to);
	bind_text(q, "kind", link.kind);
	bind_text(q, "created_by", actor_name(cx->actor));
	bind_int(q, "created_at", cx->now);
	query_run(q);
	link_told(cx, t, kind, other, true);
	return true;
}

void
ticket_undoes(struct cx *cx, const struct ticket *t, const struct run *run)
{
	const struct ticket *first =
	    run->ticket_id == 0 ? NULL : ticket_by_id(cx, run->ticket_id);
	struct err e;

	if (first != NULL && !ticket_link_add(cx, t, "undoes", first, &e))
		ticket_note(cx, t, "comment", e.message, NULL);
}

bool
ticket_link_remove(struct cx *cx, const struct ticket *t, const char *kind,
    const struct ticket *other, struct err *e)
{
	const struct link link = link_of(t, kind, other);
	struct query *q;

	if (!link_exists(cx, &link)) {
		err_set(e, ERR_NOT_FOUND, "not_found",
		    "%s %s %s: there is no such link", t->key, kind,
		    other->key);
		return err_hint(e, "slipway ticket show %s", t->key);
	}
	q = query(cx->db, "link_remove");
	bind_int(q, "from_id", link.from);
	bind_int(q, "to_id", link.to);
	bind_text(q, "kind", link.kind);
	query_run(q);
	link_told(cx, t, kind, other, false);
	return true;
}

struct ticket_link_end *
ticket_links(struct cx *cx, const struct ticket *t, size_t *ret_n)
{
	struct query *q = query(cx->db, "link_count");
	struct ticket_link_end *ends;
	size_t n = 0, cap = 0;

	bind_int(q, "id", t->id);
	if (query_next(q))
		cap = (size_t)column_int(q, "n");
	query_end(q);
	ends = arena_array(cx->arena, cap + 1, sizeof(*ends));
	q = query(cx->db, "links");
	bind_int(q, "id", t->id);
	while (n < cap && query_next(q)) {
		const bool from = column_int(q, "from_id") == t->id;
		const char *kind = column_text(q, "kind", cx->arena);
		const struct ticket *other = ticket_by_id(cx,
		    column_int(q, from ? "to_id" : "from_id"));

		if (other == NULL || !ticket_visible(cx, other))
			continue;
		ends[n++] = (struct ticket_link_end){
			.says = from ? kind : link_inverse(kind),
			.key = other->key, .title = other->title,
			.status = other->status,
			.created_by = column_text(q, "created_by", cx->arena),
			.created_at = column_int(q, "created_at") };
	}
	query_end(q);
	*ret_n = n;
	return ends;
}
