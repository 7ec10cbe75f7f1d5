/* SPDX-License-Identifier: MIT */
#include "sys/loop.h"

#include <stdlib.h>
#include <uv.h>

#define LOOP_MAGIC 0x100b0001u
#define LOOP_TIMER_MAGIC 0x100b0002u
#define LOOP_WATCH_MAGIC 0x100b0003u

struct loop_task {
	struct loop_task *next;
	void (*fn)(void *arg);
	void *arg;
};

struct loop_queue {
	struct loop_task *first, **last;
};

/* Handles of ours are listed, so that loop_destroy can close what is left. */
struct loop_link {
	struct loop_link *next, **back;
	uv_handle_t *handle;
};

struct loop {
	unsigned magic;
	uv_loop_t uv;
	uv_async_t wake;
	uv_mutex_t lock; /* over posted and stopped */
	struct loop_queue posted;
	bool stopped;
	struct loop_link *links;
};

struct loop_timer {
	unsigned magic;
	uv_timer_t uv;
	struct loop_link link;
	void (*fn)(void *arg);
	void *arg;
};

struct loop_watch {
	unsigned magic;
	uv_fs_event_t uv;
	struct loop_link link;
	void (*fn)(void *arg);
	void *arg;
};

struct loop_sign {
	uv_signal_t uv;
	struct loop_link link;
	void (*fn)(void *arg, int signal);
	void *arg;
};

struct loop_job {
	uv_work_t uv;
	void (*work)(void *arg);
	void (*done)(void *arg);
	void *arg;
};

static void *
loop_new(size_t size)
{
	void *p = calloc(1, size);

	ASSERT(p != NULL);
	return p;
}

static void
loop_link_add(struct loop *l, struct loop_link *k, void *handle, void *owner)
{
	k->handle = handle;
	k->handle->data = owner;
	k->next = l->links;
	k->back = &l->links;
	if (k->next != NULL)
		k->next->back = &k->next;
	l->links = k;
}

static void
loop_closed(uv_handle_t *h)
{
	free(h->data);
}

/* Closing twice is fine; the owner is freed later, from the loop. */
static void
loop_link_close(struct loop_link *k)
{
	if (uv_is_closing(k->handle))
		return;
	*k->back = k->next;
	if (k->next != NULL)
		k->next->back = k->back;
	uv_close(k->handle, loop_closed);
}

static struct loop_task *
loop_take_posted(struct loop *l, bool *ret_stopped)
{
	struct loop_task *first;

	uv_mutex_lock(&l->lock);
	first = l->posted.first;
	l->posted.first = NULL;
	l->posted.last = &l->posted.first;
	*ret_stopped = l->stopped;
	l->stopped = false;
	uv_mutex_unlock(&l->lock);
	return first;
}

static void
loop_on_wake(uv_async_t *wake)
{
	struct loop *l = wake->data;
	bool stopped;
	struct loop_task *t = loop_take_posted(l, &stopped);

	while (t != NULL) {
		struct loop_task *next = t->next;

		t->fn(t->arg);
		free(t);
		t = next;
	}
	if (stopped)
		uv_stop(&l->uv);
}

struct loop *
loop_create(void)
{
	struct loop *l = loop_new(sizeof(*l));

	l->magic = LOOP_MAGIC;
	l->posted.last = &l->posted.first;
	ASSERT(uv_loop_init(&l->uv) == 0);
	ASSERT(uv_mutex_init(&l->lock) == 0);
	ASSERT(uv_async_init(&l->uv, &l->wake, loop_on_wake) == 0);
	l->wake.data = l;
	return l;
}

static void
loop_assert_closing(uv_handle_t *h, void *arg)
{
	(void)arg;
	ASSERT(uv_is_closing(h));
}

void
loop_destroy(struct loop *l)
{
	struct loop_task *t;
	bool stopped;

	if (l == NULL)
		return;
	ASSERT_MAGIC(l, LOOP_MAGIC);
	while (l->links != NULL)
		loop_link_close(l->links);
	uv_close((uv_handle_t *)&l->wake, NULL);
	uv_walk(&l->uv, loop_assert_closing, NULL);
	while (uv_run(&l->uv, UV_RUN_DEFAULT) != 0)
		continue;
	t = loop_take_posted(l, &stopped);
	while (t != NULL) {
		struct loop_task *next = t->next;

		free(t);
		t = next;
	}
	ASSERT(uv_loop_close(&l->uv) == 0);
	uv_mutex_destroy(&l->lock);
	l->magic = 0;
	free(l);
}

void
loop_run(struct loop *l)
{
	ASSERT_MAGIC(l, LOOP_MAGIC);
	uv_run(&l->uv, UV_RUN_DEFAULT);
}

