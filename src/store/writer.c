/* SPDX-License-Identifier: MIT */
#include "store/writer.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "store/ballast.h"
#include "store/checkpoint.h"
#include "store/meta.h"

#define WRITER_MAGIC 0x3417e001u
#define WRITER_PAUSE_MS 1000 /* between tries of the duties on a full disk */

struct writer {
	unsigned magic;
	struct db *db;
	struct loop *loop;
	struct writer_hooks hooks;
	struct checkpoint *checkpoint;
	struct ballast *ballast;
	pthread_t thread;
	bool started;
	int wake_fd;
	int timer_fd;

	pthread_mutex_t lock; /* over what follows */
	struct job *first, **last;
	bool stopping;

	/* core thread */
	struct job *waiting; /* taken from the queue, not yet run */
	bool driver_ready;
	int64_t pause_until; /* boot ms; 0: the last turn was good */
	bool full; /* as the hooks were told */
	bool is_broken;
	struct err broken;
};

struct writer *
writer_create(struct db *db, struct loop *loop,
    const struct writer_hooks *hooks)
{
	struct writer *w = calloc(1, sizeof(*w));

	ASSERT(w != NULL);
	w->magic = WRITER_MAGIC;
	w->db = db;
	w->loop = loop;
	w->hooks = *hooks;
	w->checkpoint = checkpoint_create(db_path(db), loop);
	w->ballast = ballast_open(db_path(db));
	w->last = &w->first;
	w->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	w->timer_fd =
	    timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	ASSERT(w->wake_fd >= 0 && w->timer_fd >= 0);
	ASSERT(pthread_mutex_init(&w->lock, NULL) == 0);
	return w;
}

/* --- other threads -------------------------------------------------------- */

void
writer_wake(struct writer *w)
{
	uint64_t one = 1;

	ASSERT_MAGIC(w, WRITER_MAGIC);
	/* EAGAIN: it counts to 2^64 and is awake. */
	if (write(w->wake_fd, &one, sizeof(one)) < 0)
		ASSERT(errno == EAGAIN);
}

void
writer_submit(struct writer *w, struct job *job)
{
	bool was_empty;

	ASSERT_MAGIC(w, WRITER_MAGIC);
	job->next = NULL;
	job->ok = false;
	job->err.class = ERR_NONE;
	pthread_mutex_lock(&w->lock);
	ASSERT(!w->stopping);
	was_empty = w->first == NULL;
	*w->last = job;
	w->last = &job->next;
	pthread_mutex_unlock(&w->lock);
	if (was_empty)
		writer_wake(w);
}

static void
writer_answer(void *arg)
{
	struct job *job = arg;

	while (job != NULL) {
		struct job *next = job->next;

		job->done(job, job->ok);
		job = next;
	}
}

/* --- one turn ------------------------------------------------------------- */

/* The next jobs, LIMIT_BATCH at most; the whole queue changes hands at once. */
static struct job *
writer_take(struct writer *w)
{
	struct job *batch, **end = &w->waiting;

	if (w->waiting == NULL) {
		pthread_mutex_lock(&w->lock);
		w->waiting = w->first;
		w->first = NULL;
		w->last = &w->first;
		pthread_mutex_unlock(&w->lock);
	}
	for (int i = 0; i < LIMIT_BATCH && *end != NULL; i++)
		end = &(*end)->next;
	batch = w->waiting;
	if (end == &w->waiting)
		return NULL;
	w->waiting = *end;
	*end = NULL;
	return batch;
}

static void
writer_run_job(struct writer *w, struct job *job)
{
	db_savepoint(w->db);
	job->ok = job->run(job, w->db, &job->err);
	if (job->ok && db_failed(w->db, &job->err))
		job->ok = false;
	if (job->ok)
		db_release(w->db);
	else
		db_rollback_to(w->db);
}

static bool
writer_transaction(struct writer *w, struct job *batch, struct err *e)
{
	db_begin(w->db);
	if (w->hooks.epoch != 0 &&
	    !meta_epoch_check(w->db, w->hooks.epoch, e)) {
		db_rollback(w->db);
		return false;
	}
	for (struct job *job = batch; job != NULL; job = job->next)
		writer_run_job(w, job);
	/* Events must not be taken from the driver into a lost transaction. */
	if (w->driver_ready && !db_failed(w->db, NULL))
		w->hooks.on_fd(w->hooks.self, w->db);
	if (!db_failed(w->db, NULL))
		w->hooks.duties(w->hooks.self, w->db);
	return db_commit(w->db, e);
}

static void
writer_break(struct writer *w, const struct err *e)
{
	w->is_broken = true;
	w->broken = *e;
	log_error("store.broken", "code=%s error='%s'", e->code, e->message);
	w->hooks.broken(w->hooks.self, e);
}

static void
writer_failed(struct writer *w, const struct err *e)
{
	bool passes = e->class == ERR_FULL || e->class == ERR_UNAVAILABLE;

	if (w->hooks.rolled_back != NULL)
		w->hooks.rolled_back(w->hooks.self, e);
	if (!passes || db_broken(w->db)) {
		writer_break(w, e);
		return;
	}
	if (w->pause_until == 0)
		log_error("store.refused", "code=%s error='%s'", e->code,
		    e->message);
	w->pause_until = clock_boot_ms() + WRITER_PAUSE_MS;
	/* Emptying the log may make the room that is missing. */
	if (e->class == ERR_FULL) {
		ballast_hit(w->ballast);
		db_checkpoint(w->db, NULL);
	}
}

