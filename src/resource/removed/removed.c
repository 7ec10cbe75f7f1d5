/* SPDX-License-Identifier: MIT */
#include "resource/removed/removed.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/plant.h"
#include "resource/access/access.h"
#include "resource/audit.h"
#include "resource/call.h"
#include "resource/evidence/evidence.h"
#include "resource/search/search.h"
#include "resource/ticket/ticket.h"

/* --- lists ---------------------------------------------------------------- */

static size_t
removed_list(struct query *q, int64_t after, int64_t ids[REMOVED_BATCH])
{
	size_t n = 0;

	bind_int(q, "after", after);
	bind_int(q, "limit", REMOVED_BATCH);
	while (n < REMOVED_BATCH && query_next(q))
		ids[n++] = column_int_at(q, 0);
	query_end(q);
	return n;
}

static struct query *
removed_runs_due(struct db *db, const struct removed_limits *l, int64_t last)
{
	struct query *q = query(db, "removed_runs_due");

	bind_int(q, "before",
	    PLANTED("removed-too-young") ? INT64_MAX : l->before);
	bind_int(q, "logs_to", l->logs_to);
	bind_int(q, "last", last);
	return q;
}

static struct query *
removed_tickets_due(struct db *db, const struct removed_limits *l,
    int64_t last)
{
	struct query *q = query(db, "removed_tickets_due");

	bind_int(q, "before", l->before);
	bind_int(q, "last", last);
	return q;
}

size_t
removed_runs(struct db *db, const struct removed_limits *l, int64_t after,
    int64_t ids[REMOVED_BATCH])
{
	const size_t n =
	    removed_list(query(db, "removed_run_left"), after, ids);

	return n > 0
	    ? n
	    : removed_list(removed_runs_due(db, l, INT64_MAX), after, ids);
}

size_t
removed_tickets(struct db *db, const struct removed_limits *l, int64_t after,
    int64_t ids[REMOVED_BATCH])
{
	return removed_list(removed_tickets_due(db, l, INT64_MAX), after, ids);
}

/* --- runs ----------------------------------------------------------------- */

static void
removed_with(struct cx *cx, const char *statement, int64_t id)
{
	struct query *q = query(cx->db, statement);

	bind_int(q, "id", id);
	query_run(q);
}

static void
removed_put(struct cx *cx, const char *kind, const char *key, int64_t id,
    const struct access_target *t, const char *project, const char *requester,
    int64_t started_at, const char *evidence)
{
	struct query *q = query(cx->db, "removed_insert");

	bind_text(q, "key", key);
	bind_text(q, "kind", kind);
	bind_int(q, "old_id", id);
	bind_text(q, "team", t->team);
	bind_text(q, "environment", t->environment);
	bind_text(q, "name", t->name);
	bind_text(q, "project", project);
	bind_text(q, "requester", requester);
	bind_int(q, "started_at", started_at);
	bind_int(q, "removed_at", cx->now);
	bind_int(q, "left_steps", streq(kind, "run"));
	bind_text(q, "evidence", evidence);
	query_run(q);
}

/* The tombstone: with it the run counts as removed.  NULL: it is to be kept. */
static const char *
removed_run_begin(struct cx *cx, const struct removed_limits *l, int64_t id)
{
	struct query *q = query(cx->db, "removed_by_id");
	const char *key = NULL, *status, *project, *requester;
	struct access_target target = { NULL, NULL, NULL };
	int64_t started_at;

	bind_int(q, "id", id);
	if (query_next(q))
		key = column_text(q, "key", cx->arena);
	query_end(q);
	if (key != NULL)
		return key;
	q = removed_runs_due(cx->db, l, id);
	bind_int(q, "after", id - 1);
	bind_int(q, "limit", 1);
	if (!query_next(q)) {
		query_end(q);
		return NULL;
	}
	key = column_text(q, "key", cx->arena);
	status = column_text(q, "status", cx->arena);
	project = column_text(q, "project", cx->arena);
	requester = column_text(q, "requester", cx->arena);
	started_at = column_int(q, "started_at");
	target.team = column_text(q, "team", cx->arena);
	target.environment = column_text(q, "environment", cx->arena);
	target.name = column_text(q, "task", cx->arena);
	query_end(q);
	removed_put(cx, "run", key, id, &target, project, requester, started_at,
	    evidence_of_run(cx, id));
	audit(cx, "run.removed", key, "done", "older than is kept",
	    arena_printf(cx->arena, "{\"status\":\"%s\"}", status));
	return key;
}

static void
removed_note(struct cx *cx, int64_t ticket_id, const char *kind,
    const char *text)
{
	const struct ticket *t = ticket_by_id(cx, ticket_id);

	if (t != NULL) /* or the disk is full */
		ticket_note(cx, t, kind, text, NULL);
}

/* Tickets that show it say so in its place. */
static void
removed_from_tickets(struct cx *cx, int64_t id, const char *key)
{
	struct query *q = query(cx->db, "removed_ticket_runs");
	int64_t ids[REMOVED_BATCH];
	size_t n = 0;

	bind_int(q, "id", id);
	while (n < REMOVED_BATCH && query_next(q))
		ids[n++] = column_int_at(q, 0);
	query_end(q);
	for (size_t i = 0; i < n; i++)
		removed_note(cx, ids[i], "run",
		    arena_printf(cx->arena, "%s was removed: older than is "
			"kept; slipway evidence and the audit chain tell of "
			"it", key));
	removed_with(cx, "removed_ticket_forgets", id);
}

