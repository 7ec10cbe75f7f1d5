/* SPDX-License-Identifier: MIT */
/* One person's decision. */
#include "base/plant.h"
#include "resource/access/access.h"
#include "resource/approval/approval_private.h"
#include "resource/audit.h"
#include "resource/delegation/delegation.h"
#include "resource/inbox/inbox.h"
#include "resource/move.h"
#include "resource/ticket/ticket.h"
#include "resource/token/token.h"
#include "spec/validate.h"
#include "store/record.h"

/* Somebody declined, and the step was retried: it is asked anew. */
static bool
need_asks_again(const struct need *needs, size_t n, const char *hash)
{
	for (size_t i = 0; i < n; i++)
		if (streq(needs[i].plan_hash, hash) && needs[i].step_id != 0 &&
		    streq(needs[i].status, "open"))
			return true;
	return false;
}

const char *
decision_before(struct cx *cx, const struct need *needs, size_t n,
    const char *plan_hash, const char *person)
{
	const bool again = need_asks_again(needs, n, plan_hash);

	for (size_t i = 0; i < n; i++) {
		size_t nvotes;
		struct vote *votes;

		if (!streq(needs[i].plan_hash, plan_hash) ||
		    streq(needs[i].status, "void") ||
		    streq(needs[i].status, "expired") ||
		    (again && streq(needs[i].status, "declined")))
			continue;
		votes = approval_votes(cx, needs[i].id, &nvotes);
		for (size_t k = 0; k < nvotes; k++)
			if (streq(votes[k].person, person))
				return votes[k].decision;
	}
	return NULL;
}

static const char *
rules_text(struct cx *cx, const struct need *needs, size_t n,
    const char *hash)
{
	const char *text = NULL;

	for (size_t i = 0; i < n; i++)
		if (need_is_of(&needs[i], hash))
			text = text == NULL
			    ? arena_printf(cx->arena, "%s by %s",
				  needs[i].rule, needs[i].source)
			    : arena_printf(cx->arena, "%s, and %s by %s",
				  text, needs[i].rule, needs[i].source);
	return text == NULL ? "nothing" : text;
}

static struct access_target
decide_target(const struct ticket *ticket)
{
	return (struct access_target){ .team = ticket->team,
		.environment = ticket->environment,
		.name = ticket->request[0] != '\0' ? ticket->request
						   : ticket->task };
}

/* A token decides only where it reaches, and never for whoever made it. */
static bool
decide_token(struct cx *cx, const struct ticket *ticket, struct err *e)
{
	const struct actor *a = cx->actor;
	const struct token *token =
	    a->token == NULL ? NULL : token_by_prefix(cx, a->token);

	const struct access_target target = decide_target(ticket);

	if (!access_token_allows_on(cx->platform, a, RIGHT_APPROVE,
		&target)) {
		err_set(e, ERR_DENIED, "approval.token",
		    "token %s cannot decide in '%s'", a->token,
		    ticket->environment);
		return err_hint(e, "make one for the role approver there");
	}
	if (token != NULL && ticket_is_own(cx, ticket, token->created_by))
		return err_set(e, ERR_DENIED, "approval.self",
		    "token %s of %s cannot decide on %s: %s made the token, "
		    "and %s",
		    token->prefix, a->person, ticket->key, token->created_by,
		    ticket_authored(cx, ticket, token->created_by));
	return true;
}

bool
approval_step_hash(const struct need *needs, size_t n, const char *hash)
{
	for (size_t i = 0; i < n; i++)
		if (needs[i].step_id != 0 && streq(needs[i].plan_hash, hash))
			return true;
	return false;
}

