/* SPDX-License-Identifier: MIT */
#include "role/segment.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "store/audit_seal.h"
#include "store/backup.h"

struct segments {
	struct job job;
	struct site *site;
	struct loop *loop;
	struct writer *writer;
	const char *db;
	bool stopped, looked; /* looked: at all of it, once */
	int64_t read; /* the segment that was read again last */

	/* of this turn */
	struct audit_seal seal;
	bool any, ok;
	struct err err;

	pthread_mutex_t lock;
	bool bad;
	struct err found;
};

static void segments_due(void *arg);

static void
segments_again(struct segments *s, uint64_t ms)
{
	if (!s->stopped)
		loop_timer_start(s->loop, ms, segments_due, s);
}

/* --- pool ----------------------------------------------------------------- */

static bool
segments_read(struct segments *s, struct db *db, struct err *e)
{
	struct audit_seal seal;

	if (!audit_seal_next(db, s->read + 1, &seal)) {
		s->read = 0;
		if (!audit_seal_next(db, 1, &seal))
			return true;
	}
	s->read = seal.no;
	return audit_seal_read(db, &seal, e);
}

/* After the start: the pages, the checkpoints, and what came after them. */
static bool
segments_look(struct segments *s, struct db *db, struct err *e)
{
	struct audit_report report;
	struct stat st;

	s->looked = true;
	if (stat(db_path(db), &st) == 0 && st.st_size <= SEGMENT_PAGES_BYTES &&
	    !backup_check_pages(db, true, e))
		return false;
	return audit_verify_sealed(db, s->site->key, false, &report, e);
}

static void
segments_work(void *arg)
{
	struct segments *s = arg;
	struct db *db;

	s->any = false;
	s->ok = db_open(s->db, DB_READ, &db, &s->err);
	if (!s->ok)
		return;
	db_begin(db);
	s->ok = audit_seal_make(db, s->site->key, AUDIT_SEGMENT,
	    clock_wall_ms(), &s->seal, &s->any, &s->err);
	if (s->ok && !s->looked)
		s->ok = segments_look(s, db, &s->err);
	if (s->ok && !s->any)
		s->ok = segments_read(s, db, &s->err);
	if (s->ok && db_failed(db, &s->err))
		s->ok = false;
	db_rollback(db);
	db_close(db);
}

/* --- core ----------------------------------------------------------------- */

static bool
segments_write(struct job *job, struct db *db, struct err *e)
{
	struct segments *s = (struct segments *)(void *)job;
	const struct audit_entry who = { .at = clock_wall_ms(),
		.actor = actor_name(&actor_engine),
		.via = actor_engine.via,
		.decision = "done" };

	return audit_seal_put(db, &s->seal, &who, e);
}

static void
segments_written(struct job *job, bool ok)
{
	struct segments *s = (struct segments *)(void *)job;

	segments_again(s, ok ? SEGMENT_MORE_MS : SEGMENT_EVERY_MS);
}

/* --- loop ----------------------------------------------------------------- */

static void
segments_found(struct segments *s)
{
	log_error("audit.segment", "error='%s'", s->err.message);
	pthread_mutex_lock(&s->lock);
	s->bad = true;
	s->found = s->err;
	pthread_mutex_unlock(&s->lock);
}

static void
segments_done(void *arg)
{
	struct segments *s = arg;

	if (s->stopped)
		return;
	if (!s->ok && (s->err.class == ERR_INVALID ||
			      streq(s->err.code, "db.corrupt")))
		segments_found(s);
	else if (!s->ok)
		log_warn("audit.segment", "error='%s'", s->err.message);
	if (!s->ok || !s->any) {
		segments_again(s, SEGMENT_EVERY_MS);
		return;
	}
	s->job = (struct job){ .run = segments_write,
		.done = segments_written };
	writer_submit(s->writer, &s->job);
}

static void
segments_due(void *arg)
{
	struct segments *s = arg;

	if (!s->stopped)
		loop_work(s->loop, segments_work, segments_done, s);
}

struct segments *
segments_start(struct site *site, struct loop *l, struct writer *w,
    const char *db)
{
	struct segments *s = calloc(1, sizeof(*s));

	ASSERT(s != NULL);
	s->site = site;
	s->loop = l;
	s->writer = w;
	s->db = db;
	pthread_mutex_init(&s->lock, NULL);
	segments_again(s, SEGMENT_FIRST_MS);
	return s;
}

void
segments_stop(struct segments *s)
{
	if (s != NULL)
		s->stopped = true;
}

void
segments_free(struct segments *s)
{
	if (s == NULL)
		return;
	pthread_mutex_destroy(&s->lock);
	free(s);
}

bool
segments_check(void *self, struct err *e)
{
	struct segments *s = self;
	bool ok;

	pthread_mutex_lock(&s->lock);
	ok = !s->bad;
	if (!ok)
		*e = s->found;
	pthread_mutex_unlock(&s->lock);
	return ok;
}
