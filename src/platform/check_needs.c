/* SPDX-License-Identifier: MIT */
#include "platform/load.h"

#include <string.h>

#include "base/limits.h"
#include "platform/fan.h"

/*
 * with: the values that a need's task gets.
 */

/* What foreach goes over, as far as it is known at load. */
struct given_items {
	const json_t *list;	 /* written in the folder, or NULL */
	const struct schema *of; /* type of each, or NULL: not known yet */
	const char *text;	 /* the reference, or "" */
	bool there;		 /* there is a foreach */
};

struct given { /* one value of with: */
	struct load *l;
	const struct item *it;	   /* who needs */
	const struct task *needed;
	const char *at;		   /* pointer of the value */
	const struct schema *into; /* the parameter */
	const struct given_items *items;
	bool ended; /* it cleans up: $outputs.x, $status, $reason */
};

const char *
check_kind(const struct schema *s)
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

bool
check_fits(const struct schema *from, const struct schema *into)
{
	if (from->kind == SCHEMA_CHOICE && into->kind == SCHEMA_CHOICE) {
		for (const char *const *c = from->choices; *c != NULL; c++) {
			if (!given_has_choice(into, *c))
				return false;
		}
		return true;
	}
	if (from->kind == SCHEMA_LIST && into->kind == SCHEMA_LIST)
		return check_fits(from->of, into->of);
	return from->kind == into->kind ||
	    (from->kind == SCHEMA_INTEGER && into->kind == SCHEMA_NUMBER) ||
	    (from->kind == SCHEMA_CHOICE && into->kind == SCHEMA_STRING);
}

static void
given_param(const struct given *g, const char *text, const struct schema *from)
{
	if (!check_fits(from, g->into))
		load_error(g->l, g->it, g->at, from->kind == SCHEMA_CHOICE &&
		    g->into->kind == SCHEMA_CHOICE
		    ? "the choices must be among those of the other" : NULL,
		    "'%s' of task '%s' takes %s, and '%s' is %s",
		    g->into->name, g->needed->name, check_kind(g->into), text,
		    check_kind(from));
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
	if (!check_fits(from, g->into))
		load_error(g->l, g->it, g->at, load_text(g->l,
		    "say what it is where it is declared: outputs: {%s: "
		    "{type: …}}", from->name),
		    "'%s' of task '%s' takes %s, and '%s' is %s",
		    g->into->name, g->needed->name, check_kind(g->into), text,
		    check_kind(from));
}

static const char *
output_near(struct load *l, const char *typed, const struct task *t)
{
	const char **names = arena_array(l->a, t->noutputs + 1,
	    sizeof(*names));

	for (size_t i = 0; i < t->noutputs; i++)
		names[i] = t->outputs[i].name;
	return t->noutputs == 0
	    ? load_text(l, "task '%s' has no outputs", t->name)
	    : load_near(l, typed, names, t->noutputs);
}

/* Only a whole value is filled in, never an element of a list. */
static bool
list_check(struct load *l, const struct item *it, const char *at,
    const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));

		if (text == NULL ||
		    reference_parse(text).kind == REFERENCE_NONE)
			continue;
		load_error(l, it, load_text(l, "%s/%zu", at, i),
		    "hand on a whole list, like $params.NAME",
		    "'%s' is not filled in inside a list", text);
		return false;
	}
	return true;
}

/* $item, or a path in it, over a list that stands in the folder. */
static void
given_item_literal(const struct given *g, const char *text, struct str path)
{
	for (size_t i = 0; i < json_array_size(g->items->list); i++) {
		const json_t *item = json_array_get(g->items->list, i);
		const json_t *value = item_at(item, path);

		if (value == NULL) {
			load_error(g->l, g->it, g->at, NULL,
			    "item %zu of foreach has no '%.*s'", i + 1,
			    (int)path.n, path.p);
			return;
		}
		if (!check_literal(g->l, g->it, g->at, load_text(g->l,
		    "'%s' of task '%s', from '%s' of item %zu",
		    g->into->name, g->needed->name, text, i + 1), g->into,
		    value))
			return;
	}
}

