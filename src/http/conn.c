/* SPDX-License-Identifier: MIT */
#include "http/conn.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "http/forwarded.h"

static void
conn_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *ret)
{
	struct conn *c = h->data;

	(void)suggested;
	ret->base = c->server->in;
	ret->len = sizeof(c->server->in);
}

static void
conn_eof(struct conn *c)
{
	bool owed = c->state == CONN_HANDLING || c->state == CONN_ANSWERING ||
		    (c->state == CONN_LINGERING && c->writing);

	c->eof = true;
	if (!owed)
		conn_close(c);
}

static void
conn_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct conn *c = stream->data;

	ASSERT_MAGIC(c, CONN_MAGIC);
	if (n == UV_EOF) {
		conn_eof(c);
		return;
	}
	if (n < 0) {
		conn_close(c);
		return;
	}
	if (c->state == CONN_STREAMING || c->state == CONN_LINGERING)
		return;
	reader_add(&c->reader, (struct str){ buf->base, (size_t)n });
	if (c->state == CONN_READING) {
		conn_process(c);
	} else if (c->reader.ahead.len > LIMIT_PIPELINE_BYTES) {
		uv_read_stop(stream);
		c->paused = true;
	}
}

void
conn_resume(struct conn *c)
{
	if (!c->paused || c->state == CONN_CLOSED)
		return;
	c->paused = false;
	uv_read_start(&c->uv.stream, conn_alloc, conn_read);
}

static bool
conn_adopt(struct conn *c, int fd)
{
	uv_loop_t *loop = c->server->uv;

	if (c->peer.local) {
		uv_pipe_init(loop, &c->uv.pipe, 0);
		c->uv.handle.data = c;
		return uv_pipe_open(&c->uv.pipe, fd) == 0;
	}
	uv_tcp_init(loop, &c->uv.tcp);
	c->uv.handle.data = c;
	return uv_tcp_open(&c->uv.tcp, fd) == 0;
}

struct conn *
conn_open(struct http_server *s, int fd, const struct peer *p)
{
	struct conn *c = calloc(1, sizeof(*c));

	ASSERT(c != NULL);
	c->magic = CONN_MAGIC;
	c->state = CONN_READING;
	c->server = s;
	c->peer = *p;
	reader_init(&c->reader);
	c->back = &s->conns;
	c->next = s->conns;
	if (c->next != NULL)
		c->next->back = &c->next;
	s->conns = c;
	s->handles++;
	server_count(s, p);
	if (!conn_adopt(c, fd)) {
		close(fd);
		conn_close(c);
		return c;
	}
	uv_read_start(&c->uv.stream, conn_alloc, conn_read);
	server_wait(s, c, DEADLINE_HEAD);
	return c;
}

void
conn_free(struct conn *c)
{
	ASSERT_MAGIC(c, CONN_MAGIC);
	*c->back = c->next;
	if (c->next != NULL)
		c->next->back = c->back;
	server_arena_back(c->server, c->x.arena);
	reader_finish(&c->reader);
	buf_finish(&c->out);
	c->magic = 0;
	free(c);
}

void
conn_gone(struct conn *c)
{
	if (c->streaming) {
		c->streaming = false;
		c->server->stats.streams--;
		if (c->x.on_gone != NULL)
			c->x.on_gone(&c->x);
		c->held = false;
	}
	if (!c->held)
		conn_free(c);
}

static void
conn_closed(uv_handle_t *h)
{
	struct conn *c = h->data;
	struct http_server *s = c->server;

	ASSERT_MAGIC(c, CONN_MAGIC);
	c->closed = true;
	server_discount(s, &c->peer);
	conn_gone(c);
	server_handle_closed(s);
}

void
conn_close(struct conn *c)
{
	if (c->state == CONN_CLOSED)
		return;
	c->state = CONN_CLOSED;
	c->x.gone = true;
	deadline_clear(&c->server->deadlines, &c->deadline);
	server_flush_remove(c);
	uv_close(&c->uv.handle, conn_closed);
}

void
conn_release(struct conn *c)
{
	c->held = false;
	server_arena_back(c->server, c->x.arena);
	c->x = (struct exchange){ .gone = c->x.gone };
	c->fields = NULL;
	c->on_room = NULL;
	if (c->closed)
		conn_free(c);
}

static void
conn_linger(struct conn *c)
{
	uv_os_fd_t fd;

	c->state = CONN_LINGERING;
	conn_resume(c);
	server_wait(c->server, c, DEADLINE_LINGER);
	if (uv_fileno(&c->uv.handle, &fd) == 0)
		shutdown(fd, SHUT_WR);
	if (c->eof)
		conn_close(c);
}

