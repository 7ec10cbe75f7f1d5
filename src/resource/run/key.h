/* SPDX-License-Identifier: MIT */
/*
 * key.h: keys (key: of a task): what is worked on by one at a time.
 *
 * The lock "dev:database/orders" says environment, task and the values of its
 * key; one row of key_holder per lock, so that there can be no second holder.
 * The key of the task that was asked for is the run's, from its first start to
 * its end; that of any other step is the step's, from its start until it and
 * what cleans up after it are over.  Locks are taken from the root of a graph
 * downwards, and no task is below itself: nobody waits in a circle.
 *
 * Taking one is the engine's (engine/claim_key.c), in the transaction of the
 * claim.
 */
#ifndef RESOURCE_RUN_KEY_H
#define RESOURCE_RUN_KEY_H

#include "platform/graph.h"
#include "resource/cx.h"
#include "spec/run.h"

struct key_holder {
	int64_t run_id, step_id; /* step_id 0: the run */
	const char *run_key;
};

/* "" when the task has no key.  params may be symbolic where the key does not
 * speak of them; NULL: it does. */
const char *key_lock(struct cx *cx, const struct task *task,
    const json_t *params, const char *environment);
const char *key_lock_of(struct cx *cx, const struct graph_step *s,
    const char *environment);
/* "database/orders" */
const char *key_words(const char *lock);
/* "waiting for key database/orders held by R-41" */
const char *key_waiting(struct cx *cx, const char *lock);

bool key_holder(struct cx *cx, const char *lock, struct key_holder *ret);
void key_take(struct cx *cx, const char *lock, const struct run *run,
    int64_t step_id);
/* The step is over, or (0) the run itself. */
void key_leave(struct cx *cx, const struct run *run, int64_t step_id);
void key_leave_all(struct cx *cx, const struct run *run);

#endif
