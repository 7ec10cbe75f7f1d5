/* SPDX-License-Identifier: MIT */
#include "resource/ticket/comment.h"

#include <ctype.h>
#include <string.h>

#include "resource/audit.h"
#include "resource/call.h"
#include "resource/inbox/inbox.h"
#include "resource/search/search.h"
#include "resource/ticket/work.h"
#include "store/record.h"

#define MENTIONS 50 /* of one comment that are heard */

bool
comment_allowed(struct cx *cx, const struct ticket *t, struct err *e)
{
	const char *environment = ticket_target(t).environment;

	return access_token_allows(cx->actor, RIGHT_APPROVE, environment) ||
	    access_token_check(cx, RIGHT_REQUEST, environment, e);
}

/* Who is mentioned; each once, however often and as which team's member. */
struct heard {
	const char **people;
	size_t n;
};

static void
mention_person(struct cx *cx, struct heard *h, const char *person)
{
	for (size_t i = 0; i < h->n; i++)
		if (streq(h->people[i], person))
			return;
	if (platform_person(cx->platform, person) != NULL)
		h->people[h->n++] = person;
}

static void
mention(struct cx *cx, struct heard *h, const char *name)
{
	const struct team_def *team = platform_team(cx->platform, name);

	if (team == NULL) {
		mention_person(cx, h, name);
		return;
	}
	for (size_t i = 0; team->members[i] != NULL; i++)
		mention_person(cx, h, team->members[i]);
}

static void
mention_tell(struct cx *cx, const struct ticket *t, const char *person,
    const char *text)
{
	if (!ticket_seen_by(cx, t, person))
		return;
	ticket_watch(cx, t, person, "mention");
	inbox_post(cx, person, INBOX_MENTION, t->key,
	    arena_printf(cx->arena, "%s mentioned you: %s",
		actor_name(cx->actor), text));
}

static size_t
mention_length(const char *p)
{
	size_t n = 0;

	while (islower((unsigned char)p[n]) || isdigit((unsigned char)p[n]) ||
	    (n > 0 && (p[n] == '_' || p[n] == '-')))
		n++;
	return n;
}

/* Who was mentioned; ends with NULL. */
static const char *const *
mentions(struct cx *cx, const struct ticket *t, const char *text)
{
	struct heard h = { .people = arena_array(cx->arena,
			       cx->platform->npeople + 1, sizeof(char *)) };
	size_t names = 0;

	for (const char *p = text; (p = strchr(p, '@')) != NULL; p++) {
		size_t n = mention_length(p + 1);

		if (n == 0 || (p > text && isalnum((unsigned char)p[-1])))
			continue;
		if (names++ == MENTIONS)
			break;
		mention(cx, &h, arena_strndup(cx->arena, p + 1, n));
	}
	for (size_t i = 0; i < h.n; i++)
		mention_tell(cx, t, h.people[i], text);
	return h.people;
}

void
comment_add(struct cx *cx, const struct ticket *t, const char *text)
{
	ticket_note(cx, t, "comment", text, NULL);
	ticket_watch(cx, t, cx->actor->person, "comment");
	ticket_tell(cx, t, INBOX_COMMENT,
	    arena_printf(cx->arena, "%s wrote: %s", actor_name(cx->actor),
		text),
	    mentions(cx, t, text));
	audit(cx, "ticket.commented", t->key, "done", "", NULL);
}

static bool
comment_own(struct cx *cx, const struct ticket *t, const char *id,
    struct ticket_entry *ret, struct err *e)
{
	struct query *q = query(cx->db, "comment_get");
	int64_t number = 0;
	bool found;

	if (!str_to_int64(str_of(id), &number))
		number = 0;
	bind_int(q, "id", number);
	bind_int(q, "ticket_id", t->id);
	found = query_next(q);
	if (found)
		record_read(q, &ticket_entry_schema, ret, cx->arena);
	query_end(q);
	if (!found)
		return call_absent(e, "comment", id, NULL);
	if (!streq(ret->actor, actor_name(cx->actor)))
		return err_set(e, ERR_DENIED, "comment.own",
		    "comment '%s' is by %s: only its author changes it", id,
		    ret->actor);
	if (ret->removed_at != 0)
		return err_set(e, ERR_GONE, "comment.removed",
		    "comment '%s' was taken back already", id);
	return true;
}

bool
comment_edit(struct cx *cx, const struct ticket *t, const char *id,
    const char *text, struct err *e)
{
	struct ticket_entry entry = { .id = 0 };
	struct query *q;

	if (!comment_own(cx, t, id, &entry, e))
		return false;
	if (streq(entry.body, text))
		return true;
	q = query(cx->db, "comment_keep");
	bind_int(q, "entry_id", entry.id);
	bind_text(q, "actor", entry.actor);
	bind_int(q, "at", cx->now);
	bind_text(q, "body", entry.body);
	query_run(q);
	entry.body = text == NULL ? "" : text;
	entry.edited_at = cx->now;
	entry.removed_at = text == NULL ? cx->now : 0;
	q = query(cx->db, "comment_update");
	record_bind(q, &ticket_entry_schema, &entry);
	query_run(q);
	search_learn_comment(cx, entry.id);
	if (text != NULL)
		mentions(cx, t, text);
	audit(cx, text == NULL ? "ticket.comment_removed"
			       : "ticket.comment_edited",
	    t->key, "done",
	    arena_printf(cx->arena, "comment %s", id), NULL);
	return true;
}
