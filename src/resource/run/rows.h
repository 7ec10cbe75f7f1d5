/* SPDX-License-Identifier: MIT */
/*
 * rows.h: rows of run, step and attempt as structs in the arena.  Private to
 * resource/run.
 */
#ifndef RESOURCE_RUN_ROWS_H
#define RESOURCE_RUN_ROWS_H

#include "platform/graph.h"
#include "resource/cx.h"
#include "spec/run.h"

struct step_list {
	struct step **items;
	size_t count, cap;
};

void step_list_add(struct cx *cx, struct step_list *list, struct step *s);

void step_list_sort(struct step_list *list); /* by id */

/* The first `most` steps of a run, and how many it has. */
struct step_list rows_steps_first(struct cx *cx, int64_t run_id, size_t most,
    size_t *ret_total);

/* The current row of q. */
struct step *rows_step(struct cx *cx, struct query *q);

/* All steps of a statement with one integer parameter and, when status is
 * given, $status. */
struct step_list rows_steps_by(struct cx *cx, const char *statement,
    const char *param, int64_t value, const char *status);

struct attempt **rows_attempts(struct cx *cx, struct query *q,
    size_t *ret_n);

/* Write a new step with its edges; what it needs is written already. */
void rows_insert_step(struct cx *cx, const struct run *run,
    struct graph_step *s);
/* Its children run so many at once, when that was said. */
void rows_set_lane(struct cx *cx, const struct graph_step *fan);
void rows_insert_edges(struct cx *cx, const struct run *run,
    const struct graph_step *s);

#endif
