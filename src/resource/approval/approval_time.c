/* SPDX-License-Identifier: MIT */
/* What becomes of approvals as time goes by. */
#include "resource/approval/approval_private.h"
#include "resource/audit.h"
#include "resource/delegation/delegation.h"
#include "resource/inbox/inbox.h"
#include "resource/move.h"
#include "resource/run/run.h"
#include "resource/ticket/ticket.h"
#include "store/record.h"

bool
need_has_lapsed(const struct cx *cx, const struct need *need)
{
	return need->valid_until != 0 && need->valid_until <= cx->now;
}

bool
approval_lapsed(struct cx *cx, int64_t ticket_id, struct need *ret)
{
	size_t n;
	struct need *needs = approval_needs(cx, ticket_id, &n);

	for (size_t i = 0; i < n; i++)
		if (streq(needs[i].status, "met") && needs[i].step_id == 0 &&
		    need_has_lapsed(cx, &needs[i])) {
			*ret = needs[i];
			return true;
		}
	return false;
}

int64_t
approval_next_due(struct cx *cx)
{
	struct query *q = query(cx->db, "need_next_due");
	int64_t at = INT64_MAX;

	if (query_next(q) && !column_is_null(q, "at"))
		at = column_int(q, "at");
	query_end(q);
	return at;
}

static void
awaited_add(struct cx *cx, const struct ticket *ticket,
    const struct need *need, const char *person, const char **names,
    size_t *n)
{
	for (size_t i = 0; i < *n; i++)
		if (streq(names[i], person))
			return;
	if (!ticket_is_own(cx, ticket, person) &&
	    need_seat(cx, need, ticket, person) != NULL &&
	    decision_before(cx, need, 1, need->plan_hash, person) == NULL)
		names[(*n)++] = person;
}

const char **
approval_awaited(struct cx *cx, const struct ticket *ticket,
    const struct need *need, size_t *ret_n)
{
	const struct platform *p = cx->platform;
	const char **names = arena_array(cx->arena, p->npeople + 1,
	    sizeof(*names));

	*ret_n = 0;
	for (size_t i = 0; i < p->npeople; i++) {
		struct delegation *list;
		size_t n;

		if (!need_names(cx, need, p->people[i].name))
			continue;
		awaited_add(cx, ticket, need, p->people[i].name, names, ret_n);
		list = delegation_of(cx, p->people[i].name, ticket, &n);
		for (size_t k = 0; k < n; k++)
			awaited_add(cx, ticket, need, list[k].delegate, names,
			    ret_n);
	}
	return names;
}

static void
need_remind(struct cx *cx, struct need *need)
{
	const struct ticket *ticket = ticket_by_id(cx, need->ticket_id);
	struct query *q = query(cx->db, "need_reminded");
	const char *who = "nobody", **names;
	size_t n;

	bind_int(q, "id", need->id);
	query_run(q);
	if (ticket == NULL)
		return;
	names = approval_awaited(cx, ticket, need, &n);
	for (size_t i = 0; i < n; i++) {
		who = i == 0 ? names[i]
			     : arena_printf(cx->arena, "%s, %s", who, names[i]);
		inbox_post(cx, names[i], INBOX_APPROVAL, ticket->key,
		    arena_printf(cx->arena,
			"%s still waits for your decision, %s", ticket->title,
			need->rule));
	}
	audit(cx, "approval.reminded", ticket->key, "done",
	    arena_printf(cx->arena, "%s by %s waits for %s", need->rule,
		need->source, who),
	    arena_printf(cx->arena, "{\"plan_hash\":\"%s\",\"need\":%lld}",
		need->plan_hash, (long long)need->id));
	ticket_note(cx, ticket, "reminder",
	    arena_printf(cx->arena, "still waits for %s: %s", need->rule, who),
	    NULL);
}

void
approval_remind_due(struct cx *cx)
{
	struct query *q = query(cx->db, "need_remind_due");
	struct need *needs = arena_array(cx->arena, 100, sizeof(*needs));
	size_t n = 0;

	bind_int(q, "now", cx->now);
	while (n < 100 && query_next(q))
		record_read(q, &need_schema, &needs[n++], cx->arena);
	query_end(q);
	for (size_t i = 0; i < n; i++)
		need_remind(cx, &needs[i]);
}

