/* SPDX-License-Identifier: MIT */
#include "platform/graph_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/plant.h"
#include "platform/fan.h"
#include "spec/validate.h"

json_t *
graph_step_params(const struct graph_step *s)
{
	json_t *params = json_loads(s->params, 0, NULL);

	ASSERT(params != NULL);
	return params;
}

bool
graph_output(const json_t *value, const char **ret_ident,
    const char **ret_name)
{
	const json_t *pair = json_object_get(value, "$output");

	if (!json_is_array(pair) || json_array_size(pair) != 2)
		return false;
	*ret_ident = json_string_value(json_array_get(pair, 0));
	*ret_name = json_string_value(json_array_get(pair, 1));
	return *ret_ident != NULL && *ret_name != NULL;
}

const char *
graph_ended(const json_t *value)
{
	return json_string_value(json_object_get(value, "$ended"));
}

bool
graph_is_symbolic(const json_t *value)
{
	const char *ident, *name;

	if (json_is_object(value)) {
		void *i = json_object_iter((json_t *)(uintptr_t)value);

		if (graph_output(value, &ident, &name) ||
		    graph_ended(value) != NULL)
			return true;
		for (; i != NULL; i = json_object_iter_next(
			   (json_t *)(uintptr_t)value, i))
			if (graph_is_symbolic(json_object_iter_value(i)))
				return true;
	}
	for (size_t i = 0; i < json_array_size(value); i++)
		if (graph_is_symbolic(json_array_get(value, i)))
			return true;
	return false;
}

void
graph_ident(struct arena *a, const char *task, const json_t *params,
    const char *environment, char out[DIGEST_HEX])
{
	const struct str parts[] = { str_of(task),
		str_of(json_canonical(a, params)), str_of(environment) };

	digest_parts(out, ARRAY_SIZE(parts), parts);
}

static void
step_ident(struct walk *w, const struct task *task, enum step_fan fan,
    const char *params, char out[DIGEST_HEX])
{
	const struct str parts[] = { str_of(task->name),
		str_of(w->source->hashable(w->source->self, w->arena, params)),
		str_of(w->source->environment), STR("foreach") };

	digest_parts(out, fan == FAN_NONE ? 3 : 4, parts);
}

/* The step with this ident, here or in the run already. */
static struct graph_step *
walk_find(struct walk *w, const char *ident)
{
	struct graph_step *s = map_get(&w->by_ident, ident);

	if (s != NULL || w->source->known == NULL)
		return s;
	s = w->source->known(w->source->self, ident);
	if (s != NULL)
		map_put(&w->by_ident, s->ident, s);
	return s;
}

void
graph_append_edge(struct walk *w, struct graph_step *to, const char *name,
    struct graph_step *from)
{
	if (to->nedges == to->cap) {
		size_t cap = to->cap == 0 ? to->task->nneeds + 1
					  : to->cap * 2;
		struct graph_edge *more =
		    arena_array(w->arena, cap, sizeof(*more));

		if (to->nedges > 0)
			memcpy(more, to->edges, to->nedges * sizeof(*more));
		to->edges = more;
		to->cap = cap;
	}
	to->edges[to->nedges++] = (struct graph_edge){ name, from };
}

void
graph_add_edge(struct walk *w, struct graph_step *to, const char *name,
    struct graph_step *from)
{
	for (size_t i = 0; i < to->nedges; i++)
		if (to->edges[i].from == from &&
		    (streq(to->edges[i].name, name) || name[0] == '\0'))
			return;
	graph_append_edge(w, to, name, from);
}

static struct graph_step *
step_need(const struct graph_step *s, struct str name)
{
	for (size_t i = 0; i < s->nedges; i++)
		if (str_is(name, s->edges[i].name))
			return s->edges[i].from;
	return NULL;
}

/* Every output that params speak of is a step to wait for. */
static void
step_add_sources(struct walk *w, struct graph_step *s, const json_t *value)
{
	const char *ident, *name;

	if (graph_output(value, &ident, &name)) {
		struct graph_step *from = walk_find(w, ident);

		if (from != NULL)
			graph_add_edge(w, s, "", from);
		return;
	}
	if (json_is_object(value)) {
		json_t *object = (json_t *)(uintptr_t)value;

		for (void *i = json_object_iter(object); i != NULL;
		     i = json_object_iter_next(object, i))
			step_add_sources(w, s, json_object_iter_value(i));
	}
	for (size_t i = 0; i < json_array_size(value); i++)
		step_add_sources(w, s, json_array_get(value, i));
}