/* The next steps with all that hangs on them; how many. */
static int64_t
removed_piece(struct cx *cx, int64_t id, int64_t most)
{
	static const char *const statements[] = { "removed_learn",
		"removed_undoing", "removed_edges_from", "removed_edges_to",
		"removed_reveals", "removed_attempts", "removed_artifacts",
		"removed_steps_go" };
	struct query *q = query(cx->db, "removed_steps");
	struct buf list = { 0 };
	int64_t n = 0;

	bind_int(q, "id", id);
	bind_int(q, "limit", most);
	buf_addc(&list, '[');
	for (; query_next(q); n++)
		buf_printf(&list, "%s%lld", n == 0 ? "" : ",",
		    (long long)column_int_at(q, 0));
	query_end(q);
	buf_addc(&list, ']');
	for (size_t i = PLANTED("removed-forgets"); n > 0 &&
	     i < ARRAY_SIZE(statements); i++) {
		q = query(cx->db, statements[i]);
		bind_text(q, "ids", buf_cstr(&list));
		query_run(q);
	}
	buf_finish(&list);
	return n;
}

static void
removed_run_end(struct cx *cx, int64_t id, const char *key)
{
	struct query *q = query(cx->db, "run_get");
	const char *hash = "";

	bind_int(q, "id", id);
	if (query_next(q))
		hash = column_text(q, "plan_hash", cx->arena);
	query_end(q);
	removed_from_tickets(cx, id, key);
	removed_with(cx, "removed_watchers", id);
	removed_with(cx, "removed_run_goes", id);
	q = query(cx->db, "removed_plan_goes");
	bind_text(q, "hash", hash);
	query_run(q);
	q = query(cx->db, "removed_done");
	bind_text(q, "key", key);
	query_run(q);
	q = query(cx->db, "removed_inbox");
	bind_text(q, "key", key);
	bind_int(q, "now", cx->now);
	query_run(q);
}

void
removed_run(struct cx *cx, const struct removed_limits *l, int64_t id,
    int64_t *steps)
{
	const char *key;
	int64_t n;

	if (*steps <= 0)
		return;
	key = removed_run_begin(cx, l, id);
	if (key == NULL)
		return;
	n = removed_piece(cx, id, *steps);
	*steps -= n + 1;
	if (*steps >= 0)
		removed_run_end(cx, id, key);
}

/* --- tickets -------------------------------------------------------------- */

static void
removed_from_links(struct cx *cx, const struct ticket *t)
{
	struct query *q = query(cx->db, "removed_links");
	int64_t ids[REMOVED_BATCH];
	size_t n = 0;

	bind_int(q, "id", t->id);
	while (n < REMOVED_BATCH && query_next(q))
		ids[n++] = column_int_at(q, 0);
	query_end(q);
	for (size_t i = 0; i < n; i++)
		removed_note(cx, ids[i], "link",
		    arena_printf(cx->arena, "%s, which it was linked with, "
			"was removed: older than is kept", t->key));
}

void
removed_ticket(struct cx *cx, const struct removed_limits *l, int64_t id)
{
	static const char *const statements[] = { "removed_link_rows",
		"removed_same_rows", "removed_label_rows",
		"removed_watcher_rows",
		"removed_author_rows", "removed_before_rows",
		"removed_entry_rows", "removed_vote_rows",
		"removed_asked_rows", "removed_need_rows",
		"removed_ticket_row" };
	struct query *q = removed_tickets_due(cx->db, l, id);
	const struct access_target none = { "", "", "" };
	struct access_target target = none;
	const struct ticket *t;
	bool due;

	bind_int(q, "after", id - 1);
	bind_int(q, "limit", 1);
	due = query_next(q);
	query_end(q);
	t = due ? ticket_by_id(cx, id) : NULL;
	if (t == NULL)
		return;
	target.team = t->team;
	target.environment = t->environment;
	target.name = t->request[0] != '\0' ? t->request : t->task;
	removed_put(cx, "ticket", t->key, id, &target, t->project,
	    t->requester, 0, "");
	audit(cx, "ticket.removed", t->key, "done", "older than is kept",
	    arena_printf(cx->arena, "{\"status\":\"%s\"}", t->status));
	removed_from_links(cx, t);
	search_forget(cx, id);
	for (size_t i = 0; i < ARRAY_SIZE(statements); i++)
		removed_with(cx, statements[i], id);
	q = query(cx->db, "removed_plan_goes");
	bind_text(q, "hash", t->plan_hash);
	query_run(q);
	q = query(cx->db, "removed_inbox");
	bind_text(q, "key", t->key);
	bind_int(q, "now", cx->now);
	query_run(q);
}

/* --- who asks for one ----------------------------------------------------- */

bool
removed_answer(struct cx *cx, const char *noun, const char *key,
    struct err *e)
{
	struct query *q = query(cx->db, "removed_get");
	struct access_target target;
	const char *requester;
	char at[CLOCK_TEXT];
	bool sees = false;

	bind_text(q, "key", key);
	if (query_next(q)) {
		target.team = column_text(q, "team", cx->arena);
		target.environment =
		    column_text(q, "environment", cx->arena);
		target.name = column_text(q, "name", cx->arena);
		requester = column_text(q, "requester", cx->arena);
		clock_text(column_int(q, "removed_at"), at);
		sees = streq(column_text(q, "kind", cx->arena), noun) &&
		    access_sees(cx->platform, cx->actor, requester, &target);
	}
	query_end(q);
	if (!sees)
		return call_absent(e, noun, key, NULL);
	err_set(e, ERR_GONE, streq(noun, "run") ? "run.removed"
						: "ticket.removed",
	    "%s was removed at %s: it is older than %ss are kept", key, at,
	    noun);
	return err_hint(e, "slipway audit --object %s, slipway evidence", key);
}
