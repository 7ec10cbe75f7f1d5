/* SPDX-License-Identifier: MIT */
#include "http/server.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/conn.h"

/* Small, because thousands of streams keep theirs. */
#define SERVER_ARENA_FIRST 256

static struct conn *
conn_of_deadline(struct deadline *d)
{
	struct conn *c =
	    (struct conn *)(void *)((char *)d -
				    offsetof(struct conn, deadline));

	ASSERT_MAGIC(c, CONN_MAGIC);
	return c;
}

static void server_tick(uv_timer_t *t);

static void
server_arm(struct http_server *s)
{
	uint64_t due, now = uv_now(s->uv);

	if (s->closing || !deadline_soonest(&s->deadlines, &due))
		return;
	if (uv_is_active((uv_handle_t *)&s->timer) && s->timer_due <= due)
		return;
	s->timer_due = due;
	uv_timer_start(&s->timer, server_tick, due > now ? due - now : 0, 0);
}

static void
server_tick(uv_timer_t *t)
{
	struct http_server *s = t->data;
	enum deadline_kind kind;
	struct deadline *d;

	ASSERT_MAGIC(s, SERVER_MAGIC);
	while ((d = deadline_take(&s->deadlines, uv_now(s->uv), &kind)) != NULL)
		conn_expired(conn_of_deadline(d), kind);
	server_arm(s);
}

void
server_wait(struct http_server *s, struct conn *c, enum deadline_kind k)
{
	if (c->state == CONN_CLOSED)
		return;
	deadline_set(&s->deadlines, &c->deadline, k, uv_now(s->uv));
	server_arm(s);
}

/*
 * Those that want to send in this turn of the loop.  Who has more to say as
 * soon as there is room comes again in the next, so that a fast reader of a
 * long log leaves the others their turn.
 */
static void
server_flush(uv_idle_t *idle)
{
	struct http_server *s = idle->data;
	struct conn *turn = s->flush;

	ASSERT_MAGIC(s, SERVER_MAGIC);
	uv_idle_stop(idle);
	s->flush = NULL;
	if (turn != NULL)
		turn->flush_back = &turn;
	while (turn != NULL) {
		struct conn *c = turn;

		if (c->closed) {
			server_flush_remove(c);
			conn_gone(c);
		} else if (conn_flush(c)) {
			conn_sent(c);
		}
	}
}

void
server_flush_add(struct conn *c)
{
	struct http_server *s = c->server;

	if (c->flush_back != NULL || s->closing)
		return;
	c->flush_back = &s->flush;
	c->flush_next = s->flush;
	if (c->flush_next != NULL)
		c->flush_next->flush_back = &c->flush_next;
	s->flush = c;
	uv_idle_start(&s->idle, server_flush);
}

void
server_flush_remove(struct conn *c)
{
	if (c->flush_back == NULL)
		return;
	*c->flush_back = c->flush_next;
	if (c->flush_next != NULL)
		c->flush_next->flush_back = c->flush_back;
	c->flush_next = NULL;
	c->flush_back = NULL;
}

const char *
server_date(struct http_server *s)
{
	int64_t now = clock_wall_ms();

	if (now / 1000 != s->date_s) {
		s->date_s = now / 1000;
		answer_date(now, s->date);
	}
	return s->date;
}

struct arena *
server_arena(struct http_server *s)
{
	if (s->spares > 0)
		return s->spare[--s->spares];
	return arena_create_sized(SERVER_ARENA_FIRST);
}

void
server_arena_back(struct http_server *s, struct arena *a)
{
	if (a == NULL)
		return;
	if (s->spares == ARRAY_SIZE(s->spare)) {
		arena_destroy(a);
		return;
	}
	arena_reset(a);
	s->spare[s->spares++] = a;
}

static uintptr_t
server_counted(const struct http_server *s, const struct peer *p)
{
	return (uintptr_t)map_get(&s->addresses, p->counted);
}

bool
server_admits(
    const struct http_server *s, const struct peer *p, enum refusal *ret_why)
{
	if (s->stats.connections >= s->options.connections)
		*ret_why = REFUSAL_SERVER_FULL;
	else if (server_counted(s, p) >= s->options.connections_per_address)
		*ret_why = REFUSAL_ADDRESS_FULL;
	else
		return true;
	return false;
}

void
server_count(struct http_server *s, const struct peer *p)
{
	if (p->counted[0] == '\0') {
		s->refusing++;
		return;
	}
	s->stats.connections++;
	map_put(&s->addresses, p->counted, (void *)(server_counted(s, p) + 1));
}

void
server_discount(struct http_server *s, const struct peer *p)
{
	uintptr_t n = server_counted(s, p);

	if (p->counted[0] == '\0') {
		s->refusing--;
		return;
	}
	ASSERT(n > 0 && s->stats.connections > 0);
	s->stats.connections--;
	if (n > 1)
		map_put(&s->addresses, p->counted, (void *)(n - 1));
	else
		map_remove(&s->addresses, p->counted);
}

