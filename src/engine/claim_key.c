/* SPDX-License-Identifier: MIT */
/* What else holds up a step that is ready: keys, what is required, and how
 * many of a foreach run at once. */
#include "base/plant.h"
#include "engine/engine_private.h"
#include "resource/audit.h"
#include "resource/move.h"
#include "resource/run/key.h"
#include "resource/run/require.h"
#include "resource/run/run.h"
#include "resource/run/step.h"
#include "store/record.h"

static void
step_wait(struct cx *cx, struct step *step, char kind, const char *on,
    int64_t amount, const char *reason)
{
	step->wait_on = arena_printf(cx->arena, "%c%s", kind, on);
	step->wait_amount = amount;
	step_park(cx, step, -1, reason);
}

/* The first that waits for it, or false. */
static bool
key_first(struct cx *cx, const char *lock, int64_t *ret_id, int64_t *ret_run,
    int64_t *ret_rank)
{
	struct query *q = query(cx->db, "step_waiters");
	bool waits;

	bind_text(q, "limit", arena_printf(cx->arena, "=%s", lock));
	bind_int(q, "count", 1);
	waits = query_next(q);
	if (waits) {
		*ret_id = column_int(q, "id");
		*ret_run = column_int(q, "run_id");
		*ret_rank = column_int(q, "rank");
	}
	query_end(q);
	return waits;
}

static void
key_replace(struct cx *cx, int64_t run_id, const struct run *by,
    const char *lock)
{
	struct run *old = run_by_id(cx, run_id);
	const char *reason = arena_printf(cx->arena,
	    "replaced by %s, which %s asked for: key %s", by->key,
	    by->requester, key_words(lock));

	if (old == NULL || old->cancel_by[0] != '\0')
		return;
	audit(cx, "run.replaced", old->key, "done", reason, NULL);
	run_cancel(cx, old, reason);
}

/* Older runs that hold it or wait for it go; what holds it may take a while
 * to end. */
static void
key_replace_all(struct cx *cx, const struct run *run, const char *lock,
    const struct key_holder *holder)
{
	struct query *q = query(cx->db, "key_waiting_before");
	int64_t old[64];
	size_t n = 0;

	bind_text(q, "wait_on", arena_printf(cx->arena, "=%s", lock));
	bind_int(q, "run_id", run->id);
	while (n < ARRAY_SIZE(old) && query_next(q))
		old[n++] = column_int(q, "run_id");
	query_end(q);
	for (size_t i = 0; i < n; i++)
		key_replace(cx, old[i], run, lock);
	key_replace(cx, holder->run_id, run, lock);
}

/* A newer run has it: this one is the older, and goes. */
static void
key_yield(struct cx *cx, struct run *run, int64_t newer_id, const char *lock)
{
	const struct run *newer = run_by_id(cx, newer_id);
	const struct run *now;

	if (newer == NULL)
		return; /* the database failed */
	key_replace(cx, run->id, newer, lock);
	now = run_by_id(cx, run->id);
	if (now != NULL)
		*run = *now;
}

/* It is another's.  true: it is free by now. */
static bool
key_busy(struct cx *cx, struct run *run, struct step *step,
    const struct task *task, const char *lock,
    const struct key_holder *holder)
{
	struct key_holder left;

	/* What cleans up is to be done, whatever comes first. */
	if (step->cleans != 0) {
		step_wait(cx, step, '=', lock, 0, key_waiting(cx, lock));
		return false;
	}
	if (holder->run_id != run->id && task->when_busy == BUSY_REFUSE) {
		step_failed(cx, run, step, "failed",
		    arena_printf(cx->arena, "%s is busy: %s has its key, and "
			"one at a time is allowed",
			key_words(lock), holder->run_key));
		return false;
	}
	if (holder->run_id > run->id && task->when_busy == BUSY_REPLACE) {
		key_yield(cx, run, holder->run_id, lock);
		return false;
	}
	if (holder->run_id != run->id && task->when_busy == BUSY_REPLACE) {
		key_replace_all(cx, run, lock, holder);
		if (!key_holder(cx, lock, &left))
			return true;
	}
	step_wait(cx, step, '=', lock, 0, key_waiting(cx, lock));
	return false;
}

/* step_id 0: for the run. */
static bool
key_claim(struct cx *cx, struct run *run, struct step *step,
    const struct task *task, const char *lock, int64_t step_id)
{
	struct key_holder holder;
	int64_t first, first_run, rank;

	if (key_holder(cx, lock, &holder)) {
		if (holder.run_id == run->id && holder.step_id == step_id)
			return true;
		if (!PLANTED("key-ignored") &&
		    !key_busy(cx, run, step, task, lock, &holder))
			return false;
	} else if (task->when_busy == BUSY_QUEUE &&
	    key_first(cx, lock, &first, &first_run, &rank) &&
	    first_run != run->id &&
	    (rank < step->rank || (rank == step->rank && first < step->id))) {
		step_wait(cx, step, '=', lock, 0, key_waiting(cx, lock));
		return false;
	}
	if (!PLANTED("key-ignored"))
		key_take(cx, lock, run, step_id);
	return true;
}

bool
claim_run_key(struct engine *g, struct cx *cx, struct run *run,
    struct step *step)
{
	const struct step *root;
	const struct task *task;
	struct key_holder holder;

