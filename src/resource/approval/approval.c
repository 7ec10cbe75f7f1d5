/* SPDX-License-Identifier: MIT */
#include "resource/approval/approval.h"

#include <string.h>

#include "base/clock.h"
#include "base/plant.h"
#include "resource/access/access.h"
#include "resource/audit.h"
#include "resource/move.h"
#include "resource/ticket/ticket.h"
#include "resource/token/token.h"
#include "spec/validate.h"
#include "store/record.h"

static const char *
people_json(struct cx *cx, const char *team_or_person)
{
	const struct team_def *team =
	    platform_team(cx->platform, team_or_person);
	json_t *list = json_array();
	const char *text;

	if (team == NULL)
		json_array_append_new(list, json_string(team_or_person));
	for (size_t i = 0; team != NULL && team->members[i] != NULL; i++)
		json_array_append_new(list, json_string(team->members[i]));
	text = json_canonical(cx->arena, list);
	json_decref(list);
	return text;
}

/* eligible is a canonical JSON list of names, which have no quotes. */
static bool
people_has(struct cx *cx, const char *eligible, const char *person)
{
	return strstr(eligible,
		   arena_printf(cx->arena, "\"%s\"", person)) != NULL;
}

static void
need_open(struct cx *cx, const struct ticket *ticket,
    const struct approval_rule *rule)
{
	struct need need = { .ticket_id = ticket->id,
		.run_id = ticket->run_id, .plan_hash = ticket->plan_hash,
		.source = rule->source, .rule = rule->text,
		.approvers = rule->of, .wanted = rule->wanted,
		.eligible = people_json(cx, rule->of), .status = "open",
		.expires_at = cx->now + cx->platform->approval_expires_ms };
	struct query *q = query(cx->db, "need_insert");

	record_bind(q, &need_schema, &need);
	query_run(q);
	audit(cx, "approval.asked", ticket->key, "done",
	    arena_printf(cx->arena, "%s (%s)", rule->text, rule->source),
	    arena_printf(cx->arena, "{\"plan_hash\":\"%s\"}",
		ticket->plan_hash));
}

void
approval_open(struct cx *cx, const struct ticket *ticket,
    const struct approval_rule *rules, size_t n)
{
	for (size_t i = 0; i < n; i++)
		need_open(cx, ticket, &rules[i]);
}

struct need *
approval_needs(struct cx *cx, int64_t ticket_id, size_t *ret_n)
{
	struct query *q = query(cx->db, "need_of_ticket");
	size_t n = 0, cap = 0;
	struct need *needs = NULL;

	bind_int(q, "ticket_id", ticket_id);
	while (query_next(q)) {
		if (n == cap) {
			struct need *more;

			cap = cap == 0 ? 8 : cap * 2;
			more = arena_array(cx->arena, cap, sizeof(*more));
			if (n > 0)
				memcpy(more, needs, n * sizeof(*more));
			needs = more;
		}
		record_read(q, &need_schema, &needs[n++], cx->arena);
	}
	query_end(q);
	*ret_n = n;
	return needs;
}

struct vote *
approval_votes(struct cx *cx, int64_t need_id, size_t *ret_n)
{
	struct query *q = query(cx->db, "vote_of_need");
	size_t n = 0, cap = 0;
	struct vote *votes = NULL;

	bind_int(q, "need_id", need_id);
	while (query_next(q)) {
		if (n == cap) {
			struct vote *more;

			cap = cap == 0 ? 8 : cap * 2;
			more = arena_array(cx->arena, cap, sizeof(*more));
			if (n > 0)
				memcpy(more, votes, n * sizeof(*more));
			votes = more;
		}
		record_read(q, &vote_schema, &votes[n++], cx->arena);
	}
	query_end(q);
	*ret_n = n;
	return votes;
}

void
approval_void(struct cx *cx, const struct ticket *ticket, const char *reason)
{
	size_t n;
	struct need *needs = approval_needs(cx, ticket->id, &n);

	for (size_t i = 0; i < n; i++)
		if (streq(needs[i].status, "open") ||
		    streq(needs[i].status, "met"))
			move_need(cx, &needs[i], "void", reason);
}

static bool
need_is_of(const struct need *need, const struct ticket *ticket)
{
	return streq(need->plan_hash, ticket->plan_hash) &&
	    (streq(need->status, "open") || streq(need->status, "met"));
}

/* May person decide on this need: named when it was asked, and today. */
static bool
need_names(struct cx *cx, const struct need *need, const char *person)
{
	const struct person_def *def = platform_person(cx->platform, person);

	return def != NULL && !def->disabled &&
	    people_has(cx, need->eligible, person) &&
	    platform_is_one_of(cx->platform, person, need->approvers);
}

