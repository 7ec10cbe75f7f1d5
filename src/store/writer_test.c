/* SPDX-License-Identifier: MIT */
#include "store/store_testing.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>

#include "base/clock.h"
#include "store/checkpoint.h"
#include "store/meta.h"
#include "store/writer.h"

#define THREADS 4
#define JOBS 2500 /* of each thread */
#define LIMIT_MS 60000

/* A server without anything around the writer. */
struct bench {
	struct folder f;
	struct loop *loop;
	struct loop_timer *limit;
	struct writer *w;
	atomic_int turns, events, rolled_back, broken;
	atomic_llong due;
	int driver; /* eventfd */
	struct err broken_why;
	int expected, done, good; /* loop thread: answers */
	int next[THREADS]; /* loop thread: order within a thread */
	struct err last; /* of the last answer that was no */
};

static void
bench_on_fd(void *self, struct db *db)
{
	struct bench *b = self;
	uint64_t n;

	assert_int_equal(read(b->driver, &n, sizeof(n)), sizeof(n));
	meta_set_int(db, "event", (int64_t)n);
	b->events++;
}

static void
bench_duties(void *self, struct db *db)
{
	struct bench *b = self;

	b->turns++;
	if (b->due <= clock_boot_ms()) {
		b->due = INT64_MAX;
		meta_set_int(db, "due", meta_get_int(db, "due", 0) + 1);
	}
}

static int64_t
bench_next_due(void *self)
{
	struct bench *b = self;

	return b->due;
}

static void
bench_rolled_back(void *self, const struct err *e)
{
	struct bench *b = self;

	(void)e;
	b->rolled_back++;
}

static void
bench_broken(void *self, const struct err *e)
{
	struct bench *b = self;

	b->broken_why = *e;
	b->broken++;
}

static void
bench_too_long(void *arg)
{
	(void)arg;
	check_failed(__FILE__, __LINE__, "the test does not end");
}

static void
bench_start(struct bench *b, int64_t epoch)
{
	struct writer_hooks hooks = { .self = b, .epoch = epoch,
		.on_fd = bench_on_fd, .duties = bench_duties,
		.next_due = bench_next_due, .rolled_back = bench_rolled_back,
		.broken = bench_broken };
	struct db *db = folder_start(&b->f);
	struct err e;
	int64_t taken;

	if (epoch != 0)
		assert_ok(meta_epoch_take(db, &taken, &e), &e);
	b->driver = hooks.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	b->due = INT64_MAX;
	b->loop = loop_create();
	b->limit = loop_timer_start(b->loop, LIMIT_MS, bench_too_long, NULL);
	b->w = writer_create(db, b->loop, &hooks);
	writer_start(b->w);
}

static void
bench_end(struct bench *b)
{
	writer_destroy(b->w);
	loop_stop(b->loop);
	loop_run(b->loop);
	loop_timer_stop(b->limit);
	loop_destroy(b->loop);
	close(b->driver);
	folder_remove(&b->f);
}

/* Until so many answers have come. */
static void
bench_wait(struct bench *b, int answers)
{
	b->expected = answers;
	if (b->done < answers)
		loop_run(b->loop);
	assert_int_equal(b->done, answers);
}

static void
bench_sleep(void *arg)
{
	loop_stop(arg);
}

static void
bench_pause(struct bench *b, uint64_t ms)
{
	loop_timer_start(b->loop, ms, bench_sleep, b->loop);
	loop_run(b->loop);
}

/* --- jobs ----------------------------------------------------------------- */

enum fate { GOOD, REFUSES, VIOLATES, NESTED };

struct test_job {
	struct job job;
	struct bench *b;
	int thread, n;
	enum fate fate;
};

static bool
test_job_run(struct job *job, struct db *db, struct err *e)
{
	struct test_job *t = (struct test_job *)job;
	char name[32];

	snprintf(name, sizeof(name), "job-%d-%d", t->thread, t->n);
	meta_set_int(db, name, meta_get_int(db, name, 0) + 1);
	switch (t->fate) {
	case GOOD:
		return true;
	case REFUSES:
		return err_set(e, ERR_CONFLICT, "test.refused", "no");
	case VIOLATES:
		meta_set(db, name, NULL);
		return true;
	case NESTED:
		db_savepoint(db);
		meta_set(db, name, NULL);
		db_rollback_to(db);
		return true;
	}
	return false;
}

