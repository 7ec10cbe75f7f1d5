/* SPDX-License-Identifier: MIT */
#include "resource/resource/resource_api.h"

#include "base/limits.h"
#include "base/near.h"
#include "platform/schedule.h"
#include "resource/access/access.h"
#include "resource/audit.h"
#include "resource/inbox/inbox.h"
#include "resource/resource/resource.h"
#include "resource/run/run.h"
#include "resource/sight.h"
#include "resource/ticket/ticket.h"
#include "resource/wall.h"
#include "resource/undo/undo.h"
#include "store/record.h"

static void
resource_json(struct json_out *out, const struct resource *r)
{
	json_object_begin(out);
	record_json(out, &resource_schema, r);
	json_object_end(out);
}

static const char *
ticket_key(struct cx *cx, int64_t id)
{
	const struct ticket *t = id == 0 ? NULL : ticket_by_id(cx, id);

	return t == NULL ? NULL : t->key;
}

static void
detail_json(struct cx *cx, struct json_out *out, const struct resource *r,
    const char *asked)
{
	static const char *const expires[] = { "ask", "remind", "undo" };
	const struct resource_def *def = resource_def(cx, r);
	const struct run *run =
	    r->run_id == 0 ? NULL : run_by_id(cx, r->run_id);
	const struct run *undo = run == NULL ? NULL : undo_of(cx, run);

	json_object_begin(out);
	json_key(out, "resource");
	resource_json(out, r);
	json_kv_str(out, "ticket", ticket_key(cx, r->ticket_id));
	json_kv_str(out, "run", run == NULL ? NULL : run->key);
	json_kv_str(out, "undo", undo == NULL ? NULL : undo->key);
	json_kv_str(out, "expire",
	    def == NULL || r->expires_at == 0 ? NULL : expires[def->expire]);
	json_kv_str(out, "expiry_ticket", ticket_key(cx, r->expiry_ticket));
	json_kv_str(out, "missing_ticket",
	    ticket_key(cx, r->missing_ticket));
	json_kv_str(out, "asked", asked);
	json_object_end(out);
}

/* A duration, which was checked; 0 when absent. */
static int64_t
call_ms(const json_t *object, const char *name)
{
	const char *text = call_text(object, name);
	int64_t ms = 0;

	return text != NULL && schema_duration(text, &ms) ? ms : 0;
}

bool
resource_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *after = call_text(call->query, "after");
	const int64_t limit = call_int(call->query, "limit");
	const int64_t expiring = call_ms(call->query, "expiring");
	struct resource *before = NULL, *list[LIMIT_LIST + 1];
	struct query *q;
	size_t n;

	if (after != NULL && !resource_by_key(cx, after, &before, e))
		return false;
	q = query(cx->db, "resource_list");
	sight_bind(cx, q);
	bind_int(q, "before", before == NULL ? INT64_MAX : before->id);
	bind_int(q, "only_mine", call_bool(call->query, "mine"));
	bind_text(q, "person",
	    cx->actor->person == NULL ? "" : cx->actor->person);
	bind_text(q, "team", call_text(call->query, "team"));
	bind_text(q, "kind", call_text(call->query, "kind"));
	bind_text(q, "environment", call_text(call->query, "environment"));
	bind_text(q, "status", call_text(call->query, "status"));
	bind_int(q, "ends", expiring == 0 ? 0 : cx->now + expiring);
	bind_int(q, "most", limit + 1);
	n = resource_rows(cx, q, list, ARRAY_SIZE(list));
	list_begin(out);
	for (size_t i = 0; i < n && i < (size_t)limit; i++)
		resource_json(out, list[i]);
	list_end(out, n > (size_t)limit ? list[limit - 1]->key : NULL);
	return true;
}

/* A decimal number: hundredths, never negative. */
static const char *
cost_number(struct cx *cx, int64_t hundredths)
{
	return arena_printf(cx->arena, "%lld.%02lld",
	    (long long)hundredths / 100, (long long)hundredths % 100);
}

