/* SPDX-License-Identifier: MIT */
#include "resource/glass/glass.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/plant.h"
#include "resource/access/access.h"
#include "resource/audit.h"
#include "resource/inbox/inbox.h"
#include "resource/ticket/ticket.h"
#include "store/record.h"
#include "sys/digest.h"

#define GLASS_START "slg_"
#define GLASS_LOOKED 20 /* reviews that are due and named */

bool
glass_is_open(struct db *db, const char *person, int64_t now)
{
	struct query *q = query(db, "glass_is_open");
	bool open;

	bind_text(q, "person", person);
	bind_int(q, "now", now);
	open = query_next(q);
	query_end(q);
	return open;
}

bool
glass_has_grant(const struct platform *p, const char *person)
{
	for (size_t i = 0; i < p->ngrants; i++)
		if (p->grants[i].break_glass &&
		    (p->grants[i].until_ms == 0 ||
			p->grants[i].until_ms > clock_wall_ms()) &&
		    platform_is_one_of(p, person, p->grants[i].to))
			return true;
	return false;
}

bool
glass_may_review(struct cx *cx)
{
	static const struct access_target server = { .name = NULL };
	const struct actor *a = cx->actor;

	if (a->person != NULL && glass_has_grant(cx->platform, a->person) &&
	    access_token_allows(a, RIGHT_ADMINISTER, NULL))
		return true;
	return access_ask(cx->platform, a, RIGHT_ADMINISTER, &server,
	    cx->arena)
	    .allowed;
}

/* --- the envelope --------------------------------------------------------- */

void
glass_seal(struct cx *cx, char code[GLASS_CODE + 1])
{
	char secret[GLASS_CODE - 3], hash[DIGEST_HEX];
	struct query *q = query(cx->db, "glass_code_void");

	bind_int(q, "now", cx->now);
	query_run(q);
	snprintf(code, GLASS_CODE + 1, GLASS_START "%s",
	    id_text(secret, GLASS_CODE - 4));
	digest_hex(code, GLASS_CODE, hash);
	q = query(cx->db, "glass_code_insert");
	bind_text(q, "hash", hash);
	bind_text(q, "made_by", actor_name(cx->actor));
	bind_int(q, "now", cx->now);
	query_run(q);
	audit(cx, "glass.sealed", "break-glass", "done",
	    "the code before it is void", NULL);
}

static bool
glass_use_code(struct cx *cx, const char *code, struct err *e)
{
	char hash[DIGEST_HEX];
	struct query *q = query(cx->db, "glass_code_any");
	const bool any = query_next(q);

	query_end(q);
	digest_hex(code, strlen(code), hash);
	q = query(cx->db, "glass_code_use");
	bind_text(q, "hash", hash);
	bind_int(q, "now", cx->now);
	if (query_run_count(q) == 1)
		return true;
	err_set(e, ERR_DENIED, "glass.code", any
	    ? "break the glass: that is not the code of the envelope"
	    : "break the glass: no code is sealed");
	return err_hint(e, any
	    ? "open the envelope; a code opens once"
	    : "ask an admin or the operator: slipway break-glass seal");
}

/* --- the alarm ------------------------------------------------------------ */

/* Everybody who administers or may break it too; not who did. */
static void
glass_tell(struct cx *cx, const struct glass *g, const char *text)
{
	static const struct access_target server = { .name = NULL };
	const struct platform *p = cx->platform;
	const char *subject =
	    arena_printf(cx->arena, "G-%lld", (long long)g->id);

	for (size_t i = 0; i < p->npeople; i++) {
		const struct actor a = { .person = p->people[i].name,
			.ceiling = ROLE_ADMIN };

		if (streq(a.person, g->person) ||
		    (!glass_has_grant(p, a.person) &&
			!access_ask(p, &a, RIGHT_ADMINISTER, &server,
			    cx->arena)
			     .allowed))
			continue;
		inbox_post(cx, a.person, INBOX_ACCESS, subject, text);
	}
}

/* Of the team that owns the folder's tasks, or whatever there is. */
static const struct project_def *
glass_project(const struct platform *p)
{
	const struct project_def *found =
	    p->nprojects == 0 ? NULL : &p->projects[0];

	for (size_t i = 0; i < p->ngrants; i++) {
		const char *team = p->grants[i].break_glass ? p->grants[i].on
							    : NULL;

		for (size_t k = 0; team != NULL && k < p->nprojects; k++)
			if (streq(p->projects[k].team, team))
				return &p->projects[k];
	}
	return found;
}

