/* SPDX-License-Identifier: MIT */
#include "resource/move.h"

#include "resource/audit.h"
#include "resource/inbox/inbox.h"
#include "resource/ticket/ticket.h"
#include "resource/ticket/work.h"
#include "store/record.h"

/* What was decided over rows that could not be read comes to nothing: the
 * transaction is lost. */
static void
move_check(struct cx *cx, const struct machine *m, const char *from,
    const char *to)
{
	ASSERT(machine_find(m, from, to) != NULL || db_failed(cx->db, NULL));
}

static void
move_write_run(struct cx *cx, struct run *run, const char *statement)
{
	struct query *q = query(cx->db, statement);

	run->seq = site_next_seq(cx->site);
	record_bind(q, &run_schema, run);
	query_run(q);
	cx->site->changed(cx->site->changed_self, cx->db, run->id);
}

void
move_save_run(struct cx *cx, struct run *run)
{
	move_write_run(cx, run, "run_save");
}

/* Whoever asked hears how it ended, and not when it goes on after all. */
static void
move_run_tell(struct cx *cx, const struct run *run, const char *from)
{
	const char *text = arena_printf(cx->arena, "%s in %s %s%s%s",
	    run->task, run->environment, run->status,
	    run->reason[0] == '\0' ? "" : ": ", run->reason);

	if (run->dry)
		return; /* whoever asked is looking at it */
	if (machine_is_final(&run_machine, from))
		inbox_settle(cx, INBOX_FAILED, run->key);
	if (streq(run->status, "succeeded"))
		inbox_post(cx, run->requester, INBOX_DONE, run->key, text);
	else if (run->ended_at != 0 && !streq(run->status, "cancelled"))
		inbox_post(cx, run->requester, INBOX_FAILED, run->key, text);
}

void
move_run(struct cx *cx, struct run *run, const char *to, const char *reason)
{
	const char *from = run->status;

	move_check(cx, &run_machine, from, to);
	run->status = to;
	run->reason = reason;
	if (machine_is_final(&run_machine, to)) {
		run->ended_at = cx->now;
		run->ended_steady = site_steady(cx->site);
		run->dedupe_key = NULL;
	} else {
		/* The time in which nobody went on with it is not its own. */
		if (run->ended_steady != 0)
			run->idle_ms += steady_span(run->ended_steady,
			    site_steady(cx->site));
		run->ended_at = run->ended_steady = 0;
		if (streq(to, "queued") && run->queued_steady == 0)
			run->queued_steady = site_steady(cx->site);
		if (streq(to, "running") && run->started_at == 0) {
			run->started_at = cx->now;
			run->started_steady = site_steady(cx->site);
		}
	}
	move_write_run(cx, run, "run_update");
	move_run_tell(cx, run, from);
	audit(cx, arena_printf(cx->arena, "run.%s", to), run->key, "done",
	    reason, arena_printf(cx->arena, "{\"from\":\"%s\"}", from));
}

void
move_save_step(struct cx *cx, struct step *step)
{
	struct query *q = query(cx->db, "step_update");

	step->seq = site_next_seq(cx->site);
	record_bind(q, &step_schema, step);
	query_run(q);
	cx->site->changed(cx->site->changed_self, cx->db, step->run_id);
}

static const char *
move_step_name(struct cx *cx, const struct step *step)
{
	return arena_printf(cx->arena, "R-%lld/%lld",
	    (long long)step->run_id, (long long)step->id);
}

void
move_step(struct cx *cx, struct step *step, const char *to,
    const char *reason)
{
	move_check(cx, &step_machine, step->status, to);
	if (streq(step->status, "manual"))
		inbox_settle(cx, INBOX_MANUAL, move_step_name(cx, step));
	/* It is begun anew; its attempts tell of the time before. */
	if (machine_is_final(&step_machine, step->status) &&
	    !machine_is_final(&step_machine, to))
		step->started_at = step->started_steady = 0;
	step->status = to;
	step->reason = reason;
	if (streq(to, "running") && step->started_at == 0) {
		step->started_at = cx->now;
		step->started_steady = site_steady(cx->site);
	}
	step->ended_at = machine_is_final(&step_machine, to) ? cx->now : 0;
	step->ended_steady =
	    step->ended_at == 0 ? 0 : site_steady(cx->site);
	move_save_step(cx, step);
	if (step->ended_at != 0 && !streq(to, "not_needed"))
		audit(cx, arena_printf(cx->arena, "step.%s", to),
		    move_step_name(cx, step), "done", reason, NULL);
}

