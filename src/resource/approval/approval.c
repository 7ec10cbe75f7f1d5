/* SPDX-License-Identifier: MIT */
#include "resource/approval/approval_private.h"

#include <string.h>

#include "base/plant.h"
#include "resource/audit.h"
#include "resource/delegation/delegation.h"
#include "resource/inbox/inbox.h"
#include "resource/move.h"
#include "resource/ticket/ticket.h"
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

const char *const *
approval_people(struct cx *cx, const struct approval_rule *rule)
{
	const struct team_def *team = platform_team(cx->platform, rule->of);
	const char **one;

	if (team != NULL)
		return team->members;
	one = arena_array(cx->arena, 2, sizeof(*one));
	one[0] = rule->of;
	return one;
}

/* Everybody hears of it but those whose own it is. */
static void
need_post(struct cx *cx, const struct ticket *ticket,
    const struct need *need)
{
	const char *task = need->task, **people;
	const char *text = arena_printf(cx->arena,
	    "%s%s%s, asked for by %s%s%s: your decision, %s", ticket->title,
	    task[0] == '\0' ? "" : ", step ", task, ticket->requester,
	    ticket->environment[0] == '\0' ? "" : " in ",
	    ticket->environment, need->rule);
	size_t n;

	people = approval_awaited(cx, ticket, need, &n);
	for (size_t i = 0; i < n; i++)
		inbox_post(cx, people[i], INBOX_APPROVAL, ticket->key, text);
}

void
need_open(struct cx *cx, const struct ticket *ticket,
    const struct approval_subject *about, const struct approval_rule *rule)
{
	const int64_t expires = rule->expires_ms != 0
	    ? rule->expires_ms
	    : cx->platform->approval_expires_ms;
	struct need need = { .ticket_id = ticket->id,
		.run_id = ticket->run_id, .step_id = about->step_id,
		.task = about->task, .preview_hash = about->preview_hash,
		.plan_hash = about->hash,
		.source = rule->source, .rule = rule->text,
		.approvers = rule->of, .wanted = rule->wanted,
		.percent = rule->percent,
		.eligible = people_json(cx, rule->of), .status = "open",
		.asked_at = cx->now, .expires_at = cx->now + expires,
		.valid_ms = rule->valid_ms,
		.remind_at = rule->remind_ms == 0 ? 0
						  : cx->now + rule->remind_ms,
		.when_expired = rule->when_expired,
		.instead_of = rule->instead_of == NULL ? ""
						       : rule->instead_of,
		.reason = "" };
	struct query *q;

	if (need.percent != 0)
		need.wanted = approval_share(need.percent,
		    need_possible(cx, &need, ticket));
	q = query(cx->db, "need_insert");
	record_bind(q, &need_schema, &need);
	query_run(q);
	need.id = db_last_id(cx->db);
	need_post(cx, ticket, &need);
	audit(cx, "approval.asked", ticket->key, "done",
	    arena_printf(cx->arena, "%s (%s)", rule->text, rule->source),
	    arena_printf(cx->arena, "{\"plan_hash\":\"%s\",\"step\":%lld}",
		about->hash, (long long)about->step_id));
}

struct approval_subject
approval_plan(const struct ticket *ticket)
{
	return (struct approval_subject){ .hash = ticket->plan_hash,
		.task = "", .preview_hash = "" };
}

void
approval_open(struct cx *cx, const struct ticket *ticket,
    const struct approval_rule *rules, size_t n)
{
	const struct approval_subject plan = approval_plan(ticket);

	for (size_t i = 0; i < n; i++)
		need_open(cx, ticket, &plan, &rules[i]);
}

