/* SPDX-License-Identifier: MIT */
#include "resource/catalogue/catalogue_api.h"

#include "base/near.h"
#include "resource/access/access.h"
#include "resource/audit.h"
#include "resource/catalogue/catalogue.h"
#include "spec/folder.h"
#include "spec/json_schema.h"

static void
catalogue_texts(struct json_out *out, const char *key,
    const char *const *texts)
{
	json_key(out, key);
	json_array_begin(out);
	for (; texts != NULL && *texts != NULL; texts++)
		json_str(out, *texts);
	json_array_end(out);
}

/* --- tasks ---------------------------------------------------------------- */

static void
task_outputs(struct json_out *out, const struct task *t)
{
	json_key(out, "outputs");
	json_array_begin(out);
	for (size_t i = 0; i < t->noutputs; i++) {
		json_object_begin(out);
		json_kv_str(out, "name", t->outputs[i].name);
		json_kv_bool(out, "secret", t->outputs[i].secret);
		json_kv_str(out, "doc", t->outputs[i].doc);
		json_key(out, "schema");
		json_schema_write(t->outputs[i].schema, NULL, out);
		json_object_end(out);
	}
	json_array_end(out);
}

static void
task_needs(struct json_out *out, const struct task *t)
{
	json_key(out, "needs");
	json_array_begin(out);
	for (size_t i = 0; i < t->nneeds; i++)
		json_str(out, t->needs[i].task);
	json_array_end(out);
}

static void
task_json(struct cx *cx, struct json_out *out, const struct task *t)
{
	json_object_begin(out);
	json_kv_str(out, "name", t->name);
	json_kv_str(out, "doc", t->doc);
	json_kv_str(out, "team", t->team);
	json_kv_str(out, "hash", t->hash);
	json_kv_str(out, "closure_hash", t->closure_hash);
	json_kv_str(out, "where", t->where);
	json_key(out, "params");
	json_schema_write(t->params, NULL, out);
	task_needs(out, t);
	task_outputs(out, t);
	json_kv_str(out, "undo", t->undo);
	json_kv_str(out, "cost", cost_words_of(cx->arena, t->cost));
	catalogue_texts(out, "can",
	    access_environments(cx, RIGHT_RUN, t->team, t->name));
	json_object_end(out);
}

static void
tasks_json(struct cx *cx, struct json_out *out)
{
	for (size_t i = 0; i < cx->platform->ntasks; i++)
		if (catalogue_sees_task(cx, cx->platform->tasks[i]))
			task_json(cx, out, cx->platform->tasks[i]);
}

bool
catalogue_api_tasks(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	(void)e;
	list_begin(out);
	tasks_json(cx, out);
	list_end(out, NULL);
	call->etag = catalogue_etag(cx);
	return true;
}

bool
catalogue_api_task(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const struct platform *p = cx->platform;
	const struct task *t = platform_task(p, call->path[0]);
	struct near near = near_start(call->path[0]);

	if (t == NULL || !catalogue_sees_task(cx, t)) {
		for (size_t i = 0; i < p->ntasks; i++)
			if (catalogue_sees_task(cx, p->tasks[i]))
				near_offer(&near, p->tasks[i]->name);
		return call_absent(e, "task", call->path[0], near.best);
	}
	task_json(cx, out, t);
	call->etag = catalogue_etag(cx);
	return true;
}

/* --- request types -------------------------------------------------------- */

static void
request_environments(struct cx *cx, struct json_out *out,
    const struct request_def *r)
{
	const struct platform *p = cx->platform;

	json_key(out, "environments");
	json_array_begin(out);
	for (size_t i = 0; i < p->nenvironments; i++)
		if (catalogue_offers(r, p->environments[i].name))
			json_str(out, p->environments[i].name);
	json_array_end(out);
}

static void
request_json(struct cx *cx, struct json_out *out, const struct request_def *r)
{
	json_object_begin(out);
	json_kv_str(out, "name", r->name);
	json_kv_str(out, "title", r->title == NULL ? r->name : r->title);
	json_kv_str(out, "doc", r->doc);
	json_kv_str(out, "project", r->project);
	json_kv_str(out, "task", r->task->name);
	json_kv_str(out, "team", r->task->team);
	json_kv_str(out, "priority", r->priority);
	request_environments(cx, out, r);
	json_key(out, "params");
	json_schema_write(r->task->params, NULL, out);
	json_kv_str(out, "cost", cost_words_of(cx->arena, r->cost));
	catalogue_texts(out, "can", catalogue_environments(cx, r));
	json_object_end(out);
}