/* Of a step in the middle of the run: is that very thing asked for still? */
static bool
decide_step_waits(const struct ticket *ticket, const struct need *needs,
    size_t n, const char *hash, struct err *e)
{
	const struct need *last = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!streq(needs[i].plan_hash, hash))
			continue;
		if (streq(needs[i].status, "open"))
			return true;
		last = &needs[i];
	}
	if (streq(last->status, "expired"))
		err_set(e, ERR_GONE, "approval.expired",
		    "step %lld of %s waited too long for a decision",
		    (long long)last->step_id, ticket->key);
	else if (streq(last->status, "void"))
		err_set(e, ERR_CONFLICT, "approval.stale",
		    "step %lld of %s changed since you saw it: %.12s is no "
		    "longer what it would do",
		    (long long)last->step_id, ticket->key, hash);
	else
		err_set(e, ERR_CONFLICT, "approval.closed",
		    "step %lld of %s is decided: nothing waits for a decision",
		    (long long)last->step_id, ticket->key);
	return err_hint(e, "slipway ticket show %s", ticket->key);
}

static bool
decide_plan_waits(struct cx *cx, const struct ticket *ticket,
    const char *plan_hash, struct err *e)
{
	if (!streq(ticket->status, "waiting_approval")) {
		err_set(e, ERR_CONFLICT, "approval.closed",
		    "%s is %s: nothing waits for a decision", ticket->key,
		    machine_words(cx->arena, ticket->status));
		return err_hint(e, "slipway ticket show %s", ticket->key);
	}
	if (streq(plan_hash, ticket->plan_hash))
		return true;
	err_set(e, ERR_CONFLICT, "approval.stale",
	    "%s changed since you saw it: its plan is %.12s now, not %.12s",
	    ticket->key, ticket->plan_hash, plan_hash);
	return err_hint(e, "read it again: slipway ticket show %s",
	    ticket->key);
}

/* What grants take away holds for deciding too. */
static bool
decide_not_taken(struct cx *cx, const struct ticket *ticket, struct err *e)
{
	const struct access_target target = decide_target(ticket);
	const char *person = cx->actor->person;
	const struct person_def *def = platform_person(cx->platform, person);
	const char *rule;

	if (def != NULL && def->service != NULL) {
		err_set(e, ERR_DENIED, "approval.service",
		    "%s cannot decide on %s: a service account decides "
		    "nothing",
		    person, ticket->key);
		return err_hint(e, "ask a person");
	}
	rule = access_taken(cx->platform, person, RIGHT_APPROVE, &target,
	    cx->arena);
	if (rule == NULL)
		return true;
	err_set(e, ERR_DENIED, "access.denied", "%s cannot decide on %s: %s",
	    person, ticket->key, rule);
	return err_hint(e, "ask another of those people, or an admin to "
			   "change that line");
}

/* Whether the person may decide at all; the reasons that need no vote. */
static bool
decide_allowed(struct cx *cx, const struct ticket *ticket,
    const struct need *needs, size_t n, const char *plan_hash,
    struct err *e)
{
	const struct actor *a = cx->actor;

	if (!(approval_step_hash(needs, n, plan_hash)
		    ? decide_step_waits(ticket, needs, n, plan_hash, e)
		    : decide_plan_waits(cx, ticket, plan_hash, e)))
		return false;
	if (ticket_is_own(cx, ticket, a->person)) {
		err_set(e, ERR_DENIED, "approval.self",
		    "%s cannot decide on %s: %s %s, and who %s a request "
		    "never approves it",
		    a->person, ticket->key, a->person,
		    ticket_authored(cx, ticket, a->person),
		    streq(ticket->requester, a->person) ? "made"
							: "had a hand in");
		return err_hint(e, "it wants %s",
		    rules_text(cx, needs, n, plan_hash));
	}
	return decide_not_taken(cx, ticket, e) && decide_token(cx, ticket, e);
}

static void
vote_cast(struct cx *cx, const struct need *need, const char *seat,
    bool approve, const char *note)
{
	struct vote vote = { .need_id = need->id,
		.plan_hash = need->plan_hash, .person = cx->actor->person,
		.decision = approve ? "approve" : "decline", .note = note,
		.for_person = streq(seat, cx->actor->person) ? "" : seat,
		.via = cx->actor->via, .at = cx->now };
	struct query *q = query(cx->db, "vote_insert");

	record_bind(q, &vote_schema, &vote);
	query_run(q);
}

/* Of those that the person stands in for, somebody was asked who had a hand in
 * the request. */