void
walk_push(struct walk *w, struct graph_step *s, json_t *params)
{
	if (w->depth == w->frames_cap) {
		w->frames_cap = w->frames_cap == 0 ? 64 : w->frames_cap * 2;
		w->frames = realloc(w->frames,
		    w->frames_cap * sizeof(*w->frames));
		ASSERT(w->frames != NULL);
	}
	w->frames[w->depth++] = (struct frame){ .step = s,
		.params = params };
}

static void
walk_enter(struct walk *w, struct graph_step *s, json_t *params)
{
	map_put(&w->by_ident, s->ident, s);
	walk_push(w, s, params);
}

struct walk
walk_of(struct arena *a, const struct graph_source *source)
{
	/* The steps keep their idents for as long as the arena. */
	return (struct walk){ .arena = a, .source = source,
		.by_ident = { .borrows = true } };
}

/* What its params say of a step that is new. */
static void
step_set_params(struct walk *w, struct graph_step *s, const json_t *params)
{
	s->symbolic = graph_is_symbolic(params);
	s->early = s->fan == FAN_NONE && !s->symbolic &&
	    s->task->creates.kind != CREATES_NONE && s->task->creates.early;
	step_add_sources(w, s, params);
}

static bool
walk_is_full(const struct walk *w, struct err *e)
{
	if (w->by_ident.count + w->source->count < LIMIT_STEPS_PER_RUN)
		return false;
	err_set(e, ERR_INVALID, "graph.too_large",
	    "the run would have more than %d steps", LIMIT_STEPS_PER_RUN);
	return true;
}

/* The step for task and params: an equal one, or a new one in a new frame. */
bool
walk_step(struct walk *w, const struct task *task, enum step_fan fan,
    json_t *params, struct graph_step **ret, struct err *e)
{
	char *text = json_canonical(w->arena, params);
	char ident[DIGEST_HEX];
	struct graph_step *s;

	step_ident(w, task, fan, text, ident);
	*ret = walk_find(w, ident);
	if (*ret != NULL || walk_is_full(w, e)) {
		json_decref(params);
		return *ret != NULL;
	}
	s = ARENA_NEW(w->arena, struct graph_step);
	memcpy(s->ident, ident, sizeof(ident));
	s->task = task;
	s->fan = fan;
	s->params = text;
	step_set_params(w, s, params);
	walk_enter(w, s, params);
	*ret = s;
	return true;
}

static json_t *
output_symbol(const struct graph_step *from, struct str name)
{
	return json_pack("{s:[s,s%]}", "$output", from->ident, name.p,
	    name.n);
}

/* *ret_value is a new reference, or NULL when it speaks of a need that has
 * no step yet. */
static bool
with_value(const struct graph_step *parent, const json_t *params,
    const json_t *value, json_t **ret_value, struct err *e)
{
	struct reference ref = { .kind = REFERENCE_NONE };
	struct graph_step *from;
	const json_t *given;

	if (json_is_string(value))
		ref = reference_parse(json_string_value(value));
	switch (ref.kind) {
	case REFERENCE_PARAM:
		given = json_object_getn(params, ref.name.p, ref.name.n);
		*ret_value = given == NULL ? json_null()
					   : json_deep_copy(given);
		return true;
	case REFERENCE_OUTPUT:
		from = step_need(parent, ref.name);
		*ret_value =
		    from == NULL ? NULL : output_symbol(from, ref.output);
		return true;
	case REFERENCE_NONE:
		if (json_is_string(value) &&
		    str_starts(str_of(json_string_value(value)), "$$"))
			*ret_value = json_string(json_string_value(value) + 1);
		else
			*ret_value = json_deep_copy(value);
		return true;
	case REFERENCE_ITEM:
		*ret_value = item_symbol(ref.name);
		return true;
	case REFERENCE_ENDED:
		*ret_value = json_pack("{s:s}", "$ended",
		    json_string_value(value) + 1);
		return true;
	case REFERENCE_ARTIFACT:
	case REFERENCE_BAD:
	default:
		return err_set(e, ERR_INVALID, "graph.reference",
		    "task '%s': '%s' is no reference that works here",
		    parent->task->name, json_string_value(value));
	}
}

