/* SPDX-License-Identifier: MIT */
#include "resource/ask/undo_api.h"

#include <strings.h>

#include "resource/access/access.h"
#include "resource/ask/ask.h"
#include "resource/ask/ask_api.h"
#include "resource/plan/plan.h"
#include "resource/resource/resource.h"
#include "resource/run/run.h"
#include "resource/ticket/ticket.h"

static void
undo_decref(void *json)
{
	json_decref(json);
}

/* What the run was asked for as, by the definition that it ran; a request or
 * an environment that is no longer in the folder asks for nothing. */
static bool
undo_ask(struct cx *cx, const struct run *run, struct undo *undo,
    struct ask *ask, struct err *e)
{
	const struct ticket *t =
	    run->ticket_id == 0 ? NULL : ticket_by_id(cx, run->ticket_id);
	const char *hash =
	    plan_closure_task(cx, run->closure_hash, run->task);
	const struct task *stored =
	    hash == NULL ? NULL : plan_definition(cx, hash);
	struct task *task = ARENA_NEW(cx->arena, struct task);
	json_t *params = json_loads(run->params, 0, NULL);

	arena_cleanup(cx->arena, undo_decref, params);
	if (stored == NULL)
		return err_set(e, ERR_CONFLICT, "undo.nothing",
		    "the definition of %s is not stored", run->key);
	*task = *stored;
	task->closure_hash = run->closure_hash;
	task->team = run->team;
	ask->task = task;
	ask->params = params;
	ask->undo = undo;
	if (t != NULL && t->request[0] != '\0')
		ask->request = platform_request(cx->platform, t->request);
	ask->environment = platform_environment(cx->platform,
	    run->environment);
	if (ask->environment != NULL)
		return true;
	err_set(e, ERR_CONFLICT, "environment.unknown",
	    "environment '%s' is no longer in the folder", run->environment);
	return err_hint(e, "slipway environment list");
}

bool
ask_undo(struct cx *cx, const struct run *run, const char *requester,
    struct ask *ret, struct err *e)
{
	struct undo *undo = ARENA_NEW(cx->arena, struct undo);

	*ret = (struct ask){ .requester = requester };
	return undo_make(cx, run, undo, e) &&
	    undo_ask(cx, run, undo, ret, e);
}

bool
ask_undo_again(struct cx *cx, const struct ticket *t,
    const struct run *undo_run, struct ask *ret, struct err *e)
{
	struct undo *undo = ARENA_NEW(cx->arena, struct undo);

	*ret = (struct ask){ .requester = t->requester, .title = t->title };
	return undo_again(cx, undo_run, undo, e) &&
	    undo_ask(cx, undo->run, undo, ret, e);
}

/* By the key of a run, or of the ticket that it runs for. */
static bool
undo_run_named(struct cx *cx, const char *key, struct run **ret,
    struct err *e)
{
	struct ticket *t;

	if (run_by_key(cx, key, ret, e))
		return true;
	if (strncasecmp(key, "R-", 2) == 0 || e->class != ERR_NOT_FOUND ||
	    !ticket_by_key(cx, key, &t, e))
		return false;
	if (t->run_id == 0)
		return err_set(e, ERR_CONFLICT, "undo.nothing",
		    "%s has no run: there is nothing to undo", t->key);
	*ret = run_by_id(cx, t->run_id);
	if (*ret == NULL)
		db_failed(cx->db, e);
	return *ret != NULL;
}

bool
undo_api_undo(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *person = cx->actor->person;
	struct asked asked;
	struct run *run;
	struct ask ask;

	if (!undo_run_named(cx, call->path[0], &run, e))
		return false;
	if (person == NULL)
		return access_operator(e,
		    "the operator administers, and undoes nothing");
	if (!run_allows(cx, run, RIGHT_RUN, e) ||
	    !ask_undo(cx, run, person, &ask, e))
		return false;
	ask.note = call_text(call->body, "note");
	ask.dry = call_bool(call->body, "dry_run");
	if (!ask_make(cx, &ask, &asked, e))
		return false;
	call->status = 201;
	asked_json(cx, out, &asked);
	return true;
}

bool
undo_api_release(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const struct run *run;
	struct resource *r;
	struct asked asked;
	struct ask ask;

	if (!resource_by_key(cx, call->path[0], &r, e) ||
	    !resource_allows(cx, r, e))
		return false;
	if (streq(r->status, "gone"))
		return err_set(e, ERR_CONFLICT, "resource.gone",
		    "%s is gone: %s", r->key, r->reason);
	if (r->run_id == 0)
		return err_set(e, ERR_CONFLICT, "resource.no_run",
		    "%s was not made by a run: nothing says how to undo it",
		    r->key);
	run = run_by_id(cx, r->run_id);
	if (run == NULL) {
		db_failed(cx->db, e);
		return false;
	}
	if (!ask_undo(cx, run, cx->actor->person, &ask, e))
		return err_wrap(e, "release %s", r->key);
	ask.note = call_text(call->body, "note");
	ask.dry = call_bool(call->body, "dry_run");
	if (!ask_make(cx, &ask, &asked, e))
		return false;
	call->status = 201;
	asked_json(cx, out, &asked);
	return true;
}