static bool
decide_not_asked(struct cx *cx, const struct ticket *ticket,
    const struct need *needs, size_t n, const char *hash, struct err *e)
{
	const char *person = cx->actor->person;
	size_t in_force;
	const struct delegation *list =
	    delegation_in_force(cx, person, ticket, &in_force);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < in_force && need_is_of(&needs[i], hash);
		     k++)
			if (need_names(cx, &needs[i], list[k].person) &&
			    ticket_is_own(cx, ticket, list[k].person))
				return err_set(e, ERR_DENIED, "approval.self",
				    "%s cannot decide on %s: %s stands in for "
				    "%s, who %s",
				    person, ticket->key, person,
				    list[k].person,
				    ticket_authored(cx, ticket,
					list[k].person));
	err_set(e, ERR_DENIED, "approval.not_asked",
	    "no rule asks %s about %s: it wants %s", person, ticket->key,
	    rules_text(cx, needs, n, hash));
	return err_hint(e, "ask one of those people to decide");
}

/* "approved for dora: fine" */
static const char *
decide_text(struct cx *cx, bool approve, const char *seat, const char *note)
{
	const bool stands_in = seat != NULL && !streq(seat, cx->actor->person);

	return arena_printf(cx->arena, "%s%s%s%s%s",
	    approve ? "approved" : "declined", stands_in ? " for " : "",
	    stands_in ? seat : "", note[0] ? ": " : "", note);
}

bool
approval_decide(struct cx *cx, struct ticket *ticket, const char *plan_hash,
    bool approve, const char *note, bool *ret_again, struct err *e)
{
	struct need *needs;
	const char *said, *seat = NULL, *rules;
	json_t *detail;
	size_t n;
	bool same;

	if (PLANTED("stale-hash"))
		plan_hash = ticket->plan_hash;
	needs = approval_needs_of(cx, ticket->id, plan_hash, &n);
	*ret_again = false;
	if (cx->actor->person == NULL) {
		err_set(e, ERR_DENIED, "approval.self",
		    "the operator administers, and approves nothing: root may "
		    "be whoever asked");
		return err_hint(e, "slipway --as PERSON approve %s",
		    ticket->key);
	}
	said = decision_before(cx, needs, n, plan_hash, cx->actor->person);
	same = said != NULL && streq(said, approve ? "approve" : "decline");
	if (same && !ticket_is_own(cx, ticket, cx->actor->person)) {
		*ret_again = true;
		return true;
	}
	if (said != NULL && !same)
		return err_set(e, ERR_CONFLICT, "approval.decided",
		    "you said %s to %s already", said, ticket->key);
	if (!decide_allowed(cx, ticket, needs, n, plan_hash, e))
		return false;

	rules = rules_text(cx, needs, n, plan_hash);
	for (size_t i = 0; i < n; i++) {
		struct need *need = &needs[i];
		const char *as;

		if (!need_is_of(need, plan_hash))
			continue;
		as = need_seat(cx, need, ticket, cx->actor->person);
		if (as == NULL)
			continue;
		if (streq(need->status, "open") && need->expires_at <= cx->now)
			return err_set(e, ERR_GONE, "approval.expired",
			    "%s waited too long for a decision", ticket->key);
		vote_cast(cx, need, as, approve, note);
		seat = as;
		if (!streq(need->status, "open"))
			continue;
		if (!approve)
			move_need(cx, need, "declined", note);
		else if (need_is_met(cx, need, ticket))
			move_need(cx, need, "met", need->rule);
	}
	if (seat == NULL)
		return decide_not_asked(cx, ticket, needs, n, plan_hash, e);
	if (!approval_waits_for(cx, ticket, cx->actor->person))
		inbox_settle_of(cx, cx->actor->person, INBOX_APPROVAL,
		    ticket->key);
	ticket_note(cx, ticket, "vote", decide_text(cx, approve, seat, note),
	    arena_printf(cx->arena, "{\"plan_hash\":\"%s\"}", plan_hash));
	detail = json_pack("{s:s,s:s,s:s}", "plan_hash", plan_hash, "for", seat,
	    "rules", rules);
	audit(cx, approve ? "approval.approve" : "approval.decline",
	    ticket->key, "done", note, json_canonical(cx->arena, detail));
	json_decref(detail);
	return true;
}
