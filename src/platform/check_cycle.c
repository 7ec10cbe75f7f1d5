/* SPDX-License-Identifier: MIT */
#include "platform/load.h"

#include <string.h>

/*
 * Tasks that need each other.  The walk keeps its own stack: a chain of tasks
 * may be as long as the folder.
 */

struct cycle_frame {
	struct item *it;
	size_t next; /* need to look at */
};

struct walk {
	struct load *l;
	struct cycle_frame *stack;
	size_t depth;
	struct map open, done; /* by task name */
};

/* stack[from] … top → stack[from] */
static void
cycle_report(struct walk *w, const struct item *back)
{
	const struct cycle_frame *top = &w->stack[w->depth - 1];
	const struct need_def *need = &top->it->task->needs[top->next - 1];
	const char *path = "";
	size_t from = 0;

	while (w->stack[from].it != back)
		from++;
	for (size_t i = from; i < w->depth; i++)
		path = load_text(w->l, "%s%s → ", path, w->stack[i].it->name);
	load_error(w->l, top->it, load_text(w->l, "/needs/%s/task",
	    need->name), "take one of the needs out",
	    "tasks need each other: %s%s", path, back->name);
}

static void
cycle_push(struct walk *w, struct item *it)
{
	w->stack[w->depth++] = (struct cycle_frame){ it, 0 };
	map_put(&w->open, it->name, it);
}

static void
cycle_walk(struct walk *w, struct item *first)
{
	cycle_push(w, first);
	while (w->depth > 0) {
		struct cycle_frame *top = &w->stack[w->depth - 1];
		struct item *of;

		if (top->next == top->it->task->nneeds) {
			map_remove(&w->open, top->it->name);
			map_put(&w->done, top->it->name, top->it);
			w->depth--;
			continue;
		}
		of = load_find(w->l, ITEM_TASK,
		    top->it->task->needs[top->next++].task);
		if (of == NULL || of->task == NULL ||
		    map_has(&w->done, of->name))
			continue;
		if (map_has(&w->open, of->name))
			cycle_report(w, of);
		else
			cycle_push(w, of);
	}
}

void
check_cycles(struct load *l)
{
	const struct items *items = &l->kinds[ITEM_TASK];
	struct walk w = { .l = l };

	w.stack = arena_array(l->a, items->count + 1, sizeof(*w.stack));
	for (size_t i = 0; i < items->count; i++) {
		struct item *it = items->list[i];

		if (it->task != NULL && !map_has(&w.done, it->name))
			cycle_walk(&w, it);
	}
	map_finish(&w.open);
	map_finish(&w.done);
}