static void
test_job_done(struct job *job, bool ok)
{
	struct test_job *t = (struct test_job *)job;
	struct bench *b = t->b;

	assert_int_equal(t->n, b->next[t->thread]);
	b->next[t->thread]++;
	b->done++;
	if (ok)
		b->good++;
	else
		b->last = job->err;
	if (ok && t->fate != GOOD)
		assert_int_equal(t->fate, NESTED);
	if (!ok && t->fate == REFUSES)
		assert_string_equal(job->err.code, "test.refused");
	free(t);
	if (b->done == b->expected)
		loop_stop(b->loop);
}

static void
submit(struct bench *b, int thread, int n, enum fate fate)
{
	struct test_job *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	*t = (struct test_job){ .b = b, .thread = thread, .n = n,
		.fate = fate };
	t->job.run = test_job_run;
	t->job.done = test_job_done;
	writer_submit(b->w, &t->job);
}

struct submitter {
	struct bench *b;
	pthread_t id;
	int thread;
	int good; /* jobs that must succeed */
	bool is_good[JOBS];
};

static void *
submitter_main(void *arg)
{
	struct submitter *s = arg;
	uint64_t x = 88172645463325252u + (uint64_t)s->thread;

	for (int n = 0; n < JOBS; n++) {
		enum fate fate;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		fate = (enum fate)(x % 4);
		s->is_good[n] = fate == GOOD || fate == NESTED;
		s->good += s->is_good[n];
		submit(s->b, s->thread, n, fate);
		if (x % 97 == 0)
			usleep(200);
	}
	return NULL;
}

static void
test_four_threads(void **state)
{
	static struct submitter s[THREADS];
	struct bench b = { 0 };
	sqlite3 *raw;
	int good = 0;

	(void)state;
	bench_start(&b, 1);
	for (int i = 0; i < THREADS; i++) {
		s[i] = (struct submitter){ .b = &b, .thread = i };
		pthread_create(&s[i].id, NULL, submitter_main, &s[i]);
	}
	bench_wait(&b, THREADS * JOBS);
	raw = folder_raw(&b.f);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(s[i].id, NULL);
		good += s[i].good;
	}
	assert_int_equal(b.good, good);
	/* none lost, none doubled, none of those that failed */
	assert_int_equal(raw_int(raw, "SELECT count(*) FROM meta WHERE name "
	    "GLOB 'job-*'"), good);
	assert_int_equal(raw_int(raw, "SELECT count(*) FROM meta WHERE name "
	    "GLOB 'job-*' AND value <> '1'"), 0);
	for (int i = 0; i < THREADS; i++) {
		for (int n = 0; n < JOBS; n += 50) {
			char sql[100];

			snprintf(sql, sizeof(sql), "SELECT count(*) FROM meta "
			    "WHERE name = 'job-%d-%d'", i, n);
			assert_int_equal(raw_int(raw, sql), s[i].is_good[n]);
		}
	}
	sqlite3_close(raw);
	print_message("%d jobs in %d commits\n", THREADS * JOBS, b.turns);
	assert_true(b.turns < THREADS * JOBS / 2);
	assert_int_equal(b.broken, 0);
	bench_end(&b);
}

/* Everything that waits when the server stops is still done. */
static void
test_destroy_finishes(void **state)
{
	struct bench b = { 0 };

	(void)state;
	bench_start(&b, 0);
	for (int n = 0; n < 1000; n++)
		submit(&b, 0, n, GOOD);
	bench_end(&b);
	assert_int_equal(b.done, 1000);
	assert_int_equal(b.good, 1000);
	assert_true(b.turns >= 1000 / LIMIT_BATCH);
}

static void
test_wakes(void **state)
{
	struct bench b = { 0 };
	uint64_t two = 2;
	int turns;
	int64_t asked;

	(void)state;
	bench_start(&b, 0);
	do { /* it falls asleep, or the limit strikes */
		turns = b.turns;
		bench_pause(&b, 200);
	} while (b.turns != turns);

	assert_int_equal(write(b.driver, &two, sizeof(two)), sizeof(two));
	while (b.events == 0)
		bench_pause(&b, 10);
	assert_int_equal(b.events, 1);

	asked = clock_boot_ms() + 100;
	b.due = asked;
	writer_wake(b.w);
	while (b.due != INT64_MAX)
		bench_pause(&b, 10);
	assert_true(clock_boot_ms() >= asked);
	bench_end(&b);
}

