/* SPDX-License-Identifier: MIT */
#include "resource/resource/resource.h"

#include <string.h>

#include "base/plant.h"
#include "resource/access/access.h"
#include "resource/audit.h"
#include "resource/call.h"
#include "resource/inbox/inbox.h"
#include "resource/run/run.h"
#include "resource/sealed.h"
#include "resource/sight.h"
#include "resource/ticket/ticket.h"
#include "spec/validate.h"
#include "store/record.h"

#define NAMESAKES 5

/* --- rows --- */

static struct resource *
resource_row(struct cx *cx, struct query *q)
{
	struct resource *r = ARENA_NEW(cx->arena, struct resource);

	record_read(q, &resource_schema, r, cx->arena);
	return r;
}

size_t
resource_rows(struct cx *cx, struct query *q, struct resource **to,
    size_t max)
{
	size_t n = 0;

	while (n < max && query_next(q))
		to[n++] = resource_row(cx, q);
	query_end(q);
	return n;
}

static struct resource *
resource_one(struct cx *cx, struct query *q)
{
	struct resource *r;

	return resource_rows(cx, q, &r, 1) == 1 ? r : NULL;
}

struct resource *
resource_by_id(struct cx *cx, int64_t id)
{
	struct query *q = query(cx->db, "resource_get");

	bind_int(q, "id", id);
	return resource_one(cx, q);
}

/* What is there of that name, when it is one thing. */
static bool
resource_by_name(struct cx *cx, const char *name, struct resource **ret,
    struct err *e)
{
	struct query *q = query(cx->db, "resource_get_by_name");
	struct resource *list[NAMESAKES];
	const char *keys = "";
	size_t n;

	sight_bind(cx, q);
	bind_text(q, "name", name);
	bind_int(q, "most", NAMESAKES);
	n = resource_rows(cx, q, list, NAMESAKES);
	if (n == 0) {
		call_absent(e, "resource", name, NULL);
		return err_hint(e, "slipway resources");
	}
	if (n == 1) {
		*ret = list[0];
		return true;
	}
	for (size_t i = 0; i < n; i++)
		keys = arena_printf(cx->arena, "%s%s%s (%s in %s)", keys,
		    i == 0 ? "" : ", ", list[i]->key, list[i]->kind,
		    list[i]->environment);
	err_set(e, ERR_CONFLICT, "resource.several",
	    "several resources are called '%s'", name);
	return err_hint(e, "say which: %s", keys);
}

bool
resource_by_key(struct cx *cx, const char *key, struct resource **ret,
    struct err *e)
{
	struct query *q = query(cx->db, "resource_get_by_key");
	struct resource *r;

	sight_bind(cx, q);
	bind_text(q, "key", key);
	r = resource_one(cx, q);
	if (r == NULL)
		return resource_by_name(cx, key, ret, e);
	*ret = r;
	return true;
}

void
resource_save(struct cx *cx, struct resource *r)
{
	struct query *q = query(cx->db, "resource_update");

	r->updated_at = cx->now;
	record_bind(q, &resource_schema, r);
	query_run(q);
}

void
resource_move(struct cx *cx, struct resource *r, const char *to,
    const char *reason)
{
	const char *from = r->status;

	ASSERT(machine_find(&resource_machine, from, to) != NULL);
	r->status = to;
	r->reason = reason;
	if (streq(to, "gone")) {
		r->due_at = r->check_at = r->check_run = 0;
		r->offered_to = r->offered_by = "";
	}
	resource_save(cx, r);
	audit(cx, arena_printf(cx->arena, "resource.%s", to), r->key, "done",
	    reason, arena_printf(cx->arena, "{\"from\":\"%s\"}", from));
}

/* --- who --- */

const struct resource_def *
resource_def(struct cx *cx, const struct resource *r)
{
	const struct request_def *request =
	    platform_request(cx->platform, r->request);

	return request == NULL ? NULL : request->resource;
}

bool
resource_is_own(struct cx *cx, const struct resource *r)
{
	const struct team_def *team = r->team[0] == '\0'
	    ? NULL
	    : platform_team(cx->platform, r->team);

	return cx->actor->person != NULL &&
	    (streq(cx->actor->person, r->person) ||
		(team != NULL && team_has(team, cx->actor->person)));
}

