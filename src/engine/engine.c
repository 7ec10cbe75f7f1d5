/* SPDX-License-Identifier: MIT */
#include "engine/engine_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/plant.h"
#include "resource/move.h"
#include "resource/plan/plan.h"
#include "resource/run/cleanup.h"
#include "resource/run/run.h"
#include "resource/run/step.h"
#include "store/backup.h"

#define ENGINE_MAGIC 0x656e6731u

/* What is done in each round, in this order. */
static const struct duty {
	const char *name;
	void (*run)(struct engine *g, struct cx *cx);
} duties[] = {
	{ "sweep", duty_sweep },
	{ "finish", duty_finish },
	{ "expire", duty_expire },
	{ "artifact", duty_artifact },
	{ "retry", duty_retry },
	{ "schedule", duty_schedule },
	{ "resource", duty_resource },
	{ "tell", duty_tell },
	{ "start", duty_start },
	{ "access", duty_access },
	{ "space", duty_space },
	{ "anchor", duty_anchor },
};

static void
site_changed(void *self, struct db *db, int64_t run_id)
{
	struct engine *g = self;

	bus_changed(g->bus, db, run_id);
}

static void
site_freed(void *self, const char *lock)
{
	claim_freed_key(self, lock);
}

struct cancel {
	struct engine *engine;
	int64_t attempt, token, grace_ms;
};

static void
cancel_committed(void *arg)
{
	struct cancel *c = arg;
	struct engine *g = c->engine;

	for (size_t i = 0; c->grace_ms < 0 && i < g->nlive; i++)
		if (g->live[i].attempt == c->attempt)
			c->grace_ms = g->live[i].grace_ms;
	g->driver.ops->cancel(g->driver.self, c->attempt, c->token,
	    c->grace_ms < 0 ? LIMIT_GRACE_MS : c->grace_ms);
	free(c);
}

static void
site_cancel(void *self, struct db *db, int64_t attempt, int64_t token,
    int64_t grace_ms)
{
	struct cancel *c = malloc(sizeof(*c));

	ASSERT(c != NULL);
	*c = (struct cancel){ self, attempt, token, grace_ms };
	db_after_commit_or(db, cancel_committed, free, c);
}

struct engine *
engine_create(const struct engine_options *o)
{
	struct engine *g = calloc(1, sizeof(*g));

	ASSERT(g != NULL);
	g->magic = ENGINE_MAGIC;
	g->site = o->site;
	g->driver = o->driver;
	g->bus = o->bus;
	g->anchored = o->anchor;
	g->anchored_self = o->anchor_self;
	g->slots = o->slots;
	g->next_due_boot_ms = INT64_MAX;
	g->round = arena_create();
	g->cache_arena = arena_create();
	map_init(&g->cache);
	map_init(&g->freed);
	pthread_mutex_init(&g->lock, NULL);
	o->site->changed = site_changed;
	o->site->changed_self = g;
	o->site->freed = site_freed;
	o->site->freed_self = g;
	o->site->cancel = site_cancel;
	o->site->cancel_self = g;
	return g;
}

void
engine_destroy(struct engine *g)
{
	if (g == NULL)
		return;
	ASSERT_MAGIC(g, ENGINE_MAGIC);
	for (size_t i = 0; i < g->npending; i++) {
		buf_finish(&g->pending[i].outputs);
		buf_finish(&g->pending[i].artifacts);
	}
	if (g->sweep != NULL)
		closedir(g->sweep);
	free(g->pending);
	free(g->live);
	free(g->starting);
	map_finish(&g->cache);
	map_finish(&g->freed);
	arena_destroy(g->cache_arena);
	arena_destroy(g->round);
	platform_unref(g->platform);
	platform_unref(g->scheduled);
	pthread_mutex_destroy(&g->lock);
	g->magic = 0;
	free(g);
}

void
engine_set_platform(struct engine *g, struct platform *p)
{
	struct platform *old;

	pthread_mutex_lock(&g->lock);
	old = g->platform;
	g->platform = p;
	pthread_mutex_unlock(&g->lock);
	platform_unref(old);
}

struct platform *
engine_platform(struct engine *g)
{
	struct platform *p;

	pthread_mutex_lock(&g->lock);
	p = platform_ref(g->platform);
	pthread_mutex_unlock(&g->lock);
	return p;
}