/* A job that failed by itself keeps its own reason. */
static void
writer_refuse(struct job *batch, const struct err *e)
{
	for (struct job *job = batch; job != NULL; job = job->next) {
		if (job->ok || job->err.class == ERR_NONE)
			job->err = *e;
		job->ok = false;
	}
}

static void
writer_look(struct writer *w)
{
	const bool full = ballast_is_full(w->ballast);

	if (full != w->full && w->hooks.space != NULL)
		w->hooks.space(w->hooks.self, full);
	w->full = full;
}

static void
writer_turn(struct writer *w)
{
	struct job *batch = writer_take(w);
	struct err e = { 0 };

	writer_look(w);
	if (w->is_broken) {
		writer_refuse(batch, &w->broken);
	} else if (writer_transaction(w, batch, &e)) {
		w->pause_until = 0;
		if (!checkpoint_consider(w->checkpoint, w->db, &e))
			writer_break(w, &e);
	} else {
		writer_refuse(batch, &e);
		writer_failed(w, &e);
	}
	if (batch != NULL)
		loop_post(w->loop, writer_answer, batch);
}

/* --- between turns -------------------------------------------------------- */

/* True: the time has come already.  A timer by CLOCK_BOOTTIME, for the timeout
 * of poll does not count suspend. */
static bool
writer_arm(struct writer *w)
{
	struct itimerspec at = { 0 };
	int64_t due = INT64_MAX, now;

	if (!w->is_broken)
		due = w->hooks.next_due(w->hooks.self);
	if (w->pause_until != 0)
		due = w->pause_until; /* what failed is due, whoever forgot */
	else if (w->full && due > clock_boot_ms() + BALLAST_LOOK_MS)
		due = clock_boot_ms() + BALLAST_LOOK_MS;
	if (due != INT64_MAX) {
		now = clock_boot_ms();
		if (due <= now)
			return true;
		at.it_value.tv_sec = (due - now) / 1000;
		at.it_value.tv_nsec = (due - now) % 1000 * 1000000;
	}
	ASSERT(timerfd_settime(w->timer_fd, 0, &at, NULL) == 0);
	return false;
}

static void
writer_drain(int fd)
{
	uint64_t count;

	if (read(fd, &count, sizeof(count)) < 0)
		ASSERT(errno == EAGAIN || errno == EINTR);
}

/* Nothing waits and nothing will come. */
static bool
writer_is_over(struct writer *w)
{
	bool over;

	pthread_mutex_lock(&w->lock);
	over = w->stopping && w->first == NULL && w->waiting == NULL;
	pthread_mutex_unlock(&w->lock);
	return over;
}

static void
writer_wait(struct writer *w)
{
	struct pollfd fds[] = {
		{ .fd = w->wake_fd, .events = POLLIN },
		{ .fd = w->timer_fd, .events = POLLIN },
		{ .fd = w->hooks.fd, .events = POLLIN },
	};
	bool hurry = w->waiting != NULL || writer_arm(w);

	/* Events stay with the driver while they cannot be written down. */
	if (w->is_broken || w->pause_until > clock_boot_ms())
		fds[2].fd = -1;
	if (poll(fds, ARRAY_SIZE(fds), hurry ? 0 : -1) < 0)
		ASSERT(errno == EINTR);
	/* Only right before the queue is taken: else a job would lie there
	 * with nobody awake. */
	if (fds[0].revents != 0 && w->waiting == NULL)
		writer_drain(w->wake_fd);
	if (fds[1].revents != 0)
		writer_drain(w->timer_fd);
	w->driver_ready = fds[2].revents != 0;
}

static void *
writer_main(void *arg)
{
	struct writer *w = arg;

	while (!writer_is_over(w)) {
		writer_wait(w);
		writer_turn(w);
	}
	return NULL;
}

/* --- life ----------------------------------------------------------------- */

/* Signals are for the loop thread. */
void
writer_start(struct writer *w)
{
	sigset_t all, before;

	ASSERT_MAGIC(w, WRITER_MAGIC);
	ASSERT(!w->started);
	sigfillset(&all);
	ASSERT(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
	ASSERT(pthread_create(&w->thread, NULL, writer_main, w) == 0);
	ASSERT(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
	pthread_setname_np(w->thread, "core");
	w->started = true;
}

void
writer_destroy(struct writer *w)
{
	if (w == NULL)
		return;
	ASSERT_MAGIC(w, WRITER_MAGIC);
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_mutex_unlock(&w->lock);
	if (w->started) {
		writer_wake(w);
		ASSERT(pthread_join(w->thread, NULL) == 0);
	}
	checkpoint_destroy(w->checkpoint);
	ballast_close(w->ballast);
	db_close(w->db);
	close(w->wake_fd);
	close(w->timer_fd);
	pthread_mutex_destroy(&w->lock);
	w->magic = 0;
	free(w);
}
