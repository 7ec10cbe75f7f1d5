/* SPDX-License-Identifier: MIT */
/* What the clock does to tickets that wait. */
#include "base/plant.h"
#include "resource/move.h"
#include "resource/run/run.h"
#include "resource/ticket/ticket.h"
#include "store/record.h"

#define TIME_LATE "nobody decided in time"

/* As if somebody had declined, but that nobody did. */
static void
time_decline(struct cx *cx, struct ticket *t)
{
	struct run *run = run_by_id(cx, t->run_id);

	approval_void(cx, t, TIME_LATE);
	move_ticket(cx, t, "declined", "declined: " TIME_LATE);
	if (run != NULL)
		run_cancel(cx, run, "declined: " TIME_LATE);
}

static void
time_expire(struct cx *cx, int64_t ticket_id)
{
	struct ticket *t = ticket_by_id(cx, ticket_id);
	bool plan = false, decline = false;
	size_t n;
	struct need *needs = approval_needs_expired(cx, ticket_id, &n);
	struct err e;

	for (size_t i = 0; i < n; i++) {
		/* The end of the step, or of the run, may have changed it. */
		if (!approval_need_get(cx, needs[i].id, &needs[i]) ||
		    !streq(needs[i].status, "open"))
			continue;
		if (t != NULL && approval_escalate(cx, t, &needs[i]))
			continue;
		move_need(cx, &needs[i], "expired", TIME_LATE);
		if (needs[i].step_id == 0) {
			plan = true;
			decline |= streq(needs[i].when_expired, "decline");
			continue;
		}
		if (t != NULL)
			ticket_step_expired(cx, t, &needs[i]);
		t = ticket_by_id(cx, ticket_id);
	}
	if (!plan || t == NULL || !streq(t->status, "waiting_approval") ||
	    PLANTED("expiry-leaves-ticket"))
		return;
	if (decline)
		time_decline(cx, t);
	else
		ticket_close(cx, t, TIME_LATE, &e);
}

/* It was approved, and its work did not begin while that counted. */
static void
time_lapse(struct cx *cx, struct need *need)
{
	struct ticket *t = ticket_by_id(cx, need->ticket_id);
	struct run *run = t == NULL ? NULL : run_by_id(cx, t->run_id);
	const char *reason = arena_printf(cx->arena,
	    "the approval of %s lapsed before the work began",
	    need->approvers);
	struct approval_rule *today = NULL;
	size_t n = 0;
	struct err e;

	if (run == NULL || run->id != need->run_id)
		move_need(cx, need, "void", reason);
	else if (streq(run->status, "queued"))
		run_void(cx, run, reason);
	else {
		if (!ticket_rules_today(cx, t, &today, &n, &e))
			ticket_note(cx, t, "status", e.message, NULL);
		ticket_note(cx, t, "status", reason, NULL);
		approval_ask_again(cx, t, reason, today, n);
	}
}

static void
time_lapse_due(struct cx *cx)
{
	struct query *q = query(cx->db, "need_lapsed");
	struct {
		int64_t need, ticket;
		bool waits;
	} due[100];
	struct need need;
	size_t n = 0;

	bind_int(q, "now", cx->now);
	for (; n < ARRAY_SIZE(due) && query_next(q); n++) {
		due[n].need = column_int(q, "id");
		due[n].ticket = column_int(q, "ticket_id");
		due[n].waits = column_int(q, "waits") != 0;
	}
	query_end(q);
	/* What lapsed with another need of its ticket is void by then. */
	for (size_t i = 0; i < n; i++) {
		if (due[i].waits && approval_lapsed(cx, due[i].ticket, &need))
			time_lapse(cx, &need);
		q = query(cx->db, "need_lapse");
		bind_int(q, "id", due[i].need);
		query_run(q);
	}
}

static void
time_expire_due(struct cx *cx)
{
	int64_t ids[100];
	size_t n = 0;
	struct query *q = query(cx->db, "need_expired");

	bind_int(q, "now", cx->now);
	while (n < ARRAY_SIZE(ids) && query_next(q))
		ids[n++] = column_int(q, "ticket_id");
	query_end(q);
	for (size_t i = 0; i < n; i++)
		time_expire(cx, ids[i]);
}

void
ticket_time_due(struct cx *cx)
{
	time_expire_due(cx);
	time_lapse_due(cx);
	approval_remind_due(cx);
}