static const char *
glass_incident(struct cx *cx, const struct glass *g)
{
	const struct project_def *project = glass_project(cx->platform);
	struct ticket t = { .kind = "incident", .status = "open",
		.priority = "interruption",
		.priority_reason = "somebody broke the glass",
		.requester = g->person, .last_editor = g->person };

	if (project == NULL)
		return "";
	t.project = project->key;
	t.team = project->team;
	t.title = arena_printf(cx->arena, "Break-glass: %s", g->reason);
	ticket_insert(cx, &t);
	return t.key;
}

bool
glass_break(struct cx *cx, const char *reason, int64_t for_ms,
    const char *code, struct glass **ret, struct err *e)
{
	struct glass *g = ARENA_NEW(cx->arena, struct glass);
	const char *person = cx->actor->person;
	struct query *q;

	if (person == NULL || !glass_has_grant(cx->platform, person)) {
		err_set(e, ERR_DENIED, "glass.grant",
		    "break the glass: no grant with break_glass: true is to "
		    "'%s'",
		    actor_name(cx->actor));
		return err_hint(e, "ask an admin for such a grant in the "
				   "folder");
	}
	if (glass_is_open(cx->db, person, cx->now))
		return err_set(e, ERR_CONFLICT, "glass.open",
		    "you broke the glass already, and it is open");
	if (!glass_use_code(cx, code, e))
		return false;
	*g = (struct glass){ .person = person, .reason = reason,
		.ticket = "", .opened_at = cx->now,
		.until_at = cx->now + for_ms, .closed_by = "",
		.reviewed_by = "", .note = "" };
	g->ticket = glass_incident(cx, g);
	q = query(cx->db, "glass_insert");
	record_bind(q, &glass_schema, g);
	query_run(q);
	g->id = db_last_id(cx->db);
	audit(cx, "glass.opened",
	    arena_printf(cx->arena, "G-%lld", (long long)g->id), "allowed",
	    reason,
	    arena_printf(cx->arena, "{\"minutes\":%lld,\"ticket\":\"%s\"}",
		(long long)(for_ms / 60000), g->ticket));
	glass_tell(cx, g,
	    arena_printf(cx->arena, "%s broke the glass for %lld min: %s",
		person, (long long)(for_ms / 60000), reason));
	*ret = g;
	return true;
}

/* --- its end and its review ----------------------------------------------- */

struct glass *
glass_by_id(struct cx *cx, int64_t id)
{
	struct query *q = query(cx->db, "glass_get");
	struct glass *g = NULL;

	bind_int(q, "id", id);
	if (query_next(q)) {
		g = ARENA_NEW(cx->arena, struct glass);
		record_read(q, &glass_schema, g, cx->arena);
	}
	query_end(q);
	return g;
}

static void
glass_save(struct cx *cx, struct glass *g)
{
	struct query *q = query(cx->db, "glass_update");

	record_bind(q, &glass_schema, g);
	query_run(q);
}

static const char *
glass_name(struct cx *cx, const struct glass *g)
{
	return arena_printf(cx->arena, "G-%lld", (long long)g->id);
}

void
glass_close(struct cx *cx, struct glass *g)
{
	if (g->closed_at != 0)
		return;
	g->closed_at = cx->now < g->until_at ? cx->now : g->until_at;
	g->closed_by = actor_name(cx->actor);
	glass_save(cx, g);
	audit(cx, "glass.closed", glass_name(cx, g), "done",
	    cx->now < g->until_at ? "given back" : "its time is over", NULL);
}

