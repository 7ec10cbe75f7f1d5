/* SPDX-License-Identifier: MIT */
#include "sys/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/scratch_testing.h"

#define POSTS 2000
#define THREADS 3

struct seen {
	struct loop *loop;
	pthread_t thread; /* that runs the loop */
	int next[THREADS];
	int total;
	int calls;
	bool wrong;
	struct loop_timer *timer;
	char text[16];
};

struct post {
	struct seen *seen;
	int from, number;
};

struct poster {
	struct seen *seen;
	int from;
	struct post posts[POSTS];
};

/* A test that hangs must fail. */
static int
limit_time(void **state)
{
	(void)state;
	alarm(60);
	return 0;
}

static void
on_post(void *arg)
{
	struct post *p = arg;
	struct seen *s = p->seen;

	if (!pthread_equal(pthread_self(), s->thread) ||
	    p->number != s->next[p->from])
		s->wrong = true;
	s->next[p->from]++;
	if (++s->total == THREADS * POSTS)
		loop_stop(s->loop);
}

static void *
post_many(void *arg)
{
	struct poster *p = arg;

	for (int i = 0; i < POSTS; i++) {
		p->posts[i] = (struct post){ p->seen, p->from, i };
		loop_post(p->seen->loop, on_post, &p->posts[i]);
	}
	return NULL;
}

static void
test_posts_keep_their_order(void **state)
{
	struct seen s = { .loop = loop_create(), .thread = pthread_self() };
	static struct poster posters[THREADS];
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++) {
		posters[i].seen = &s;
		posters[i].from = i;
		assert_int_equal(pthread_create(&threads[i], NULL, post_many,
				     &posters[i]), 0);
	}
	loop_run(s.loop);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_false(s.wrong);
	assert_int_equal(s.total, THREADS * POSTS);
	loop_destroy(s.loop);
}

static void
count_call(void *arg)
{
	struct seen *s = arg;

	s->calls++;
}

static void
post_again(void *arg)
{
	struct seen *s = arg;

	if (++s->calls < 10)
		loop_post(s->loop, post_again, s);
	else
		loop_stop(s->loop);
}

static void
test_stop_runs_what_was_posted(void **state)
{
	struct seen s = { .loop = loop_create() };

	(void)state;
	loop_post(s.loop, count_call, &s);
	loop_post(s.loop, count_call, &s);
	loop_stop(s.loop);
	loop_run(s.loop);
	assert_int_equal(s.calls, 2);
	/* and it can run again; posting from a post works */
	s.calls = 0;
	loop_post(s.loop, post_again, &s);
	loop_run(s.loop);
	assert_int_equal(s.calls, 10);
	loop_post(s.loop, count_call, &s);
	loop_destroy(s.loop);
	assert_int_equal(s.calls, 10);
	loop_destroy(NULL);
}

static void
on_never(void *arg)
{
	struct seen *s = arg;

	s->wrong = true;
}

static void
on_last(void *arg)
{
	struct seen *s = arg;

	s->text[strlen(s->text)] = 'c';
	loop_timer_stop(s->timer);
	loop_stop(s->loop);
}

static void
on_second(void *arg)
{
	struct seen *s = arg;

	s->text[strlen(s->text)] = 'b';
	s->timer = loop_timer_start(s->loop, 5, on_last, s);
}

static void
on_first(void *arg)
{
	struct seen *s = arg;

	s->text[strlen(s->text)] = 'a';
}

static void
test_timers(void **state)
{
	struct seen s = { .loop = loop_create() };
	struct loop_timer *never;
	int64_t start = clock_boot_ms();

	(void)state;
	loop_timer_start(s.loop, 20, on_second, &s);
	loop_timer_start(s.loop, 1, on_first, &s);
	never = loop_timer_start(s.loop, 2, on_never, &s);
	loop_timer_stop(never);
	loop_timer_stop(NULL);
	/* left running: loop_destroy takes care of it */
	loop_timer_start(s.loop, 3600000, on_never, &s);
	loop_run(s.loop);
	assert_string_equal(s.text, "abc");
	assert_true(clock_boot_ms() - start >= 20);
	assert_false(s.wrong);
	loop_destroy(s.loop);
}

/* A timer counts from the call, even when the loop was busy before it. */
static void
test_timer_after_a_busy_round(void **state)
{
	struct seen s = { .loop = loop_create() };
	int64_t start;

	(void)state;
	usleep(60000);
	start = clock_boot_ms();
	s.timer = NULL;
	loop_timer_start(s.loop, 50, on_last, &s);
	loop_run(s.loop);
	assert_true(clock_boot_ms() - start >= 45);
	loop_destroy(s.loop);
}

static void
on_change(void *arg)
{
	struct seen *s = arg;

	if (s->calls++ == 0)
		loop_stop(s->loop);
}

static void
touch_it(void *arg)
{
	int fd = open(arg, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	close(fd);
}

static void
test_watch(void **state)
{
	struct seen s = { .loop = loop_create() };
	char folder[64], file[80];
	struct loop_watch *w;
	struct err e;

	(void)state;
	scratch_make(folder, sizeof(folder), "loop");
	snprintf(file, sizeof(file), "%s/f", folder);
	assert_null(loop_watch_start(s.loop, file, on_change, &s, &e));
	assert_int_equal(e.class, ERR_IO);
	w = loop_watch_start(s.loop, folder, on_change, &s, &e);
	assert_non_null(w);
	loop_post(s.loop, touch_it, file);
	loop_run(s.loop);
	assert_true(s.calls > 0);
	loop_watch_stop(w);
	loop_watch_stop(NULL);
	unlink(file);
	rmdir(folder);
	loop_destroy(s.loop);
}

static void
on_signal(void *arg, int number)
{
	struct seen *s = arg;

	s->total = number;
	loop_stop(s->loop);
}

static void
test_signal(void **state)
{
	struct seen s = { .loop = loop_create() };

	(void)state;
	loop_signal(s.loop, SIGUSR1, on_signal, &s);
	raise(SIGUSR1);
	loop_run(s.loop);
	assert_int_equal(s.total, SIGUSR1);
	loop_destroy(s.loop);
}

static void
work_elsewhere(void *arg)
{
	struct seen *s = arg;

	if (pthread_equal(pthread_self(), s->thread))
		s->wrong = true;
	s->calls++;
}

static void
work_done(void *arg)
{
	struct seen *s = arg;

	if (!pthread_equal(pthread_self(), s->thread))
		s->wrong = true;
	s->total++;
	loop_stop(s->loop);
}

static void
test_work(void **state)
{
	struct seen s = { .loop = loop_create(), .thread = pthread_self() };

	(void)state;
	loop_work(s.loop, work_elsewhere, work_done, &s);
	loop_run(s.loop);
	assert_int_equal(s.calls, 1);
	assert_int_equal(s.total, 1);
	/* destroying the loop waits for work that is under way */
	loop_work(s.loop, work_elsewhere, work_done, &s);
	loop_destroy(s.loop);
	assert_int_equal(s.calls, 2);
	assert_int_equal(s.total, 2);
	assert_false(s.wrong);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_posts_keep_their_order),
		cmocka_unit_test(test_stop_runs_what_was_posted),
		cmocka_unit_test(test_timers),
		cmocka_unit_test(test_timer_after_a_busy_round),
		cmocka_unit_test(test_watch),
		cmocka_unit_test(test_signal),
		cmocka_unit_test(test_work),
	};

	return cmocka_run_group_tests(tests, limit_time, NULL);
}