static void
given_item(const struct given *g, const char *text)
{
	const struct schema *of = g->items->of;
	struct str path = reference_parse(text).name;

	if (g->into->flags & F_SECRET)
		load_error(g->l, g->it, g->at, NULL,
		    "'%s' of task '%s' is secret, and the items of foreach "
		    "are not", g->into->name, g->needed->name);
	else if (g->items->list != NULL)
		given_item_literal(g, text, path);
	else if (of != NULL && path.n > 0)
		load_error(g->l, g->it, g->at, "write $item",
		    "each of '%s' is %s and has no '%.*s'", g->items->text,
		    check_kind(of), (int)path.n, path.p);
	else if (of != NULL && !check_fits(of, g->into))
		load_error(g->l, g->it, g->at, NULL,
		    "'%s' of task '%s' takes %s, and each of '%s' is %s",
		    g->into->name, g->needed->name, check_kind(g->into),
		    g->items->text, check_kind(of));
}

/* How what is cleaned up after ended. */
static void
given_ended(const struct given *g, const char *text)
{
	static const struct schema word = { .kind = SCHEMA_STRING };
	struct reference r = reference_parse(text);
	const struct output_def *o;
	const char *name;

	if (!str_is(r.name, "outputs")) {
		if (!check_fits(&word, g->into))
			load_error(g->l, g->it, g->at, NULL,
			    "'%s' of task '%s' takes %s, and '%s' is a text",
			    g->into->name, g->needed->name,
			    check_kind(g->into), text);
		return;
	}
	name = arena_str(g->l->a, r.output);
	o = task_output(g->it->task, name);
	if (o == NULL) {
		load_error(g->l, g->it, g->at,
		    output_near(g->l, name, g->it->task),
		    "unknown output '%s' of task '%s'", name, g->it->name);
		return;
	}
	if (o->secret && !(g->into->flags & F_SECRET))
		load_error(g->l, g->it, g->at, load_text(g->l,
		    "write type: secret for '%s' of task '%s'", g->into->name,
		    g->needed->name),
		    "'%s' is secret and '%s' of task '%s' is not", text,
		    g->into->name, g->needed->name);
	else if (!o->secret)
		given_output(g, text, o->schema);
}

