/* SPDX-License-Identifier: MIT */
/*
 * run.h: runs as a whole: made, released, cancelled, retried, ended.
 *
 * Owns the tables run, run_watcher, step, edge and attempt; step.h has the
 * moves of single steps.  Nothing here starts a command: the engine finds
 * steps that are ready (or to be checked) and does.  While a run waits for an
 * approval, or is dry, only checks run: that is its preview.
 */
#ifndef RESOURCE_RUN_H
#define RESOURCE_RUN_H

#include "platform/graph.h"
#include "resource/access/access.h"
#include "resource/cx.h"
#include "spec/run.h"

/* A level of priority is worth this much waiting: step.rank. */
#define RUN_LEVEL_MS INT64_C(600000)

/* Write the run with its steps and edges; id, key and root_step are set, the
 * requester watches it.  status is as in *run.  With retry_of, what succeeded
 * there and is the same still is taken over, but for the step of the ident
 * `afresh` (or NULL) and what depends on it. */
void run_insert(struct cx *cx, struct run *run, struct graph *g,
    const char *afresh);

/* Before one is written: ERR_CONFLICT "key.busy" when a step of its graph has
 * a key that is taken and when_busy: refuse. */
bool run_key_is_free(struct cx *cx, const struct graph *g,
    const char *environment, struct err *e);

/* ERR_NOT_FOUND when there is none, or the actor may not see it. */
bool run_by_key(struct cx *cx, const char *key, struct run **ret,
    struct err *e);
/* The id of the next run: all there are have a smaller one. */
int64_t run_next_id(struct cx *cx);
struct run *run_by_id(struct cx *cx, int64_t id); /* NULL when absent */
/* The active direct run with this key, or NULL. */
struct run *run_by_dedupe(struct cx *cx, const char *dedupe_key);
bool run_visible(struct cx *cx, const struct run *run);

/* May the actor act on it?  Whose it is may always end it; for them, to go on
 * takes what asking for it takes.  ERR_DENIED otherwise. */
bool run_allows(struct cx *cx, const struct run *run, enum right right,
    struct err *e);

void run_watch(struct cx *cx, const struct run *run, const char *person,
    int64_t ticket_id);
const char **run_watchers(struct cx *cx, int64_t run_id, size_t *ret_n);
/* Whoever asked for it, also those who detached. */
const char **run_askers(struct cx *cx, int64_t run_id, size_t *ret_n);

struct step *run_step(struct cx *cx, int64_t step_id); /* NULL when absent */
/* Steps with a seq above this one, in the order they run. */
struct step **run_steps_since(struct cx *cx, int64_t run_id, int64_t seq,
    size_t *ret_n);
struct attempt **run_attempts(struct cx *cx, int64_t run_id,
    int64_t after_id, size_t *ret_n);
struct attempt **run_step_attempts(struct cx *cx, int64_t step_id,
    size_t *ret_n);
/* Every row of q. */
struct attempt **run_attempts_of(struct cx *cx, struct query *q,
    size_t *ret_n);
struct attempt *run_attempt(struct cx *cx, int64_t attempt_id);

/* Only checks may run: it waits for an approval, or is dry. */
bool run_is_preview(const struct run *run);
/* Checks of its preview are still to be made. */
bool run_is_planning(struct cx *cx, const struct run *run);

/* waiting_approval → queued.  What the preview found is looked at again. */
void run_release(struct cx *cx, struct run *run, const char *reason);

/* Cancel: nothing more of its work starts, what runs is ended by the driver,
 * and what cleans up after it runs.  A final run is left alone. */
void run_cancel(struct cx *cx, struct run *run, const char *reason);

/* End what cleans up, too; it takes no cancelled run. */
void run_cancel_cleanups(struct cx *cx, struct run *run, const char *reason);
/* Of its work nothing is open: only what cleans up is. */
bool run_is_cleaning(struct cx *cx, const struct run *run);

/* The step of that number or task; ERR_NOT_FOUND, ERR_CONFLICT when several
 * have the task. */
bool run_step_named(struct cx *cx, const struct run *run, const char *name,
    struct step **ret, struct err *e);

/* Go on from the failed steps, or (one not NULL) from any step: it and what
 * depends on it run again.  ERR_CONFLICT when the run is not over, did not
 * fail and no step is named, is done for its ticket, or an equal one runs. */
bool run_retry(struct cx *cx, struct run *run, struct step *one,
    struct err *e);

/* A final run goes on: running, and an equal ask joins it again.
 * ERR_CONFLICT "run.same_active" when an equal one is active by now. */
bool run_reopen(struct cx *cx, struct run *run, const char *reason,
    struct err *e);

/* A step that waited for an approval goes on, or fails. */
void run_step_decided(struct cx *cx, struct run *run, struct step *step,
    bool approved, const char *reason);

/* What was blocked by a step that turned out well goes on.  The caller
 * settles. */
void run_unblock(struct cx *cx, struct run *run);

/* More would run than was approved: hold what has not started. */
void run_void(struct cx *cx, struct run *run, const char *reason);

/* Save the counters; when nothing is left to do, end the run and tell its
 * ticket.  Call after every move of its steps. */
void run_settle(struct cx *cx, struct run *run);

#endif
