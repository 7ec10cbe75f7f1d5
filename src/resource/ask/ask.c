/* SPDX-License-Identifier: MIT */
#include "resource/ask/ask.h"

#include "base/near.h"
#include "base/plant.h"
#include "resource/access/access.h"
#include "resource/audit.h"
#include "resource/move.h"
#include "resource/plan/plan.h"
#include "resource/run/run.h"
#include "resource/sealed.h"
#include "resource/ticket/ticket.h"

static void
ask_decref(void *json)
{
	json_decref(json);
}

static json_t *
ask_keep(struct cx *cx, json_t *json)
{
	arena_cleanup(cx->arena, ask_decref, json);
	return json;
}

static bool
request_allows(const struct request_def *r, const char *environment)
{
	if (r == NULL || r->environments == NULL)
		return true;
	for (size_t i = 0; r->environments[i] != NULL; i++)
		if (streq(r->environments[i], environment))
			return true;
	return false;
}

bool
ask_environment(struct cx *cx, const char *name,
    const struct request_def *request, const struct environment_def **ret,
    struct err *e)
{
	const struct platform *p = cx->platform;
	const struct environment_def *found;
	struct near near;

	if (name == NULL)
		name = p->default_environment;
	if (name == NULL) {
		err_set(e, ERR_INVALID, "environment.missing",
		    "which environment: it was not said");
		return err_hint(e, "slipway environment list");
	}
	found = platform_environment(p, name);
	if (found != NULL && request_allows(request, name)) {
		*ret = found;
		return true;
	}
	near = near_start(name);
	for (size_t i = 0; i < p->nenvironments; i++)
		if (request_allows(request, p->environments[i].name))
			near_offer(&near, p->environments[i].name);
	if (found != NULL) {
		const char *offered = "";

		for (size_t i = 0; request->environments[i] != NULL; i++)
			offered = arena_printf(cx->arena, "%s%s%s", offered,
			    i == 0 ? "" : " or ", request->environments[i]);
		err_set(e, ERR_INVALID, "environment.not_offered",
		    "request '%s' is not offered in environment '%s'",
		    request->name, name);
		return err_hint(e, "it is in %s", offered);
	}
	err_set(e, ERR_NOT_FOUND, "environment.unknown",
	    "environment '%s': there is none of that name", name);
	if (near.best != NULL)
		return err_hint(e, "did you mean '%s'?", near.best);
	return err_hint(e, "slipway environment list");
}

bool
ask_params(struct cx *cx, const struct task *task, const json_t *given,
    struct problems *problems, json_t **ret, struct err *e)
{
	json_t *params = ask_keep(cx,
	    given == NULL ? json_object() : json_deep_copy(given));

	if (!json_is_object(params)) {
		problem_add(problems, "/params", "field.type",
		    "an object: {\"name\": value, …}",
		    "params must be an object");
		return problems_err(problems, e);
	}
	if (!validate(task->params, params, "/params", problems))
		return problems_err(problems, e);
	*ret = params;
	return true;
}

static const struct task *
source_lookup(void *self, const char *name)
{
	const struct cx *cx = self;

	return platform_task(cx->platform, name);
}

static const char *
source_hashable(void *self, struct arena *a, const char *params)
{
	const struct cx *cx = self;

	return sealed_hmac_text(cx->site, a, params);
}

/* What making it costs, in words: to undo it costs nothing. */
static const char *
ask_cost(struct cx *cx, const struct ask *ask)
{
	const struct cost_def *def = ask->request != NULL
	    ? ask->request->cost
	    : ask->task->cost;
	struct cost cost;

	if (def == NULL || ask->undo != NULL)
		return NULL;
	cost = cost_of(def, ask->params);
	return cost.known ? cost_text(cx->arena, &cost) : NULL;
}

bool
ask_prepare(struct cx *cx, const struct ask *ask, struct prepared *ret,
    struct err *e)
{
	const struct graph_source source = { .lookup = source_lookup,
		.hashable = source_hashable, .self = cx,
		.environment = ask->environment->name };
	struct approval_scope scope = { .task = ask->task,
		.request = ask->request, .environment = ask->environment,
		.params = ask->params, .graph = &ret->graph };
	struct plan_input plan = { .task = ask->task,
		.environment = ask->environment,
		.requester = ask->requester };

	ret->ask = ask;
	ret->params = ask_keep(cx,
	    sealed_from_plain(cx->site, ask->task->params, ask->params));
	if (ask->undo != NULL
		? !undo_graph(cx, ask->undo, &source, &ret->graph, e)
		: !graph_expand(cx->arena, &source, ask->task, ret->params,
		      &ret->graph, e))
		return false;
	ret->late = approval_asks_late(cx, &scope);
	if (ask->undo != NULL) {
		scope.graph = undo_asked(cx, ask->undo, &ret->graph);
		plan.undo = ask_keep(cx, undo_plan(cx, ask->undo));
	}
	ret->rules = approval_rules(cx, &scope, &ret->nrules, &ret->notes);
	plan.params = ret->params;
	plan.request = ask->request == NULL ? NULL : ask->request->name;
	plan.cost = ask_cost(cx, ask);
	plan.rules = ret->rules;
	plan.nrules = ret->nrules;
	return plan_store(cx, &plan, &ret->plan_hash, e);
}

