/* SPDX-License-Identifier: MIT */
/*
 * undo.h: what a run made is taken away again, by another run.
 *
 * Undoing runs the undo: tasks of the steps that the run itself brought to a
 * good end, those that depend on others first.  They get the parameters and
 * outputs of the same names as that step had, secret ones included.  The
 * definitions are those that are stored with the run.  What was there before,
 * what another run made, what failed and what has no undo: stays, and the
 * plan says so.  The undo run has a plan, a hash, approvals and a ticket of
 * its own: the rules of the environment, the request, the tasks that are
 * undone and those that undo are asked, as they stand today.
 * Owns the table undoing.  ask.h writes the run.
 */
#ifndef RESOURCE_UNDO_H
#define RESOURCE_UNDO_H

#include "platform/graph.h"
#include "resource/cx.h"
#include "spec/run.h"

struct undo_step { /* of the run that is undone */
	const struct step *step;
	const struct task *task; /* its definition; NULL: not stored */
	const struct task *undo; /* NULL: it stays */
	json_t *params;		 /* of undo; sealed */
	const char *why;	 /* it stays; NULL: nothing to speak of */
	size_t part;		 /* with undo: its place in parts */
	const size_t *above; /* parts that depended on it, through others */
	size_t nabove;
};

struct undo {
	const struct run *run;
	const struct task *last; /* the step that needs all the others */
	struct undo_step *steps; /* in the order of their numbers */
	size_t count;
	struct graph_part *parts; /* what is to be done, the first first */
	size_t nparts;
};

/*
 * Think it through; everything is in the arena.  ERR_CONFLICT "undo.active"
 * (the run is not over), "undo.done" (naming the run that undid it, or is at
 * it), "undo.undo" (it is itself an undo), "undo.dry", "undo.nothing",
 * "undo.too_large".
 */
bool undo_make(struct cx *cx, const struct run *run, struct undo *ret,
    struct err *e);
/* The same for the undo run that exists already: what it is over. */
bool undo_again(struct cx *cx, const struct run *undo_run, struct undo *ret,
    struct err *e);

/* The steps of the undo run. */
bool undo_graph(struct cx *cx, struct undo *u,
    const struct graph_source *source, struct graph *ret, struct err *e);
/* Every task whose rules are asked, as of today, as if each were a step. */
const struct graph *undo_asked(struct cx *cx, const struct undo *u,
    const struct graph *g);
/* What the plan says of it: a new reference. */
json_t *undo_plan(struct cx *cx, const struct undo *u);
/* Remember which step of the run (written already) undoes which. */
void undo_write(struct cx *cx, const struct undo *u);

/* The run that undid something of this one, or is about to; NULL: none. */
struct run *undo_of(struct cx *cx, const struct run *run);
/* ERR_CONFLICT "run.undone": what a run made and is gone is not gone on from;
 * "undo.stale": nor is an undo gone on with whose run ran again. */
bool undo_lets_retry(struct cx *cx, const struct run *run, struct err *e);
/* "step 2, database": what the step undoes, or NULL. */
const char *undo_step_text(struct cx *cx, const struct step *step);
/* Why what stays stays, from the plan of the undo run: texts. */
const char **undo_left(struct cx *cx, const struct run *undo_run,
    size_t *ret_n);

#endif
