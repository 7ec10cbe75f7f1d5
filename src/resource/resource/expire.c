/* SPDX-License-Identifier: MIT */
/* The end of a lifetime: remind, ask, undo. */
#include "base/plant.h"
#include "platform/schedule.h"
#include "resource/ask/ask.h"
#include "resource/audit.h"
#include "resource/inbox/inbox.h"
#include "resource/resource/resource.h"
#include "resource/run/run.h"
#include "resource/ticket/ticket.h"
#include "resource/wall.h"

static const char *
expire_stamp(struct cx *cx, int64_t at)
{
	char text[SCHEDULE_TIME_TEXT];

	return arena_strdup(cx->arena, schedule_time_text(at, text));
}


static void
expire_tell(struct cx *cx, const struct resource *r, const char *what)
{
	inbox_post_group(cx, r->person[0] != '\0' ? r->person : r->team,
	    INBOX_EXPIRY, r->key,
	    arena_printf(cx->arena, "%s '%s' in %s %s on %s: slipway resource "
				    "extend %s",
		r->kind, r->name, r->environment, what,
		wall_time_text(cx, r->expires_at), r->key));
}

static void
expire_remind(struct cx *cx, struct resource *r)
{
	const char *text = arena_printf(cx->arena,
	    "%s, %s '%s' in %s, ends on %s: slipway resource extend %s, or "
	    "slipway resource release %s",
	    r->key, r->kind, r->name, r->environment,
	    wall_time_text(cx, r->expires_at), r->key, r->key);

	resource_note(cx, r->ticket_id, text);
	expire_tell(cx, r, "ends");
	audit(cx, "resource.reminded", r->key, "done",
	    expire_stamp(cx, r->expires_at), NULL);
	r->stage = RESOURCE_REMINDED;
	r->due_at = PLANTED("lifetime-without-end") ? 0 : r->expires_at;
	resource_save(cx, r);
}

static void
expire_ask(struct cx *cx, struct resource *r, const struct resource_def *def)
{
	const bool undo = def != NULL && def->expire == EXPIRE_UNDO;
	const bool remind = def != NULL && def->expire == EXPIRE_REMIND;
	const int64_t undo_at = cx->now + (undo ? def->grace_ms : 0);
	const struct ticket *t;
	const char *text = arena_printf(cx->arena,
	    "The lifetime of %s, %s '%s' in %s, ended on %s.%s%s\n\n"
	    "- keep it: `slipway resource extend %s`\n"
	    "- have it taken away: `slipway resource release %s`\n"
	    "- give it to others: `slipway resource transfer %s --to TEAM`",
	    r->key, r->kind, r->name, r->environment,
	    wall_time_text(cx, r->expires_at),
	    undo ? " It is taken away on " : "",
	    undo ? arena_printf(cx->arena, "%s.", wall_time_text(cx, undo_at))
		 : "",
	    r->key, r->key, r->key);

	r->stage = undo ? RESOURCE_ASKED : RESOURCE_OVER;
	r->due_at = !undo ? 0 : PLANTED("grace-left-out") ? cx->now : undo_at;
	t = remind ? NULL
		   : resource_ticket(cx, r, false,
			 arena_printf(cx->arena,
			     "the lifetime of %s, %s '%s', ended", r->key,
			     r->kind, r->name),
			 text, NULL);
	if (t != NULL)
		r->expiry_ticket = t->id;
	resource_note(cx, r->ticket_id,
	    t == NULL
		? text
		: arena_printf(cx->arena, "its lifetime ended: see %s",
		      t->key));
	expire_tell(cx, r, "ended");
	audit(cx, "resource.expired", r->key, "done",
	    expire_stamp(cx, r->expires_at), NULL);
	resource_save(cx, r);
}

/* A run like any undo: its rules are asked. */
static bool
expire_undo_ask(struct cx *cx, const struct resource *r, struct asked *ret,
    struct err *e)
{
	const struct run *run = run_by_id(cx, r->run_id);
	struct ask ask;

	if (run == NULL)
		return err_set(e, ERR_CONFLICT, "undo.nothing",
		    "no run is known that made it");
	if (!ask_undo(cx, run,
		arena_printf(cx->arena, "expiry:%s", r->key), &ask, e))
		return false;
	ask.note = arena_printf(cx->arena, "the lifetime of %s ended on %s",
	    r->key, wall_time_text(cx, r->expires_at));
	return ask_make(cx, &ask, ret, e);
}

static void
expire_undo(struct cx *cx, struct resource *r)
{
	struct asked asked;
	struct err e = { 0 };
	bool made;
	const char *text;

	db_savepoint(cx->db);
	made = expire_undo_ask(cx, r, &asked, &e);
	if (made)
		db_release(cx->db);
	else
		db_rollback_to(cx->db);
	text = made ? arena_printf(cx->arena, "%s undoes it", asked.run->key)
		    : arena_printf(cx->arena, "it cannot be undone: %s",
			  e.message);
	resource_note(cx, r->expiry_ticket, text);
	audit(cx, made ? "resource.undoing" : "resource.undo_failed", r->key,
	    "done", text, NULL);
	r->stage = RESOURCE_OVER;
	r->due_at = 0;
	resource_save(cx, r);
}

static void
expire_step(struct cx *cx, struct resource *r)
{
	const struct resource_def *def = resource_def(cx, r);

	switch ((enum resource_stage)r->stage) {
	case RESOURCE_LIVES:
		expire_remind(cx, r);
		break;
	case RESOURCE_REMINDED:
		expire_ask(cx, r, def);
		break;
	case RESOURCE_ASKED:
		expire_undo(cx, r);
		break;
	case RESOURCE_OVER:
	default:
		r->due_at = 0;
		resource_save(cx, r);
		break;
	}
}

bool
resource_expire_turn(struct cx *cx, int64_t *ret_next)
{
	struct query *q = query(cx->db, "resource_due");
	struct resource *list[20];
	size_t n;

	bind_int(q, "now", cx->now);
	n = resource_rows(cx, q, list, ARRAY_SIZE(list));
	for (size_t i = 0; i < n && !db_failed(cx->db, NULL); i++)
		expire_step(cx, list[i]);
	*ret_next = INT64_MAX;
	q = query(cx->db, "resource_next_due");
	if (query_next(q) && !column_is_null(q, "at"))
		*ret_next = column_int(q, "at");
	query_end(q);
	return n > 0;
}

void
resource_ticket_done(struct cx *cx, int64_t ticket_id, const char *reason)
{
	struct ticket *t =
	    ticket_id == 0 ? NULL : ticket_by_id(cx, ticket_id);

	if (t != NULL)
		ticket_answered(cx, t, reason);
}
