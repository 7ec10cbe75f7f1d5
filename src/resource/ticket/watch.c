/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "resource/audit.h"
#include "resource/inbox/inbox.h"
#include "resource/ticket/work.h"
#include "store/record.h"

void
ticket_watch(struct cx *cx, const struct ticket *t, const char *person,
    const char *why)
{
	struct ticket_watcher w = { .ticket_id = t->id, .person = person,
		.why = why, .since_at = cx->now };
	struct query *q;

	if (person == NULL || platform_person(cx->platform, person) == NULL)
		return;
	q = query(cx->db,
	    streq(why, "asked") ? "watcher_ask" : "watcher_add");
	record_bind(q, &ticket_watcher_schema, &w);
	query_run(q);
}

void
ticket_unwatch(struct cx *cx, const struct ticket *t, const char *person)
{
	struct ticket_watcher w = { .ticket_id = t->id, .person = person,
		.why = "asked", .off = true, .since_at = cx->now };
	struct query *q = query(cx->db, "watcher_off");

	record_bind(q, &ticket_watcher_schema, &w);
	query_run(q);
}

struct ticket_watcher *
ticket_watchers(struct cx *cx, int64_t ticket_id, size_t *ret_n)
{
	struct query *q = query(cx->db, "watcher_count");
	struct ticket_watcher *list;
	size_t n = 0, cap = 0;

	bind_int(q, "ticket_id", ticket_id);
	if (query_next(q))
		cap = (size_t)column_int(q, "n");
	query_end(q);
	list = arena_array(cx->arena, cap + 1, sizeof(*list));
	q = query(cx->db, "watchers");
	bind_int(q, "ticket_id", ticket_id);
	while (n < cap && query_next(q))
		record_read(q, &ticket_watcher_schema, &list[n++], cx->arena);
	query_end(q);
	*ret_n = n;
	return list;
}

bool
ticket_seen_by(struct cx *cx, const struct ticket *t, const char *person)
{
	const struct actor theirs = { .person = person,
		.ceiling = ROLE_ADMIN };
	struct cx as = *cx;

	as.actor = &theirs;
	return ticket_visible(&as, t);
}

void
ticket_tell(struct cx *cx, const struct ticket *t, const char *kind,
    const char *text, const char *const *but)
{
	size_t n;
	const struct ticket_watcher *list = ticket_watchers(cx, t->id, &n);

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (but[k] != NULL && !streq(but[k], list[i].person))
			k++;
		if (but[k] == NULL && ticket_seen_by(cx, t, list[i].person))
			inbox_post(cx, list[i].person, kind, t->key, text);
	}
}
