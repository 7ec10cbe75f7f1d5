/* SPDX-License-Identifier: MIT */
#include "resource/ask/ask_api.h"

#include "base/near.h"
#include "resource/access/access.h"
#include "resource/ask/ask.h"

void
asked_json(struct cx *cx, struct json_out *out, const struct asked *asked)
{
	size_t n = 0;
	struct need *needs = asked->ticket == NULL
	    ? NULL
	    : approval_needs(cx, asked->ticket->id, &n);
	const char **warnings;

	json_object_begin(out);
	json_kv_str(out, "ticket",
	    asked->ticket == NULL ? NULL : asked->ticket->key);
	json_kv_str(out, "run", asked->run->key);
	json_kv_str(out, "plan_hash", asked->run->plan_hash);
	json_kv_str(out, "status", asked->run->status);
	json_kv_bool(out, "joined", asked->joined);
	json_kv_str(out, "cost", asked->cost);
	approval_later_json(out, &asked->notes);
	json_key(out, "needs");
	json_array_begin(out);
	for (size_t i = 0; i < n; i++)
		approval_need_json(cx, out, &needs[i]);
	json_array_end(out);
	json_key(out, "warnings");
	json_array_begin(out);
	if (asked->ticket != NULL) {
		warnings = approval_warnings(cx, asked->ticket, &n);
		for (size_t i = 0; i < n; i++)
			json_str(out, warnings[i]);
	}
	json_array_end(out);
	json_object_end(out);
}

static bool
ask_answer(struct cx *cx, struct call *call, struct ask *ask,
    enum right right, struct json_out *out, struct err *e)
{
	const char *name =
	    ask->request == NULL ? ask->task->name : ask->request->name;
	struct access_target target = { ask->task->team, NULL, name };
	struct asked asked;
	json_t *params;

	if (!access_check(cx, RIGHT_VIEW, &target,
		ask->request == NULL ? "task" : "request type", name, e) ||
	    !ask_environment(cx, call_text(call->body, "environment"),
		ask->request, &ask->environment, e))
		return false;
	target.environment = ask->environment->name;
	if (!access_check(cx, right, &target,
		ask->request == NULL ? "task" : "request type", name, e))
		return false;
	if (cx->actor->person == NULL)
		return access_operator(e,
		    "the operator administers, and asks for nothing");
	if (!ask_params(cx, ask->task,
		json_object_get(call->body, "params"), call->problems,
		&params, e))
		return false;
	ask->params = params;
	ask->requester = cx->actor->person;
	ask->title = call_text(call->body, "title");
	ask->note = call_text(call->body, "note");
	ask->dry = call_bool(call->body, "dry_run");
	if (!ask_make(cx, ask, &asked, e))
		return false;
	call->status = asked.joined ? 200 : 201;
	asked_json(cx, out, &asked);
	return true;
}

/* Only what the caller may see is offered as a near name. */
static void
near_visible(struct cx *cx, struct near *near, const char *team,
    const char *name)
{
	const struct access_target target = { team, NULL, name };

	if (access_ask(cx->platform, cx->actor, RIGHT_VIEW, &target,
		cx->arena)
		.allowed)
		near_offer(near, name);
}

bool
ask_api_request(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct ask ask = { .request =
			       platform_request(cx->platform, call->path[0]) };
	struct near near = near_start(call->path[0]);

	if (ask.request == NULL) {
		for (size_t i = 0; i < cx->platform->nrequests; i++)
			near_visible(cx, &near,
			    cx->platform->requests[i].task->team,
			    cx->platform->requests[i].name);
		return call_absent(e, "request type", call->path[0],
		    near.best);
	}
	ask.task = ask.request->task;
	return ask_answer(cx, call, &ask, RIGHT_REQUEST, out, e);
}

bool
ask_api_task(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct ask ask = { .task =
			       platform_task(cx->platform, call->path[0]) };
	struct near near = near_start(call->path[0]);

	if (ask.task == NULL) {
		for (size_t i = 0; i < cx->platform->ntasks; i++)
			near_visible(cx, &near, cx->platform->tasks[i]->team,
			    cx->platform->tasks[i]->name);
		return call_absent(e, "task", call->path[0], near.best);
	}
	return ask_answer(cx, call, &ask, RIGHT_RUN, out, e);
}
