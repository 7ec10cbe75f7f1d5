/* SPDX-License-Identifier: MIT */
#include "platform/load.h"

#include <string.h>

#include "base/limits.h"

/*
 * with: the values that a need's task gets.
 */

struct given { /* one value of with: */
	struct load *l;
	const struct item *it;	   /* who needs */
	const struct task *needed;
	const char *at;		   /* pointer of the value */
	const struct schema *into; /* the parameter */
};

static const char *
given_kind(const struct schema *s)
{
	if (s->flags & F_SECRET)
		return "a secret";
	switch (s->kind) {
	case SCHEMA_STRING:
		return "a text";
	case SCHEMA_INTEGER:
		return "a whole number";
	case SCHEMA_NUMBER:
		return "a number";
	case SCHEMA_BOOL:
		return "true or false";
	case SCHEMA_CHOICE:
		return "a choice";
	case SCHEMA_LIST:
		return "a list";
	case SCHEMA_TIME:
	case SCHEMA_DURATION:
	case SCHEMA_OBJECT:
	case SCHEMA_MAP:
	case SCHEMA_ONE_OF:
	case SCHEMA_JSON:
		break;
	}
	return "another type";
}

static bool
given_has_choice(const struct schema *s, const char *choice)
{
	for (const char *const *c = s->choices; *c != NULL; c++) {
		if (strcmp(*c, choice) == 0)
			return true;
	}
	return false;
}

/* Every value of `from` is of the type of `into`. */
static bool
given_fits(const struct schema *from, const struct schema *into)
{
	if (from->kind == SCHEMA_CHOICE && into->kind == SCHEMA_CHOICE) {
		for (const char *const *c = from->choices; *c != NULL; c++) {
			if (!given_has_choice(into, *c))
				return false;
		}
		return true;
	}
	if (from->kind == SCHEMA_LIST && into->kind == SCHEMA_LIST)
		return given_fits(from->of, into->of);
	return from->kind == into->kind ||
	    (from->kind == SCHEMA_INTEGER && into->kind == SCHEMA_NUMBER) ||
	    (from->kind == SCHEMA_CHOICE && into->kind == SCHEMA_STRING);
}

static void
given_param(const struct given *g, const char *text, const struct schema *from)
{
	if (!given_fits(from, g->into))
		load_error(g->l, g->it, g->at, from->kind == SCHEMA_CHOICE &&
		    g->into->kind == SCHEMA_CHOICE
		    ? "the choices must be among those of the other" : NULL,
		    "'%s' of task '%s' takes %s, and '%s' is %s",
		    g->into->name, g->needed->name, given_kind(g->into), text,
		    given_kind(from));
	else if ((g->into->flags & F_REQUIRED) &&
	    !(from->flags & F_REQUIRED) && from->default_json == NULL)
		load_error(g->l, g->it, g->at, load_text(g->l,
		    "give '%s' a default, or required: true", from->name),
		    "'%s' of task '%s' is required, and '%s' may be absent",
		    g->into->name, g->needed->name, text);
}

static void
given_output(const struct given *g, const char *text, const struct schema *from)
{
	if (!given_fits(from, g->into))
		load_error(g->l, g->it, g->at, load_text(g->l,
		    "say what it is where it is declared: outputs: {%s: "
		    "{type: …}}", from->name),
		    "'%s' of task '%s' takes %s, and '%s' is %s",
		    g->into->name, g->needed->name, given_kind(g->into), text,
		    given_kind(from));
}

/* Only a whole value is filled in, never an element of a list. */
static bool
given_check_elements(const struct given *g, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));

		if (text == NULL ||
		    reference_parse(text).kind == REFERENCE_NONE)
			continue;
		load_error(g->l, g->it, load_text(g->l, "%s/%zu", g->at, i),
		    "hand on a whole list, like $params.NAME",
		    "'%s' is not filled in inside a list", text);
		return false;
	}
	return true;
}