static struct need *
needs_read(struct cx *cx, struct query *q, size_t *ret_n)
{
	size_t n = 0, cap = 0;
	struct need *needs = NULL;

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

struct need *
approval_needs(struct cx *cx, int64_t ticket_id, size_t *ret_n)
{
	struct query *q = query(cx->db, "need_of_ticket");

	bind_int(q, "ticket_id", ticket_id);
	return needs_read(cx, q, ret_n);
}

struct need *
approval_needs_of(struct cx *cx, int64_t ticket_id, const char *hash,
    size_t *ret_n)
{
	struct query *q = query(cx->db, "need_of_hash");

	bind_int(q, "ticket_id", ticket_id);
	bind_text(q, "hash", hash);
	return needs_read(cx, q, ret_n);
}

struct need *
approval_step_needs(struct cx *cx, int64_t step_id, size_t *ret_n)
{
	struct query *q = query(cx->db, "need_of_step");

	bind_int(q, "step_id", step_id);
	return needs_read(cx, q, ret_n);
}

struct need *
approval_needs_expired(struct cx *cx, int64_t ticket_id, size_t *ret_n)
{
	struct query *q = query(cx->db, "need_expired_of_ticket");

	bind_int(q, "ticket_id", ticket_id);
	bind_int(q, "now", cx->now);
	return needs_read(cx, q, ret_n);
}

bool
approval_need_get(struct cx *cx, int64_t id, struct need *ret)
{
	struct query *q = query(cx->db, "need_get");
	bool found;

	bind_int(q, "id", id);
	found = query_next(q);
	if (found)
		record_read(q, &need_schema, ret, cx->arena);
	query_end(q);
	return found;
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

bool
approval_void(struct cx *cx, const struct ticket *ticket, const char *reason)
{
	bool lost = false;
	size_t n, votes;
	struct need *needs = approval_needs(cx, ticket->id, &n);

	for (size_t i = 0; i < n; i++) {
		if (!streq(needs[i].status, "open") &&
		    !streq(needs[i].status, "met"))
			continue;
		approval_votes(cx, needs[i].id, &votes);
		lost = lost || votes > 0;
		move_need(cx, &needs[i], "void", reason);
	}
	return lost;
}

void
approval_void_open(struct cx *cx, const struct ticket *ticket,
    const char *reason)
{
	size_t n;
	struct need *needs = approval_needs(cx, ticket->id, &n);

	for (size_t i = 0; i < n; i++)
		if (streq(needs[i].status, "open"))
			move_need(cx, &needs[i], "void", reason);
}

/* Does the need ask for as many as the rule does, or more? */
static bool
need_is_as_strict(const struct need *need, const struct approval_rule *rule)
{
	if (need->percent != 0 || rule->percent != 0)
		return (need->wanted == 0 && need->percent == 0) ||
		    (rule->percent != 0 && need->percent >= rule->percent);
	return need->wanted == 0 ||
	    (rule->wanted != 0 && need->wanted >= rule->wanted);
}

static bool
need_covers(const struct need *needs, size_t n, const char *hash,
    const struct approval_rule *rule)
{
	for (size_t i = 0; i < n; i++)
		if (need_is_of(&needs[i], hash) &&
		    (streq(needs[i].approvers, rule->of) ||
			streq(needs[i].instead_of, rule->of)) &&
		    need_is_as_strict(&needs[i], rule))
			return true;
	return false;
}

size_t
approval_open_missing(struct cx *cx, const struct ticket *ticket,
    const struct approval_subject *about, const struct approval_rule *today,
    size_t ntoday)
{
	size_t n, opened = 0;
	struct need *needs = approval_needs_of(cx, ticket->id, about->hash,
	    &n);

	for (size_t i = 0; i < ntoday; i++)
		if (!need_covers(needs, n, about->hash, &today[i])) {
			need_open(cx, ticket, about, &today[i]);
			opened++;
		}
	return opened;
}

/* Who approved it may not any more: others are asked, or it would wait for
 * nobody. */
static void
need_again(struct cx *cx, const struct ticket *ticket,
    const struct approval_subject *about, struct need *need)
{
	const struct approval_rule rule = need_rule(need);

	move_need(cx, need, "void",
	    "who approved it may not decide any more");
	ticket_note(cx, ticket, "status",
	    arena_printf(cx->arena, "%s is asked again: who approved may not "
		"decide any more",
		rule.of),
	    NULL);
	need_open(cx, ticket, about, &rule);
}

bool
approval_complete(struct cx *cx, struct ticket *ticket,
    const struct approval_subject *about,
    const struct approval_rule *today, size_t ntoday, size_t *ret_open)
{
	size_t n, open = 0;
	struct need *needs;

	if (!PLANTED("rules-of-then"))
		approval_open_missing(cx, ticket, about, today, ntoday);
	/* Who approved already counts for what came later too. */
	needs = approval_needs_of(cx, ticket->id, about->hash, &n);
	for (size_t i = 0; i < n; i++) {
		if (!need_is_of(&needs[i], about->hash))
			continue;
		if (!need_is_met(cx, &needs[i], ticket)) {
			open++;
			if (streq(needs[i].status, "met"))
				need_again(cx, ticket, about, &needs[i]);
		} else if (streq(needs[i].status, "open"))
			move_need(cx, &needs[i], "met", needs[i].rule);
	}
	*ret_open = open;
	return open == 0;
}

bool
approval_stands(struct cx *cx, const struct ticket *ticket, bool begun)
{
	size_t n, met = 0, asked = 0;
	struct need *needs = approval_needs(cx, ticket->id, &n);

	for (size_t i = 0; i < n; i++) {
		if (needs[i].run_id != ticket->run_id || needs[i].step_id != 0)
			continue;
		asked++;
		if (streq(needs[i].status, "met") &&
		    (begun || !need_has_lapsed(cx, &needs[i])))
			met++;
		else if (!streq(needs[i].status, "void"))
			return false;
	}
	return asked == 0 || met > 0;
}

/* Who of those asked is kept out, and how: "; casey asked for it". */
static const char *
need_excluded(struct cx *cx, const struct need *need,
    const struct ticket *ticket)
{
	const char *text = "";

	for (size_t i = 0; i < cx->platform->npeople; i++) {
		const char *name = cx->platform->people[i].name, *why;

		if (!people_has(cx, need->eligible, name))
			continue;
		why = ticket_authored(cx, ticket, name);
		if (why != NULL)
			text = arena_printf(cx->arena, "%s%s %s %s", text,
			    text[0] == '\0' ? ";" : ",", name, why);
	}
	return text;
}

const char **
approval_warnings(struct cx *cx, const struct ticket *ticket, size_t *ret_n)
{
	size_t n, found = 0;
	struct need *needs = approval_needs(cx, ticket->id, &n);
	const char **texts = arena_array(cx->arena, n + 1, sizeof(*texts));

	for (size_t i = 0; i < n; i++) {
		int64_t possible, wanted;

		if (!streq(needs[i].status, "open"))
			continue;
		possible = need_possible(cx, &needs[i], ticket);
		wanted = need_wanted(cx, &needs[i], ticket);
		if (possible > 0 && possible >= wanted)
			continue;
		texts[found++] = arena_printf(cx->arena,
		    "%s by %s can never be reached: only %lld may decide who "
		    "did not ask for it or edit it%s",
		    needs[i].rule, needs[i].source, (long long)possible,
		    need_excluded(cx, &needs[i], ticket));
	}
	*ret_n = found;
	return texts;
}

const char *
approval_waits_as(struct cx *cx, const struct ticket *ticket,
    const char *person)
{
	struct query *q;
	struct need *needs;
	size_t n;

	if (person == NULL || ticket_is_own(cx, ticket, person))
		return NULL;
	q = query(cx->db, "need_open_of_ticket");
	bind_int(q, "ticket_id", ticket->id);
	needs = needs_read(cx, q, &n);
	for (size_t i = 0; i < n; i++) {
		const char *seat;

		if (needs[i].step_id == 0 &&
		    (!need_is_of(&needs[i], ticket->plan_hash) ||
			!streq(ticket->status, "waiting_approval")))
			continue;
		seat = need_seat(cx, &needs[i], ticket, person);
		if (seat != NULL &&
		    decision_before(cx, &needs[i], 1, needs[i].plan_hash,
			person) == NULL)
			return seat;
	}
	return NULL;
}

bool
approval_waits_for(struct cx *cx, const struct ticket *ticket,
    const char *person)
{
	return approval_waits_as(cx, ticket, person) != NULL;
}

static bool
needs_name(struct cx *cx, const struct need *needs, size_t n,
    const char *person)
{
	for (size_t i = 0; i < n; i++)
		if (people_has(cx, needs[i].eligible, person))
			return true;
	return false;
}

bool
approval_asked(struct cx *cx, const struct ticket *ticket, const char *person)
{
	size_t n, in_force;
	struct need *needs = approval_needs(cx, ticket->id, &n);
	struct delegation *list;

	if (n == 0 || needs_name(cx, needs, n, person))
		return n > 0;
	list = delegation_in_force(cx, person, ticket, &in_force);
	for (size_t i = 0; i < in_force; i++)
		if (needs_name(cx, needs, n, list[i].person))
			return true;
	return false;
}
