/* SPDX-License-Identifier: MIT */
#include "store/checkpoint.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define CHECKPOINT_MAGIC 0xc4ec0001u

enum checkpoint_state {
	CHECKPOINT_IDLE,
	CHECKPOINT_ASKED, /* the loop holds it */
	CHECKPOINT_DONE	  /* and the core thread has not looked yet */
};

struct checkpoint {
	unsigned magic;
	struct loop *loop;
	char *path;
	struct db *db; /* pool thread; NULL until the first time */
	int64_t seen;  /* core thread: length of the log when last asked */

	pthread_mutex_t lock; /* over what follows */
	enum checkpoint_state state;
	bool orphan; /* destroyed while the loop holds it */
	bool failed;
	struct err err;
};

struct checkpoint *
checkpoint_create(const char *path, struct loop *loop)
{
	struct checkpoint *c = calloc(1, sizeof(*c));

	ASSERT(c != NULL);
	c->magic = CHECKPOINT_MAGIC;
	c->loop = loop;
	c->path = strdup(path);
	ASSERT(c->path != NULL);
	ASSERT(pthread_mutex_init(&c->lock, NULL) == 0);
	return c;
}

static void
checkpoint_free(struct checkpoint *c)
{
	db_close(c->db);
	pthread_mutex_destroy(&c->lock);
	free(c->path);
	c->magic = 0;
	free(c);
}

/* The loop lets go of it: true when it is still wanted. */
static bool
checkpoint_settle(struct checkpoint *c, enum checkpoint_state state)
{
	bool orphan;

	pthread_mutex_lock(&c->lock);
	c->state = state;
	orphan = c->orphan;
	pthread_mutex_unlock(&c->lock);
	if (orphan)
		checkpoint_free(c);
	return !orphan;
}

static void
checkpoint_work(void *arg)
{
	struct checkpoint *c = arg;
	struct err e;
	bool ok = c->db != NULL || db_open(c->path, DB_WRITE, &c->db, &e);

	if (ok && db_checkpoint(c->db, &e))
		return;
	log_warn("store.checkpoint", "code=%s error='%s'", e.code, e.message);
	pthread_mutex_lock(&c->lock);
	c->failed = e.class == ERR_IO;
	c->err = e;
	pthread_mutex_unlock(&c->lock);
}

static void
checkpoint_done(void *arg)
{
	checkpoint_settle(arg, CHECKPOINT_DONE);
}

static void
checkpoint_begin(void *arg)
{
	struct checkpoint *c = arg;

	ASSERT_MAGIC(c, CHECKPOINT_MAGIC);
	if (checkpoint_settle(c, CHECKPOINT_ASKED))
		loop_work(c->loop, checkpoint_work, checkpoint_done, c);
}

bool
checkpoint_consider(struct checkpoint *c, struct db *db, struct err *e)
{
	int64_t bytes = db_log_bytes(db);
	bool failed, finish, ask;

	ASSERT_MAGIC(c, CHECKPOINT_MAGIC);
	if (bytes < c->seen)
		c->seen = 0; /* the log has started over */
	pthread_mutex_lock(&c->lock);
	failed = c->failed;
	if (failed)
		*e = c->err;
	finish = c->state == CHECKPOINT_DONE;
	ask = c->state != CHECKPOINT_ASKED &&
	    bytes - c->seen >= CHECKPOINT_BYTES;
	if (ask)
		c->state = CHECKPOINT_ASKED;
	else if (finish)
		c->state = CHECKPOINT_IDLE;
	pthread_mutex_unlock(&c->lock);
	if (failed)
		return false;
	if (ask) {
		c->seen = bytes;
		loop_post(c->loop, checkpoint_begin, c);
	}
	if (finish && bytes > CHECKPOINT_LARGE && !db_checkpoint(db, e))
		return e->class != ERR_IO;
	return true;
}

void
checkpoint_destroy(struct checkpoint *c)
{
	bool held;

	if (c == NULL)
		return;
	ASSERT_MAGIC(c, CHECKPOINT_MAGIC);
	pthread_mutex_lock(&c->lock);
	held = c->state == CHECKPOINT_ASKED;
	c->orphan = held;
	pthread_mutex_unlock(&c->lock);
	if (!held)
		checkpoint_free(c);
}
