/* SPDX-License-Identifier: MIT */
#include "engine/bus.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/map.h"

#define BUS_MAGIC 0x0b050001u
#define BUS_KEY 24  /* a run's id in decimal */
#define BUS_BACK 64 /* noted last: what is noted twice is looked at twice */

struct bus_subscription {
	struct bus *bus;
	struct bus_topic *topic;
	struct bus_subscription *next, **back;
	void (*fn)(void *arg); /* NULL: left while its topic was called */
	void *arg;
};

/* Those who wait for one run. */
struct bus_topic {
	int64_t run_id;
	struct bus_subscription *first;
	bool calling;
};

struct bus {
	unsigned magic;
	struct loop *loop;
	struct map topics; /* loop thread */
	atomic_size_t subscribers;
	/* Core thread: runs that changed since the last commit. */
	int64_t *changed;
	size_t count, cap;
};

/* From the core thread to the loop thread. */
struct bus_news {
	struct bus *bus;
	size_t count;
	int64_t runs[];
};

struct bus *
bus_create(struct loop *loop)
{
	struct bus *b = calloc(1, sizeof(*b));

	ASSERT(b != NULL);
	b->magic = BUS_MAGIC;
	b->loop = loop;
	return b;
}

void
bus_destroy(struct bus *b)
{
	if (b == NULL)
		return;
	ASSERT_MAGIC(b, BUS_MAGIC);
	ASSERT(b->topics.count == 0);
	map_finish(&b->topics);
	free(b->changed);
	b->magic = 0;
	free(b);
}

static char *
bus_key(char key[BUS_KEY], int64_t run_id)
{
	snprintf(key, BUS_KEY, "%lld", (long long)run_id);
	return key;
}

/* --- loop thread ---------------------------------------------------------- */

static void
bus_drop(struct bus_subscription *s)
{
	*s->back = s->next;
	if (s->next != NULL)
		s->next->back = s->back;
	atomic_fetch_sub(&s->bus->subscribers, 1);
	free(s);
}

static void
bus_topic_close(struct bus *b, struct bus_topic *t)
{
	char key[BUS_KEY];

	if (t->first != NULL)
		return;
	map_remove(&b->topics, bus_key(key, t->run_id));
	free(t);
}

static void
bus_call(struct bus *b, int64_t run_id)
{
	char key[BUS_KEY];
	struct bus_topic *t = map_get(&b->topics, bus_key(key, run_id));
	struct bus_subscription *s, *next;

	if (t == NULL)
		return;
	t->calling = true;
	for (s = t->first; s != NULL; s = s->next)
		if (s->fn != NULL)
			s->fn(s->arg);
	t->calling = false;
	for (s = t->first; s != NULL; s = next) {
		next = s->next;
		if (s->fn == NULL)
			bus_drop(s);
	}
	bus_topic_close(b, t);
}

static void
bus_deliver(void *arg)
{
	struct bus_news *news = arg;

	for (size_t i = 0; i < news->count; i++)
		bus_call(news->bus, news->runs[i]);
	free(news);
}

struct bus_subscription *
bus_subscribe(struct bus *b, int64_t run_id, void (*fn)(void *arg), void *arg)
{
	struct bus_subscription *s = calloc(1, sizeof(*s));
	char key[BUS_KEY];
	struct bus_topic *t = map_get(&b->topics, bus_key(key, run_id));

	ASSERT_MAGIC(b, BUS_MAGIC);
	ASSERT(s != NULL && fn != NULL);
	if (t == NULL) {
		t = calloc(1, sizeof(*t));
		ASSERT(t != NULL);
		t->run_id = run_id;
		map_put(&b->topics, key, t);
	}
	*s = (struct bus_subscription){ .bus = b, .topic = t,
		.next = t->first, .back = &t->first, .fn = fn, .arg = arg };
	if (t->first != NULL)
		t->first->back = &s->next;
	t->first = s;
	atomic_fetch_add(&b->subscribers, 1);
	return s;
}

void
bus_unsubscribe(struct bus_subscription *s)
{
	struct bus_topic *t;
	struct bus *b;

	if (s == NULL)
		return;
	t = s->topic;
	b = s->bus;
	if (t->calling) {
		s->fn = NULL;
		return;
	}
	bus_drop(s);
	bus_topic_close(b, t);
}

/* --- core thread ---------------------------------------------------------- */

static void
bus_committed(void *arg)
{
	struct bus *b = arg;
	struct bus_news *news;

	if (b->count == 0)
		return;
	if (atomic_load(&b->subscribers) == 0) {
		b->count = 0; /* who comes now has it in their snapshot */
		return;
	}
	news = malloc(sizeof(*news) + b->count * sizeof(news->runs[0]));
	ASSERT(news != NULL);
	news->bus = b;
	news->count = b->count;
	memcpy(news->runs, b->changed, b->count * sizeof(news->runs[0]));
	b->count = 0;
	loop_post(b->loop, bus_deliver, news);
}

static bool
bus_knows(const struct bus *b, int64_t run_id)
{
	for (size_t i = b->count; i > 0 && b->count - i < BUS_BACK; i--)
		if (b->changed[i - 1] == run_id)
			return true;
	return false;
}

/*
 * The hook is said anew each time: an earlier one may be forgotten with its
 * savepoint.  What was noted in a savepoint that is undone stays noted, and
 * costs its subscribers a look for nothing.
 */
void
bus_changed(struct bus *b, struct db *db, int64_t run_id)
{
	ASSERT_MAGIC(b, BUS_MAGIC);
	if (!bus_knows(b, run_id)) {
		if (b->count == b->cap) {
			b->cap = b->cap == 0 ? 16 : b->cap * 2;
			b->changed = realloc(b->changed,
			    b->cap * sizeof(*b->changed));
			ASSERT(b->changed != NULL);
		}
		b->changed[b->count++] = run_id;
	}
	db_after_commit(db, bus_committed, b);
}
