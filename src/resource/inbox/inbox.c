/* SPDX-License-Identifier: MIT */
#include "resource/inbox/inbox.h"

#include <string.h>

#include "resource/inbox/tell.h"
#include "store/record.h"

#define INBOX_TEXT 500 /* bytes of an item's line */

/* The first line, cut between characters. */
static const char *
inbox_line(struct cx *cx, const char *text)
{
	size_t n = strcspn(text, "\r\n");

	if (n <= INBOX_TEXT)
		return arena_strndup(cx->arena, text, n);
	n = INBOX_TEXT;
	while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return arena_printf(cx->arena, "%.*s…", (int)n, text);
}

static void
inbox_write(struct cx *cx, struct inbox_item *item)
{
	struct query *q = query(cx->db, "inbox_post");

	item->seq = site_next_seq(cx->site);
	record_bind(q, &inbox_schema, item);
	query_run(q);
	site_tell(cx, site_inbox(item->person));
}

void
inbox_post(struct cx *cx, const char *person, const char *kind,
    const char *subject, const char *text)
{
	const struct person_def *def =
	    person == NULL ? NULL : platform_person(cx->platform, person);
	struct inbox_item item = { .person = person, .kind = kind,
		.subject = subject, .count = 1, .created_at = cx->now,
		.updated_at = cx->now };
	const char *const *teams;

	if (def == NULL || def->disabled || streq(person, cx->actor->person))
		return;
	item.text = inbox_line(cx, text);
	item.tell_at = tell_when(cx, person, kind);
	inbox_write(cx, &item);
	for (teams = tell_teams(cx, person, kind); *teams != NULL; teams++) {
		item.person = arena_printf(cx->arena, INBOX_TEAM "%s", *teams);
		item.tell_at = cx->now;
		inbox_write(cx, &item);
	}
}

void
inbox_post_group(struct cx *cx, const char *team_or_person, const char *kind,
    const char *subject, const char *text)
{
	const struct team_def *team =
	    platform_team(cx->platform, team_or_person);

	if (team == NULL) {
		inbox_post(cx, team_or_person, kind, subject, text);
		return;
	}
	for (size_t i = 0; team->members[i] != NULL; i++)
		inbox_post(cx, team->members[i], kind, subject, text);
}

void
inbox_settle(struct cx *cx, const char *kind, const char *subject)
{
	struct query *q = query(cx->db, "inbox_settle");

	bind_text(q, "kind", kind);
	bind_text(q, "subject", subject);
	bind_int(q, "now", cx->now);
	query_run(q);
}

void
inbox_settle_of(struct cx *cx, const char *person, const char *kind,
    const char *subject)
{
	struct query *q = query(cx->db, "inbox_settle_of");

	bind_text(q, "person", person);
	bind_text(q, "kind", kind);
	bind_text(q, "subject", subject);
	bind_int(q, "now", cx->now);
	query_run(q);
}

void
inbox_settle_needs(struct cx *cx, int64_t ticket_id)
{
	struct query *q = query(cx->db, "inbox_settle_needs");

	bind_int(q, "ticket_id", ticket_id);
	bind_int(q, "now", cx->now);
	query_run(q);
}

const char **
inbox_waiting(struct cx *cx, const char *kind, const char *subject)
{
	struct query *q = query(cx->db, "inbox_waiting");
	const char **people = arena_array(cx->arena, 1, sizeof(*people));
	size_t n = 0, cap = 1;

	bind_text(q, "kind", kind);
	bind_text(q, "subject", subject);
	while (query_next(q)) {
		if (n + 1 == cap) {
			const char **more;

			cap *= 2;
			more = arena_array(cx->arena, cap, sizeof(*more));
			memcpy(more, people, n * sizeof(*more));
			people = more;
		}
		people[n++] = column_text(q, "person", cx->arena);
		people[n] = NULL;
	}
	query_end(q);
	return people;
}