static bool
ticket_is_own(const struct ticket *t, const char *person)
{
	if (PLANTED("requester-votes"))
		return false;
	return streq(t->requester, person) || streq(t->last_editor, person);
}

/* How many of those who may decide count at all. */
static int64_t
need_possible(struct cx *cx, const struct need *need,
    const struct ticket *ticket)
{
	int64_t n = 0;

	for (size_t i = 0; i < cx->platform->npeople; i++) {
		const struct person_def *p = &cx->platform->people[i];

		if (need_names(cx, need, p->name) &&
		    !ticket_is_own(ticket, p->name))
			n++;
	}
	return n;
}

/* Distinct people whose approval counts today: who left the group since, or
 * edited the request since, no longer does. */
static int64_t
need_approvals(struct cx *cx, const struct need *need,
    const struct ticket *ticket)
{
	struct query *q = query(cx->db, "vote_approvers");
	int64_t n = 0;

	bind_int(q, "ticket_id", ticket->id);
	bind_text(q, "plan_hash", ticket->plan_hash);
	while (query_next(q)) {
		const char *person = column_text(q, "person", cx->arena);

		if (!ticket_is_own(ticket, person) &&
		    need_names(cx, need, person))
			n++;
	}
	query_end(q);
	return n;
}

static bool
need_is_met(struct cx *cx, const struct need *need,
    const struct ticket *ticket)
{
	int64_t wanted = need->wanted != 0
	    ? need->wanted
	    : need_possible(cx, need, ticket);

	if (PLANTED("one-vote-is-enough"))
		wanted = 1;
	return wanted > 0 && need_approvals(cx, need, ticket) >= wanted;
}

/* The vote this person already cast on the needs of plan_hash. */
static const char *
decision_before(struct cx *cx, const struct need *needs, size_t n,
    const char *plan_hash)
{
	for (size_t i = 0; i < n; i++) {
		size_t nvotes;
		struct vote *votes;

		if (!streq(needs[i].plan_hash, plan_hash) ||
		    streq(needs[i].status, "void") ||
		    streq(needs[i].status, "expired"))
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
    const struct ticket *ticket)
{
	const char *text = NULL;

	for (size_t i = 0; i < n; i++)
		if (need_is_of(&needs[i], ticket))
			text = text == NULL
			    ? arena_printf(cx->arena, "%s by %s",
				  needs[i].rule, needs[i].source)
			    : arena_printf(cx->arena, "%s, and %s by %s",
				  text, needs[i].rule, needs[i].source);
	return text == NULL ? "nothing" : text;
}

/* A token decides only where it reaches, and never for whoever made it. */
static bool
decide_token(struct cx *cx, const struct ticket *ticket, struct err *e)
{
	const struct actor *a = cx->actor;
	const struct token *token =
	    a->token == NULL ? NULL : token_by_prefix(cx, a->token);

	if (!access_token_allows(a, RIGHT_APPROVE, ticket->environment)) {
		err_set(e, ERR_DENIED, "approval.token",
		    "token %s cannot decide in '%s'", a->token,
		    ticket->environment);
		return err_hint(e, "make one for the role approver there");
	}
	if (token != NULL && ticket_is_own(ticket, token->created_by))
		return err_set(e, ERR_DENIED, "approval.self",
		    "token %s of %s cannot decide on %s: %s made the token, "
		    "and asked for this or edited it",
		    token->prefix, a->person, ticket->key, token->created_by);
	return true;
}

/* Whether the person may decide at all; the reasons that need no vote. */
static bool
decide_allowed(struct cx *cx, const struct ticket *ticket,
    const struct need *needs, size_t n, const char *plan_hash,
    struct err *e)
{
	const struct actor *a = cx->actor;

	if (!streq(ticket->status, "waiting_approval")) {
		err_set(e, ERR_CONFLICT, "approval.closed",
		    "%s is %s: nothing waits for a decision", ticket->key,
		    ticket->status);
		return err_hint(e, "slipway ticket show %s", ticket->key);
	}
	if (!streq(plan_hash, ticket->plan_hash) && !PLANTED("stale-hash")) {
		err_set(e, ERR_CONFLICT, "approval.stale",
		    "%s changed since you saw it: its plan is %.12s now, not "
		    "%.12s",
		    ticket->key, ticket->plan_hash, plan_hash);
		return err_hint(e, "read it again: slipway ticket show %s",
		    ticket->key);
	}
	if (ticket_is_own(ticket, a->person)) {
		err_set(e, ERR_DENIED, "approval.self",
		    "%s cannot decide on %s: who %s a request never approves "
		    "it",
		    a->person, ticket->key,
		    streq(ticket->requester, a->person) ? "made" : "edited");
		return err_hint(e, "it wants %s",
		    rules_text(cx, needs, n, ticket));
	}
	return decide_token(cx, ticket, e);
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

		if (!need_is_of(need, ticket) ||
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
		    rules_text(cx, needs, n, ticket));
		return err_hint(e, "ask one of those people to decide");
	}
	ticket_note(cx, ticket, "vote",
	    arena_printf(cx->arena, "%s%s%s",
		approve ? "approved" : "declined", note[0] ? ": " : "", note),
	    arena_printf(cx->arena, "{\"plan_hash\":\"%s\"}", plan_hash));
	audit(cx, approve ? "approval.approve" : "approval.decline",
	    ticket->key, "done", note,
	    arena_printf(cx->arena, "{\"plan_hash\":\"%s\"}", plan_hash));
	return true;
}