	if (run->key_lock[0] == '\0' || step->cleans != 0 ||
	    run_is_preview(run) ||
	    (key_holder(cx, run->key_lock, &holder) &&
		holder.run_id == run->id && holder.step_id == 0))
		return true;
	root = run_step(cx, run->root_step);
	task = root == NULL ? NULL : engine_task(g, cx, root->definition);
	if (task == NULL || key_claim(cx, run, step, task, run->key_lock, 0))
		return true;
	if (streq(run->status, "queued")) {
		run->reason = step->reason;
		move_save_run(cx, run);
	}
	return false;
}

bool
claim_key(struct cx *cx, struct run *run, const struct task *task,
    struct step *step)
{
	const char *lock;
	struct err e;
	json_t *params;

	if (task->key == NULL || step->id == run->root_step)
		return true;
	params = work_params(cx, step, &e);
	lock = params == NULL
	    ? NULL
	    : key_lock(cx, task, params, run->environment);
	json_decref(params);
	if (lock == NULL) {
		step_failed(cx, run, step, "failed",
		    params == NULL ? arena_strdup(cx->arena, e.message)
				   : "its key cannot be told");
		return false;
	}
	return key_claim(cx, run, step, task, lock, step->id);
}

bool
claim_required(struct cx *cx, struct run *run, const struct task *task,
    struct step *step)
{
	bool met = true;
	struct err e;
	json_t *params;

	if (task->nrequires == 0)
		return true;
	params = work_params(cx, step, &e);
	if (params == NULL) {
		step_failed(cx, run, step, "failed",
		    arena_strdup(cx->arena, e.message));
		return false;
	}
	for (size_t i = 0; met && i < task->nrequires; i++) {
		const struct require_def *def = &task->requires[i];
		struct required r = require_look(cx, def, params,
		    run->environment);

		met = r.met || PLANTED("requires-ignored");
		if (met)
			continue;
		if (def->wait && r.known)
			step_wait(cx, step, '?', r.ident, r.last_at,
			    arena_printf(cx->arena, "waiting for %s",
				r.words));
		else
			step_failed(cx, run, step, "failed", r.words);
	}
	json_decref(params);
	return met;
}

static int64_t
lane_used(struct cx *cx, int64_t lane)
{
	struct query *q = query(cx->db, "lane_used");
	int64_t n = 0;

	bind_int(q, "lane", lane);
	if (query_next(q))
		n = column_int(q, "n");
	query_end(q);
	return n;
}

bool
claim_lane(struct cx *cx, struct step *step)
{
	if (step->lane == 0 || PLANTED("lane-ignored") ||
	    lane_used(cx, step->lane) < step->lane_max)
		return true;
	step_wait(cx, step, '/',
	    arena_printf(cx->arena, "%lld", (long long)step->lane),
	    step->lane_max,
	    arena_printf(cx->arena, "%lld of its foreach run, and that is "
		"max_parallel",
		(long long)step->lane_max));
	return false;
}

static void
step_unwait(struct cx *cx, int64_t id)
{
	struct query *q = query(cx->db, "step_unwait");

	bind_int(q, "id", id);
	query_run(q);
}

/* While they waited, somebody did the same or its contrary: what they made is
 * looked for again. */
static void
key_wake(struct cx *cx, const char *wait_on)
{
	int64_t first, run, rank;
	struct key_holder holder;
	struct query *q;
	struct step *steps[64];
	size_t n = 0;

	if (key_holder(cx, wait_on + 1, &holder) ||
	    !key_first(cx, wait_on + 1, &first, &run, &rank))
		return;
	q = query(cx->db, "step_waits_of_run");
	bind_text(q, "wait_on", wait_on);
	bind_int(q, "run_id", run);
	while (n < ARRAY_SIZE(steps) && query_next(q)) {
		steps[n] = ARENA_NEW(cx->arena, struct step);
		record_read(q, &step_schema, steps[n++], cx->arena);
	}
	query_end(q);
	for (size_t i = 0; i < n; i++) {
		struct step *s = steps[i];

		s->held = false;
		s->shares = 0;
		s->wait_on = "";
		if (streq(s->status, "ready") && s->target != TARGET_NONE &&
		    !streq(s->preview, "again"))
			move_step(cx, s, "check", "its target is looked for");
		else
			move_save_step(cx, s);
	}
}

static void
require_wake(struct cx *cx, const char *wait_on)
{
	const char *run;
	int64_t at = require_last(cx, wait_on + 1, &run);
	struct query *q;

	if (at == 0)
		return;
	q = query(cx->db, "step_unwait_older");
	bind_text(q, "wait_on", wait_on);
	bind_int(q, "at", at);
	query_run(q);
}

static void
lane_wake(struct cx *cx, const char *wait_on)
{
	int64_t ids[64], most = 0, lane = 0, room;
	struct query *q;
	size_t n = 0;

	if (!str_to_int64(str_of(wait_on + 1), &lane))
		return;
	q = query(cx->db, "step_waiters");
	bind_text(q, "limit", wait_on);
	bind_int(q, "count", ARRAY_SIZE(ids));
	while (n < ARRAY_SIZE(ids) && query_next(q)) {
		ids[n++] = column_int(q, "id");
		most = column_int(q, "wait_amount");
	}
	query_end(q);
	room = most - lane_used(cx, lane);
	for (size_t i = 0; i < n && (int64_t)i < room; i++)
		step_unwait(cx, ids[i]);
}

bool
claim_wake_other(struct cx *cx, const char *wait_on)
{
	switch (wait_on[0]) {
	case '=':
		key_wake(cx, wait_on);
		return true;
	case '?':
		require_wake(cx, wait_on);
		return true;
	case '/':
		lane_wake(cx, wait_on);
		return true;
	default:
		return false;
	}
}