bool
resource_api_costs(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct query *q = query(cx->db, "resource_costs");

	(void)e;
	sight_bind(cx, q);
	bind_text(q, "by", call_text(call->query, "by"));
	bind_text(q, "team", call_text(call->query, "team"));
	bind_int(q, "most", LIMIT_LIST);
	list_begin(out);
	while (query_next(q)) {
		json_object_begin(out);
		json_kv_str(out, "name", column_text(q, "name", cx->arena));
		json_kv_int(out, "resources", column_int(q, "resources"));
		json_kv_str(out, "once",
		    cost_number(cx, column_int(q, "once")));
		json_kv_str(out, "per_month",
		    cost_number(cx, column_int(q, "per_month")));
		json_kv_str(out, "currency",
		    column_text(q, "currency", cx->arena));
		json_object_end(out);
	}
	query_end(q);
	list_end(out, NULL);
	return true;
}

bool
resource_api_get(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct resource *r;

	if (!resource_by_key(cx, call->path[0], &r, e))
		return false;
	detail_json(cx, out, r, NULL);
	return true;
}

static bool
resource_is_there(const struct resource *r, struct err *e)
{
	if (!streq(r->status, "gone"))
		return true;
	return err_set(e, ERR_CONFLICT, "resource.gone", "%s is gone: %s",
	    r->key, r->reason);
}

/* --- whose --- */

static void
transfer_done(struct cx *cx, struct resource *r, const char *team)
{
	const char *from = r->team[0] != '\0' ? r->team : r->person;
	const char *text = arena_printf(cx->arena, "%s is now %s's, from %s",
	    r->key, team, from);

	/* Who asked for it keeps it only as one of the team. */
	if (!platform_is_one_of(cx->platform, r->person, team))
		r->person = "";
	r->team = team;
	r->offered_to = r->offered_by = "";
	resource_save(cx, r);
	resource_note(cx, r->ticket_id, text);
	inbox_settle(cx, INBOX_EXPIRY, r->key);
	inbox_settle(cx, INBOX_ASSIGNED, r->key);
	audit(cx, "resource.transferred", r->key, "done", text, NULL);
}

static bool
transfer_team(struct cx *cx, const char *name, const struct team_def **ret,
    struct err *e)
{
	const struct platform *p = cx->platform;
	struct near near = near_start(name);

	*ret = platform_team(p, name);
	if (*ret != NULL)
		return true;
	for (size_t i = 0; i < p->nteams; i++)
		near_offer(&near, p->teams[i].name);
	return call_absent(e, "team", name, near.best);
}

bool
resource_api_transfer(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const struct team_def *team;
	struct resource *r;

	if (!resource_by_key(cx, call->path[0], &r, e) ||
	    !resource_allows(cx, r, e) || !resource_is_there(r, e) ||
	    !transfer_team(cx, call_text(call->body, "to"), &team, e))
		return false;
	if (team_has(team, cx->actor->person)) {
		transfer_done(cx, r, team->name);
	} else {
		r->offered_to = team->name;
		r->offered_by = cx->actor->person;
		resource_save(cx, r);
		inbox_settle(cx, INBOX_ASSIGNED, r->key);
		inbox_post_group(cx, team->name, INBOX_ASSIGNED, r->key,
		    arena_printf(cx->arena, "%s offers %s %s '%s': slipway "
					    "resource accept %s",
			cx->actor->person, team->name, r->kind, r->name,
			r->key));
		audit(cx, "resource.offered", r->key, "done", team->name,
		    NULL);
	}
	detail_json(cx, out, r, NULL);
	return true;
}

bool
resource_api_accept(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const struct team_def *team;
	struct resource *r;

	if (!resource_by_key(cx, call->path[0], &r, e))
		return false;
	team = r->offered_to[0] == '\0'
	    ? NULL
	    : platform_team(cx->platform, r->offered_to);
	if (r->offered_to[0] == '\0' || !resource_is_there(r, e)) {
		err_set(e, ERR_CONFLICT, "resource.not_offered",
		    "%s is offered to nobody", r->key);
		return err_hint(e, "slipway resource show %s", r->key);
	}
	if (team == NULL || cx->actor->person == NULL ||
	    !team_has(team, cx->actor->person))
		return err_set(e, ERR_DENIED, "resource.not_offered",
		    "%s is offered to %s, and you are not of them", r->key,
		    r->offered_to);
	if (!access_token_check(cx, RIGHT_REQUEST, r->environment, e))
		return false;
	transfer_done(cx, r, team->name);
	detail_json(cx, out, r, NULL);
	return true;
}