static void
given_check(const struct given *g, const json_t *value)
{
	const char *text = json_string_value(value);
	struct flow f = { .from = FLOW_LITERAL };
	json_t *plain;

	if (g->items->there && text != NULL &&
	    reference_parse(text).kind == REFERENCE_ITEM) {
		given_item(g, text);
		return;
	}
	if (g->ended && text != NULL &&
	    reference_parse(text).kind == REFERENCE_ENDED) {
		given_ended(g, text);
		return;
	}
	if (text != NULL)
		f = check_flow(g->l, g->it, g->at, text);
	if (f.from == FLOW_WRONG || !list_check(g->l, g->it, g->at, value))
		return;
	if (f.from == FLOW_ARTIFACT) {
		load_error(g->l, g->it, g->at, load_text(g->l,
		    "put what leaves it into the needs of task '%s', and write "
		    "env: {NAME: $needs.….artifacts.…} there",
		    g->needed->name),
		    "'%s' is a file and no parameter", text);
		return;
	}
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

/* foreach: of a need. */
static struct given_items
need_check_over(struct load *l, const struct item *it,
    const struct need_def *need)
{
	const char *at = load_text(l, "/needs/%s/foreach", need->name);
	const char *text = json_string_value(need->over);
	struct given_items items = { .text = "",
		.there = need->over != NULL };
	struct flow f;

	if (need->over == NULL) {
		if (need->max_parallel > 0)
			load_error_key(l, it, load_text(l,
			    "/needs/%s/max_parallel", need->name),
			    "write foreach: beside it; of single steps uses: "
			    "says how many run at once",
			    "need '%s' has max_parallel and no foreach",
			    need->name);
		return items;
	}
	if (text == NULL) {
		if (list_check(l, it, at, need->over))
			items.list = need->over;
		return items;
	}
	f = check_flow(l, it, at, text);
	if (f.from == FLOW_WRONG)
		return items;
	if (f.from == FLOW_ARTIFACT) {
		load_error(l, it, at, "write a list, $params.NAME or "
		    "$needs.NEED.outputs.NAME",
		    "foreach goes over a list, and '%s' is a file", text);
		return items;
	}
	if (f.from == FLOW_LITERAL || f.secret ||
	    (f.type->kind != SCHEMA_LIST &&
		(f.from == FLOW_PARAM || f.type->kind != SCHEMA_STRING))) {
		load_error(l, it, at, "write a list, $params.NAME of type: "
		    "list, or $needs.NEED.outputs.NAME",
		    "foreach goes over a list, and '%s' is %s", text,
		    f.from == FLOW_LITERAL ? "a text" : check_kind(f.type));
		return items;
	}
	items.text = text;
	if (f.type->kind == SCHEMA_LIST)
		items.of = f.type->of;
	return items;
}

/* Every value of with: fits a parameter, and what is required is there. */
static void
with_check(struct load *l, const struct item *it, const char *at,
    const json_t *given, const struct task *of,
    const struct given_items *items, bool ended)
{
	json_t *with = (json_t *)(uintptr_t)given, *value;
	const char *name;

	json_object_foreach (with, name, value) {
		struct given g = { .l = l, .it = it, .needed = of,
			.items = items, .ended = ended };

		g.at = pointer_join(l->a, load_text(l, "%s/with", at), name);
		g.into = schema_member(of->params, name);
		if (g.into == NULL)
			load_error_key(l, it, g.at, given_near(l, name, of),
			    "task '%s' has no parameter '%s'", of->name, name);
		else
			given_check(&g, value);
	}
}

static void
need_check_with(struct load *l, const struct item *it,
    const struct need_def *need, const struct task *of)
{
	const struct given_items items = need_check_over(l, it, need);
	const char *at = load_text(l, "/needs/%s", need->name);

	with_check(l, it, at, need->with, of, &items, false);
	for (const struct schema *f = of->params->fields; f->name != NULL; f++) {
		if ((f->flags & F_REQUIRED) &&
		    json_object_get(need->with, f->name) == NULL)
			load_error(l, it, at, load_text(l,
			    "write %s: {task: %s, with: {%s: …}}", need->name,
			    of->name, f->name),
			    "need '%s': parameter '%s' of task '%s' is missing",
			    need->name, f->name, of->name);
	}
}

void
check_with(struct load *l, const struct item *it, const char *at,
    const json_t *with, const struct task *of, bool ended)
{
	const struct given_items none = { .text = "" };

	with_check(l, it, at, with, of, &none, ended);
	for (const struct schema *f = of->params->fields; f->name != NULL; f++) {
		if ((f->flags & F_REQUIRED) &&
		    json_object_get(with, f->name) == NULL)
			load_error(l, it, at, load_text(l,
			    "write {task: %s, with: {%s: …}}", of->name,
			    f->name),
			    "parameter '%s' of task '%s' is missing", f->name,
			    of->name);
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

static bool order_walk(struct order *o, size_t i);

/* The need that a reference of another one speaks of. */
static bool
order_follow(struct order *o, const char *text)
{
	const struct task *t = o->it->task;
	struct reference r = { .kind = REFERENCE_NONE };

	if (text != NULL)
		r = reference_parse(text);
	for (size_t i = 0; i < t->nneeds; i++) {
		if (r.kind == REFERENCE_OUTPUT &&
		    str_is(r.name, t->needs[i].name) && !order_walk(o, i))
			return false;
	}
	return true;
}

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
		if (!order_follow(o, json_string_value(value)))
			return false;
	}
	if (!order_follow(o, json_string_value(need->over)))
		return false;
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
