/* SPDX-License-Identifier: MIT */
/* Whose decision counts, and how many are enough. */
#include <string.h>

#include "base/plant.h"
#include "resource/approval/approval_private.h"
#include "resource/delegation/delegation.h"
#include "resource/ticket/ticket.h"

/* eligible is a canonical JSON list of names, which have no quotes. */
bool
people_has(struct cx *cx, const char *eligible, const char *person)
{
	return strstr(eligible,
		   arena_printf(cx->arena, "\"%s\"", person)) != NULL;
}

bool
need_is_of(const struct need *need, const char *hash)
{
	return streq(need->plan_hash, hash) &&
	    (streq(need->status, "open") || streq(need->status, "met"));
}

static bool
person_is_able(struct cx *cx, const char *person)
{
	const struct person_def *def = platform_person(cx->platform, person);

	return def != NULL && !def->disabled && def->service == NULL;
}

bool
need_names(struct cx *cx, const struct need *need, const char *person)
{
	return person_is_able(cx, person) &&
	    people_has(cx, need->eligible, person) &&
	    (platform_is_one_of(cx->platform, person, need->approvers) ||
		PLANTED("team-of-then"));
}

bool
ticket_is_own(struct cx *cx, const struct ticket *t, const char *person)
{
	if (PLANTED("requester-votes"))
		return false;
	return ticket_authored(cx, t, person) != NULL;
}

/* Different humans, in the order they came. */
struct humans {
	const char **names;
	size_t count, cap;
};

static struct humans
humans_of(struct cx *cx, size_t most)
{
	return (struct humans){ .cap = most,
		.names = arena_array(cx->arena, most + 1, sizeof(char *)) };
}

static bool
humans_has(struct cx *cx, const struct humans *h, const char *person)
{
	const char *human = platform_human(cx->platform, person);

	for (size_t i = 0; i < h->count; i++)
		if (streq(h->names[i], human))
			return true;
	return false;
}

static void
humans_add(struct cx *cx, struct humans *h, const char *person)
{
	if (humans_has(cx, h, person))
		return;
	ASSERT(h->count < h->cap);
	h->names[h->count++] = platform_human(cx->platform, person);
}

/* Of everybody: those it was asked of then, those it would be asked of today,
 * or both.  Whoever had a hand in the request is none of them. */
static int64_t
need_humans(struct cx *cx, const struct need *need,
    const struct ticket *ticket, bool then, bool today)
{
	const struct platform *p = cx->platform;
	struct humans humans = humans_of(cx, p->npeople);

	for (size_t i = 0; i < p->npeople; i++) {
		const char *name = p->people[i].name;

		if (!person_is_able(cx, name) ||
		    (then && !people_has(cx, need->eligible, name)) ||
		    (today && !platform_is_one_of(p, name, need->approvers)) ||
		    ticket_is_own(cx, ticket, name))
			continue;
		humans_add(cx, &humans, name);
	}
	return (int64_t)humans.count;
}

int64_t
need_possible(struct cx *cx, const struct need *need,
    const struct ticket *ticket)
{
	return need_humans(cx, need, ticket, true, true);
}

int64_t
approval_share(int64_t percent, int64_t people)
{
	return (people * percent + 99) / 100;
}

int64_t
need_wanted(struct cx *cx, const struct need *need,
    const struct ticket *ticket)
{
	int64_t possible = need_possible(cx, need, ticket), today;

	if (need->percent == 0)
		return need->wanted != 0 ? need->wanted : possible;
	today = approval_share(need->percent,
	    need_humans(cx, need, ticket, false, true));
	if (today > possible)
		today = possible; /* who came since was not asked */
	return need->wanted > today ? need->wanted : today;
}

/* Different humans whose approval counts today, each for one seat: who left
 * the group since, or edited the request since, no longer does. */
int64_t
need_approvals(struct cx *cx, const struct need *need,
    const struct ticket *ticket)
{
	const size_t most = 2 * cx->platform->npeople;
	struct humans voters = humans_of(cx, most);
	struct humans seats = humans_of(cx, most);
	struct query *q = query(cx->db, "vote_approvers");

	bind_int(q, "ticket_id", ticket->id);
	bind_text(q, "plan_hash", need->plan_hash);
	while (query_next(q)) {
		const char *person = column_text(q, "person", cx->arena);
		const char *of = column_text(q, "for_person", cx->arena);
		const char *seat = of[0] == '\0' ? person : of;

		if (!need_names(cx, need, seat) ||
		    !person_is_able(cx, person) ||
		    (ticket_is_own(cx, ticket, seat) &&
			!PLANTED("delegate-of-requester")) ||
		    ticket_is_own(cx, ticket, person) ||
		    humans_has(cx, &voters, person) ||
		    (humans_has(cx, &seats, seat) &&
			!PLANTED("delegate-sits-twice")))
			continue;
		humans_add(cx, &voters, person);
		humans_add(cx, &seats, seat);
	}
	query_end(q);
	return (int64_t)voters.count;
}

bool
need_is_met(struct cx *cx, const struct need *need,
    const struct ticket *ticket)
{
	int64_t wanted = need_wanted(cx, need, ticket);

	if (PLANTED("one-vote-is-enough"))
		wanted = 1;
	return wanted > 0 && need_approvals(cx, need, ticket) >= wanted;
}

/* Somebody sits there already: they decided, or another delegate did. */
static bool
seat_is_taken(struct cx *cx, const struct need *need, const char *person)
{
	size_t n;
	struct vote *votes = approval_votes(cx, need->id, &n);

	for (size_t i = 0; i < n; i++)
		if (streq(votes[i].person, person) ||
		    streq(votes[i].for_person, person))
			return !PLANTED("delegate-sits-twice");
	return false;
}

const char *
need_seat(struct cx *cx, const struct need *need,
    const struct ticket *ticket, const char *person)
{
	size_t n;
	struct delegation *list;

	if (need_names(cx, need, person))
		return person;
	if (!person_is_able(cx, person))
		return NULL;
	list = delegation_in_force(cx, person, ticket, &n);
	for (size_t i = 0; i < n; i++)
		if (need_names(cx, need, list[i].person) &&
		    (!ticket_is_own(cx, ticket, list[i].person) ||
			PLANTED("delegate-of-requester")) &&
		    !seat_is_taken(cx, need, list[i].person))
			return list[i].person;
	return NULL;
}