bool
resource_api_adopt(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const struct team_def *team;
	struct resource *r;

	if (!resource_by_key(cx, call->path[0], &r, e))
		return false;
	if (!resource_is_maker(cx, r)) {
		err_set(e, ERR_DENIED, "resource.adopt",
		    "whose %s is, is for those to say who make such things",
		    r->key);
		return err_hint(e, "slipway request show %s", r->request);
	}
	if (!streq(r->status, "orphan")) {
		err_set(e, ERR_CONFLICT, "resource.owned",
		    "%s is %s, and no orphan", r->key, r->status);
		return err_hint(e, "slipway resource transfer %s --to TEAM",
		    r->key);
	}
	if (!transfer_team(cx, call_text(call->body, "team"), &team, e))
		return false;
	r->team = team->name;
	resource_move(cx, r, "active",
	    arena_printf(cx->arena, "adopted for %s by %s", team->name,
		actor_name(cx->actor)));
	detail_json(cx, out, r, NULL);
	return true;
}

/* --- for how long --- */

static const char *
extend_same(struct cx *cx, const struct resource *r)
{
	return arena_printf(cx->arena, "%s lives longer", r->key);
}

/* Who was asked for more gave it. */
static void
extend_answer(struct cx *cx, const struct resource *r, const char *text)
{
	const struct ticket *first =
	    r->ticket_id == 0 ? NULL : ticket_by_id(cx, r->ticket_id);
	const struct ticket *t = first == NULL
	    ? NULL
	    : ticket_reported(cx, first->project, extend_same(cx, r));

	if (t != NULL)
		resource_ticket_done(cx, t->id, text);
}

static void
extend_done(struct cx *cx, struct resource *r, int64_t until,
    const char *note)
{
	const char *text = arena_printf(cx->arena,
	    "%s lives until %s, says %s%s%s", r->key, wall_time_text(cx, until),
	    actor_name(cx->actor), note[0] != '\0' ? ": " : "", note);

	resource_ends(cx, r, until);
	resource_ticket_done(cx, r->expiry_ticket, text);
	if (resource_is_maker(cx, r))
		extend_answer(cx, r, text);
	inbox_settle(cx, INBOX_EXPIRY, r->key);
	r->expiry_ticket = 0;
	resource_save(cx, r);
	resource_note(cx, r->ticket_id, text);
	audit(cx, "resource.extended", r->key, "done", text, NULL);
}

/* More than the policy gives: those who may are asked. */
static const char *
extend_ask(struct cx *cx, const struct resource *r, int64_t by,
    int64_t until, const char *note)
{
	const int64_t day = 86400000;
	const bool days = by % day == 0;
	const struct ticket *t = resource_ticket(cx, r, true,
	    arena_printf(cx->arena, "%s, %s '%s', until %s", r->key, r->kind,
		r->name, wall_time_text(cx, until)),
	    arena_printf(cx->arena,
		"%s asks for more than the request type allows.%s%s\n\n"
		"- to grant it: `slipway resource extend %s --by %lld%s`",
		actor_name(cx->actor), note[0] != '\0' ? " " : "", note,
		r->key, (long long)(days ? by / day : by / 1000),
		days ? "d" : "s"),
	    extend_same(cx, r));

	audit(cx, "resource.extension_asked", r->key, "done",
	    wall_time_text(cx, until), NULL);
	return t == NULL ? NULL : t->key;
}

bool
resource_api_extend(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *note = call_text(call->body, "note"), *asked = NULL;
	int64_t by = call_ms(call->body, "by"), until, longest;
	const struct request_def *request;
	struct resource *r;

	if (!resource_by_key(cx, call->path[0], &r, e) ||
	    !resource_allows(cx, r, e) || !resource_is_there(r, e))
		return false;
	if (r->expires_at == 0)
		return err_set(e, ERR_CONFLICT, "resource.endless",
		    "%s has no end that could be put off", r->key);
	request = platform_request(cx->platform, r->request);
	if (by == 0)
		by = request == NULL ? 0 : request->lifetime_ms;
	if (by == 0) {
		err_set(e, ERR_INVALID, "resource.by",
		    "by how much: the request type has no lifetime now");
		return err_hint(e, "slipway resource extend %s --by 90d",
		    r->key);
	}
	until = (r->expires_at > cx->now ? r->expires_at : cx->now) + by;
	longest = request == NULL || request->resource == NULL
	    ? 0
	    : request->resource->longest_ms;
	if (longest != 0 && until > r->created_at + longest &&
	    !resource_is_maker(cx, r))
		asked = extend_ask(cx, r, by, until, note);
	else
		extend_done(cx, r, until, note);
	detail_json(cx, out, r, asked);
	return true;
}
