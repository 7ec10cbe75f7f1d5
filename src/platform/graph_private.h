/* SPDX-License-Identifier: MIT */
/*
 * graph_private.h: the walk by which tasks become steps, for graph.c and
 * graph_join.c.
 *
 * A frame is a step whose needs are being looked at; a step is appended to
 * `order` when it is left, so that what it needs comes before it.  The arrays
 * are the walk's own until walk_finish.
 */
#ifndef PLATFORM_GRAPH_PRIVATE_H
#define PLATFORM_GRAPH_PRIVATE_H

#include "base/map.h"
#include "platform/graph.h"

struct frame {
	struct graph_step *step;
	json_t *params; /* of the step, for its needs; the frame's own */
	size_t done; /* needs that have an edge */
	size_t next; /* need to look at */
	bool moved;  /* this round over the needs made an edge */
};

struct walk {
	struct arena *arena;
	const struct graph_source *source;
	struct map by_ident;
	struct graph_step **order;
	size_t count, cap;
	struct frame *frames;
	size_t depth, frames_cap;
};

/* A walk that has not begun. */
struct walk walk_of(struct arena *a, const struct graph_source *source);
/* The step for task and params: an equal one, or a new one in a new frame.
 * Takes over the reference to params. */
bool walk_step(struct walk *w, const struct task *task, enum step_fan fan,
    json_t *params, struct graph_step **ret, struct err *e);
void walk_push(struct walk *w, struct graph_step *s, json_t *params);
/* One move of the topmost frame: make an edge, or leave the step. */
bool walk_move(struct walk *w, struct err *e);
/* Walk to the end when ok; *ret is what it found.  Frees what is the walk's
 * own in any case. */
bool walk_finish(struct walk *w, bool ok, struct graph_step *root,
    struct graph *ret, struct err *e);

/* Unless there is one of that name from there. */
void graph_add_edge(struct walk *w, struct graph_step *to, const char *name,
    struct graph_step *from);
void graph_append_edge(struct walk *w, struct graph_step *to,
    const char *name, struct graph_step *from);
/* Who hands parameters on, as messages have it. */
struct giver {
	const char *before, *name, *after;
};

/* Fill defaults, drop nulls, check what is known. */
bool graph_params(struct walk *w, const struct task *task, json_t *params,
    struct giver by, struct err *e);

#endif
