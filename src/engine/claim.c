/* SPDX-License-Identifier: MIT */
/* What holds up a step that is ready: pauses and limits. */
#include "base/plant.h"
#include "engine/engine_private.h"
#include "resource/move.h"
#include "resource/limit/limit.h"
#include "resource/pause/pause.h"
#include "resource/server/server.h"

void
step_park(struct cx *cx, struct step *step, int64_t shares,
    const char *reason)
{
	step->held = true;
	step->shares = shares;
	step->reason = reason;
	move_save_step(cx, step);
}

static bool
claim_paused_all(struct cx *cx)
{
	return pause_find(cx, PAUSE_ALL, "") != NULL &&
	    !PLANTED("pause-of-all-ignored");
}

/* The flag may be up for longer than it is true, never the other way. */
static bool
claim_drains(struct engine *g, struct cx *cx)
{
	return g->site->draining && server_drain_get(cx).since != 0;
}

bool
claim_closed(struct engine *g, struct cx *cx)
{
	return g->stopping || g->site->full || claim_drains(g, cx) ||
	    claim_paused_all(cx);
}

bool
claim_paused(struct cx *cx, const struct task *task, struct step *step)
{
	const struct pause *p = pause_find(cx, PAUSE_TASK, task->name);

	for (size_t i = 0; p == NULL && i < task->nuses; i++)
		p = pause_find(cx, PAUSE_LIMIT, task->uses[i].limit);
	if (p == NULL || PLANTED("pause-ignored"))
		return false;
	step_park(cx, step, PAUSE_PARKED, pause_words(cx, p));
	return true;
}

struct waiter {
	int64_t id, rank, amount;
};

/* Who waits for a limit, in their order. */
static size_t
claim_waiters(struct cx *cx, const char *limit, struct waiter *to, size_t n)
{
	struct query *q = query(cx->db, "step_waiters");
	size_t count = 0;

	bind_text(q, "limit", limit);
	bind_int(q, "count", (int64_t)n);
	while (count < n && query_next(q))
		to[count++] = (struct waiter){ column_int(q, "id"),
			column_int(q, "rank"), column_int(q, "wait_amount") };
	query_end(q);
	return count;
}

/* Somebody who waits already comes first, or what is large would starve. */
static bool
claim_is_turn(struct cx *cx, const char *limit, const struct step *step)
{
	struct waiter first[2];
	size_t n = claim_waiters(cx, limit, first, 2), i = 0;

	if (i < n && first[i].id == step->id)
		i++;
	return i == n || step->rank < first[i].rank ||
	    (step->rank == first[i].rank && step->id < first[i].id);
}

/* What would never fit is let through alone. */
static bool
claim_fits(const struct limit_def *limit, int64_t used, int64_t amount)
{
	return limit == NULL || used == 0 ||
	    used + amount <= limit->amount + PLANTED("limit-off-by-one");
}

bool
claim_limits(struct engine *g, struct cx *cx, const struct task *task,
    struct step *step)
{
	for (size_t i = 0; i < task->nuses; i++) {
		const char *name = task->uses[i].limit;
		const struct limit_def *limit =
		    platform_limit(cx->platform, name);
		const char *holders;
		int64_t used = engine_in_use(g, cx, name, &holders);

		if (claim_fits(limit, used, task->uses[i].amount) &&
		    (limit == NULL || claim_is_turn(cx, name, step)))
			continue;
		step->wait_on = name;
		step->wait_amount = task->uses[i].amount;
		step_park(cx, step, -1,
		    limit_words(cx, name, used, holders));
		return false;
	}
	step->wait_on = "";
	return true;
}

static void
claim_wake_limit(struct engine *g, struct cx *cx, const char *name)
{
	const struct limit_def *limit = platform_limit(cx->platform, name);
	struct waiter waiters[64];
	const char *holders;
	int64_t used = engine_in_use(g, cx, name, &holders);
	size_t n = claim_waiters(cx, name, waiters, ARRAY_SIZE(waiters));

	for (size_t i = 0; i < n; i++) {
		struct query *q;

		if (!claim_fits(limit, used, waiters[i].amount))
			return;
		used += waiters[i].amount;
		q = query(cx->db, "step_unwait");
		bind_int(q, "id", waiters[i].id);
		query_run(q);
	}
}

void
claim_wake(struct engine *g, struct cx *cx)
{
	const char *limit = "";

	if (PLANTED("unpark-missing"))
		return;
	while (limit != NULL) {
		struct query *q = query(cx->db, "step_waited_limit");

		bind_text(q, "after", limit);
		limit = query_next(q) ? column_text(q, "wait_on", cx->arena)
				      : NULL;
		query_end(q);
		if (limit != NULL && !claim_wake_other(cx, limit))
			claim_wake_limit(g, cx, limit);
	}
}