/* Fill defaults, drop nulls, check what is known. */
bool
graph_params(struct walk *w, const struct task *task, json_t *params,
    struct giver by, struct err *e)
{
	struct problems problems;

	problems_init(&problems, w->arena);
	for (const struct schema *f = task->params->fields; f->name != NULL;
	     f++) {
		json_t *v = json_object_get(params, f->name);

		if (json_is_null(v)) {
			json_object_del(params, f->name);
			v = NULL;
		}
		if (v == NULL && f->default_json != NULL) {
			v = json_loads(f->default_json, JSON_DECODE_ANY, NULL);
			json_object_set_new(params, f->name, v);
		}
		if (v == NULL && (f->flags & F_REQUIRED) != 0)
			return err_set(e, ERR_INVALID, "graph.param",
			    "%s%s%s needs '%s' without its parameter '%s'",
			    by.before, by.name, by.after, task->name, f->name);
		if (v != NULL && !graph_is_symbolic(v) &&
		    (f->flags & F_SECRET) == 0 &&
		    !validate(f, v, f->name, &problems))
			return err_set(e, ERR_INVALID, "graph.param",
			    "%s%s%s hands '%s' a wrong '%s': %s", by.before,
			    by.name, by.after, task->name, f->name, problems.items[0].message);
	}
	return true;
}

/* The fan of a need with foreach.  Takes over the references to `over` and
 * `with`. */
static bool
walk_fan(struct walk *w, const struct task *task, json_t *over,
    json_t *with, int64_t most, struct graph_step **ret, struct err *e)
{
	bool open = graph_is_symbolic(over);
	json_t *list = open ? json_incref(over) : item_list(over, e), *params;

	json_decref(over);
	if (list == NULL) {
		json_decref(with);
		return false;
	}
	params = json_pack("{s:o,s:o}", "foreach", list, "with", with);
	ASSERT(params != NULL);
	if (most > 0)
		json_object_set_new(params, "max_parallel",
		    json_integer(most));
	return walk_step(w, task, open ? FAN_OPEN : FAN_SPREAD, params, ret,
	    e);
}

/* The edge for the child of one item. */
static bool
walk_child(struct walk *w, struct graph_step *fan, const json_t *given,
    size_t no, struct err *e)
{
	const struct giver by = { "foreach", "", "" };
	const json_t *list = json_object_get(given, "foreach");
	json_t *params = item_params(json_object_get(given, "with"),
	    json_array_get(list, no), no, e);
	struct graph_step *from;

	if (params == NULL)
		return false;
	if (!graph_params(w, fan->task, params, by, e)) {
		json_decref(params);
		return err_wrap(e, "item %zu", no + 1);
	}
	if (!walk_step(w, fan->task, FAN_NONE, params, &from, e))
		return err_wrap(e, "item %zu", no + 1);
	graph_append_edge(w, fan, arena_printf(w->arena, "%06zu", no), from);
	return true;
}

/* What the need hands on: a new reference; NULL when it must wait for another
 * need, or (*ret_ok is false) cannot be. */
static json_t *
need_params(const struct graph_step *parent, const json_t *params,
    const struct need_def *need, bool *ret_ok, struct err *e)
{
	json_t *with = (json_t *)(uintptr_t)need->with, *given;
	json_t *made = json_object();
	const char *name;

	*ret_ok = true;
	json_object_foreach (with, name, given) {
		json_t *v = NULL;

		*ret_ok = with_value(parent, params, given, &v, e);
		if (!*ret_ok || v == NULL) {
			json_decref(made);
			return NULL;
		}
		json_object_set_new(made, name, v);
	}
	return made;
}

/* Make the edge for one need.  *ret_done is false when it must wait for
 * another need of the same task. */
