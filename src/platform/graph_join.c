/* SPDX-License-Identifier: MIT */
/* Several tasks as one graph. */
#include "platform/graph_private.h"

#include <string.h>

/* The part, and all that it needs. */
static bool
join_part(struct walk *w, struct graph_part *part, struct err *e)
{
	const struct giver by = { part->name, "", "" };

	if (!graph_params(w, part->task, part->params, by, e) ||
	    !walk_step(w, part->task, FAN_NONE, json_incref(part->params),
		&part->step, e))
		return false;
	while (w->depth > 0)
		if (!walk_move(w, e))
			return false;
	return true;
}

/* Edges for the order of the parts, and from each to the last step.  The
 * place of a step is its id for now. */
static void
join_order(struct walk *w, struct graph_part *parts, size_t n,
    struct graph_step *last)
{
	for (size_t i = 0; i < n; i++)
		parts[i].step->id = (int64_t)i + 1;
	for (size_t i = 0; i < n; i++) {
		struct graph_step *to = parts[i].step;

		for (size_t k = 0; k < parts[i].nafter; k++) {
			struct graph_step *from =
			    parts[parts[i].after[k]].step;

			if (from->id < to->id)
				graph_add_edge(w, to, "", from);
		}
		if (to->id == (int64_t)i + 1)
			graph_append_edge(w, last, "", to);
	}
	for (size_t i = 0; i < n; i++)
		parts[i].step->id = 0;
}

struct sort {
	struct walk *walk;
	struct graph_step **order;
	size_t n;
};

/* The step and what it needs; index is in turn 0 (not seen), 1 (being looked
 * at) and 2 (placed). */
static bool
sort_from(struct sort *sort, struct graph_step *first, struct err *e)
{
	struct walk *w = sort->walk;

	if (first->index == 2)
		return true;
	walk_push(w, first, NULL);
	while (w->depth > 0) {
		struct frame *f = &w->frames[w->depth - 1];
		struct graph_step *s = f->step, *from;

		s->index = 1;
		if (f->next == s->nedges) {
			s->index = 2;
			sort->order[sort->n++] = s;
			w->depth--;
			continue;
		}
		from = s->edges[f->next++].from;
		if (from->index == 1)
			return err_set(e, ERR_CONFLICT, "graph.cycle",
			    "'%s' and '%s' wait for each other",
			    from->task->name, s->task->name);
		if (from->index == 0)
			walk_push(w, from, NULL);
	}
	return true;
}

/* What is needed comes first again, and what cleans up last. */
static bool
join_sort(struct walk *w, struct graph_step *last, struct err *e)
{
	struct sort sort = { .walk = w, .order =
		arena_array(w->arena, w->count, sizeof(*sort.order)) };

	for (size_t i = 0; i < w->count; i++)
		w->order[i]->index = 0;
	if (!sort_from(&sort, last, e))
		return false;
	for (size_t i = 0; i < w->count; i++)
		if (!sort_from(&sort, w->order[i], e))
			return false;
	memcpy(w->order, sort.order, sort.n * sizeof(*sort.order));
	for (size_t i = 0; i < w->count; i++)
		w->order[i]->index = i;
	return true;
}

bool
graph_join(struct arena *a, const struct graph_source *source,
    const struct task *last, json_t *params, struct graph_part *parts,
    size_t n, struct graph *ret, struct err *e)
{
	struct walk w = walk_of(a, source);
	struct graph_step *root = NULL;
	bool ok = true;

	for (size_t i = 0; ok && i < n; i++)
		ok = join_part(&w, &parts[i], e);
	ok = ok && walk_step(&w, last, FAN_NONE, json_incref(params),
	    &root, e);
	while (ok && w.depth > 0)
		ok = walk_move(&w, e);
	if (ok) {
		join_order(&w, parts, n, root);
		ok = join_sort(&w, root, e);
	}
	return walk_finish(&w, ok, root, ret, e);
}
