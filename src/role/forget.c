/* SPDX-License-Identifier: MIT */
#include "role/forget.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "resource/removed/removed.h"
#include "resource/server/usage.h"
#include "store/meta.h"

struct forget {
	struct job job;
	struct site *site;
	struct loop *loop;
	struct writer *writer;
	const char *db;
	bool stopped;
	bool tickets; /* else runs */
	int64_t after; /* of this pass */

	/* of this turn */
	struct removed_limits limits;
	int64_t ids[REMOVED_BATCH], steps;
	size_t n;
};

static void forget_due(void *arg);

static void
forget_again(struct forget *f, uint64_t ms)
{
	if (!f->stopped)
		loop_timer_start(f->loop, ms, forget_due, f);
}

/* --- pool ----------------------------------------------------------------- */

static void
forget_work(void *arg)
{
	struct forget *f = arg;
	const int64_t keep = f->tickets ? f->site->keep_tickets_ms
					: f->site->keep_runs_ms;
	struct db *db;
	struct err e;

	f->n = 0;
	if (keep == 0)
		return;
	if (!db_open(f->db, DB_READ, &db, &e)) {
		log_warn("forget", "error='%s'", e.message);
		return;
	}
	db_begin(db);
	f->limits = (struct removed_limits){
		.before = clock_wall_ms() - keep,
		.logs_to = meta_get_int(db, USAGE_LOGS_PRUNED_TO, 0) };
	f->n = (f->tickets ? removed_tickets : removed_runs)(db, &f->limits,
	    f->after, f->ids);
	if (db_failed(db, &e)) {
		log_warn("forget", "error='%s'", e.message);
		f->n = 0;
	}
	db_rollback(db);
	db_close(db);
}

/* --- core ----------------------------------------------------------------- */

static bool
forget_write(struct job *job, struct db *db, struct err *e)
{
	struct forget *f = (struct forget *)(void *)job;
	struct arena *arena = arena_create();
	struct platform *p = f->site->platform(f->site->platform_self);
	struct cx cx = { .arena = arena,
		.db = db,
		.platform = p,
		.actor = &actor_engine,
		.site = f->site,
		.now = clock_wall_ms() };

	f->steps = REMOVED_STEPS;
	for (size_t i = 0; i < f->n && f->steps > 0; i++) {
		if (f->tickets)
			removed_ticket(&cx, &f->limits, f->ids[i]);
		else
			removed_run(&cx, &f->limits, f->ids[i], &f->steps);
		/* One that is large is not done yet. */
		if (f->tickets || f->steps > 0)
			f->after = f->ids[i];
	}
	platform_unref(p);
	arena_destroy(arena);
	return !db_failed(db, e);
}

static void
forget_written(struct job *job, bool ok)
{
	struct forget *f = (struct forget *)(void *)job;

	if (!ok)
		log_warn("forget", "error='%s'", job->err.message);
	forget_again(f, ok ? FORGET_MORE_MS : FORGET_EVERY_MS);
}

/* --- loop ----------------------------------------------------------------- */

static void
forget_done(void *arg)
{
	struct forget *f = arg;

	if (f->stopped)
		return;
	if (f->n == 0) {
		f->after = 0;
		f->tickets = !f->tickets;
		forget_again(f, f->tickets ? FORGET_MORE_MS : FORGET_EVERY_MS);
		return;
	}
	f->job = (struct job){ .run = forget_write, .done = forget_written };
	writer_submit(f->writer, &f->job);
}

static void
forget_due(void *arg)
{
	struct forget *f = arg;

	if (!f->stopped)
		loop_work(f->loop, forget_work, forget_done, f);
}

struct forget *
forget_start(struct site *site, struct loop *l, struct writer *w,
    const char *db)
{
	struct forget *f;

	if (site->keep_runs_ms == 0 && site->keep_tickets_ms == 0)
		return NULL;
	f = calloc(1, sizeof(*f));
	ASSERT(f != NULL);
	f->site = site;
	f->loop = l;
	f->writer = w;
	f->db = db;
	forget_again(f, FORGET_FIRST_MS);
	return f;
}

void
forget_stop(struct forget *f)
{
	if (f != NULL)
		f->stopped = true;
}

void
forget_free(struct forget *f)
{
	free(f);
}