void
engine_stop_claiming(struct engine *g)
{
	g->stopping = true;
}

int
engine_live(struct engine *g)
{
	return g->nlive_shown;
}

const struct task *
engine_task(struct engine *g, struct cx *cx, const char *hash)
{
	const struct task *task = map_get(&g->cache, hash);
	struct cx own = *cx;

	if (task != NULL)
		return task;
	/* Definitions come and go slowly; the cache starts again when it has
	 * many, but never while attempts point into it. */
	if (g->cache.count >= 2000 && g->nlive == 0 && g->nstarting == 0) {
		map_finish(&g->cache);
		map_init(&g->cache);
		arena_reset(g->cache_arena);
	}
	own.arena = g->cache_arena;
	task = plan_command(&own, hash);
	if (task != NULL)
		map_put(&g->cache, hash, (void *)(uintptr_t)task);
	return task;
}

void
engine_ended(struct engine *g, const struct work_event *ev)
{
	for (size_t i = 0; i < g->nlive; i++) {
		struct live *l = &g->live[i];

		/* A word with another token is not about it. */
		if (l->ends || l->attempt != ev->attempt ||
		    (l->token != ev->token &&
			!PLANTED("slot-freed-by-stale-word")))
			continue;
		l->ends = true;
		g->nends++;
	}
}

size_t
engine_running(const struct engine *g)
{
	return g->nstarting + g->nlive - g->nends;
}

static int64_t
live_uses(const struct live *l, const char *limit)
{
	for (size_t i = 0; i < l->nuses; i++)
		if (streq(l->uses[i].limit, limit))
			return l->uses[i].amount;
	return 0;
}

static const struct live *
engine_live_at(const struct engine *g, size_t i)
{
	return i < g->nlive ? &g->live[i] : &g->starting[i - g->nlive].live;
}

int64_t
engine_in_use(const struct engine *g, const char *limit)
{
	int64_t sum = 0;

	for (size_t i = 0; i < g->nlive + g->nstarting; i++) {
		const struct live *l = engine_live_at(g, i);

		if (!l->ends)
			sum += live_uses(l, limit);
	}
	return sum;
}

const char *
engine_holders(const struct engine *g, struct cx *cx, const char *limit)
{
	struct buf names = { 0 };
	const char *text;

	for (size_t i = 0; i < g->nlive + g->nstarting; i++) {
		const struct live *l = engine_live_at(g, i);

		if (!l->ends && live_uses(l, limit) > 0)
			buf_printf(&names, "%s%s", names.len > 0 ? ", " : "",
			    l->run_key);
	}
	text = arena_str(cx->arena, buf_str(&names));
	buf_finish(&names);
	return text;
}

static void
live_add(struct engine *g, const struct live *l)
{
	if (g->nlive == g->live_cap) {
		g->live_cap = g->live_cap == 0 ? 64 : g->live_cap * 2;
		g->live = realloc(g->live, g->live_cap * sizeof(*g->live));
		ASSERT(g->live != NULL);
	}
	g->live[g->nlive++] = *l;
}

static void
pending_add(struct engine *g, const struct work_event *ev)
{
	if (g->npending == g->pending_cap) {
		g->pending_cap = g->pending_cap == 0 ? 64 : g->pending_cap * 2;
		g->pending = realloc(g->pending,
		    g->pending_cap * sizeof(*g->pending));
		ASSERT(g->pending != NULL);
	}
	g->pending[g->npending++] = *ev;
}

static void
engine_start(struct engine *g, const struct starting *s)
{
	struct work_event ev = { .kind = WORK_ENDED,
		.attempt = s->work.attempt, .token = s->work.token,
		.reason = WORK_SPAWN_FAILED, .code = -1 };
	struct err e;

	live_add(g, &s->live);
	if (g->driver.ops->start(g->driver.self, &s->work, &e))
		return;
	/* Not this attempt's fault: whoever restarts us brings the rights
	 * back, and recovery finds that it never began. */
	if (e.class == ERR_UNAVAILABLE) {
		log_error("driver.lost", "%s: stopping", e.message);
		_exit(70);
	}
	snprintf(ev.detail, sizeof(ev.detail), "%.127s", e.message);
	pending_add(g, &ev);
	g->more = true;
}