static void
given_check(const struct given *g, const json_t *value)
{
	const char *text = json_string_value(value);
	struct flow f = { .from = FLOW_LITERAL };
	json_t *plain;

	if (text != NULL)
		f = check_flow(g->l, g->it, g->at, text);
	if (f.from == FLOW_WRONG || !given_check_elements(g, value))
		return;
	if (f.secret && !(g->into->flags & F_SECRET)) {
		load_error(g->l, g->it, g->at, load_text(g->l,
		    "write type: secret for '%s' of task '%s'", g->into->name,
		    g->needed->name),
		    "'%s' is secret and '%s' of task '%s' is not", text,
		    g->into->name, g->needed->name);
		return;
	}
	if (f.from == FLOW_PARAM) {
		given_param(g, text, f.type);
	} else if (f.from == FLOW_OUTPUT) {
		given_output(g, text, f.type);
	} else {
		plain = text != NULL ? json_string(f.text)
		    : json_deep_copy(value);
		check_literal(g->l, g->it, g->at, load_text(g->l,
		    "'%s' of task '%s'", g->into->name, g->needed->name),
		    g->into, plain);
		json_decref(plain);
	}
}

static const char *
given_near(struct load *l, const char *typed, const struct task *t)
{
	const char *names[LIMIT_PARAMS + 1];
	size_t n = 0;

	for (const struct schema *f = t->params->fields;
	    f->name != NULL && n < LIMIT_PARAMS; f++)
		names[n++] = f->name;
	return n == 0 ? load_text(l, "task '%s' has no params", t->name)
	    : load_near(l, typed, names, n);
}

static void
need_check_with(struct load *l, const struct item *it,
    const struct need_def *need, const struct task *of)
{
	json_t *with = (json_t *)(uintptr_t)need->with, *value;
	const char *at = load_text(l, "/needs/%s", need->name);
	const char *name;

	json_object_foreach (with, name, value) {
		struct given g = { .l = l, .it = it, .needed = of };

		g.at = pointer_join(l->a, load_text(l, "%s/with", at), name);
		g.into = schema_member(of->params, name);
		if (g.into == NULL)
			load_error_key(l, it, g.at, given_near(l, name, of),
			    "task '%s' has no parameter '%s'", of->name, name);
		else
			given_check(&g, value);
	}
	for (const struct schema *f = of->params->fields; f->name != NULL; f++) {
		if ((f->flags & F_REQUIRED) &&
		    json_object_get(with, f->name) == NULL)
			load_error(l, it, at, load_text(l,
			    "write %s: {task: %s, with: {%s: …}}", need->name,
			    of->name, f->name),
			    "need '%s': parameter '%s' of task '%s' is missing",
			    need->name, f->name, of->name);
	}
}

/*
 * Order among the needs of one task: with: may name outputs of another need.
 */

enum visit { VISIT_NEW, VISIT_OPEN, VISIT_DONE };

struct order {
	struct load *l;
	const struct item *it;
	enum visit *visits; /* by need */
	const char *path;   /* "a → b" */
};

static bool
order_walk(struct order *o, size_t i)
{
	const struct task *t = o->it->task;
	const struct need_def *need = &t->needs[i];
	json_t *with = (json_t *)(uintptr_t)need->with, *value;
	const char *before = o->path, *name;

	if (o->visits[i] == VISIT_DONE)
		return true;
	o->path = load_text(o->l, "%s%s%s", before,
	    before[0] == '\0' ? "" : " → ", need->name);
	if (o->visits[i] == VISIT_OPEN) {
		load_error_key(o->l, o->it, load_text(o->l, "/needs/%s",
		    need->name), "take one reference out",
		    "needs wait for each other: %s", o->path);
		return false;
	}
	o->visits[i] = VISIT_OPEN;
	json_object_foreach (with, name, value) {
		const char *text = json_string_value(value);
		struct reference r = { .kind = REFERENCE_NONE };

		if (text != NULL)
			r = reference_parse(text);
		for (size_t j = 0; j < t->nneeds; j++) {
			if (r.kind == REFERENCE_OUTPUT &&
			    str_is(r.name, t->needs[j].name) &&
			    !order_walk(o, j))
				return false;
		}
	}
	o->path = before;
	o->visits[i] = VISIT_DONE;
	return true;
}

void
check_task_needs(struct load *l, const struct item *it)
{
	const struct task *t = it->task;
	struct order o = { .l = l, .it = it, .path = "" };

	o.visits = arena_array(l->a, t->nneeds + 1, sizeof(*o.visits));
	for (size_t i = 0; i < t->nneeds; i++) {
		const struct need_def *need = &t->needs[i];
		const struct item *of = load_resolve(l, it, load_text(l,
		    "/needs/%s/task", need->name), ITEM_TASK, need->task);

		if (of != NULL && of->task != NULL)
			need_check_with(l, it, need, of->task);
	}
	for (size_t i = 0; i < t->nneeds; i++) {
		if (!order_walk(&o, i))
			break;
	}
}