void
conn_sent(struct conn *c)
{
	switch (c->state) {
	case CONN_STREAMING:
		if (c->on_room != NULL)
			c->on_room(&c->x);
		return;
	case CONN_LINGERING:
		conn_linger(c);
		return;
	case CONN_ANSWERING:
		break;
	case CONN_READING: /* a "100 Continue" left late */
	case CONN_HANDLING:
	case CONN_CLOSED:
	default:
		return;
	}
	if (!c->keep_alive || c->server->draining) {
		conn_linger(c);
		return;
	}
	reader_next(&c->reader);
	c->state = CONN_READING;
	conn_resume(c);
	conn_process(c);
}

void
conn_refuse(struct conn *c, enum refusal why)
{
	struct http_server *s = c->server;

	if (c->state == CONN_CLOSED)
		return;
	s->stats.refused++;
	log_debug("http.refused", "address=%s code=%s", c->peer.address,
	    refusal_info(why)->code);
	c->state = CONN_LINGERING;
	c->keep_alive = false;
	server_wait(s, c, DEADLINE_LINGER);
	buf_clear(&s->scratch);
	refusal_answer(why, server_date(s), &s->scratch);
	conn_send(c, &(struct str){ s->scratch.data, s->scratch.len }, 1);
	if (!c->writing)
		conn_sent(c);
}

/* Whom the request is from, when a proxy that is believed says so. */
static const char *
conn_client(struct conn *c)
{
	const char *const *proxies = c->server->options.proxies;
	char client[FORWARDED_ADDRESS];

	if (proxies == NULL || c->peer.local ||
	    !forwarded_client(reader_head(&c->reader), c->peer.address, proxies,
		client))
		return c->peer.address;
	return arena_strdup(c->x.arena, client);
}

static void
conn_handle(struct conn *c)
{
	struct http_server *s = c->server;
	const struct head *h = &c->reader.head;

	deadline_clear(&s->deadlines, &c->deadline);
	s->stats.requests++;
	c->state = CONN_HANDLING;
	c->held = true;
	c->keep_alive = reader_keeps_alive(&c->reader);
	c->x = (struct exchange){
		.arena = server_arena(s),
		.method = reader_text(&c->reader, h->method),
		.path = reader_text(&c->reader, h->path),
		.query = reader_text(&c->reader, h->query),
		.body = reader_body(&c->reader),
		.local = c->peer.local,
		.uid = c->peer.uid,
	};
	c->x.address = conn_client(c);
	c->head_only = str_is(c->x.method, "HEAD");
	if (c->head_only)
		c->x.method = STR("GET");
	s->options.handler(s->options.self, &c->x);
}

static void
conn_wait_once(struct conn *c, enum deadline_kind kind)
{
	if (c->deadline.kind != kind)
		server_wait(c->server, c, kind);
}

/* One request or one refusal further; false when more bytes must come. */
static bool
conn_step(struct conn *c)
{
	switch (reader_step(&c->reader)) {
	case READER_HEAD:
		if (!reader_idle(&c->reader))
			conn_wait_once(c, DEADLINE_HEAD);
		else if (c->server->draining)
			conn_close(c);
		else
			conn_wait_once(c, DEADLINE_IDLE);
		break;
	case READER_BODY:
		conn_wait_once(c, DEADLINE_BODY);
		if (reader_continue(&c->reader))
			conn_send(c, &STR("HTTP/1.1 100 Continue\r\n\r\n"), 1);
		break;
	case READER_REFUSED:
		conn_refuse(c, c->reader.why);
		return false;
	case READER_DONE:
		conn_handle(c);
		return true;
	}
	if (c->eof)
		conn_close(c);
	return false;
}

/*
 * A handler that answers at once comes back here from conn_sent: the loop
 * below then goes on with the next request, instead of the stack growing.
 */
void
conn_process(struct conn *c)
{
	if (c->processing)
		return;
	c->processing = true;
	while (c->state == CONN_READING && conn_step(c))
		;
	c->processing = false;
}

void
conn_expired(struct conn *c, enum deadline_kind kind)
{
	size_t waiting = conn_waiting(c);

	switch (kind) {
	case DEADLINE_HEAD:
		if (!reader_idle(&c->reader)) {
			conn_refuse(c, REFUSAL_HEAD_SLOW);
			return;
		}
		break;
	case DEADLINE_BODY:
		conn_refuse(c, REFUSAL_BODY_SLOW);
		return;
	case DEADLINE_WRITE:
		if (waiting >= c->write_left)
			break;
		c->write_left = waiting;
		server_wait(c->server, c, DEADLINE_WRITE);
		return;
	case DEADLINE_COMMENT:
		stream_comment(c);
		return;
	case DEADLINE_IDLE:
	case DEADLINE_LINGER:
	case DEADLINE_NONE:
	case DEADLINE_KINDS:
	default:
		break;
	}
	conn_close(c);
}