static void
requests_json(struct cx *cx, struct json_out *out)
{
	for (size_t i = 0; i < cx->platform->nrequests; i++)
		if (catalogue_sees_request(cx, &cx->platform->requests[i]))
			request_json(cx, out, &cx->platform->requests[i]);
}

bool
catalogue_api_requests(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	(void)e;
	list_begin(out);
	requests_json(cx, out);
	list_end(out, NULL);
	call->etag = catalogue_etag(cx);
	return true;
}

bool
catalogue_api_request(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const struct platform *p = cx->platform;
	const struct request_def *r = platform_request(p, call->path[0]);
	struct near near = near_start(call->path[0]);

	if (r == NULL || !catalogue_sees_request(cx, r)) {
		for (size_t i = 0; i < p->nrequests; i++)
			if (catalogue_sees_request(cx, &p->requests[i]))
				near_offer(&near, p->requests[i].name);
		return call_absent(e, "request", call->path[0], near.best);
	}
	request_json(cx, out, r);
	call->etag = catalogue_etag(cx);
	return true;
}

/* --- all of it ------------------------------------------------------------ */

bool
catalogue_api_get(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const struct platform *p = cx->platform;

	(void)e;
	call->etag = catalogue_etag(cx);
	json_object_begin(out);
	json_kv_str(out, "etag", call->etag);
	json_key(out, "environments");
	json_array_begin(out);
	for (size_t i = 0; i < p->nenvironments; i++)
		json_str(out, p->environments[i].name);
	json_array_end(out);
	json_kv_str(out, "default_environment", p->default_environment);
	json_key(out, "requests");
	json_array_begin(out);
	requests_json(cx, out);
	json_array_end(out);
	json_key(out, "tasks");
	json_array_begin(out);
	tasks_json(cx, out);
	json_array_end(out);
	json_object_end(out);
	return true;
}

/* --- the folder as a whole ------------------------------------------------ */

static bool
platform_is_admin(struct cx *cx)
{
	static const struct access_target server = { .name = NULL };

	return access_ask(cx->platform, cx->actor, RIGHT_ADMINISTER, &server,
	    cx->arena)
	    .allowed;
}

/* Lines of the source are in there: for those who may see everything. */
static void
platform_errors(struct cx *cx, struct json_out *out)
{
	const struct site *site = cx->site;
	struct str rest =
	    str_of(site->reload_errors(site->reload_self, cx->arena));

	json_key(out, "errors");
	json_array_begin(out);
	if (rest.n > 0 && !platform_is_admin(cx)) {
		json_str(out, "the folder was changed and has errors; an "
			      "admin sees them");
		rest.n = 0;
	}
	while (rest.n > 0) {
		struct str line = str_cut(rest, '\n', &rest);

		if (line.n > 0)
			json_strn(out, line.p, line.n);
	}
	json_array_end(out);
}

static void
platform_json(struct cx *cx, struct json_out *out, const struct platform *p)
{
	json_object_begin(out);
	json_kv_str(out, "folder", p->folder);
	json_kv_str(out, "hash", p->hash);
	json_kv_str(out, "commit", p->commit);
	json_kv_time(out, "loaded_at", p->loaded_ms);
	json_kv_int(out, "tasks", (int64_t)p->ntasks);
	json_kv_int(out, "requests", (int64_t)p->nrequests);
	json_kv_int(out, "people", (int64_t)p->npeople);
	platform_errors(cx, out);
	json_object_end(out);
}

bool
catalogue_api_platform(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	(void)call;
	(void)e;
	platform_json(cx, out, cx->platform);
	return true;
}

bool
catalogue_api_reload(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct site *site = cx->site;
	struct platform *now;

	(void)call;
	if (!site->reload(site->reload_self, cx->db, e))
		return false;
	now = site->platform(site->platform_self);
	audit(cx, "platform.reload", now->hash, "done", NULL, NULL);
	platform_json(cx, out, now);
	platform_unref(now);
	return true;
}

bool
catalogue_api_schema(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	(void)cx;
	(void)call;
	(void)e;
	folder_schema_write(out);
	return true;
}
