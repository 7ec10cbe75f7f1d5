/* SPDX-License-Identifier: MIT */
#include "platform/load.h"

#include <string.h>

#include "platform/build.h"

/* The names of an object, for a hint. */
static const char *
flow_near(struct load *l, const char *typed, const json_t *object)
{
	const char **names = arena_array(l->a, json_object_size(object) + 1,
	    sizeof(*names));
	json_t *walked = (json_t *)(uintptr_t)object, *member;
	const char *name;
	size_t n = 0;

	json_object_foreach (walked, name, member)
		names[n++] = name;
	return load_near(l, typed, names, n);
}

static struct flow
flow_param(struct load *l, const struct item *it, const char *pointer,
    const char *name)
{
	const json_t *params = json_object_get(it->value, "params");
	const struct schema *s = schema_member(it->task->params, name);
	struct flow f = { .from = FLOW_PARAM, .type = s };

	if (s == NULL) {
		f.from = FLOW_WRONG;
		load_error(l, it, pointer, json_object_size(params) == 0
		    ? "the task has no params" : flow_near(l, name, params),
		    "unknown parameter '%s' of task '%s'", name, it->name);
		return f;
	}
	f.secret = (s->flags & F_SECRET) != 0;
	return f;
}

/* What a need with foreach gives: one value of each. */
static const struct schema *
flow_list(struct load *l, const struct schema *of)
{
	struct schema *list = ARENA_NEW(l->a, struct schema);

	*list = (struct schema){ .name = of->name, .kind = SCHEMA_LIST,
		.of = of };
	return list;
}

static struct flow
flow_output(struct load *l, const struct item *it, const char *pointer,
    const char *need_name, const char *name)
{
	const json_t *needs = json_object_get(it->value, "needs");
	const struct need_def *need = task_need(it->task, need_name);
	struct flow f = { .from = FLOW_WRONG };
	const struct output_def *output;
	const struct item *of;

	if (need == NULL) {
		load_error(l, it, pointer, json_object_size(needs) == 0
		    ? "the task needs nothing yet"
		    : flow_near(l, need_name, needs),
		    "task '%s' has no need '%s'", it->name, need_name);
		return f;
	}
	of = load_find(l, ITEM_TASK, need->task);
	if (of == NULL || of->task == NULL)
		return f; /* complained about elsewhere */
	output = task_output(of->task, name);
	if (output == NULL) {
		const json_t *all = json_object_get(of->value, "outputs");

		load_error(l, it, pointer, json_object_size(all) == 0
		    ? load_text(l, "task '%s' has no outputs", of->name)
		    : flow_near(l, name, all),
		    "unknown output '%s' of task '%s'", name, of->name);
		return f;
	}
	if (need->over != NULL && output->secret) {
		load_error(l, it, pointer, "hand on one that is not secret",
		    "'%s' of task '%s' is secret: foreach does not gather it",
		    name, of->name);
		return f;
	}
	f.from = FLOW_OUTPUT;
	f.type = need->over != NULL ? flow_list(l, output->schema)
				    : output->schema;
	f.secret = output->secret;
	return f;
}

/* A file that a need left behind; with foreach a folder of them. */
static struct flow
flow_artifact(struct load *l, const struct item *it, const char *pointer,
    const char *need_name, const char *name)
{
	const json_t *needs = json_object_get(it->value, "needs");
	const struct need_def *need = task_need(it->task, need_name);
	struct flow f = { .from = FLOW_WRONG };
	const struct item *of;
	const json_t *all;

	if (need == NULL) {
		load_error(l, it, pointer, json_object_size(needs) == 0
		    ? "the task needs nothing yet"
		    : flow_near(l, need_name, needs),
		    "task '%s' has no need '%s'", it->name, need_name);
		return f;
	}
	of = load_find(l, ITEM_TASK, need->task);
	if (of == NULL || of->task == NULL)
		return f; /* complained about elsewhere */
	if (task_artifact(of->task, name) != NULL) {
		f.from = FLOW_ARTIFACT;
		return f;
	}
	all = json_object_get(of->value, "artifacts");
	load_error(l, it, pointer, json_object_size(all) == 0
	    ? load_text(l, "task '%s' has no artifacts", of->name)
	    : flow_near(l, name, all),
	    "unknown artifact '%s' of task '%s'", name, of->name);
	return f;
}

struct flow
check_flow(struct load *l, const struct item *it, const char *pointer,
    const char *text)
{
	struct flow f = { .from = FLOW_LITERAL };
	struct reference r;

	if (!check_scalar(l, it, pointer, text)) {
		f.from = FLOW_WRONG;
		return f;
	}
	r = reference_parse(text);
	if (r.kind == REFERENCE_PARAM)
		return flow_param(l, it, pointer, arena_str(l->a, r.name));
	if (r.kind == REFERENCE_OUTPUT)
		return flow_output(l, it, pointer, arena_str(l->a, r.name),
		    arena_str(l->a, r.output));
	if (r.kind == REFERENCE_ARTIFACT)
		return flow_artifact(l, it, pointer, arena_str(l->a, r.name),
		    arena_str(l->a, r.output));
	f.text = reference_literal(text);
	return f;
}