static struct access_target
resource_target(struct cx *cx, const struct resource *r)
{
	const struct request_def *request =
	    platform_request(cx->platform, r->request);

	return (struct access_target){ request == NULL ? NULL
						       : request->task->team,
		r->environment, r->request };
}

bool
resource_is_maker(struct cx *cx, const struct resource *r)
{
	const struct request_def *request =
	    platform_request(cx->platform, r->request);
	struct access_target target = resource_target(cx, r);

	if (request == NULL || cx->actor->person == NULL)
		return false;
	target.name = request->task->name;
	if (!access_ask(cx->platform, cx->actor, RIGHT_RUN, &target,
		cx->arena)
		 .allowed)
		return false;
	return platform_is_one_of(cx->platform, cx->actor->person,
		   request->task->team) ||
	    access_ask(cx->platform, cx->actor, RIGHT_ADMINISTER, &target,
		cx->arena)
		.allowed;
}

bool
resource_allows(struct cx *cx, const struct resource *r, struct err *e)
{
	const struct access_target target = resource_target(cx, r);

	if (cx->actor->person == NULL)
		return access_operator(e,
		    "the operator administers, and owns nothing");
	if (resource_is_maker(cx, r))
		return true;
	if (resource_is_own(cx, r))
		return access_check_seen(cx, RIGHT_REQUEST, &target,
		    "resource", r->key, e);
	if (r->team[0] == '\0' && r->person[0] == '\0') {
		err_set(e, ERR_DENIED, "resource.owner",
		    "%s is nobody's yet: the team that makes such things says "
		    "whose it is", r->key);
		return err_hint(e, "slipway resource adopt %s --team TEAM",
		    r->key);
	}
	err_set(e, ERR_DENIED, "resource.owner", "%s is not yours: it is %s's",
	    r->key, r->team[0] != '\0' ? r->team : r->person);
	return err_hint(e, "ask them: slipway resource transfer %s --to TEAM",
	    r->key);
}

/* --- lifetime --- */

/* How long before the end one is reminded. */
static int64_t
remind_before(const struct resource_def *def, int64_t lifetime)
{
	const int64_t most = INT64_C(14) * 86400000;

	if (def != NULL && def->remind_ms > 0)
		return def->remind_ms;
	return lifetime / 4 < most ? lifetime / 4 : most;
}

void
resource_ends(struct cx *cx, struct resource *r, int64_t at)
{
	r->expires_at = at;
	r->stage = RESOURCE_LIVES;
	r->due_at = 0;
	if (at == 0)
		return;
	r->due_at =
	    at - remind_before(resource_def(cx, r), at - cx->now);
	if (r->due_at < cx->now)
		r->due_at = cx->now;
	if (r->due_at == 0)
		r->due_at = 1;
}

/* --- tickets --- */

struct ticket *
resource_ticket(struct cx *cx, const struct resource *r, bool makers,
    const char *title, const char *description, const char *same)
{
	const struct request_def *request =
	    platform_request(cx->platform, r->request);
	const struct ticket *first =
	    r->ticket_id == 0 ? NULL : ticket_by_id(cx, r->ticket_id);
	struct ticket *t = ARENA_NEW(cx->arena, struct ticket);
	const char *team = makers && request != NULL ? request->task->team
						     : r->team;

	if (first == NULL)
		return NULL;
	*t = (struct ticket){ .project = first->project, .kind = "operation",
		.title = title, .description = description, .status = "open",
		.priority = "operational",
		.priority_reason = arena_printf(cx->arena, "about %s, %s '%s'",
		    r->key, r->kind, r->name),
		.requester = makers || r->person[0] == '\0'
		    ? actor_name(cx->actor)
		    : r->person,
		.last_editor = actor_name(cx->actor), .team = first->team,
		.environment = "",
		.assignee = team[0] == '\0'
		    ? r->person
		    : arena_printf(cx->arena, "%s:duty", team) };
	return ticket_report(cx, t, same);
}