static const char *
ask_title(struct cx *cx, const struct ask *ask)
{
	const struct schema *field = schema_member(ask->task->params, "name");
	const json_t *name = field == NULL || (field->flags & F_SECRET) != 0
	    ? NULL
	    : json_object_get(ask->params, "name");

	if (ask->title != NULL)
		return ask->title;
	if (ask->undo != NULL)
		return arena_printf(cx->arena, "undo of %s, %s in %s",
		    ask->undo->run->key, ask->task->name,
		    ask->environment->name);
	if (json_is_string(name))
		return arena_printf(cx->arena, "%s '%s' in %s",
		    ask->request == NULL ? ask->task->name
					 : ask->request->title,
		    json_string_value(name), ask->environment->name);
	return arena_printf(cx->arena, "%s in %s",
	    ask->request == NULL ? ask->task->name : ask->request->title,
	    ask->environment->name);
}

static const char *
project_of_team(const struct platform *p, const char *team)
{
	for (size_t i = 0; i < p->nprojects; i++)
		if (streq(p->projects[i].team, team))
			return p->projects[i].key;
	return p->nprojects > 0 ? p->projects[0].key : "RUN";
}

static const char *
ask_project(struct cx *cx, const struct ask *ask)
{
	return ask->request != NULL
	    ? ask->request->project
	    : project_of_team(cx->platform, ask->task->team);
}

static struct ticket *
ask_ticket(struct cx *cx, const struct prepared *p)
{
	const struct ask *ask = p->ask;
	struct ticket *t = ARENA_NEW(cx->arena, struct ticket);

	*t = (struct ticket){ .project = ask_project(cx, ask),
		.kind = ask->request == NULL ? "operation" : "request",
		.title = ask_title(cx, ask), .status = "open",
		.priority = ask->request == NULL ? "operational"
						 : ask->request->priority,
		.priority_reason = ask->request == NULL
		    ? "a run that was asked for directly"
		    : arena_printf(cx->arena, "request type %s (%s)",
			  ask->request->name, ask->request->where),
		.requester = ask->requester, .last_editor = ask->requester,
		.request = ask->request == NULL ? "" : ask->request->name,
		.task = ask->task->name, .team = ask->task->team,
		.environment = ask->environment->name,
		.params = json_canonical(cx->arena, p->params),
		.plan_hash = p->plan_hash, .resolution = "" };
	ticket_insert(cx, t);
	if (ask->note != NULL && ask->note[0] != '\0')
		ticket_note(cx, t, "comment", ask->note, NULL);
	return t;
}

struct ticket *
ask_ticket_of_run(struct cx *cx, struct run *run)
{
	struct ticket *t = ARENA_NEW(cx->arena, struct ticket);
	const char **askers;
	struct query *q;
	size_t n;

	*t = (struct ticket){ .kind = "operation", .status = "open",
		.project = project_of_team(cx->platform, run->team),
		.title = arena_printf(cx->arena, "%s in %s", run->task,
		    run->environment),
		.priority = "operational", .requester = run->requester,
		.last_editor = run->requester, .request = "",
		.task = run->task, .team = run->team,
		.environment = run->environment, .params = run->params,
		.plan_hash = run->plan_hash, .run_id = run->id,
		.resolution = "" };
	ticket_insert(cx, t);
	run->ticket_id = t->id;
	run->dedupe_key = NULL;
	askers = run_askers(cx, run->id, &n);
	for (size_t i = 0; i < n; i++)
		if (!streq(askers[i], run->requester))
			ticket_author_add(cx, t, askers[i],
			    "asked for the same");
	q = query(cx->db, "run_set_ticket");
	bind_int(q, "id", run->id);
	bind_int(q, "ticket_id", t->id);
	query_run(q);
	move_ticket(cx, t, "approved", "no rule asks before it begins");
	move_ticket(cx, t, "in_progress",
	    arena_printf(cx->arena, "%s runs", run->key));
	return t;
}

/* What makes two direct runs the same. */
static const char *
ask_dedupe_key(struct cx *cx, const struct prepared *p)
{
	return arena_printf(cx->arena, "%s.%s",
	    PLANTED("dedupe-without-params") ? p->ask->task->name
					     : p->graph.root->ident,
	    p->ask->task->closure_hash);
}

/* Levels of run.priority. */
static int64_t
ask_priority(const struct request_def *request)
{
	static const char *const levels[] = { "operational", "customer",
		"security", "interruption" };

	for (size_t i = 0; request != NULL && i < ARRAY_SIZE(levels); i++)
		if (streq(levels[i], request->priority))
			return (int64_t)i;
	return 0;
}

