/* SPDX-License-Identifier: MIT */
#include "resource/approval/approval_api.h"

#include "resource/approval/approval_private.h"
#include "resource/ticket/ticket.h"
#include "store/record.h"

/* NULL: it counts. */
static const char *
vote_why_not(struct cx *cx, const struct ticket *ticket,
    const struct need *need, const struct vote *votes, size_t at)
{
	const struct vote *v = &votes[at];
	const char *seat = v->for_person[0] == '\0' ? v->person
						    : v->for_person;
	const char *why;

	if (!need_is_of(need, need->plan_hash) &&
	    !streq(need->status, "declined"))
		return need->reason;
	why = ticket_authored(cx, ticket, v->person);
	if (why != NULL)
		return arena_printf(cx->arena, "%s %s", v->person, why);
	why = ticket_authored(cx, ticket, seat);
	if (why != NULL)
		return arena_printf(cx->arena, "%s %s", seat, why);
	if (!need_names(cx, need, seat))
		return arena_printf(cx->arena, "%s is no longer asked", seat);
	for (size_t i = 0; i < at; i++)
		if (streq(platform_human(cx->platform, votes[i].person),
			platform_human(cx->platform, v->person)))
			return arena_printf(cx->arena,
			    "%s is the same human", votes[i].person);
	return NULL;
}

static void
vote_json(struct json_out *out, const struct vote *v, const char *why_not)
{
	json_object_begin(out);
	json_kv_str(out, "person", v->person);
	json_kv_str(out, "for_person", v->for_person);
	json_kv_str(out, "decision", v->decision);
	json_kv_str(out, "note", v->note);
	json_kv_str(out, "via", v->via);
	json_kv_time(out, "at", v->at);
	json_kv_bool(out, "counts", why_not == NULL);
	json_kv_str(out, "why_not", why_not == NULL ? "" : why_not);
	json_object_end(out);
}

/* The hash of the last approval of the same plan or step that had another. */
static const char *
hash_before(const struct need *needs, size_t at)
{
	for (size_t i = at; i > 0; i--)
		if (needs[i - 1].step_id == needs[at].step_id &&
		    !streq(needs[i - 1].plan_hash, needs[at].plan_hash))
			return needs[i - 1].plan_hash;
	return NULL;
}

static void
history_json(struct cx *cx, struct json_out *out, const struct ticket *ticket,
    const struct need *needs, size_t at)
{
	const struct need *need = &needs[at];
	size_t n;
	struct vote *votes = approval_votes(cx, need->id, &n);

	json_object_begin(out);
	json_kv_int(out, "id", need->id);
	json_kv_str(out, "status", need->status);
	json_kv_str(out, "reason", need->reason);
	json_kv_str(out, "rule", need->rule);
	json_kv_str(out, "source", need->source);
	json_kv_str(out, "covers",
	    need->step_id == 0
		? "the plan"
		: arena_printf(cx->arena, "step %lld %s",
		      (long long)need->step_id, need->task));
	json_kv_str(out, "plan_hash", need->plan_hash);
	json_kv_str(out, "before", hash_before(needs, at));
	json_kv_int(out, "wanted", need_wanted(cx, need, ticket));
	json_kv_int(out, "given", need_approvals(cx, need, ticket));
	json_kv_time(out, "asked_at", need->asked_at);
	json_kv_time(out, "ended_at", need->ended_at);
	json_kv_time(out, "expires_at", need->expires_at);
	json_key(out, "votes");
	json_array_begin(out);
	for (size_t i = 0; i < n; i++)
		vote_json(out, &votes[i],
		    vote_why_not(cx, ticket, need, votes, i));
	json_array_end(out);
	json_object_end(out);
}

bool
approval_api_history(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct ticket *ticket;
	struct need *needs;
	size_t n;

	if (!ticket_by_key(cx, call->path[0], &ticket, e))
		return false;
	needs = approval_needs(cx, ticket->id, &n);
	json_object_begin(out);
	json_kv_str(out, "ticket", ticket->key);
	json_kv_str(out, "plan_hash", ticket->plan_hash);
	json_key(out, "approvals");
	json_array_begin(out);
	for (size_t i = 0; i < n; i++)
		history_json(cx, out, ticket, needs, i);
	json_array_end(out);
	json_object_end(out);
	return true;
}
