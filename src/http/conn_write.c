/* SPDX-License-Identifier: MIT */
#include "http/conn.h"

#include <stdlib.h>

#define CONN_PARTS 4

/* Only who has to wait for the client pays for the memory of waiting. */
struct pending {
	uv_write_t uv;
	struct buf bytes;
};

static void conn_written(uv_write_t *w, int status);

/* Hand c->out to libuv, but for the bytes that have left already. */
static void
conn_write_rest(struct conn *c, size_t left_already)
{
	struct pending *p = calloc(1, sizeof(*p));
	uv_buf_t rest;

	ASSERT(p != NULL);
	p->bytes = c->out;
	c->out = (struct buf){ 0 };
	rest = uv_buf_init(p->bytes.data + left_already,
	    (unsigned)(p->bytes.len - left_already));
	c->writing = true;
	if (uv_write(&p->uv, &c->uv.stream, &rest, 1, conn_written) == 0)
		return;
	c->writing = false;
	buf_finish(&p->bytes);
	free(p);
	conn_close(c);
}

static void
conn_written(uv_write_t *w, int status)
{
	struct pending *p = (struct pending *)(void *)w;
	struct conn *c = w->handle->data;

	ASSERT_MAGIC(c, CONN_MAGIC);
	buf_finish(&p->bytes);
	free(p);
	c->writing = false;
	if (status < 0)
		conn_close(c);
	else if (c->out.len > 0)
		conn_write_rest(c, 0);
	else
		conn_sent(c);
}

/* Returns how much the socket took; closes when it is broken. */
static size_t
conn_try(struct conn *c, const uv_buf_t *bufs, unsigned n)
{
	int took = uv_try_write(&c->uv.stream, bufs, n);

	if (took >= 0)
		return (size_t)took;
	if (took != UV_EAGAIN)
		conn_close(c);
	return 0;
}

void
conn_send(struct conn *c, const struct str *parts, unsigned n)
{
	uv_buf_t bufs[CONN_PARTS];
	size_t took = 0;

	ASSERT(n <= CONN_PARTS);
	if (c->state == CONN_CLOSED)
		return;
	for (unsigned i = 0; i < n; i++) {
		/* libuv only reads what it writes */
		bufs[i].base = (char *)(uintptr_t)parts[i].p;
		bufs[i].len = parts[i].n;
	}
	if (!c->writing && c->out.len == 0)
		took = conn_try(c, bufs, n);
	for (unsigned i = 0; i < n && c->state != CONN_CLOSED; i++) {
		size_t gone = took < parts[i].n ? took : parts[i].n;

		took -= gone;
		buf_add(&c->out, parts[i].p + gone, parts[i].n - gone);
	}
	if (!c->writing && c->out.len > 0 && c->state != CONN_CLOSED)
		conn_write_rest(c, 0);
}

bool
conn_flush(struct conn *c)
{
	uv_buf_t all;
	size_t took;

	server_flush_remove(c);
	if (c->writing || c->state == CONN_CLOSED)
		return false;
	if (c->out.len == 0)
		return true;
	all = uv_buf_init(c->out.data, (unsigned)c->out.len);
	took = conn_try(c, &all, 1);
	if (c->state == CONN_CLOSED)
		return false;
	if (took < c->out.len) {
		conn_write_rest(c, took);
		return false;
	}
	buf_finish(&c->out);
	return true;
}

size_t
conn_waiting(const struct conn *c)
{
	return c->out.len + uv_stream_get_write_queue_size(&c->uv.stream);
}