void
resource_note(struct cx *cx, int64_t ticket_id, const char *text)
{
	const struct ticket *t =
	    ticket_id == 0 ? NULL : ticket_by_id(cx, ticket_id);

	if (t != NULL)
		ticket_note(cx, t, "comment", text, NULL);
}

/* --- made, and undone --- */

static void
made_decref(void *json)
{
	json_decref(json);
}

/* Without what is sealed. */
static const char *
made_public(struct cx *cx, const char *text)
{
	json_t *all = json_loads(text, 0, NULL), *kept = json_object();
	json_t *value;
	const char *name;

	arena_cleanup(cx->arena, made_decref, all);
	arena_cleanup(cx->arena, made_decref, kept);
	json_object_foreach (all, name, value) {
		char *one = json_canonical(cx->arena, value);

		if (streq(one, sealed_mask_text(cx->arena, one)))
			json_object_set(kept, name, value);
	}
	return json_canonical(cx->arena, kept);
}

static const char *
made_name(struct cx *cx, const struct resource_def *def,
    const struct run *run)
{
	json_t *params = json_loads(run->params, 0, NULL);
	const json_t *value = json_object_get(params, def->name);
	const char *text = NULL;

	arena_cleanup(cx->arena, made_decref, params);
	if (json_is_string(value))
		text = json_string_value(value);
	else if (json_is_integer(value))
		text = json_canonical(cx->arena, value);
	return text == NULL || text[0] == '\0' ? NULL : text;
}

/* The first team of the person: that makes such things only when there is no
 * other. */
static const char *
made_team(struct cx *cx, const char *person, const char *makers)
{
	const struct platform *p = cx->platform;
	const char *found = "";

	for (size_t i = 0; i < p->nteams; i++) {
		if (!team_has(&p->teams[i], person))
			continue;
		if (!streq(p->teams[i].name, makers))
			return p->teams[i].name;
		found = makers;
	}
	return found;
}

static struct resource *
made_same(struct cx *cx, const struct resource_def *def,
    const char *environment, const char *name)
{
	struct query *q = query(cx->db, "resource_same");

	bind_text(q, "kind", def->kind);
	bind_text(q, "environment", environment);
	bind_text(q, "name", name);
	return resource_one(cx, q);
}

static bool
made_by_run(const struct step *root)
{
	return root != NULL && root->tries > 0;
}

static void
made_cost(struct cx *cx, struct resource *r,
    const struct request_def *request)
{
	json_t *params = json_loads(r->params, 0, NULL);
	struct cost cost = { .known = false };

	if (request->cost != NULL)
		cost = cost_of(request->cost, params);
	r->cost = cost_text(cx->arena, &cost);
	r->currency = cost.known ? cost.currency : "";
	r->cost_once = cost.known ? cost.parts[COST_ONCE] : 0;
	r->cost_month = cost.known ? cost_month(&cost) : 0;
	json_decref(params);
}

/* What the run and the request say of it. */
static void
made_fill(struct cx *cx, struct resource *r, const struct run *run,
    const struct ticket *t, const struct request_def *request)
{
	const struct step *root = run_step(cx, run->root_step);
	const bool anew = r->run_id == 0 || streq(r->status, "gone");

	r->params = made_public(cx, run->params);
	if (root != NULL && !streq(root->outputs, "{}"))
		r->outputs = made_public(cx, root->outputs);
	r->request = request->name;
	r->scope_id = t->scope_id;
	made_cost(cx, r, request);
	if (anew || made_by_run(root)) {
		r->run_id = run->id;
		r->ticket_id = t->id;
	}
	if (anew)
		r->created_at = cx->now;
	if (request->resource->check_ms > 0)
		r->check_at = cx->now + request->resource->check_ms;
	resource_ends(cx, r, request->lifetime_ms == 0
		? 0
		: cx->now + request->lifetime_ms);
}

