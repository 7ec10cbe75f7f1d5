/* SPDX-License-Identifier: MIT */
/* Two tickets that ask for the same become one. */
#include "resource/audit.h"
#include "resource/move.h"
#include "resource/run/run.h"
#include "resource/ticket/work.h"
#include "spec/run.h"

static bool
merge_open(const struct ticket *t, const char *what, struct err *e)
{
	if (t->merged_into[0] != '\0')
		return err_set(e, ERR_CONFLICT, "ticket.merge",
		    "%s was merged into %s", t->key, t->merged_into);
	if (!machine_is_final(&ticket_machine, t->status))
		return true;
	err_set(e, ERR_CONFLICT, "ticket.merge", "%s is %s: %s", t->key,
	    t->status, what);
	return err_hint(e,
	    "link them: slipway ticket link %s --kind duplicates --to TICKET",
	    t->key);
}

/* What was approved and may begin, or has begun, is not the other's. */
static bool
merge_is_idle(struct cx *cx, const struct ticket *t, struct err *e)
{
	const struct run *run = run_by_id(cx, t->run_id);

	if (run == NULL || run_is_preview(run) ||
	    machine_is_final(&run_machine, run->status))
		return true;
	err_set(e, ERR_CONFLICT, "ticket.running",
	    "%s has a run that is on its way: %s is %s", t->key, run->key,
	    run->status);
	return err_hint(e, "slipway cancel %s, or merge the other one into %s",
	    run->key, t->key);
}

static void
merge_watchers(struct cx *cx, const struct ticket *from,
    const struct ticket *into)
{
	size_t n;
	struct ticket_watcher *list = ticket_watchers(cx, from->id, &n);

	for (size_t i = 0; i < n; i++)
		ticket_watch(cx, into, list[i].person, "merged");
}

/* What the one has to do with others, the other has too.  A loop of blocks is
 * left out: the link stays where it was. */
static void
merge_links(struct cx *cx, const struct ticket *from,
    const struct ticket *into)
{
	size_t n;
	struct ticket_link_end *ends = ticket_links(cx, from, &n);
	struct ticket *other;
	struct err e;

	for (size_t i = 0; i < n; i++)
		if (!streq(ends[i].key, into->key) &&
		    ticket_by_key(cx, ends[i].key, &other, &e))
			ticket_link_add(cx, into, ends[i].says, other, &e);
}

static int64_t
merge_comments(struct cx *cx, const struct ticket *from)
{
	struct query *q = query(cx->db, "comment_count");
	int64_t n = 0;

	bind_int(q, "ticket_id", from->id);
	if (query_next(q))
		n = column_int(q, "n");
	query_end(q);
	return n;
}

/* Nobody who asked for the one decides on the other. */
static void
merge_authors(struct cx *cx, const struct ticket *from,
    const struct ticket *into)
{
	struct query *q = query(cx->db, "ticket_authors_merge");

	ticket_author_add(cx, into, from->requester,
	    arena_printf(cx->arena, "asked for %s, which was merged into it",
		from->key));
	bind_int(q, "from_id", from->id);
	bind_int(q, "into_id", into->id);
	bind_text(q, "why",
	    arena_printf(cx->arena, " (of %s, which was merged into it)",
		from->key));
	bind_int(q, "since_at", cx->now);
	query_run(q);
}

/* Who approved it, and is one of those who ask by now, did not. */
static void
merge_recount(struct cx *cx, const struct ticket *from, struct ticket *into)
{
	const char *reason = arena_printf(cx->arena,
	    "%s was merged into it, and who asked for that had approved this",
	    from->key);
	struct run *run = run_by_id(cx, into->run_id);
	struct approval_rule *today = NULL;
	size_t n = 0;
	struct err e;

	approval_recount_steps(cx, into, reason);
	if (run == NULL || approval_counts(cx, into))
		return;
	if (streq(run->status, "queued")) {
		run_void(cx, run, reason);
		return;
	}
	if (!streq(into->status, "waiting_approval"))
		return; /* it began before */
	ticket_note(cx, into, "status", reason, NULL);
	if (!ticket_rules_today(cx, into, &today, &n, &e))
		ticket_note(cx, into, "status", e.message, NULL);
	approval_ask_again(cx, into, reason, today, n);
}

static void
merge_close(struct cx *cx, struct ticket *from, const struct ticket *into,
    const char *note)
{
	const char *reason = arena_printf(cx->arena, "a duplicate of %s%s%s",
	    into->key, note[0] == '\0' ? "" : ": ", note);
	struct run *run = run_by_id(cx, from->run_id);

	approval_void(cx, from, reason);
	from->outcome = "duplicate";
	from->merged_into = into->key;
	move_ticket(cx, from, "cancelled", reason);
	if (run != NULL)
		run_cancel(cx, run, reason);
}

bool
ticket_merge(struct cx *cx, struct ticket *from, struct ticket *into,
    const char *note, struct err *e)
{
	int64_t comments;

	if (from->id == into->id)
		return err_set(e, ERR_INVALID, "ticket.merge",
		    "%s cannot be merged into itself", from->key);
	if (!merge_open(from, "there is nothing left to merge", e) ||
	    !merge_open(into, "nothing is done there any more", e) ||
	    !merge_is_idle(cx, from, e))
		return false;
	comments = merge_comments(cx, from);
	merge_links(cx, from, into);
	if (!ticket_link_add(cx, from, "duplicates", into, e))
		return false;
	merge_watchers(cx, from, into);
	merge_authors(cx, from, into);
	merge_close(cx, from, into, note);
	ticket_note(cx, into, "link",
	    arena_printf(cx->arena,
		"merged: %s of %s, '%s'%s%s; comments there: %lld", from->key,
		from->requester, from->title, note[0] == '\0' ? "" : ": ",
		note, (long long)comments),
	    NULL);
	audit(cx, "ticket.merged", from->key, "done",
	    arena_printf(cx->arena, "into %s", into->key), NULL);
	merge_recount(cx, from, into);
	return true;
}