bool
approval_counts(struct cx *cx, const struct ticket *ticket)
{
	size_t n;
	struct need *needs = approval_needs(cx, ticket->id, &n);

	for (size_t i = 0; i < n; i++)
		if (needs[i].step_id == 0 && streq(needs[i].status, "met") &&
		    !need_is_met(cx, &needs[i], ticket))
			return false;
	return true;
}

void
approval_recount_steps(struct cx *cx, const struct ticket *ticket,
    const char *reason)
{
	size_t n;
	struct need *needs = approval_needs(cx, ticket->id, &n);

	for (size_t i = 0; i < n; i++) {
		const struct step *step = needs[i].step_id == 0
		    ? NULL
		    : run_step(cx, needs[i].step_id);

		if (step != NULL && streq(needs[i].status, "met") &&
		    (streq(step->status, "ready") ||
			streq(step->status, "approval")) &&
		    !need_is_met(cx, &needs[i], ticket))
			move_need(cx, &needs[i], "void", reason);
	}
}

static struct approval_subject
need_subject(const struct need *need)
{
	return (struct approval_subject){ .hash = need->plan_hash,
		.step_id = need->step_id, .task = need->task,
		.preview_hash = need->preview_hash };
}

struct approval_rule
need_rule(const struct need *need)
{
	return (struct approval_rule){ .source = need->source,
		.text = need->rule, .of = need->approvers,
		.wanted = need->percent != 0 ? 1 : need->wanted,
		.percent = need->percent,
		.expires_ms = need->expires_at - need->asked_at,
		.valid_ms = need->valid_ms,
		.remind_ms = need->remind_at == 0
		    ? 0
		    : need->remind_at - need->asked_at,
		.when_expired = need->when_expired,
		.instead_of = need->instead_of };
}

static const char *
need_count_text(struct cx *cx, const struct need *need, const char *of)
{
	if (need->percent != 0)
		return arena_printf(cx->arena, "%lld%% of %s",
		    (long long)need->percent, of);
	return need->wanted == 0
	    ? arena_printf(cx->arena, "all of %s", of)
	    : arena_printf(cx->arena, "%lld of %s", (long long)need->wanted,
		  of);
}

bool
approval_escalate(struct cx *cx, const struct ticket *ticket,
    struct need *need)
{
	const char *to = need->when_expired;
	const struct approval_subject about = need_subject(need);
	struct approval_rule rule = need_rule(need);
	const char *reason;

	if (streq(to, "cancel") || streq(to, "decline") ||
	    (platform_team(cx->platform, to) == NULL &&
		platform_person(cx->platform, to) == NULL))
		return false;
	reason = arena_printf(cx->arena,
	    "nobody of %s decided in time: %s is asked instead",
	    need->approvers, to);
	move_need(cx, need, "void", reason);
	ticket_note(cx, ticket, "status", reason, NULL);
	rule.of = to;
	rule.text = need_count_text(cx, need, to);
	rule.when_expired = "cancel";
	rule.instead_of = need->approvers;
	need_open(cx, ticket, &about, &rule);
	return true;
}

void
approval_ask_again(struct cx *cx, const struct ticket *ticket,
    const char *reason, const struct approval_rule *today, size_t ntoday)
{
	const struct approval_subject plan = approval_plan(ticket);
	size_t n;
	struct need *needs = approval_needs(cx, ticket->id, &n);

	for (size_t i = 0; i < n; i++) {
		struct approval_rule rule = need_rule(&needs[i]);

		if (needs[i].step_id != 0 ||
		    !need_is_of(&needs[i], needs[i].plan_hash))
			continue;
		move_need(cx, &needs[i], "void", reason);
		if (streq(needs[i].plan_hash, ticket->plan_hash))
			need_open(cx, ticket, &plan, &rule);
	}
	approval_open_missing(cx, ticket, &plan, today, ntoday);
}