/* A disk that is full refuses and then goes on by itself. */
static void
test_full(void **state)
{
	struct bench b = { 0 };
	uint64_t one = 1;

	(void)state;
	needs_failpoints();
	bench_start(&b, 0);
	bench_pause(&b, 20);
	setenv("SLIPWAY_FAILPOINT", "db.commit.full:always", 1);
	submit(&b, 0, 0, GOOD);
	submit(&b, 0, 1, REFUSES);
	bench_wait(&b, 2);
	unsetenv("SLIPWAY_FAILPOINT");
	assert_int_equal(b.good, 0);
	assert_true(b.rolled_back >= 1);
	/* events stay with the driver for a moment */
	assert_int_equal(write(b.driver, &one, sizeof(one)), sizeof(one));
	while (b.events == 0)
		bench_pause(&b, 10);
	assert_int_equal(b.events, 1);
	submit(&b, 0, 2, GOOD);
	bench_wait(&b, 3);
	assert_int_equal(b.good, 1);
	assert_int_equal(b.broken, 0);
	bench_end(&b);
}

static void
test_full_reason(void **state)
{
	struct bench b = { 0 };

	(void)state;
	needs_failpoints();
	bench_start(&b, 0);
	bench_pause(&b, 20);
	setenv("SLIPWAY_FAILPOINT", "db.commit.full:always", 1);
	submit(&b, 0, 0, GOOD);
	bench_wait(&b, 1);
	unsetenv("SLIPWAY_FAILPOINT");
	assert_int_equal(b.last.class, ERR_FULL);
	assert_string_equal(b.last.code, "storage.full");
	bench_end(&b);
}

static void
test_broken(void **state)
{
	struct bench b = { 0 };

	(void)state;
	needs_failpoints();
	bench_start(&b, 0);
	bench_pause(&b, 20);
	setenv("SLIPWAY_FAILPOINT", "db.commit.fsync:always", 1);
	submit(&b, 0, 0, GOOD);
	bench_wait(&b, 1);
	unsetenv("SLIPWAY_FAILPOINT");
	assert_int_equal(b.good, 0);
	assert_string_equal(b.last.code, "db.io");
	submit(&b, 0, 1, GOOD);
	bench_wait(&b, 2);
	assert_int_equal(b.good, 0);
	assert_int_equal(b.broken, 1);
	assert_int_equal(err_class_info(b.broken_why.class)->exit, 74);
	bench_end(&b);
}

static void
test_fence(void **state)
{
	struct bench b = { 0 };
	sqlite3 *raw;

	(void)state;
	bench_start(&b, 1);
	submit(&b, 0, 0, GOOD);
	bench_wait(&b, 1);
	assert_int_equal(b.good, 1);
	raw = folder_raw(&b.f);
	raw_exec(raw, "UPDATE meta SET value = '2' WHERE name = 'epoch'");
	submit(&b, 0, 1, GOOD);
	bench_wait(&b, 2);
	assert_int_equal(b.good, 1);
	assert_int_equal(b.broken, 1);
	assert_string_equal(b.broken_why.code, "fence.epoch");
	assert_int_equal(raw_int(raw, "SELECT count(*) FROM meta WHERE name "
	    "GLOB 'job-*'"), 1);
	sqlite3_close(raw);
	bench_end(&b);
}

/* --- checkpoints ---------------------------------------------------------- */

static bool
big_run(struct job *job, struct db *db, struct err *e)
{
	struct test_job *t = (struct test_job *)job;
	static char page[200000];
	char name[32];

	(void)e;
	memset(page, 'a' + t->n % 26, sizeof(page) - 1);
	snprintf(name, sizeof(name), "big-%d", t->n % 10);
	meta_set(db, name, page);
	return true;
}

static void
test_log_stays_small(void **state)
{
	struct bench b = { 0 };
	struct buf path = { 0 };
	int fd;

	(void)state;
	bench_start(&b, 0);
	for (int n = 0; n < 600; n++) {
		struct test_job *t = calloc(1, sizeof(*t));

		*t = (struct test_job){ .b = &b, .n = n };
		t->job.run = big_run;
		t->job.done = test_job_done;
		writer_submit(b.w, &t->job);
		if (n % 10 == 9)
			bench_wait(&b, n + 1);
	}
	buf_printf(&path, "%s-wal", b.f.db);
	fd = open(path.data, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	/* 120 MB were written */
	assert_in_range(lseek(fd, 0, SEEK_END), 1,
	    CHECKPOINT_LARGE + 4 * CHECKPOINT_BYTES);
	print_message("log of %ld bytes\n", (long)lseek(fd, 0, SEEK_END));
	close(fd);
	buf_finish(&path);
	bench_end(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_four_threads),
		cmocka_unit_test(test_destroy_finishes),
		cmocka_unit_test(test_wakes),
		/* passages of failpoints are counted through */
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_full_reason),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_fence),
		cmocka_unit_test(test_log_stays_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