bool
glass_reviewed(struct cx *cx, struct glass *g, const char *note,
    struct err *e)
{
	if (cx->actor->person == NULL) {
		err_set(e, ERR_DENIED, "glass.operator",
		    "review G-%lld: the operator is no second person",
		    (long long)g->id);
		return err_hint(e, "slipway --as PERSON break-glass review "
				   "%lld", (long long)g->id);
	}
	if (!PLANTED("glass-reviews-itself") &&
	    (streq(cx->actor->person, g->person) ||
		access_answers_for(cx->platform, cx->actor->person,
		    g->person))) {
		err_set(e, ERR_DENIED, "glass.self",
		    "review G-%lld: who broke the glass does not review it",
		    (long long)g->id);
		return err_hint(e, "ask another with a break-glass grant, or "
				   "an admin");
	}
	if (g->reviewed_at != 0)
		return err_set(e, ERR_CONFLICT, "glass.reviewed",
		    "review G-%lld: %s did", (long long)g->id,
		    g->reviewed_by);
	if (g->closed_at == 0 && g->until_at > cx->now) {
		err_set(e, ERR_CONFLICT, "glass.open",
		    "review G-%lld: it is open still", (long long)g->id);
		return err_hint(e, "slipway break-glass close %lld",
		    (long long)g->id);
	}
	glass_close(cx, g);
	g->reviewed_at = cx->now;
	g->reviewed_by = actor_name(cx->actor);
	g->note = note;
	glass_save(cx, g);
	inbox_settle(cx, INBOX_ACCESS, glass_name(cx, g));
	audit(cx, "glass.reviewed", glass_name(cx, g), "done", note, NULL);
	return true;
}

/* --- by itself ------------------------------------------------------------ */

static void
glass_end(struct cx *cx)
{
	struct query *q = query(cx->db, "glass_over");
	struct glass list[GLASS_LOOKED];
	size_t n = 0;

	bind_int(q, "now", cx->now);
	while (n < GLASS_LOOKED && query_next(q))
		record_read(q, &glass_schema, &list[n++], cx->arena);
	query_end(q);
	for (size_t i = 0; i < n && !PLANTED("glass-stays-open"); i++)
		glass_close(cx, &list[i]);
}

static size_t
glass_due(struct cx *cx, struct glass list[GLASS_LOOKED])
{
	struct query *q = query(cx->db, "glass_unreviewed");
	size_t n = 0;

	while (n < GLASS_LOOKED && query_next(q))
		record_read(q, &glass_schema, &list[n++], cx->arena);
	query_end(q);
	return n;
}

int64_t
glass_turn(struct cx *cx)
{
	struct glass list[GLASS_LOOKED];
	int64_t next = INT64_MAX;
	size_t n;
	struct query *q;

	glass_end(cx);
	n = glass_due(cx, list);
	for (size_t i = 0; i < n; i++) {
		struct glass *g = &list[i];
		const int64_t last =
		    g->reminded_at != 0 ? g->reminded_at : g->opened_at;

		if (last + GLASS_REVIEW_MS > cx->now) {
			if (last + GLASS_REVIEW_MS < next)
				next = last + GLASS_REVIEW_MS;
			continue;
		}
		g->reminded_at = cx->now;
		glass_save(cx, g);
		glass_tell(cx, g,
		    arena_printf(cx->arena,
			"nobody reviewed that %s broke the glass: slipway "
			"break-glass review %lld",
			g->person, (long long)g->id));
		audit(cx, "glass.overdue", glass_name(cx, g), "done",
		    "nobody reviewed it", NULL);
		if (cx->now + GLASS_REVIEW_MS < next)
			next = cx->now + GLASS_REVIEW_MS;
	}
	q = query(cx->db, "glass_next_over");
	if (query_next(q) && !column_is_null(q, "at") &&
	    column_int(q, "at") < next)
		next = column_int(q, "at");
	query_end(q);
	return next;
}

const char *
glass_summary(struct cx *cx, bool *ret_overdue)
{
	struct glass list[GLASS_LOOKED];
	const char *text = NULL;
	size_t n = glass_due(cx, list);
	char since[CLOCK_TEXT];

	*ret_overdue = false;
	for (size_t i = 0; i < n; i++) {
		const struct glass *g = &list[i];
		const bool open = g->closed_at == 0 && g->until_at > cx->now;
		const bool overdue =
		    g->opened_at + GLASS_REVIEW_MS <= cx->now;

		*ret_overdue |= overdue;
		text = arena_printf(cx->arena, "%s%sG-%lld of %s %s %s",
		    text == NULL ? "" : text, text == NULL ? "" : ", ",
		    (long long)g->id, g->person,
		    open ? "is open until"
			: overdue ? "is overdue for a review since"
				  : "waits for a review since",
		    clock_text(open ? g->until_at
			    : overdue ? g->opened_at + GLASS_REVIEW_MS
				      : g->opened_at,
			since));
	}
	return text;
}
