/* SPDX-License-Identifier: MIT */
#include "resource/plan/plan.h"

#include <fcntl.h>
#include <string.h>

#include "resource/sealed.h"
#include "resource/secret/secret.h"
#include "spec/validate.h"
#include "sys/digest.h"
#include "sys/file.h"

static void
plan_decref(void *json)
{
	json_decref(json);
}

static json_t *
plan_parse(struct cx *cx, const char *text)
{
	json_t *json = json_loads(text, 0, NULL);

	ASSERT(json != NULL);
	arena_cleanup(cx->arena, plan_decref, json);
	return json;
}

/* The files a task names, into DATA/blob by their hash. */
static bool
plan_store_files(struct cx *cx, const struct task *task, struct err *e)
{
	json_t *files = (json_t *)(uintptr_t)task->files;

	for (void *i = json_object_iter(files); i != NULL;
	     i = json_object_iter_next(files, i)) {
		const char *sha = json_string_value(json_object_iter_value(i));
		const char *path =
		    arena_printf(cx->arena, "%s/blob/%s", cx->site->data, sha);
		const struct folder_file *f = NULL;

		if (file_exists(path))
			continue;
		for (size_t k = 0; k < cx->platform->nfiles; k++)
			if (streq(cx->platform->files[k].sha256, sha))
				f = &cx->platform->files[k];
		if (f == NULL)
			return err_set(e, ERR_INTERNAL, "plan.file",
			    "file '%s' of task '%s' is not loaded",
			    json_object_iter_key(i), task->name);
		if (!file_replace(AT_FDCWD, path, f->bytes.p, f->bytes.n, 0555,
			e))
			return err_wrap(e, "file '%s'",
			    json_object_iter_key(i));
	}
	return true;
}

void
plan_store_definition(struct cx *cx, const struct task *t)
{
	struct query *q = query(cx->db, "definition_insert");

	bind_text(q, "hash", t->hash);
	bind_text(q, "kind", "task");
	bind_text(q, "name", t->name);
	bind_text(q, "body", t->body);
	query_run(q);
}

static bool
plan_store_definitions(struct cx *cx, const struct task *root,
    struct err *e)
{
	struct query *q = query(cx->db, "closure_get");
	const char *body;
	json_t *closure;
	bool known;

	bind_text(q, "hash", root->closure_hash);
	known = query_next(q);
	query_end(q);
	if (known)
		return true;
	body = platform_closure(cx->platform, root, cx->arena);
	closure = plan_parse(cx, body);
	for (void *i = json_object_iter(closure); i != NULL;
	     i = json_object_iter_next(closure, i)) {
		const struct task *t =
		    platform_task(cx->platform, json_object_iter_key(i));

		ASSERT(t != NULL);
		if (!plan_store_files(cx, t, e))
			return false;
		plan_store_definition(cx, t);
	}
	q = query(cx->db, "closure_insert");
	bind_text(q, "hash", root->closure_hash);
	bind_text(q, "body", body);
	query_run(q);
	return true;
}

static json_t *
plan_environment(struct cx *cx, const struct environment_def *env)
{
	json_t *secrets = json_object();
	json_t *vars =
	    env->vars == NULL ? json_object() : json_deep_copy(env->vars);

	for (size_t i = 0; env->secrets != NULL && env->secrets[i] != NULL;
	     i++)
		json_object_set_new(secrets, env->secrets[i],
		    json_integer(secret_version(cx, env->secrets[i],
			env->name)));
	return json_pack("{s:s,s:o,s:o}", "name", env->name, "vars", vars,
	    "secrets", secrets);
}

const char *
plan_store_body(struct cx *cx, const json_t *body)
{
	char *hash = arena_alloc(cx->arena, DIGEST_HEX);
	const char *text = json_canonical(cx->arena, body);
	struct query *q = query(cx->db, "plan_insert");

	digest_hex(text, strlen(text), hash);
	bind_text(q, "hash", hash);
	bind_text(q, "body", text);
	bind_int(q, "created_at", cx->now);
	query_run(q);
	return hash;
}

bool
plan_store(struct cx *cx, const struct plan_input *in, const char **ret_hash,
    struct err *e)
{
	json_t *rules = json_array();
	json_t *body;

	if (in->undo == NULL && !plan_store_definitions(cx, in->task, e)) {
		json_decref(rules);
		return false;
	}
	for (size_t i = 0; i < in->nrules; i++)
		json_array_append_new(rules,
		    json_pack("{s:s,s:s}", "source", in->rules[i].source,
			"rule", in->rules[i].text));
	body = json_pack("{s:s,s:s,s:o,s:o,s:o,s:s,s:O*,s:s*,s:s*}", "closure",
	    in->task->closure_hash, "task", in->task->name, "params",
	    sealed_to_hmac(cx->site, in->params), "environment",
	    plan_environment(cx, in->environment), "rules", rules, "requester",
	    in->requester, "undo", in->undo,
	    "cost", in->cost, "request", in->request);
	ASSERT(body != NULL);
	*ret_hash = plan_store_body(cx, body);
	json_decref(body);
	return true;
}

/* Its body as text in the arena `a`, or NULL. */
static const char *
plan_definition_body(struct cx *cx, const char *hash, struct arena *a)
{
	struct query *q = query(cx->db, "definition_get");
	const char *body = NULL;

	bind_text(q, "hash", hash);
	if (query_next(q))
		body = column_text(q, "body", a);
	query_end(q);
	return body;
}

const struct task *
plan_definition(struct cx *cx, const char *hash)
{
	const char *body = plan_definition_body(cx, hash, cx->arena);
	struct task *task = NULL;
	struct err e;

	if (body == NULL ||
	    !task_from_json(cx->arena, plan_parse(cx, body), &task, &e))
		return NULL;
	return task;
}

const struct task *
plan_command(struct cx *cx, const char *hash)
{
	struct arena *scratch = arena_create();
	const char *body = plan_definition_body(cx, hash, scratch);
	json_t *parsed = body == NULL ? NULL : plan_parse(cx, body);
	struct task *task = NULL;
	struct err e;

	arena_destroy(scratch);
	if (parsed == NULL)
		return NULL;
	json_object_del(parsed, "needs");
	if (!task_from_json(cx->arena, parsed, &task, &e))
		return NULL;
	task->hash = arena_strdup(cx->arena, hash);
	task->body = NULL;
	return task;
}

const char *
plan_closure_task(struct cx *cx, const char *closure_hash, const char *task)
{
	struct query *q = query(cx->db, "closure_get");
	const char *body = NULL;

	bind_text(q, "hash", closure_hash);
	if (query_next(q))
		body = column_text(q, "body", cx->arena);
	query_end(q);
	if (body == NULL)
		return NULL;
	return json_string_value(
	    json_object_get(plan_parse(cx, body), task));
}

const char *
plan_body(struct cx *cx, const char *hash)
{
	struct query *q = query(cx->db, "plan_get");
	const char *body = NULL;

	bind_text(q, "hash", hash);
	if (query_next(q))
		body = column_text(q, "body", cx->arena);
	query_end(q);
	return body;
}

const char *
plan_says(struct cx *cx, const char *hash, const char *key)
{
	const char *body = plan_body(cx, hash);

	return body == NULL ? NULL
			    : json_string_value(json_object_get(
				  plan_parse(cx, body), key));
}
