/* SPDX-License-Identifier: MIT */
/*
 * cleanup.h: what cleans up after a step (on_failure:, always:).
 *
 * It is a step of the same run, written idle with the plan, that nothing
 * needs.  It is wanted when the step that it is for has ended for good after
 * it was begun; what was never begun leaves nothing to clean up.  A step that
 * only groups others was begun when anything it needs was; it ended when
 * nothing of the work is open any more.  Those of one step run one after
 * another, on_failure first, and one that fails stops none.  They have no say
 * in how the run ends, but it is not over before they are.
 *
 * Cancelling a run leaves them alone; run_cancel_cleanups does not.  All in
 * the caller's transaction: after a kill they are wanted or not yet.
 */
#ifndef RESOURCE_RUN_CLEANUP_H
#define RESOURCE_RUN_CLEANUP_H

#include "resource/cx.h"
#include "spec/run.h"

/* The step has ended, and is saved: want what cleans up after it; or it
 * cleaned up itself: want the next one.  After the last one its key is free. */
void cleanup_ended(struct cx *cx, struct run *run, const struct step *step);

/* Nothing is open: want what was left, after groups and what was cancelled
 * together.  true: something is open again. */
bool cleanup_rest(struct cx *cx, struct run *run);

/* The step is to be run again, and so is what cleans up after it. */
void cleanup_arm(struct cx *cx, const struct run *run,
    const struct step *step);

/* Is anything open that cleans up after the step? */
bool cleanup_is_open(struct cx *cx, const struct run *run,
    const struct step *step);

/* Does anything clean up after a step that is blocked?  Then it is not the time
 * to let that one go on. */
bool cleanup_of_blocked_is_open(struct cx *cx, const struct run *run);

/* Steps of the run were cancelled together: what cleans up after those that
 * have a key begins, or the key is free. */
void cleanup_cancelled(struct cx *cx, struct run *run);

/* Nothing of the step is to go on: its run was cancelled, or what cleans up
 * was. */
bool step_is_stopped(const struct run *run, const struct step *step);

#endif