/* The transaction is durable: start what was decided, forget what ended.  In
 * this order, for somebody waits for the start. */
static void
engine_committed(void *arg)
{
	struct engine *g = arg;
	size_t kept = 0, handled = g->nhandled;

	for (size_t i = 0; i < g->nstarting; i++)
		engine_start(g, &g->starting[i]);
	g->nstarting = 0;
	for (size_t i = 0; i < g->nlive; i++)
		if (!g->live[i].ends)
			g->live[kept++] = g->live[i];
		else if (g->driver.ops->forget != NULL)
			g->driver.ops->forget(g->driver.self,
			    g->live[i].attempt);
	g->nlive = kept;
	g->nends = 0;
	for (size_t i = 0; i < handled; i++) {
		buf_finish(&g->pending[i].outputs);
		buf_finish(&g->pending[i].artifacts);
	}
	if (handled < g->npending)
		memmove(g->pending, g->pending + handled,
		    (g->npending - handled) * sizeof(*g->pending));
	g->npending -= handled;
	g->nhandled = 0;
	g->nlive_shown = (int)g->nlive;
	g->hooked = false;
}

void
engine_hook(struct engine *g)
{
	if (g->hooked)
		return;
	g->hooked = true;
	db_after_commit(g->round_db, engine_committed, g);
}

static void
engine_on_fd(void *self, struct db *db)
{
	struct engine *g = self;
	struct work_event ev;

	(void)db;
	while (g->npending < 4096) {
		memset(&ev, 0, sizeof(ev));
		if (!g->driver.ops->next(g->driver.self, &ev))
			break;
		pending_add(g, &ev);
	}
}

static struct cx
round_begin(struct engine *g, struct db *db)
{
	struct cx cx = { .arena = g->round, .db = db,
		.actor = &actor_engine, .site = g->site, .request_id = "",
		.now = clock_wall_ms() };

	/* A round that was rolled back left its decisions behind. */
	arena_reset(g->round);
	g->nstarting = 0;
	if (PLANTED("events-lost-on-rollback") && g->nhandled > 0)
		g->npending = 0;
	g->nhandled = 0;
	for (size_t i = 0; g->nends > 0 && i < g->nlive; i++)
		g->live[i].ends = false;
	g->nends = 0;
	if (!PLANTED("hook-lost-on-rollback"))
		g->hooked = false;
	g->round_db = db;
	g->more = false;
	g->next_due_boot_ms = INT64_MAX;
	cx.platform = engine_platform(g);
	return cx;
}

static void
round_end(struct cx *cx)
{
	platform_unref((struct platform *)(uintptr_t)cx->platform);
}

static void
engine_duties(void *self, struct db *db)
{
	struct engine *g = self;
	struct cx cx = round_begin(g, db);

	for (size_t i = 0; i < ARRAY_SIZE(duties) && !db_failed(db, NULL);
	     i++)
		duties[i].run(g, &cx);
	round_end(&cx);
}

static int64_t
engine_next_due(void *self)
{
	struct engine *g = self;

	return g->more ? 0 : g->next_due_boot_ms;
}

static void
engine_space(void *self, bool full)
{
	struct engine *g = self;

	g->site->full = full;
}

static void
engine_broken(void *self, const struct err *e)
{
	(void)self;
	log_error("store.broken", "%s: stopping, start-up is recovery",
	    e->message);
	_exit(74);
}

struct writer_hooks
engine_hooks(struct engine *g)
{
	return (struct writer_hooks){ .self = g, .epoch = g->site->epoch,
		.fd = g->driver.ops->fd(g->driver.self),
		.on_fd = engine_on_fd, .duties = engine_duties,
		.next_due = engine_next_due, .space = engine_space,
		.broken = engine_broken };
}

