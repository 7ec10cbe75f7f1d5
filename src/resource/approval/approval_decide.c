/* SPDX-License-Identifier: MIT */
/* One person's decision. */
#include "base/plant.h"
#include "resource/access/access.h"
#include "resource/approval/approval_private.h"
#include "resource/audit.h"
#include "resource/inbox/inbox.h"
#include "resource/move.h"
#include "resource/ticket/ticket.h"
#include "resource/token/token.h"
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
    const char *plan_hash)
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
			if (streq(votes[k].person, cx->actor->person))
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
		    "and asked for this or edited it",
		    token->prefix, a->person, ticket->key, token->created_by);
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
decide_plan_waits(const struct ticket *ticket, const char *plan_hash,
    struct err *e)
{
	if (!streq(ticket->status, "waiting_approval")) {
		err_set(e, ERR_CONFLICT, "approval.closed",
		    "%s is %s: nothing waits for a decision", ticket->key,
		    ticket->status);
		return err_hint(e, "slipway ticket show %s", ticket->key);
	}
	if (streq(plan_hash, ticket->plan_hash) || PLANTED("stale-hash"))
		return true;
	err_set(e, ERR_CONFLICT, "approval.stale",
	    "%s changed since you saw it: its plan is %.12s now, not %.12s",
	    ticket->key, ticket->plan_hash, plan_hash);
	return err_hint(e, "read it again: slipway ticket show %s",
	    ticket->key);
}

static const char *
own_words(const struct ticket *ticket, const char *person)
{
	if (streq(ticket->requester, person))
		return "made";
	return streq(ticket->last_editor, person)
	    ? "edited"
	    : "answers for the account that made";
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
		    : decide_plan_waits(ticket, plan_hash, e)))
		return false;
	if (ticket_is_own(cx, ticket, a->person)) {
		err_set(e, ERR_DENIED, "approval.self",
		    "%s cannot decide on %s: who %s a request never approves "
		    "it",
		    a->person, ticket->key, own_words(ticket, a->person));
		return err_hint(e, "it wants %s",
		    rules_text(cx, needs, n, plan_hash));
	}
	return decide_not_taken(cx, ticket, e) && decide_token(cx, ticket, e);
}

static void
vote_cast(struct cx *cx, const struct need *need, bool approve,
    const char *note)
{
	struct vote vote = { .need_id = need->id,
		.plan_hash = need->plan_hash, .person = cx->actor->person,
		.decision = approve ? "approve" : "decline", .note = note,
		.via = cx->actor->via, .at = cx->now };
	struct query *q = query(cx->db, "vote_insert");

	record_bind(q, &vote_schema, &vote);
	query_run(q);
}

bool
approval_decide(struct cx *cx, struct ticket *ticket, const char *plan_hash,
    bool approve, const char *note, bool *ret_again, struct err *e)
{
	size_t n, votes = 0;
	struct need *needs = approval_needs(cx, ticket->id, &n);
	const char *said;

	*ret_again = false;
	if (cx->actor->person == NULL) {
		err_set(e, ERR_DENIED, "approval.operator",
		    "the operator administers, and approves nothing");
		return err_hint(e, "slipway --as PERSON approve %s",
		    ticket->key);
	}
	said = decision_before(cx, needs, n, plan_hash);
	if (said != NULL && streq(said, approve ? "approve" : "decline")) {
		*ret_again = true;
		return true;
	}
	if (said != NULL)
		return err_set(e, ERR_CONFLICT, "approval.decided",
		    "you said %s to %s already", said, ticket->key);
	if (!decide_allowed(cx, ticket, needs, n, plan_hash, e))
		return false;

	for (size_t i = 0; i < n; i++) {
		struct need *need = &needs[i];

		if (!need_is_of(need, plan_hash) ||
		    !need_names(cx, need, cx->actor->person))
			continue;
		if (need->expires_at <= cx->now)
			return err_set(e, ERR_GONE, "approval.expired",
			    "%s waited too long for a decision", ticket->key);
		vote_cast(cx, need, approve, note);
		votes++;
		if (!streq(need->status, "open"))
			continue;
		if (!approve)
			move_need(cx, need, "declined", note);
		else if (need_is_met(cx, need, ticket))
			move_need(cx, need, "met", need->rule);
	}
	if (votes == 0) {
		err_set(e, ERR_DENIED, "approval.not_asked",
		    "no rule asks %s about %s: it wants %s",
		    cx->actor->person, ticket->key,
		    rules_text(cx, needs, n, plan_hash));
		return err_hint(e, "ask one of those people to decide");
	}
	if (!approval_waits_for(cx, ticket, cx->actor->person))
		inbox_settle_of(cx, cx->actor->person, INBOX_APPROVAL,
		    ticket->key);
	ticket_note(cx, ticket, "vote",
	    arena_printf(cx->arena, "%s%s%s",
		approve ? "approved" : "declined", note[0] ? ": " : "", note),
	    arena_printf(cx->arena, "{\"plan_hash\":\"%s\"}", plan_hash));
	audit(cx, approve ? "approval.approve" : "approval.decline",
	    ticket->key, "done", note,
	    arena_printf(cx->arena, "{\"plan_hash\":\"%s\"}", plan_hash));
	return true;
}