static bool
need_covers(const struct need *needs, size_t n, const struct ticket *ticket,
    const struct approval_rule *rule)
{
	for (size_t i = 0; i < n; i++)
		if (need_is_of(&needs[i], ticket) &&
		    streq(needs[i].approvers, rule->of) &&
		    (needs[i].wanted == 0 ||
			(rule->wanted != 0 &&
			    needs[i].wanted >= rule->wanted)))
			return true;
	return false;
}

bool
approval_complete(struct cx *cx, struct ticket *ticket,
    const struct approval_rule *today, size_t ntoday, size_t *ret_open)
{
	size_t n, open = 0;
	struct need *needs = approval_needs(cx, ticket->id, &n);

	for (size_t i = 0; i < ntoday; i++)
		if (!need_covers(needs, n, ticket, &today[i]))
			need_open(cx, ticket, &today[i]);
	/* Who approved already counts for what came later too. */
	needs = approval_needs(cx, ticket->id, &n);
	for (size_t i = 0; i < n; i++) {
		if (!need_is_of(&needs[i], ticket))
			continue;
		if (!need_is_met(cx, &needs[i], ticket))
			open++;
		else if (streq(needs[i].status, "open"))
			move_need(cx, &needs[i], "met", needs[i].rule);
	}
	*ret_open = open;
	return open == 0;
}

bool
approval_stands(struct cx *cx, const struct ticket *ticket)
{
	size_t n, met = 0, asked = 0;
	struct need *needs = approval_needs(cx, ticket->id, &n);

	for (size_t i = 0; i < n; i++) {
		if (needs[i].run_id != ticket->run_id)
			continue;
		asked++;
		if (streq(needs[i].status, "met"))
			met++;
		else if (!streq(needs[i].status, "void"))
			return false;
	}
	return asked == 0 || met > 0;
}

const char **
approval_warnings(struct cx *cx, const struct ticket *ticket, size_t *ret_n)
{
	size_t n, found = 0;
	struct need *needs = approval_needs(cx, ticket->id, &n);
	const char **texts = arena_array(cx->arena, n + 1, sizeof(*texts));

	for (size_t i = 0; i < n; i++) {
		int64_t possible, wanted;

		if (!need_is_of(&needs[i], ticket))
			continue;
		possible = need_possible(cx, &needs[i], ticket);
		wanted = needs[i].wanted == 0 ? 1 : needs[i].wanted;
		if (possible < wanted)
			texts[found++] = arena_printf(cx->arena,
			    "%s can never be reached: only %lld may decide "
			    "who did not ask for it or edit it",
			    needs[i].rule, (long long)possible);
	}
	*ret_n = found;
	return texts;
}

bool
approval_waits_for(struct cx *cx, const struct ticket *ticket,
    const char *person)
{
	size_t n;
	struct need *needs = approval_needs(cx, ticket->id, &n);

	if (person == NULL || !streq(ticket->status, "waiting_approval") ||
	    ticket_is_own(ticket, person))
		return false;
	for (size_t i = 0; i < n; i++)
		if (streq(needs[i].status, "open") &&
		    need_is_of(&needs[i], ticket) &&
		    need_names(cx, &needs[i], person) &&
		    decision_before(cx, &needs[i], 1, ticket->plan_hash) ==
			NULL)
			return true;
	return false;
}

bool
approval_asked(struct cx *cx, int64_t ticket_id, const char *person)
{
	size_t n;
	struct need *needs = approval_needs(cx, ticket_id, &n);

	for (size_t i = 0; i < n; i++)
		if (people_has(cx, needs[i].eligible, person))
			return true;
	return false;
}