void
resource_insert(struct cx *cx, struct resource *r, const char *action)
{
	const char **const texts[] = { &r->team, &r->person, &r->cost,
		&r->offered_to, &r->offered_by, &r->currency };
	struct query *q = query(cx->db, "resource_next_id");

	r->key = query_next(q) ? arena_printf(cx->arena, "RES-%lld",
				     (long long)column_int(q, "id"))
			       : "RES-1";
	query_end(q);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (*texts[i] == NULL)
			*texts[i] = "";
	if (r->params == NULL)
		r->params = "{}";
	if (r->outputs == NULL)
		r->outputs = "{}";
	if (r->created_at == 0)
		r->created_at = cx->now;
	r->updated_at = cx->now;
	q = query(cx->db, "resource_insert");
	record_bind(q, &resource_schema, r);
	query_run(q);
	r->id = db_last_id(cx->db);
	audit(cx, action, r->key, "done", r->reason,
	    arena_printf(cx->arena, "{\"kind\":\"%s\"}", r->kind));
}

static void
made_new(struct cx *cx, const struct run *run, const struct ticket *t,
    const struct request_def *request, const char *name)
{
	struct resource r = { .kind = request->resource->kind, .name = name,
		.environment = run->environment, .status = "active",
		.person = run->requester,
		.team = made_team(cx, run->requester, request->task->team) };

	r.reason = arena_printf(cx->arena, "made by %s", run->key);
	made_fill(cx, &r, run, t, request);
	resource_insert(cx, &r, "resource.made");
	resource_note(cx, t->id,
	    arena_printf(cx->arena, "%s is %s '%s': slipway resource show %s",
		r.key, r.kind, r.name, r.key));
}

/* The same thing again: of its owners, or it was gone. */
static void
made_again(struct cx *cx, struct resource *r, const struct run *run,
    const struct ticket *t, const struct request_def *request)
{
	const char *team = made_team(cx, run->requester, request->task->team);
	const bool gone =
	    streq(r->status, "gone") || streq(r->status, "orphan");

	if (!gone && !streq(r->person, run->requester) &&
	    (r->team[0] == '\0' || !streq(r->team, team))) {
		resource_note(cx, t->id,
		    arena_printf(cx->arena,
			"%s is that already, and stays %s's", r->key,
			r->team[0] != '\0' ? r->team : r->person));
		return;
	}
	if (gone) {
		r->person = run->requester;
		r->team = team;
	}
	made_fill(cx, r, run, t, request);
	resource_ticket_done(cx, r->expiry_ticket, "it was asked for again");
	inbox_settle(cx, INBOX_EXPIRY, r->key);
	resource_ticket_done(cx, r->missing_ticket, "it was asked for again");
	r->expiry_ticket = r->missing_ticket = 0;
	if (streq(r->status, "active")) {
		resource_save(cx, r);
		audit(cx, "resource.updated", r->key, "done", run->key, NULL);
	} else
		resource_move(cx, r, "active",
		    arena_printf(cx->arena, "asked for again by %s",
			run->key));
}

static void
undone_all(struct cx *cx, const struct run *run)
{
	struct query *q = query(cx->db, "resource_of_run");
	struct resource *list[16];
	size_t n;

	bind_int(q, "run_id", run->undo_of);
	n = resource_rows(cx, q, list, ARRAY_SIZE(list));
	for (size_t i = 0; i < n && !PLANTED("undone-stays"); i++) {
		resource_ticket_done(cx, list[i]->expiry_ticket,
		    arena_printf(cx->arena, "%s undid it", run->key));
		resource_ticket_done(cx, list[i]->missing_ticket,
		    arena_printf(cx->arena, "%s undid it", run->key));
		inbox_settle(cx, INBOX_EXPIRY, list[i]->key);
		list[i]->expiry_ticket = list[i]->missing_ticket = 0;
		resource_move(cx, list[i], "gone",
		    arena_printf(cx->arena, "undone by %s", run->key));
	}
}

void
resource_run_ended(struct cx *cx, const struct run *run,
    const struct ticket *t)
{
	const struct request_def *request = t->request[0] == '\0'
	    ? NULL
	    : platform_request(cx->platform, t->request);
	struct resource *same;
	const char *name;

	if (run->undo_of != 0) {
		undone_all(cx, run);
		return;
	}
	if (request == NULL || request->resource == NULL)
		return;
	name = made_name(cx, request->resource, run);
	if (name == NULL)
		return;
	same = made_same(cx, request->resource, run->environment, name);
	if (same == NULL)
		made_new(cx, run, t, request, name);
	else
		made_again(cx, same, run, t, request);
}