static bool
walk_need(struct walk *w, struct graph_step *parent, const json_t *given,
    const struct need_def *need, bool *ret_done, struct err *e)
{
	const struct task *task =
	    w->source->lookup(w->source->self, need->task);
	const struct giver by = { "task '", parent->task->name, "'" };
	json_t *params, *over = NULL;
	struct graph_step *from;
	bool ok;

	if (task == NULL)
		return err_set(e, ERR_INVALID, "graph.task",
		    "task '%s' needs '%s', which does not exist",
		    parent->task->name, need->task);
	params = need_params(parent, given, need, &ok, e);
	if (params != NULL && need->over != NULL)
		ok = with_value(parent, given, need->over, &over, e);
	if (params == NULL || (need->over != NULL && over == NULL)) {
		json_decref(params);
		*ret_done = false;
		return ok;
	}
	if (need->over != NULL) {
		if (!walk_fan(w, task, over, params, need->max_parallel,
			&from, e))
			return false;
	} else if (!graph_params(w, task, params, by, e)) {
		json_decref(params);
		return false;
	} else if (!walk_step(w, task, FAN_NONE, params, &from, e)) {
		return false;
	}
	graph_add_edge(w, parent, need->name, from);
	*ret_done = true;
	return true;
}

static void
walk_append(struct walk *w, struct graph_step *s)
{
	if (w->count == w->cap) {
		w->cap = w->cap == 0 ? 64 : w->cap * 2;
		w->order = realloc(w->order, w->cap * sizeof(*w->order));
		ASSERT(w->order != NULL);
	}
	s->index = w->count;
	w->order[w->count++] = s;
}

static void
cleanup_ident(struct walk *w, struct graph_step *s, size_t no)
{
	const struct str parts[] = { str_of(s->task->name),
		str_of(w->source->hashable(w->source->self, w->arena,
		    s->params)),
		str_of(w->source->environment), STR("cleans"),
		str_of(s->cleans->ident),
		str_of(arena_printf(w->arena, "%zu", no)) };

	digest_parts(s->ident, ARRAY_SIZE(parts), parts);
}

static bool
cleanup_params(struct walk *w, const struct graph_step *owner,
    const json_t *owned, const struct cleanup_def *def,
    const struct task *task, json_t *params, struct err *e)
{
	const struct giver by = { "after task '", owner->task->name,
		"' cleaning up" };
	json_t *with = (json_t *)(uintptr_t)def->with, *given, *value;
	const char *name;

	json_object_foreach (with, name, given) {
		value = NULL;
		if (!with_value(owner, owned, given, &value, e))
			return false;
		json_object_set_new(params, name,
		    value == NULL ? json_null() : value);
	}
	return graph_params(w, task, params, by, e);
}

/* The no-th step that cleans up after `owner`, whose needs have steps. */
static bool
walk_cleanup(struct walk *w, struct graph_step *owner, const json_t *owned,
    size_t no, struct err *e)
{
	const struct cleanup_def *def = &owner->task->cleanups[no];
	const struct task *task =
	    w->source->lookup(w->source->self, def->task);
	struct graph_step *s = ARENA_NEW(w->arena, struct graph_step);
	json_t *params;

	if (task == NULL)
		return err_set(e, ERR_INVALID, "graph.task",
		    "'%s' cleans up after task '%s' and does not exist",
		    def->task, owner->task->name);
	params = json_object();
	if (!cleanup_params(w, owner, owned, def, task, params, e) ||
	    walk_is_full(w, e)) {
		json_decref(params);
		return false;
	}
	*s = (struct graph_step){ .task = task, .cleanup = def->kind,
		.cleans = owner, .params = json_canonical(w->arena, params) };
	cleanup_ident(w, s, no);
	step_set_params(w, s, params);
	json_decref(params);
	map_put(&w->by_ident, s->ident, s);
	walk_append(w, s);
	return true;
}

/* Leave a step, and put behind it what cleans up after it. */
static bool
walk_leave(struct walk *w, struct err *e)
{
	struct frame left = w->frames[--w->depth];
	struct graph_step *s = left.step;
	bool ok = true;

	walk_append(w, s);
	for (size_t i = 0; ok && s->fan == FAN_NONE && i < s->task->ncleanups;
	     i++)
		ok = walk_cleanup(w, s, left.params, i, e);
	json_decref(left.params);
	return ok;
}