void
move_attempt(struct cx *cx, struct attempt *attempt, const char *to)
{
	struct query *q = query(cx->db, "attempt_update");

	move_check(cx, &attempt_machine, attempt->status, to);
	attempt->status = to;
	record_bind(q, &attempt_schema, attempt);
	query_run(q);
	cx->site->changed(cx->site->changed_self, cx->db, attempt->run_id);
}

static void
move_write_ticket(struct cx *cx, struct ticket *ticket, const char *statement)
{
	struct query *q = query(cx->db, statement);

	ticket->updated_at = cx->now;
	record_bind(q, &ticket_schema, ticket);
	query_run(q);
	cx->site->changed(cx->site->changed_self, cx->db, ticket->run_id);
}

void
move_save_ticket(struct cx *cx, struct ticket *ticket)
{
	ticket_rescope(cx, ticket);
	move_write_ticket(cx, ticket, "ticket_update");
}

/* How it ended, unless that was said; nothing when it goes on. */
static void
move_outcome(struct ticket *ticket, const char *reason)
{
	static const char *const by_status[][2] = { { "done", "done" },
		{ "declined", "declined" }, { "cancelled", "dropped" } };

	if (ticket->closed_at == 0) {
		ticket->outcome = "";
		ticket->merged_into = "";
		ticket->quick_fix = false;
		return;
	}
	ticket->resolution = reason;
	for (size_t i = 0; i < ARRAY_SIZE(by_status); i++)
		if (ticket->outcome[0] == '\0' &&
		    streq(by_status[i][0], ticket->status))
			ticket->outcome = by_status[i][1];
}

/* Who watches it hears how it ended, and not when it goes on after all.  Whose
 * run it was has heard of that. */
static void
move_ticket_tell(struct cx *cx, const struct ticket *t, const char *from)
{
	const bool by_hand = t->task[0] == '\0';
	const bool ran = streq(t->status, "done") || streq(t->status, "failed");
	const char *const but[] = { ran && !by_hand ? t->requester : NULL,
		NULL };

	if (machine_is_final(&ticket_machine, from) || streq(from, "failed")) {
		inbox_settle(cx, INBOX_DONE, t->key);
		inbox_settle(cx, INBOX_FAILED, t->key);
	}
	if (t->closed_at != 0 || streq(t->status, "failed"))
		ticket_tell(cx, t,
		    by_hand || streq(t->status, "done") ? INBOX_DONE
							: INBOX_FAILED,
		    arena_printf(cx->arena, "%s: %s", t->title, t->resolution),
		    but);
}

void
move_ticket(struct cx *cx, struct ticket *ticket, const char *to,
    const char *reason)
{
	const char *from = ticket->status;

	move_check(cx, &ticket_machine, from, to);
	ticket->status = to;
	ticket->closed_at =
	    machine_is_final(&ticket_machine, to) ? cx->now : 0;
	move_outcome(ticket, reason);
	if (ticket->closed_at != 0)
		inbox_settle(cx, INBOX_ASSIGNED, ticket->key);
	move_write_ticket(cx, ticket, "ticket_move");
	ticket_note(cx, ticket, "status", reason,
	    arena_printf(cx->arena, "{\"from\":\"%s\",\"to\":\"%s\"}", from,
		to));
	move_ticket_tell(cx, ticket, from);
	audit(cx, arena_printf(cx->arena, "ticket.%s", to), ticket->key,
	    "done", reason,
	    arena_printf(cx->arena, "{\"from\":\"%s\"}", from));
}

void
move_need(struct cx *cx, struct need *need, const char *to,
    const char *reason)
{
	struct query *q = query(cx->db, "need_update");

	move_check(cx, &need_machine, need->status, to);
	need->status = to;
	need->reason = reason;
	need->ended_at = cx->now;
	need->remind_at = 0;
	need->valid_until = streq(to, "met") && need->valid_ms != 0
	    ? cx->now + need->valid_ms : 0;
	record_bind(q, &need_schema, need);
	query_run(q);
	inbox_settle_needs(cx, need->ticket_id);
	audit(cx, arena_printf(cx->arena, "approval.%s", to),
	    arena_printf(cx->arena, "need %lld", (long long)need->id), "done",
	    reason,
	    arena_printf(cx->arena, "{\"plan_hash\":\"%s\",\"rule\":\"%s\"}",
		need->plan_hash, need->rule));
}
