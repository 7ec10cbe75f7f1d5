/* SPDX-License-Identifier: MIT */
/* What holds up a step that is ready: pauses and limits. */
#include <stdio.h>

#include "base/clock.h"
#include "base/plant.h"
#include "engine/engine_private.h"
#include "resource/move.h"
#include "resource/limit/limit.h"
#include "resource/pause/pause.h"
#include "resource/server/server.h"

#define WAKE_PART 64 /* that are waited for, looked at in one round */
#define WAKE_PAUSE_MS 100 /* between such rounds when nothing else is on */

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
		int64_t used = engine_in_use(g, name);

		if (claim_fits(limit, used, task->uses[i].amount) &&
		    (limit == NULL || claim_is_turn(cx, name, step) ||
			PLANTED("turn-ignored")))
			continue;
		step->wait_on = name;
		step->wait_amount = task->uses[i].amount;
		step_park(cx, step, -1,
		    limit_words(cx, name, used,
			engine_holders(g, cx, name)));
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
	size_t n = claim_waiters(cx, name, waiters, ARRAY_SIZE(waiters));
	int64_t used = n == 0 ? 0 : engine_in_use(g, name);

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
claim_freed_key(struct engine *g, const char *lock)
{
	struct buf wait_on = { 0 };

	buf_printf(&wait_on, "=%s", lock);
	map_put(&g->freed, buf_cstr(&wait_on), NULL);
	buf_finish(&wait_on);
}

void
claim_freed(struct engine *g, struct cx *cx, const struct step *step,
    const struct task *task)
{
	for (size_t i = 0; i < task->nuses; i++)
		map_put(&g->freed, task->uses[i].limit, NULL);
	if (step->lane != 0)
		map_put(&g->freed,
		    arena_printf(cx->arena, "/%lld", (long long)step->lane),
		    NULL);
}

static void
claim_wake_one(struct engine *g, struct cx *cx, const char *wait_on)
{
	if (!claim_wake_other(cx, wait_on))
		claim_wake_limit(g, cx, wait_on);
}

/* The next that somebody waits for, or NULL. */
static const char *
claim_waited(struct cx *cx, const char *after)
{
	struct query *q = query(cx->db, "step_waited_limit");
	const char *wait_on = NULL;

	bind_text(q, "after", after);
	if (query_next(q))
		wait_on = column_text(q, "wait_on", cx->arena);
	query_end(q);
	return wait_on;
}

static void
claim_wake_freed(struct engine *g, struct cx *cx)
{
	const char *wait_on;
	void *unused;

	for (size_t i = 0; map_next(&g->freed, &i, &wait_on, &unused);)
		claim_wake_one(g, cx, wait_on);
	map_finish(&g->freed);
}

/*
 * Not everything that ends a wait says so, and what was said may have been
 * rolled back: so all that is waited for is looked at in turn, a part in each
 * round, and in rounds of its own when it is more than one part.
 */
static void
claim_wake_part(struct engine *g, struct cx *cx)
{
	const int64_t next = clock_boot_ms() + WAKE_PAUSE_MS;
	const char *wait_on = g->waited;
	const bool whole = wait_on[0] == '\0';
	size_t n = 0;

	while (n < WAKE_PART &&
	    (wait_on = claim_waited(cx, wait_on)) != NULL) {
		claim_wake_one(g, cx, wait_on);
		n++;
	}
	snprintf(g->waited, sizeof(g->waited), "%s",
	    wait_on == NULL ? "" : wait_on);
	if ((n == WAKE_PART || !whole) && next < g->next_due_boot_ms)
		g->next_due_boot_ms = next;
}

void
claim_wake(struct engine *g, struct cx *cx)
{
	if (PLANTED("unpark-missing"))
		return;
	claim_wake_freed(g, cx);
	claim_wake_part(g, cx);
}