void
loop_stop(struct loop *l)
{
	ASSERT_MAGIC(l, LOOP_MAGIC);
	uv_mutex_lock(&l->lock);
	l->stopped = true;
	uv_mutex_unlock(&l->lock);
	uv_async_send(&l->wake);
}

struct uv_loop_s *
loop_uv(struct loop *l)
{
	ASSERT_MAGIC(l, LOOP_MAGIC);
	return &l->uv;
}

void
loop_post(struct loop *l, void (*fn)(void *arg), void *arg)
{
	struct loop_task *t = loop_new(sizeof(*t));

	ASSERT_MAGIC(l, LOOP_MAGIC);
	t->fn = fn;
	t->arg = arg;
	uv_mutex_lock(&l->lock);
	*l->posted.last = t;
	l->posted.last = &t->next;
	uv_mutex_unlock(&l->lock);
	uv_async_send(&l->wake);
}

/* Closed before fn is called: a stop from inside fn then does nothing. */
static void
loop_on_timer(uv_timer_t *uv)
{
	struct loop_timer *t = uv->data;

	loop_link_close(&t->link);
	t->fn(t->arg);
}

struct loop_timer *
loop_timer_start(struct loop *l, uint64_t ms, void (*fn)(void *arg), void *arg)
{
	struct loop_timer *t = loop_new(sizeof(*t));

	ASSERT_MAGIC(l, LOOP_MAGIC);
	t->magic = LOOP_TIMER_MAGIC;
	t->fn = fn;
	t->arg = arg;
	ASSERT(uv_timer_init(&l->uv, &t->uv) == 0);
	loop_link_add(l, &t->link, &t->uv, t);
	/* libuv counts from the start of this round, which may be long ago */
	uv_update_time(&l->uv);
	ASSERT(uv_timer_start(&t->uv, loop_on_timer, ms, 0) == 0);
	return t;
}

void
loop_timer_stop(struct loop_timer *t)
{
	if (t == NULL)
		return;
	ASSERT_MAGIC(t, LOOP_TIMER_MAGIC);
	loop_link_close(&t->link);
}

static void
loop_on_watch(uv_fs_event_t *uv, const char *name, int events, int status)
{
	struct loop_watch *w = uv->data;

	(void)name;
	(void)events;
	(void)status;
	w->fn(w->arg);
}

struct loop_watch *
loop_watch_start(struct loop *l, const char *path, void (*fn)(void *arg),
    void *arg, struct err *e)
{
	struct loop_watch *w = loop_new(sizeof(*w));
	int r;

	ASSERT_MAGIC(l, LOOP_MAGIC);
	w->magic = LOOP_WATCH_MAGIC;
	w->fn = fn;
	w->arg = arg;
	ASSERT(uv_fs_event_init(&l->uv, &w->uv) == 0);
	loop_link_add(l, &w->link, &w->uv, w);
	r = uv_fs_event_start(&w->uv, loop_on_watch, path, 0);
	if (r == 0)
		return w;
	loop_link_close(&w->link);
	err_set(e, ERR_IO, "io", "watch '%s': %s", path, uv_strerror(r));
	return NULL;
}

void
loop_watch_stop(struct loop_watch *w)
{
	if (w == NULL)
		return;
	ASSERT_MAGIC(w, LOOP_WATCH_MAGIC);
	loop_link_close(&w->link);
}

static void
loop_on_signal(uv_signal_t *uv, int number)
{
	struct loop_sign *s = uv->data;

	s->fn(s->arg, number);
}

void
loop_signal(struct loop *l, int signal, void (*fn)(void *arg, int signal),
    void *arg)
{
	struct loop_sign *s = loop_new(sizeof(*s));

	ASSERT_MAGIC(l, LOOP_MAGIC);
	s->fn = fn;
	s->arg = arg;
	ASSERT(uv_signal_init(&l->uv, &s->uv) == 0);
	loop_link_add(l, &s->link, &s->uv, s);
	ASSERT(uv_signal_start(&s->uv, loop_on_signal, signal) == 0);
}

static void
loop_on_work(uv_work_t *uv)
{
	struct loop_job *j = uv->data;

	j->work(j->arg);
}

static void
loop_on_done(uv_work_t *uv, int status)
{
	struct loop_job *j = uv->data;

	ASSERT(status == 0);
	j->done(j->arg);
	free(j);
}

void
loop_work(struct loop *l, void (*work)(void *arg), void (*done)(void *arg),
    void *arg)
{
	struct loop_job *j = loop_new(sizeof(*j));

	ASSERT_MAGIC(l, LOOP_MAGIC);
	j->work = work;
	j->done = done;
	j->arg = arg;
	j->uv.data = j;
	ASSERT(uv_queue_work(&l->uv, &j->uv, loop_on_work, loop_on_done) == 0);
}
