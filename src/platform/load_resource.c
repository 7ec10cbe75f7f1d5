/* SPDX-License-Identifier: MIT */
/* resource: of a request type. */
#include "platform/load.h"

#include <string.h>

#include "base/limits.h"
#include "platform/build.h"

#define DAY INT64_C(86400000)

/* The parameter that is the name; complains and returns NULL. */
static const char *
resource_name(struct load *l, const struct item *it, const struct task *task,
    const char *text)
{
	const struct reference r = reference_parse(text);
	const char *name = arena_str(l->p->arena, r.name);
	const struct schema *param =
	    r.kind == REFERENCE_PARAM ? schema_member(task->params, name)
				      : NULL;
	const char *names[LIMIT_PARAMS + 1];
	size_t n = 0;

	if (r.kind != REFERENCE_PARAM) {
		load_error(l, it, "/resource/name",
		    "write name: $params.NAME",
		    "'%s' is no parameter of task '%s'", text, task->name);
		return NULL;
	}
	for (const struct schema *f = task->params->fields;
	     f->name != NULL && n < LIMIT_PARAMS; f++)
		names[n++] = f->name;
	if (param == NULL)
		load_error(l, it, "/resource/name",
		    load_near(l, name, names, n),
		    "task '%s' has no parameter '%s'", task->name, name);
	else if ((param->flags & F_SECRET) != 0)
		load_error(l, it, "/resource/name", NULL,
		    "'%s' of task '%s' is secret, and a name is not", name,
		    task->name);
	else
		return name;
	return NULL;
}

static enum expire
resource_expire(const char *text)
{
	if (streq(text, "remind"))
		return EXPIRE_REMIND;
	return streq(text, "undo") ? EXPIRE_UNDO : EXPIRE_ASK;
}

static void
resource_check_expire(struct load *l, const struct item *it,
    const json_t *body, const struct task *task, int64_t lifetime)
{
	const char *expire = build_text(body, "expire");

	if (streq(expire, "undo") && task->undo == NULL)
		load_error(l, it, "/resource/expire",
		    load_text(l, "give task '%s' an undo:", task->name),
		    "'%s' cannot be undone at the end of its lifetime",
		    it->name);
	if (lifetime == 0 && expire != NULL)
		load_error(l, it, "/resource/expire", "write lifetime: 90d",
		    "request '%s' has no lifetime that could end", it->name);
}

/* The task that lists all of them: it wants nothing, and writes names. */
static const struct task *
resource_discover(struct load *l, const struct item *it, const char *name)
{
	const struct item *of = name == NULL
	    ? NULL
	    : load_resolve(l, it, "/resource/discover", ITEM_TASK, name);
	const struct output_def *names;

	if (of == NULL || of->task == NULL)
		return NULL;
	for (const struct schema *f = of->task->params->fields;
	     f->name != NULL; f++)
		if ((f->flags & F_REQUIRED) != 0)
			load_error(l, it, "/resource/discover",
			    load_text(l, "give '%s' a default", f->name),
			    "task '%s' requires '%s', and nobody gives it",
			    name, f->name);
	names = task_output(of->task, "names");
	if (names == NULL || names->secret ||
	    names->schema->kind != SCHEMA_LIST)
		load_error(l, it, "/resource/discover",
		    "write outputs: {names: {type: list}}",
		    "task '%s' has no list 'names' among its outputs", name);
	return of->task;
}

/* A task that can be undone, with a name, makes something. */
static bool
resource_by_itself(const struct task *task)
{
	const struct schema *name = schema_member(task->params, "name");

	return task->undo != NULL && name != NULL &&
	    (name->flags & F_SECRET) == 0;
}

const struct resource_def *
load_resource(struct load *l, const struct item *it, const struct task *task,
    int64_t lifetime)
{
	const json_t *body = json_object_get(it->value, "resource");
	struct resource_def *def = ARENA_NEW(l->p->arena, struct resource_def);
	const char *name = build_text(body, "name");
	const bool checked = task->creates.kind != CREATES_NONE &&
	    task->creates.early;

	if (json_is_false(body) || (body == NULL && !resource_by_itself(task)))
		return NULL;
	if (json_is_true(body))
		body = NULL;
	*def = (struct resource_def){ .kind = build_text(body, "kind"),
		.expire = resource_expire(build_text(body, "expire")),
		.remind_ms = build_duration(body, "remind", 0),
		.grace_ms = build_duration(body, "grace", 7 * DAY),
		.longest_ms = build_duration(body, "longest", 0),
		.check_ms = checked ? build_duration(body, "check", DAY) : 0 };
	def->discover =
	    resource_discover(l, it, build_text(body, "discover"));
	def->discover_ms = build_duration(body, "every", DAY);
	if (def->discover == NULL && json_object_get(body, "every") != NULL)
		load_error(l, it, "/resource/every", "write discover: TASK",
		    "'%s' has nothing to discover with", it->name);
	if (def->kind == NULL)
		def->kind = it->name;
	def->name = resource_name(l, it, task,
	    name == NULL ? "$params.name" : name);
	resource_check_expire(l, it, body, task, lifetime);
	if (!checked && json_object_get(body, "check") != NULL)
		load_error(l, it, "/resource/check",
		    load_text(l, "give task '%s' a creates: over its params",
			task->name),
		    "nothing says how to look whether '%s' is there",
		    it->name);
	return def->name == NULL ? NULL : def;
}