struct run *
ask_write_run(struct cx *cx, struct prepared *p,
    const struct ticket *ticket, const char *status, const char *reason)
{
	const struct ask *ask = p->ask;
	struct run *run = ARENA_NEW(cx->arena, struct run);

	*run = (struct run){ .task = ask->task->name,
		.team = ask->task->team,
		.environment = ask->environment->name,
		.params = json_canonical(cx->arena, p->params),
		.plan_hash = p->plan_hash,
		.closure_hash = ask->task->closure_hash, .status = status,
		.reason = reason, .requester = ask->requester,
		.via = cx->actor->via,
		.ticket_id = ticket == NULL ? 0 : ticket->id,
		.retry_of = ask->retry_of, .dry = ask->dry,
		.undo_of = ask->undo == NULL ? 0 : ask->undo->run->id,
		.priority = ask_priority(ask->request),
		.schedule = ask->schedule == NULL ? "" : ask->schedule,
		.scheduled_at = ask->scheduled_at, .backfill = ask->backfill,
		.cancel_by = "" };
	if (ticket == NULL && !ask->dry && ask->schedule == NULL &&
	    ask->undo == NULL)
		run->dedupe_key = ask_dedupe_key(cx, p);
	run_insert(cx, run, &p->graph, ask->retry_from);
	if (ask->undo != NULL)
		undo_write(cx, ask->undo);
	return run;
}

/* The same, asked for directly and not over yet: watch that one. */
static bool
ask_join(struct cx *cx, const struct prepared *p, struct asked *ret)
{
	struct run *run;

	if (p->ask->dry || p->ask->schedule != NULL || p->ask->undo != NULL ||
	    p->ask->request != NULL || p->nrules > 0 || p->late)
		return false;
	run = run_by_dedupe(cx, ask_dedupe_key(cx, p));
	if (run == NULL)
		return false;
	run_watch(cx, run, p->ask->requester, 0);
	audit(cx, "run.joined", run->key, "done", "the same is running", NULL);
	*ret = (struct asked){ .run = run, .joined = true };
	return true;
}

bool
ask_make(struct cx *cx, const struct ask *ask, struct asked *ret,
    struct err *e)
{
	struct prepared p;
	bool ticket;

	if (!ask_prepare(cx, ask, &p, e))
		return false;
	if (ask_join(cx, &p, ret))
		return true;
	if (!ask->dry &&
	    !run_key_is_free(cx, &p.graph, ask->environment->name, e))
		return false;
	ticket = !ask->dry && (ask->request != NULL || p.nrules > 0 ||
	    p.late || (ask->undo != NULL && ask->undo->run->ticket_id != 0));
	*ret = (struct asked){ .ticket = ticket ? ask_ticket(cx, &p) : NULL,
		.cost = ask_cost(cx, ask), .notes = p.notes };
	ret->run = ask_write_run(cx, &p, ret->ticket,
	    ticket && p.nrules > 0 ? "waiting_approval" : "queued",
	    ask->dry ? "plan only"
	    : p.nrules == 0 && p.notes.none != NULL
		? arena_printf(cx->arena, "no approval by %s", p.notes.none)
		: "");
	if (ticket)
		ticket_asked(cx, ret->ticket, ret->run, p.rules, p.nrules,
		    &p.notes);
	if (ticket && ask->undo != NULL)
		ticket_undoes(cx, ret->ticket, ask->undo->run);
	/* There may be nothing to do, or nothing to look at. */
	run_settle(cx, ret->run);
	return true;
}

bool
ask_of_run(struct cx *cx, const struct run *run, struct ask *ask,
    struct err *e)
{
	const struct ticket *t =
	    run->ticket_id == 0 ? NULL : ticket_by_id(cx, run->ticket_id);
	const bool request = t != NULL && t->request[0] != '\0';
	struct access_target target = { .environment = run->environment,
		.name = request ? t->request : run->task };

	*ask = (struct ask){ .requester = cx->actor->person };
	if (ask->requester == NULL)
		return access_operator(e,
		    "the operator administers, and runs nothing");
	if (run->undo_of != 0) {
		err_set(e, ERR_CONFLICT, "undo.undo",
		    "%s undoes another run: it is asked for anew as that",
		    run->key);
		return err_hint(e, "slipway show %s", run->key);
	}
	if (request)
		ask->request = platform_request(cx->platform, t->request);
	ask->task = ask->request != NULL
	    ? ask->request->task
	    : platform_task(cx->platform, run->task);
	if (ask->task == NULL || request != (ask->request != NULL))
		return err_set(e, ERR_CONFLICT, "run.definition",
		    "'%s' is no longer in the folder", target.name);
	target.team = ask->task->team;
	return access_check_seen(cx, request ? RIGHT_REQUEST : RIGHT_RUN,
		   &target, "run", run->key, e) &&
	    ask_environment(cx, run->environment, ask->request,
		&ask->environment, e);
}
