/* SPDX-License-Identifier: MIT */
#include "resource/ask/again_api.h"

#include <string.h>

#include "base/near.h"
#include "resource/access/access.h"
#include "resource/ask/ask.h"
#include "resource/ask/ask_api.h"
#include "resource/run/run.h"
#include "resource/sealed.h"
#include "resource/ticket/ticket.h"
#include "spec/json_schema.h"

static void
again_decref(void *json)
{
	json_decref(json);
}

/* What the run was given that may be given again: no secret, and nothing that
 * the task of today does not take. */
static json_t *
again_params(struct cx *cx, const struct run *run, const struct task *task)
{
	json_t *stored = json_loads(run->params, 0, NULL);
	json_t *kept = json_object(), *value;
	const char *name;

	arena_cleanup(cx->arena, again_decref, kept);
	json_object_foreach (stored, name, value) {
		const struct schema *f = schema_member(task->params, name);

		if (f != NULL && (f->flags & F_SECRET) == 0 &&
		    !sealed_is(value))
			json_object_set(kept, name, value);
	}
	json_decref(stored);
	return kept;
}

static void
inputs_names(struct json_out *out, const struct run *run,
    const struct task *task)
{
	json_t *stored = json_loads(run->params, 0, NULL), *value;
	const char *name;

	json_key(out, "secrets");
	json_array_begin(out);
	for (const struct schema *f = task->params->fields; f->name != NULL;
	     f++)
		if ((f->flags & F_SECRET) != 0)
			json_str(out, f->name);
	json_array_end(out);
	json_key(out, "gone");
	json_array_begin(out);
	json_object_foreach (stored, name, value)
		if (schema_member(task->params, name) == NULL)
			json_str(out, name);
	json_array_end(out);
	json_decref(stored);
}

bool
again_api_inputs(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct run *run;
	struct ask ask;

	if (!run_by_key(cx, call->path[0], &run, e) ||
	    !ask_of_run(cx, run, &ask, e))
		return false;
	json_object_begin(out);
	json_kv_str(out, "run", run->key);
	json_kv_str(out, "task", ask.task->name);
	json_kv_str(out, "request",
	    ask.request == NULL ? NULL : ask.request->name);
	json_kv_str(out, "environment", run->environment);
	json_kv_raw(out, "params",
	    json_canonical(cx->arena, again_params(cx, run, ask.task)));
	inputs_names(out, run, ask.task);
	json_key(out, "schema");
	json_schema_write(ask.task->params, NULL, out);
	json_object_end(out);
	return true;
}

/* The text of NAME=VALUE as a value of its parameter; what it cannot be stays
 * a text, which the schema refuses. */
static json_t *
set_value(const struct schema *f, const char *text)
{
	struct err ignored;
	json_t *value = NULL;

	if (f->kind != SCHEMA_STRING && f->kind != SCHEMA_CHOICE)
		value = json_parse(str_of(text), &ignored);
	return value != NULL ? value : json_string(text);
}

static bool
again_set(struct cx *cx, const struct task *task, const json_t *set,
    json_t *params, struct err *e)
{
	for (size_t i = 0; i < json_array_size(set); i++) {
		const char *text = json_string_value(json_array_get(set, i));
		struct str rest, name = str_cut(str_of(text), '=', &rest);
		const char *key = arena_str(cx->arena, name);
		const struct schema *f = schema_member(task->params, key);
		struct near near = near_start(key);

		if (rest.p == NULL || name.n == 0) {
			err_set(e, ERR_INVALID, "again.set",
			    "'%s' is not NAME=VALUE", text);
			return err_hint(e, "write --set name=value");
		}
		for (const struct schema *p = task->params->fields;
		     f == NULL && p->name != NULL; p++)
			near_offer(&near, p->name);
		if (f == NULL) {
			err_set(e, ERR_INVALID, "field.unknown",
			    "task '%s' has no parameter '%s'", task->name,
			    key);
			if (near.best != NULL)
				return err_hint(e, "did you mean '%s'?",
				    near.best);
			return false;
		}
		json_object_set_new(params, key,
		    set_value(f, arena_str(cx->arena, rest)));
	}
	return true;
}

static void
again_merge(const json_t *given, json_t *params)
{
	json_t *value;
	const char *name;

	json_object_foreach ((json_t *)(uintptr_t)given, name, value) {
		if (json_is_null(value))
			json_object_del(params, name);
		else
			json_object_set_new(params, name,
			    json_deep_copy(value));
	}
}

/* Where it is to run this time, and may the actor ask for it there? */
static bool
again_environment(struct cx *cx, const char *name, const struct run *run,
    struct ask *ask, struct err *e)
{
	const bool request = ask->request != NULL;
	struct access_target target = { .team = ask->task->team,
		.name = request ? ask->request->name : ask->task->name };

	if (name == NULL)
		return true;
	if (!ask_environment(cx, name, ask->request, &ask->environment, e))
		return false;
	target.environment = ask->environment->name;
	return access_check_seen(cx, request ? RIGHT_REQUEST : RIGHT_RUN,
	    &target, "run", run->key, e);
}

bool
again_api_again(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	json_t *params, *checked;
	struct asked asked;
	struct run *run;
	struct ask ask;

	if (!run_by_key(cx, call->path[0], &run, e) ||
	    !ask_of_run(cx, run, &ask, e) ||
	    !again_environment(cx, call_text(call->body, "environment"), run,
		&ask, e))
		return false;
	params = again_params(cx, run, ask.task);
	again_merge(json_object_get(call->body, "params"), params);
	if (!again_set(cx, ask.task, json_object_get(call->body, "set"),
		params, e) ||
	    !ask_params(cx, ask.task, params, call->problems, &checked, e))
		return false;
	ask.params = checked;
	ask.dry = call_bool(call->body, "dry_run");
	if (!ask_make(cx, &ask, &asked, e))
		return false;
	call->status = asked.joined ? 200 : 201;
	asked_json(cx, out, &asked);
	return true;
}
