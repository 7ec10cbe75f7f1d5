/* SPDX-License-Identifier: MIT */
/*
 * writer.h: the core thread, the one door for everything that changes.
 *
 * It waits for jobs, for the driver's descriptor and for the next due time;
 * then, in one transaction: the epoch is compared (meta.h), every waiting job
 * runs in a savepoint of its own (at most LIMIT_BATCH), then the driver's
 * events, the engine's duties until none has more to do; one commit with
 * fsync; then the after-commit hooks (starts, stream wake-ups) and the
 * answers of the jobs (on the loop thread).  Nothing is answered or started
 * before the commit.  A turn that changed nothing costs no fsync; without
 * anything to do the thread sleeps.
 *
 * When the commit fails, every job of the batch is told so.  A full disk (see
 * ballast.h) or a stranger's lock on the file passes: the writer goes on, jobs fail with
 * that error until there is space, and duties alone are tried once a second.
 * Anything else calls `broken`; from then on every job fails with its error
 * and nothing is written any more (rules 8).
 *
 * The log of commits is moved into the database file by checkpoint.h, beside
 * the core thread.
 */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "store/db.h"
#include "sys/loop.h"

struct writer;

struct job {
	/* Core thread, inside a savepoint.  false: it is rolled back, e tells
	 * the asker. */
	bool (*run)(struct job *job, struct db *db, struct err *e);
	/* Loop thread, after the commit.  ok is false with job->err set when
	 * run failed or the commit did.  Owns the job from here. */
	void (*done)(struct job *job, bool ok);
	struct err err;
	struct job *next; /* the writer's */
	bool ok;	  /* the writer's */
};

/* What main hands in: the engine.  All are called on the core thread. */
struct writer_hooks {
	void *self;
	int64_t epoch; /* this server's; 0: not compared */
	int fd; /* readable: on_fd is called inside the transaction; or -1 */
	void (*on_fd)(void *self, struct db *db);
	/* Inside the transaction, after the jobs. */
	void (*duties)(void *self, struct db *db);
	/* CLOCK_BOOTTIME ms of the next thing due; INT64_MAX: nothing.  Asked
	 * after every turn. */
	int64_t (*next_due)(void *self);
	/* MAY: the transaction came to nothing.  What on_fd took from the
	 * driver in it must be given to the database again. */
	void (*rolled_back)(void *self, const struct err *e);
	/* MAY: there is little room left (ballast.h), or there is some again.
	 * Before the transaction in which it holds. */
	void (*space)(void *self, bool full);
	/* The disk or the database is broken, a later server has taken over
	 * (ERR_CONFLICT "fence.epoch") or a duty has a bug: stop the server.
	 * Called once. */
	void (*broken)(void *self, const struct err *e);
};

/* Takes the write connection; the thread starts at writer_start. */
struct writer *writer_create(struct db *db, struct loop *loop,
    const struct writer_hooks *hooks);
void writer_start(struct writer *w);
/* Any thread.  Jobs of one thread run in their order. */
void writer_submit(struct writer *w, struct job *job);
/* Any thread: look at the duties soon. */
void writer_wake(struct writer *w);
/* Finish what waits, join the thread, close the connection.  The last answers
 * are posted: run the loop once more (loop_stop, loop_run) to have them
 * delivered.  NULL is fine. */
void writer_destroy(struct writer *w);

#endif
