/* SPDX-License-Identifier: MIT */
#include "resource/ticket/ticket_api.h"

#include "base/limits.h"
#include "resource/access/access.h"
#include "resource/approval/approval.h"
#include "resource/audit.h"
#include "resource/run/run.h"
#include "resource/sealed.h"
#include "resource/ticket/ticket.h"
#include "store/record.h"

static void
ticket_json(struct cx *cx, struct json_out *out, const struct ticket *t)
{
	struct ticket masked = *t;

	masked.params = sealed_mask_text(cx->arena, t->params);
	json_object_begin(out);
	record_json(out, &ticket_schema, &masked);
	json_object_end(out);
}

static void
needs_json(struct cx *cx, struct json_out *out, const struct ticket *t)
{
	size_t n;
	struct need *needs = approval_needs(cx, t->id, &n);

	json_array_begin(out);
	for (size_t i = 0; i < n; i++)
		approval_need_json(cx, out, &needs[i]);
	json_array_end(out);
}

static void
history_json(struct cx *cx, struct json_out *out, const struct ticket *t)
{
	struct query *q = query(cx->db, "ticket_entries");
	struct ticket_entry entry;

	bind_int(q, "ticket_id", t->id);
	json_array_begin(out);
	while (query_next(q)) {
		entry = (struct ticket_entry){ .id = 0 };
		record_read(q, &ticket_entry_schema, &entry, cx->arena);
		json_object_begin(out);
		record_json(out, &ticket_entry_schema, &entry);
		json_object_end(out);
	}
	json_array_end(out);
	query_end(q);
}

static bool
ticket_detail(struct cx *cx, struct json_out *out, const struct ticket *t)
{
	struct run *run = run_by_id(cx, t->run_id);
	struct step *root =
	    run == NULL ? NULL : run_step(cx, run->root_step);
	size_t n = 0;
	const char **warnings = approval_warnings(cx, t, &n);

	json_object_begin(out);
	json_key(out, "ticket");
	ticket_json(cx, out, t);
	json_kv_str(out, "run", run == NULL ? NULL : run->key);
	json_key(out, "needs");
	needs_json(cx, out, t);
	json_key(out, "history");
	history_json(cx, out, t);
	json_kv_raw(out, "outputs",
	    root == NULL ? "{}" : sealed_mask_text(cx->arena, root->outputs));
	json_key(out, "warnings");
	json_array_begin(out);
	for (size_t i = 0; i < n; i++)
		json_str(out, warnings[i]);
	json_array_end(out);
	json_object_end(out);
	return true;
}

static int64_t
ticket_before(struct cx *cx, const char *after)
{
	struct ticket *t;
	struct err e;

	if (after == NULL)
		return INT64_MAX;
	return ticket_by_key(cx, after, &t, &e) ? t->id : INT64_MAX;
}

bool
ticket_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *waiting_for = call_text(call->query, "waiting_for");
	int64_t limit = call_int(call->query, "limit"), n = 0;
	struct query *q = query(cx->db, "ticket_list");
	const char *next = NULL;
	struct ticket *t = NULL;

	(void)e;
	bind_int(q, "before",
	    ticket_before(cx, call_text(call->query, "after")));
	bind_text(q, "status", call_text(call->query, "status"));
	bind_text(q, "requester", call_text(call->query, "requester"));
	list_begin(out);
	while (query_next(q)) {
		if (n == limit) {
			next = t->key;
			break;
		}
		struct ticket *row = ARENA_NEW(cx->arena, struct ticket);

		record_read(q, &ticket_schema, row, cx->arena);
		if (!ticket_visible(cx, row) ||
		    (waiting_for != NULL &&
			!approval_waits_for(cx, row, waiting_for)))
			continue;
		t = row;
		ticket_json(cx, out, t);
		n++;
	}
	query_end(q);
	list_end(out, next);
	return true;
}

bool
ticket_api_get(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct ticket *t;

	return ticket_by_key(cx, call->path[0], &t, e) &&
	    ticket_detail(cx, out, t);
}

/* The requester, or a member of the owner team (cancel right). */
static bool
ticket_is_mine(struct cx *cx, const struct ticket *t, struct err *e)
{
	const struct access_target target = { t->team, t->environment,
		t->task };

	if (cx->actor->person != NULL &&
	    streq(cx->actor->person, t->requester))
		return access_token_check(cx, RIGHT_CANCEL, t->environment,
		    e);
	return access_check_seen(cx, RIGHT_CANCEL, &target, "ticket", t->key,
	    e);
}

/* Who could ask for the same, where it is and where it is to be. */
static bool
ticket_may_edit(struct cx *cx, const struct ticket *t,
    const char *environment, struct err *e)
{
	const bool request = t->request[0] != '\0';
	struct access_target target = { t->team, t->environment,
		request ? t->request : t->task };
	const enum right right = request ? RIGHT_REQUEST : RIGHT_RUN;

	if (!access_check_seen(cx, right, &target, "ticket", t->key, e))
		return false;
	if (environment == NULL ||
	    platform_environment(cx->platform, environment) == NULL)
		return true; /* ticket_edit knows better words for it */
	target.environment = environment;
	return access_check_seen(cx, right, &target, "ticket", t->key, e);
}

/* To say something, a token has to be good for more than looking. */
static bool
ticket_may_comment(struct cx *cx, const struct ticket *t, struct err *e)
{
	return access_token_allows(cx->actor, RIGHT_APPROVE,
		   t->environment) ||
	    access_token_check(cx, RIGHT_REQUEST, t->environment, e);
}

bool
ticket_api_edit(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *environment = call_text(call->body, "environment");
	struct ticket *t;

	return ticket_by_key(cx, call->path[0], &t, e) &&
	    ticket_may_edit(cx, t, environment, e) &&
	    ticket_edit(cx, t, call_text(call->body, "title"), environment,
		json_object_get(call->body, "params"), call->problems, e) &&
	    ticket_detail(cx, out, t);
}

static bool
ticket_vote(struct cx *cx, struct call *call, bool approve,
    struct json_out *out, struct err *e)
{
	struct ticket *t;

	if (!ticket_by_key(cx, call->path[0], &t, e) ||
	    !ticket_decide(cx, t, call_text(call->body, "plan_hash"), approve,
		call_text(call->body, "note"), e))
		return false;
	return ticket_detail(cx, out, ticket_by_id(cx, t->id));
}

bool
ticket_api_approve(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	return ticket_vote(cx, call, true, out, e);
}

bool
ticket_api_decline(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	return ticket_vote(cx, call, false, out, e);
}

bool
ticket_api_comment(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct ticket *t;

	if (!ticket_by_key(cx, call->path[0], &t, e) ||
	    !ticket_may_comment(cx, t, e))
		return false;
	ticket_note(cx, t, "comment", call_text(call->body, "text"), NULL);
	audit(cx, "ticket.commented", t->key, "done", "", NULL);
	return ticket_detail(cx, out, t);
}

bool
ticket_api_withdraw(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct ticket *t;
	const char *note = call_text(call->body, "note");

	if (!ticket_by_key(cx, call->path[0], &t, e) ||
	    !ticket_is_mine(cx, t, e) ||
	    !ticket_close(cx, t,
		arena_printf(cx->arena, "withdrawn by %s%s%s",
		    actor_name(cx->actor), note[0] ? ": " : "", note),
		e))
		return false;
	return ticket_detail(cx, out, ticket_by_id(cx, t->id));
}
