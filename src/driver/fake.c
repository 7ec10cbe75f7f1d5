/* SPDX-License-Identifier: MIT */
#include "driver/fake.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"

enum fake_state { FAKE_NONE, FAKE_RUNS, FAKE_OVER, FAKE_LOST };

struct fake_attempt {
	enum fake_state state;
	int64_t token;
	unsigned starts;
	enum work_reason reason;
	int code;
	struct buf outputs, artifacts;
};

struct fake {
	fake_script *script;
	void *self;
	int fd;
	struct fake_attempt *attempts; /* by id */
	size_t cap;
	int64_t *queue; /* ids with an event to give */
	size_t head, tail, queue_cap;
	uint64_t started;
};

static struct fake_attempt *
fake_attempt(struct fake *f, int64_t id)
{
	size_t need = (size_t)id + 1;

	if (need > f->cap) {
		size_t cap = f->cap == 0 ? 256 : f->cap;

		while (cap < need)
			cap *= 2;
		f->attempts = realloc(f->attempts,
		    cap * sizeof(*f->attempts));
		ASSERT(f->attempts != NULL);
		memset(f->attempts + f->cap, 0,
		    (cap - f->cap) * sizeof(*f->attempts));
		f->cap = cap;
	}
	return &f->attempts[id];
}

static void
fake_wake(struct fake *f)
{
	uint64_t one = 1;
	ssize_t n = write(f->fd, &one, sizeof(one));

	(void)n;
}

static void
fake_queue(struct fake *f, int64_t id)
{
	if (f->tail == f->queue_cap && f->head > 0) {
		memmove(f->queue, f->queue + f->head,
		    (f->tail - f->head) * sizeof(*f->queue));
		f->tail -= f->head;
		f->head = 0;
	}
	if (f->tail == f->queue_cap) {
		f->queue_cap = f->queue_cap == 0 ? 256 : f->queue_cap * 2;
		f->queue = realloc(f->queue,
		    f->queue_cap * sizeof(*f->queue));
		ASSERT(f->queue != NULL);
	}
	f->queue[f->tail++] = id;
	fake_wake(f);
}

static bool
fake_start(void *self, const struct work *w, struct err *e)
{
	struct fake *f = self;
	struct fake_attempt *a = fake_attempt(f, w->attempt);
	struct work_event ev = { .reason = WORK_EXITED };

	(void)e;
	a->token = w->token;
	a->starts++;
	f->started++;
	a->state = FAKE_RUNS;
	if (f->script != NULL && !f->script(f->self, w, &ev))
		return true;
	a->state = FAKE_OVER;
	a->reason = ev.reason;
	a->code = ev.code;
	a->outputs = ev.outputs;
	a->artifacts = ev.artifacts;
	fake_queue(f, w->attempt);
	return true;
}

static void
fake_cancel(void *self, int64_t attempt, int64_t token, int64_t grace_ms)
{
	(void)token;
	(void)grace_ms;
	fake_end(self, attempt, WORK_CANCELLED, -1);
}

static int
fake_fd(void *self)
{
	struct fake *f = self;

	return f->fd;
}

/* Outputs are copied: the fake answers recover with them again. */
static void
fake_event(struct fake *f, int64_t id, struct work_event *ret)
{
	struct fake_attempt *a = fake_attempt(f, id);

	*ret = (struct work_event){ .kind = a->state == FAKE_LOST
			? WORK_GONE
			: WORK_ENDED,
		.attempt = id, .token = a->token, .reason = a->reason,
		.code = a->code };
	if (a->state == FAKE_RUNS) {
		ret->kind = WORK_STARTED;
		return;
	}
	ret->ended_ms = clock_wall_ms();
	if (a->outputs.len > 0)
		buf_addstr(&ret->outputs, buf_str(&a->outputs));
	if (a->artifacts.len > 0)
		buf_addstr(&ret->artifacts, buf_str(&a->artifacts));
}

static bool
fake_next(void *self, struct work_event *ret)
{
	struct fake *f = self;
	uint64_t n;

	if (f->head == f->tail) {
		ssize_t r = read(f->fd, &n, sizeof(n));

		(void)r;
		return false;
	}
	fake_event(f, f->queue[f->head++], ret);
	return true;
}

static enum work_state
fake_recover(void *self, int64_t attempt, int64_t token,
    struct work_event *ret_end)
{
	struct fake *f = self;
	struct fake_attempt *a = fake_attempt(f, attempt);

	(void)token;
	switch (a->state) {
	case FAKE_RUNS:
		return WORK_RUNNING;
	case FAKE_OVER:
		fake_event(f, attempt, ret_end);
		return WORK_OVER;
	case FAKE_LOST:
		return WORK_LOST;
	case FAKE_NONE:
	default:
		return WORK_NEVER;
	}
}

static void
fake_keep(void *self)
{
	(void)self;
}

static const struct driver_ops fake_ops = {
	.name = "fake",
	.start = fake_start,
	.cancel = fake_cancel,
	.fd = fake_fd,
	.next = fake_next,
	.recover = fake_recover,
	.destroy = fake_keep,
};

struct fake *
fake_create(fake_script *script, void *self, struct driver *ret)
{
	struct fake *f = calloc(1, sizeof(*f));

	ASSERT(f != NULL);
	f->script = script;
	f->self = self;
	f->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	ASSERT(f->fd >= 0);
	*ret = (struct driver){ .ops = &fake_ops, .self = f };
	return f;
}

void
fake_destroy(struct fake *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->cap; i++) {
		buf_finish(&f->attempts[i].outputs);
		buf_finish(&f->attempts[i].artifacts);
	}
	free(f->attempts);
	free(f->queue);
	close(f->fd);
	free(f);
}

void
fake_begin(struct fake *f, int64_t attempt)
{
	if (fake_attempt(f, attempt)->state == FAKE_RUNS)
		fake_queue(f, attempt);
}

void
fake_end(struct fake *f, int64_t attempt, enum work_reason reason, int code)
{
	struct fake_attempt *a = fake_attempt(f, attempt);

	if (a->state != FAKE_RUNS)
		return;
	a->state = FAKE_OVER;
	a->reason = reason;
	a->code = code;
	fake_queue(f, attempt);
}

void
fake_lose(struct fake *f, int64_t attempt)
{
	struct fake_attempt *a = fake_attempt(f, attempt);

	if (a->state != FAKE_RUNS)
		return;
	a->state = FAKE_LOST;
	fake_queue(f, attempt);
}

unsigned
fake_starts(const struct fake *f, int64_t attempt)
{
	return (size_t)attempt < f->cap ? f->attempts[attempt].starts : 0;
}

uint64_t
fake_started(const struct fake *f)
{
	return f->started;
}
