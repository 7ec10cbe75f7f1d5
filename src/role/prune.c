/* SPDX-License-Identifier: MIT */
#include "role/prune.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "resource/audit.h"
#include "resource/server/usage.h"
#include "store/meta.h"
#include "sys/file.h"

struct prune {
	struct job job;
	struct site *site;
	struct loop *loop;
	struct writer *writer;
	const char *db;
	int64_t keep_ms;
	bool stopped;

	/* of this batch */
	int64_t count, bytes, last;
	bool more;
};

static void prune_due(void *arg);

static void
prune_again(struct prune *p, uint64_t ms)
{
	if (!p->stopped)
		loop_timer_start(p->loop, ms, prune_due, p);
}

/* --- pool ----------------------------------------------------------------- */

static void
prune_list(struct prune *p, struct db *db, int64_t ids[PRUNE_BATCH])
{
	const int64_t limit = clock_wall_ms() - p->keep_ms;
	struct query *q;

	p->last = meta_get_int(db, USAGE_LOGS_PRUNED_TO, 0);
	q = query(db, "prune_next");
	bind_int(q, "after", p->last);
	bind_int(q, "limit", PRUNE_BATCH);
	while (query_next(q)) {
		if (column_int(q, "live") != 0 ||
		    column_int(q, "ended_at") == 0 ||
		    column_int(q, "ended_at") > limit)
			break;
		ids[p->count++] = column_int(q, "id");
		p->bytes += column_int(q, "log_bytes");
	}
	query_end(q);
}

static bool
prune_remove(struct prune *p, const int64_t *ids, struct err *e)
{
	char path[64];
	int fd = open(p->site->data, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	bool ok = true;

	if (fd < 0)
		return err_sys(e, "open '%s'", p->site->data);
	for (int64_t i = 0; ok && i < p->count; i++) {
		snprintf(path, sizeof(path), "k/%lld", (long long)ids[i]);
		ok = file_remove_tree(fd, path, e);
		if (ok)
			p->last = ids[i];
	}
	close(fd);
	return ok;
}

static void
prune_work(void *arg)
{
	struct prune *p = arg;
	int64_t ids[PRUNE_BATCH];
	struct db *db;
	struct err e;
	bool ok;

	p->count = p->bytes = 0;
	if (!db_open(p->db, DB_READ, &db, &e)) {
		log_warn("prune", "error='%s'", e.message);
		return;
	}
	db_begin(db);
	prune_list(p, db, ids);
	ok = !db_failed(db, &e);
	db_rollback(db);
	db_close(db);
	p->more = p->count == PRUNE_BATCH;
	if (ok)
		ok = prune_remove(p, ids, &e);
	if (!ok) {
		log_warn("prune", "error='%s'", e.message);
		p->count = 0;
	}
}

/* --- core ----------------------------------------------------------------- */

static bool
prune_write(struct job *job, struct db *db, struct err *e)
{
	struct prune *p = (struct prune *)(void *)job;
	struct arena *arena = arena_create();
	struct cx cx = { .arena = arena,
		.db = db,
		.actor = &actor_engine,
		.site = p->site,
		.now = clock_wall_ms() };

	meta_set_int(db, USAGE_LOGS_PRUNED_TO, p->last);
	audit(&cx, "logs.pruned", "server", "done", "older than is kept",
	    arena_printf(arena, "{\"attempts\":%lld,\"bytes\":%lld,"
				"\"up_to\":%lld}",
		(long long)p->count, (long long)p->bytes, (long long)p->last));
	arena_destroy(arena);
	return !db_failed(db, e);
}

static void
prune_written(struct job *job, bool ok)
{
	struct prune *p = (struct prune *)(void *)job;

	prune_again(p, ok && p->more ? PRUNE_MORE_MS : PRUNE_EVERY_MS);
}

/* --- loop ----------------------------------------------------------------- */

static void
prune_done(void *arg)
{
	struct prune *p = arg;

	if (p->stopped)
		return;
	if (p->count == 0) {
		prune_again(p, PRUNE_EVERY_MS);
		return;
	}
	p->job = (struct job){ .run = prune_write, .done = prune_written };
	writer_submit(p->writer, &p->job);
}

static void
prune_due(void *arg)
{
	struct prune *p = arg;

	if (!p->stopped)
		loop_work(p->loop, prune_work, prune_done, p);
}

struct prune *
prune_start(struct site *site, struct loop *l, struct writer *w,
    const char *db, int64_t keep_ms)
{
	struct prune *p;

	if (keep_ms == 0)
		return NULL;
	p = calloc(1, sizeof(*p));
	ASSERT(p != NULL);
	p->site = site;
	p->loop = l;
	p->writer = w;
	p->db = db;
	p->keep_ms = keep_ms;
	prune_again(p, PRUNE_FIRST_MS);
	return p;
}

void
prune_stop(struct prune *p)
{
	if (p != NULL)
		p->stopped = true;
}

void
prune_free(struct prune *p)
{
	free(p);
}
