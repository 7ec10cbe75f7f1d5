/* SPDX-License-Identifier: MIT */
#include "resource/approval/approval_private.h"

#include <string.h>

#include "base/plant.h"
#include "resource/access/access.h"

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

bool
need_names(struct cx *cx, const struct need *need, const char *person)
{
	const struct person_def *def = platform_person(cx->platform, person);

	return def != NULL && !def->disabled && def->service == NULL &&
	    people_has(cx, need->eligible, person) &&
	    platform_is_one_of(cx->platform, person, need->approvers);
}

bool
ticket_is_own(const struct cx *cx, const struct ticket *t, const char *person)
{
	if (PLANTED("requester-votes"))
		return false;
	return streq(t->requester, person) || streq(t->last_editor, person) ||
	    access_answers_for(cx->platform, person, t->requester) ||
	    access_answers_for(cx->platform, person, t->last_editor);
}

/* How many of those who may decide count at all. */
int64_t
need_possible(struct cx *cx, const struct need *need,
    const struct ticket *ticket)
{
	int64_t n = 0;

	for (size_t i = 0; i < cx->platform->npeople; i++) {
		const struct person_def *p = &cx->platform->people[i];

		if (need_names(cx, need, p->name) &&
		    !ticket_is_own(cx, ticket, p->name))
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
	bind_text(q, "plan_hash", need->plan_hash);
	while (query_next(q)) {
		const char *person = column_text(q, "person", cx->arena);

		if (!ticket_is_own(cx, ticket, person) &&
		    need_names(cx, need, person))
			n++;
	}
	query_end(q);
	return n;
}

bool
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