static void
server_take_handle(struct http_server *s, void *handle)
{
	((uv_handle_t *)handle)->data = s;
	s->handles++;
}

static void
options_default(struct http_options *o)
{
	if (o->connections == 0)
		o->connections = LIMIT_CONNECTIONS;
	if (o->connections_per_address == 0)
		o->connections_per_address = LIMIT_CONNECTIONS_PER_ADDRESS;
	if (o->head_ms == 0)
		o->head_ms = LIMIT_HEAD_MS;
	if (o->body_ms == 0)
		o->body_ms = LIMIT_BODY_MS;
	if (o->idle_ms == 0)
		o->idle_ms = LIMIT_IDLE_MS;
	if (o->comment_ms == 0)
		o->comment_ms = LIMIT_COMMENT_MS;
}

struct http_server *
http_server_create(struct loop *l, const struct http_options *o)
{
	struct http_server *s = calloc(1, sizeof(*s));

	ASSERT(s != NULL && o->handler != NULL);
	s->magic = SERVER_MAGIC;
	s->loop = l;
	s->uv = loop_uv(l);
	s->options = *o;
	options_default(&s->options);
	s->deadlines =
	    (struct deadlines){ .ms = {
				    [DEADLINE_HEAD] = s->options.head_ms,
				    [DEADLINE_BODY] = s->options.body_ms,
				    [DEADLINE_IDLE] = s->options.idle_ms,
				    [DEADLINE_WRITE] = s->options.body_ms,
				    [DEADLINE_LINGER] = LIMIT_LINGER_MS,
				    [DEADLINE_COMMENT] = s->options.comment_ms,
				} };
	s->date_s = -1;
	s->reserve_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	uv_timer_init(s->uv, &s->timer);
	uv_timer_init(s->uv, &s->resume);
	uv_timer_init(s->uv, &s->drain);
	uv_idle_init(s->uv, &s->idle);
	server_take_handle(s, &s->timer);
	server_take_handle(s, &s->resume);
	server_take_handle(s, &s->drain);
	server_take_handle(s, &s->idle);
	signal(SIGPIPE, SIG_IGN);
	return s;
}

static void
server_own_closed(uv_handle_t *h)
{
	server_handle_closed(h->data);
}

/* Once the last connection is gone, the handles of the server follow. */
static void
server_close(struct http_server *s)
{
	if (!s->draining || s->closing || s->stats.connections > 0 ||
	    s->refusing > 0)
		return;
	s->closing = true;
	uv_close((uv_handle_t *)&s->timer, server_own_closed);
	uv_close((uv_handle_t *)&s->resume, server_own_closed);
	uv_close((uv_handle_t *)&s->drain, server_own_closed);
	uv_close((uv_handle_t *)&s->idle, server_own_closed);
}

void
server_handle_closed(struct http_server *s)
{
	ASSERT_MAGIC(s, SERVER_MAGIC);
	s->handles--;
	server_close(s);
	if (s->handles == 0 && s->drained != NULL)
		s->drained(s->drained_arg); /* may destroy s */
}

static void
server_drain_over(uv_timer_t *t)
{
	struct http_server *s = t->data;

	for (struct conn *c = s->conns; c != NULL; c = c->next)
		conn_close(c);
}

void
http_server_drain(
    struct http_server *s, uint64_t ms, void (*done)(void *arg), void *arg)
{
	ASSERT_MAGIC(s, SERVER_MAGIC);
	ASSERT(!s->draining);
	s->draining = true;
	s->drained = done;
	s->drained_arg = arg;
	listeners_close(s);
	uv_timer_start(&s->drain, server_drain_over, ms, 0);
	for (struct conn *c = s->conns; c != NULL; c = c->next) {
		if (c->state == CONN_STREAMING)
			conn_flush(c);
		if (c->state == CONN_STREAMING ||
		    (c->state == CONN_READING && reader_idle(&c->reader)))
			conn_close(c);
	}
	server_close(s);
}

void
http_server_destroy(struct http_server *s)
{
	if (s == NULL)
		return;
	ASSERT_MAGIC(s, SERVER_MAGIC);
	s->drained = NULL;
	if (!s->draining)
		http_server_drain(s, 0, NULL, NULL);
	if (!s->closing)
		server_drain_over(&s->drain);
	while (s->handles > 0)
		uv_run(s->uv, UV_RUN_NOWAIT);
	while (s->conns != NULL) {
		struct conn *c = s->conns;

		c->held = false;
		conn_gone(c);
	}
	while (s->spares > 0)
		arena_destroy(s->spare[--s->spares]);
	map_finish(&s->addresses);
	buf_finish(&s->scratch);
	if (s->reserve_fd >= 0)
		close(s->reserve_fd);
	s->magic = 0;
	free(s);
}

struct http_stats
http_server_stats(const struct http_server *s)
{
	return s->stats;
}