static void
recover_never(struct engine *g, struct cx *cx, struct attempt *a)
{
	struct step *step = run_step(cx, a->step_id);
	struct run *run = run_by_id(cx, a->run_id);

	if (step == NULL || run == NULL)
		return; /* the database failed, and recovery with it */
	a->detail = "the server died before it was started";
	a->ended_at = cx->now;
	a->ended_steady = site_steady(cx->site);
	move_attempt(cx, a, "never");
	if (step->attempts != a->no)
		return;
	if (streq(step->status, "running"))
		step->tries--;
	if (step_is_stopped(run, step))
		step_failed(cx, run, step, "cancelled", run->reason);
	else if (streq(step->status, "checking"))
		move_step(cx, step, "check", "to be checked again");
	else if (streq(step->status, "previewing"))
		move_step(cx, step, "ready", "its preview is to be made");
	else if (streq(step->status, "running"))
		move_step(cx, step, "ready", "to be started again");
	else if (streq(step->status, "verifying"))
		start_attempt(g, cx, run, step, "verify");
	step_unpark(cx, step);
	run_settle(cx, run);
}

/* Begun in a time that a restore has cut off: store/backup.h. */
static bool
recover_is_restored(const struct engine *g, const struct attempt *a)
{
	return a->epoch >> BACKUP_EPOCH_BITS !=
	    g->site->epoch >> BACKUP_EPOCH_BITS;
}

static enum work_state
recover_look(struct engine *g, const struct attempt *a, struct work_event *ev)
{
	if (recover_is_restored(g, a))
		return WORK_LOST;
	return g->driver.ops->recover(g->driver.self, a->id, a->token, ev);
}

static void
recover_attempt(struct engine *g, struct cx *cx, struct attempt *a)
{
	struct work_event ev;
	struct step *step = run_step(cx, a->step_id);
	struct run *run = run_by_id(cx, a->run_id);
	const struct task *task;
	struct live live = { .attempt = a->id, .token = a->token,
		.step = a->step_id };

	if (step == NULL || run == NULL)
		return; /* the database failed, and recovery with it */
	task = engine_task(g, cx, step->definition);
	memset(&ev, 0, sizeof(ev));
	snprintf(live.run_key, sizeof(live.run_key), "R-%lld",
	    (long long)a->run_id);
	if (task != NULL)
		live.grace_ms = task->grace_ms;
	if (task != NULL && !streq(a->kind, "check")) {
		live.uses = task->uses;
		live.nuses = task->nuses;
	}
	switch (recover_look(g, a, &ev)) {
	case WORK_NEVER:
		if (PLANTED("never-taken-for-running"))
			live_add(g, &live);
		else
			recover_never(g, cx, a);
		return;
	case WORK_RUNNING:
		live_add(g, &live);
		/* The server may have died before it passed this on. */
		if (step_is_stopped(run, step) &&
		    !PLANTED("cancel-lost-on-restart"))
			site_cancel(g, cx->db, a->id, a->token, -1);
		return;
	case WORK_OVER:
		live_add(g, &live);
		pending_add(g, &ev);
		return;
	case WORK_LOST:
	default:
		ev = (struct work_event){ .kind = WORK_GONE,
			.attempt = a->id, .token = a->token, .code = -1 };
		snprintf(ev.detail, sizeof(ev.detail), "%s",
		    recover_is_restored(g, a) ? "restored from a backup"
			: streq(a->boot_id, g->site->boot_id)
			? "its keeper is gone"
			: "the host was rebooted");
		live_add(g, &live);
		pending_add(g, &ev);
		return;
	}
}

bool
engine_recover(struct engine *g, struct db *db, struct err *e)
{
	struct query *q;
	struct cx cx;
	struct attempt **live;
	size_t n;

	db_begin(db);
	cx = round_begin(g, db);
	q = query(db, "attempt_live");
	live = run_attempts_of(&cx, q, &n);
	if (PLANTED("recovery-skipped"))
		n = 0;
	for (size_t i = 0; i < n && !db_failed(db, NULL); i++)
		recover_attempt(g, &cx, live[i]);
	if (g->nstarting > 0)
		engine_hook(g);
	g->nlive_shown = (int)g->nlive;
	g->more = true; /* what is over, and what is ready, waits */
	round_end(&cx);
	if (n > 0)
		log_info("engine.recovered", "attempts=%zu running=%zu", n,
		    g->nlive);
	if (!db_failed(db, e) && db_commit(db, e))
		return true;
	db_rollback(db);
	return false;
}