/* One move of the topmost frame: make an edge, or leave the step. */
bool
walk_move(struct walk *w, struct err *e)
{
	size_t top = w->depth - 1;
	struct frame *f = &w->frames[top];
	const struct task *task = f->step->task;
	const struct need_def *need;
	bool done = true;

	if (f->step->fan != FAN_NONE) {
		const json_t *list = json_object_get(f->params, "foreach");

		if (f->step->fan == FAN_SPREAD &&
		    f->next + PLANTED("foreach-leaves-one-out") <
			json_array_size(list))
			return walk_child(w, f->step, f->params, f->next++,
			    e);
		return walk_leave(w, e);
	}
	if (f->done == task->nneeds)
		return walk_leave(w, e);
	if (f->next == task->nneeds) {
		if (!f->moved)
			return err_set(e, ERR_INVALID, "graph.reference",
			    "the needs of task '%s' wait for outputs of each "
			    "other",
			    task->name);
		f->next = 0;
		f->moved = false;
	}
	need = &task->needs[f->next++];
	if (step_need(f->step, str_of(need->name)) != NULL)
		return true;
	/* walk_need may push a frame and move the array. */
	if (!walk_need(w, f->step, f->params, need, &done, e))
		return false;
	if (done) {
		w->frames[top].done++;
		w->frames[top].moved = true;
	}
	return true;
}

size_t
graph_waiting(const struct graph_step *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->nedges; i++)
		if (s->edges[i].from->given == NULL)
			n++;
	return n;
}

static void
step_demand(struct graph_step *s)
{
	if (s->state == GRAPH_GIVEN)
		return;
	if (s->early) {
		s->state = GRAPH_CHECK;
		return;
	}
	if (graph_waiting(s) > 0)
		s->state = GRAPH_WAITING;
	else
		s->state = s->fan != FAN_NONE ||
			s->task->creates.kind == CREATES_NONE
		    ? GRAPH_READY
		    : GRAPH_CHECK;
	for (size_t k = 0; k < s->nedges; k++)
		if (s->edges[k].from->state == GRAPH_IDLE)
			s->edges[k].from->state = GRAPH_WAITING;
}

void
graph_demand(struct graph *g)
{
	/* What is given is done, wanted or not: nothing waits for it. */
	for (size_t i = 0; i < g->count; i++)
		g->steps[i]->state = g->steps[i]->given != NULL
		    ? GRAPH_GIVEN
		    : GRAPH_IDLE;
	/* Needed steps have smaller indexes: one sweep from the root down. */
	for (size_t i = g->count; i-- > 0;)
		if (g->steps[i] == g->root ||
		    g->steps[i]->state != GRAPH_IDLE)
			step_demand(g->steps[i]);
}

/* Walk to the end; *ret is what it found. */
bool
walk_finish(struct walk *w, bool ok, struct graph_step *root,
    struct graph *ret, struct err *e)
{
	while (ok && w->depth > 0)
		ok = walk_move(w, e);
	if (ok) {
		ret->steps = arena_array(w->arena, w->count,
		    sizeof(*ret->steps));
		memcpy(ret->steps, w->order, w->count * sizeof(*ret->steps));
		ret->count = w->count;
		ret->root = root;
		graph_demand(ret);
	}
	for (size_t i = 0; i < w->depth; i++)
		json_decref(w->frames[i].params);
	map_finish(&w->by_ident);
	free(w->order);
	free(w->frames);
	return ok;
}

bool
graph_expand(struct arena *a, const struct graph_source *source,
    const struct task *root, const json_t *params, struct graph *ret,
    struct err *e)
{
	struct walk w = walk_of(a, source);
	struct graph_step *s = NULL;
	bool ok = walk_step(&w, root, FAN_NONE, json_deep_copy(params), &s, e);
	return walk_finish(&w, ok, s, ret, e);
}

bool
graph_spread(struct arena *a, const struct graph_source *source,
    const struct graph_step *fan, const json_t *params, struct graph *ret,
    struct err *e)
{
	struct walk w = walk_of(a, source);
	struct graph_step *s = ARENA_NEW(a, struct graph_step);

	*s = *fan;
	s->fan = FAN_SPREAD;
	s->params = json_canonical(a, params);
	walk_enter(&w, s, json_incref((json_t *)(uintptr_t)params));
	return walk_finish(&w, true, s, ret, e);
}
