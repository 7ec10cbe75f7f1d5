/* SPDX-License-Identifier: MIT */
#include "role/compress.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "driver/log_pack.h"
#include "resource/server/usage.h"
#include "store/meta.h"

struct compress {
	struct site *site;
	struct loop *loop;
	const char *db;
	bool stopped, started;
	int64_t floor; /* all up to this one are done */
	int64_t at;    /* of this pass */
	bool more;
};

static void compress_due(void *arg);

static void
compress_again(struct compress *c, uint64_t ms)
{
	if (!c->stopped)
		loop_timer_start(c->loop, ms, compress_due, c);
}

/* --- pool ----------------------------------------------------------------- */

/* The next that are over; what is not is passed by and looked at again in the
 * next pass, which begins before it. */
static size_t
compress_list(struct compress *c, struct db *db, int64_t *ids)
{
	const int64_t limit = clock_wall_ms() - COMPRESS_AFTER_MS;
	struct query *q;
	size_t n = 0;

	if (!c->started)
		c->floor = c->at = meta_get_int(db, USAGE_LOGS_PRUNED_TO, 0);
	c->started = true;
	q = query(db, "compress_next");
	bind_int(q, "after", c->at);
	bind_int(q, "before", limit);
	bind_int(q, "limit", COMPRESS_LOOKS);
	while (query_next(q))
		ids[n++] = column_int(q, "id");
	query_end(q);
	if (n == COMPRESS_LOOKS)
		return n;
	q = query(db, "compress_floor");
	bind_int(q, "after", c->floor);
	bind_int(q, "before", limit);
	if (query_next(q) && !column_is_null(q, "id"))
		c->floor = column_int(q, "id") - 1;
	else
		c->floor = n > 0 ? ids[n - 1] : c->at;
	query_end(q);
	return n;
}

static void
compress_put(int k, const int64_t *made, size_t n)
{
	struct err e;

	/* First all bytes, then the names. */
	if (n > 0 && syncfs(k) != 0) {
		log_warn("compress", "error='a sync failed'");
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (!log_pack_put(k, made[i], &e))
			log_warn("compress", "error='%s'", e.message);
}

/* How many of them were looked at. */
static size_t
compress_some(int k, const int64_t *ids, size_t n)
{
	int64_t made[COMPRESS_BATCH];
	size_t nmade = 0, i;
	struct err e;

	for (i = 0; i < n && nmade < COMPRESS_BATCH; i++) {
		bool is_made;

		if (!log_pack_make(k, ids[i], &is_made, &e))
			log_warn("compress", "error='%s'", e.message);
		else if (is_made)
			made[nmade++] = ids[i];
	}
	compress_put(k, made, nmade);
	return i;
}

static void
compress_work(void *arg)
{
	struct compress *c = arg;
	int64_t *ids = calloc(COMPRESS_LOOKS, sizeof(*ids));
	int data = open(c->site->data, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	int k = data < 0 ? -1
			 : openat(data, "k", O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	size_t n = 0, done = 0;
	struct db *db = NULL;
	struct err e;

	ASSERT(ids != NULL);
	c->more = false;
	if (k < 0 || !db_open(c->db, DB_READ, &db, &e)) {
		log_warn("compress", "error='cannot read the data folder'");
	} else {
		db_begin(db);
		n = compress_list(c, db, ids);
		if (db_failed(db, &e))
			n = 0;
		db_rollback(db);
		done = compress_some(k, ids, n);
	}
	if (done > 0)
		c->at = ids[done - 1];
	c->more = done < n || n == COMPRESS_LOOKS;
	db_close(db);
	if (k >= 0)
		close(k);
	if (data >= 0)
		close(data);
	free(ids);
}

/* --- loop ----------------------------------------------------------------- */

static void
compress_done(void *arg)
{
	struct compress *c = arg;

	if (!c->more)
		c->at = c->floor;
	compress_again(c, c->more ? COMPRESS_MORE_MS : COMPRESS_EVERY_MS);
}

static void
compress_due(void *arg)
{
	struct compress *c = arg;

	if (!c->stopped)
		loop_work(c->loop, compress_work, compress_done, c);
}

struct compress *
compress_start(struct site *site, struct loop *l, const char *db)
{
	struct compress *c = calloc(1, sizeof(*c));

	ASSERT(c != NULL);
	c->site = site;
	c->loop = l;
	c->db = db;
	compress_again(c, COMPRESS_FIRST_MS);
	return c;
}

void
compress_stop(struct compress *c)
{
	if (c != NULL)
		c->stopped = true;
}

void
compress_free(struct compress *c)
{
	free(c);
}
