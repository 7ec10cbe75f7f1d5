/* SPDX-License-Identifier: MIT */
/*
 * step.h: what becomes of one step, and of the steps around it.
 *
 * Each function moves the step, counts in *run, and wakes or blocks what
 * depends on it; the caller calls run_settle afterwards.
 */
#ifndef RESOURCE_STEP_H
#define RESOURCE_STEP_H

#include "resource/cx.h"
#include "spec/run.h"

/* It is there, or need not run: outputs is JSON text. */
void step_done(struct cx *cx, struct run *run, struct step *step,
    const char *status, const char *reason, const char *outputs);
/* Its target is not there: it waits for its needs (which are demanded now),
 * or is ready. */
void step_missing(struct cx *cx, struct run *run, struct step *step,
    const char *reason);
/* It did not succeed (failed, timed_out, unknown …): what needs it is
 * blocked. */
void step_failed(struct cx *cx, struct run *run, struct step *step,
    const char *status, const char *reason);
/* Its needs may all be done: check or ready. */
void step_wake(struct cx *cx, struct run *run, struct step *step);
/* While a plan is made what is ready is held, but for a preview that is not
 * made yet. */
bool step_is_held(struct cx *cx, const struct run *run,
    const struct step *step);
/* A step that was idle is wanted now. */
void step_demand(struct cx *cx, struct run *run, struct step *step);
/* Block it, and what waits for it, when one of its needs did not succeed. */
bool step_block_if_failed(struct cx *cx, struct run *run,
    struct step *step);
/* Block what waits for a failed step. */
void step_block_dependants(struct cx *cx, struct run *run,
    struct step *failed);

struct step_need {
	const char *name; /* "": only a parameter comes from it */
	struct step *step;
};
struct step_need *step_needs(struct cx *cx, const struct step *step,
    size_t *ret_n);

/* Last outputs of an equal step that succeeded, "{}" when there are none. */
const char *step_known_outputs(struct cx *cx, const struct step *step);
/* Of the last ten successes of a task; samples 0: none are known. */
struct step_usual {
	int64_t samples, min_ms, median_ms, max_ms;
};
struct step_usual step_usual(struct cx *cx, const char *task);
/* Median of the last ten successful durations of a task, or -1. */
int64_t step_usual_ms(struct cx *cx, const char *task);

/* A task that a step of the run is of, with nearly that name, or NULL. */
const char *step_near(struct cx *cx, int64_t run_id, const char *name);

#endif
