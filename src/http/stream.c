/* SPDX-License-Identifier: MIT */
#include "http/conn.h"

#include <string.h>

#define STREAM_RETRY "retry: 1000\n\n"

/* Queue text; it leaves at the end of this turn of the loop. */
static void
stream_queue(struct conn *c, struct str text)
{
	if (c->state != CONN_STREAMING)
		return;
	if (c->chunked)
		buf_printf(&c->out, "%zx\r\n", text.n);
	buf_addstr(&c->out, text);
	if (c->chunked)
		buf_add(&c->out, "\r\n", 2);
	c->write_left = conn_waiting(c);
	server_wait(
	    c->server, c, c->events ? DEADLINE_COMMENT : DEADLINE_WRITE);
	if (conn_waiting(c) > LIMIT_STREAM_BUFFER)
		conn_flush(c);
	if (conn_waiting(c) > LIMIT_STREAM_BUFFER)
		conn_close(c);
	else if (!c->writing)
		server_flush_add(c);
}

/* False when nobody will read it. */
static bool
stream_open(struct exchange *x, int status, const char *type, bool events)
{
	struct conn *c = conn_of(x);
	struct http_server *s = c->server;
	struct answer a = { .status = status,
		.type = type,
		.close = true,
		.fields = c->fields,
		.date = server_date(s) };

	ASSERT(c->held && !c->streaming);
	c->streaming = true;
	c->events = events;
	s->stats.streams++;
	if (c->closed)
		server_flush_add(c); /* on_gone, but not from in here */
	if (c->state == CONN_CLOSED)
		return false;
	ASSERT(c->state == CONN_HANDLING);
	c->chunked = c->reader.head.minor == 1;
	c->keep_alive = false;
	a.framing = c->chunked ? ANSWER_CHUNKED : ANSWER_TO_END;
	buf_clear(&s->scratch);
	answer_head(&a, &s->scratch);
	buf_addstr(&c->out, buf_str(&s->scratch));
	c->state = CONN_STREAMING;
	conn_resume(c);
	if (c->head_only) {
		conn_flush(c);
		conn_close(c);
		return false;
	}
	return true;
}

void
stream_begin(struct exchange *x)
{
	struct conn *c = conn_of(x);

	if (!stream_open(x, 200, "text/event-stream", true))
		return;
	/* It may last for days, and there may be thousands. */
	reader_forget(&c->reader);
	x->method = x->path = x->query = x->body = (struct str){ "", 0 };
	stream_queue(c, STR(STREAM_RETRY));
}

void
stream_begin_bytes(struct exchange *x, const char *type)
{
	struct conn *c = conn_of(x);

	if (stream_open(x, 200, type, false))
		server_flush_add(c); /* the head, when nothing follows */
}

void
stream_begin_part(struct exchange *x, const char *type)
{
	struct conn *c = conn_of(x);

	if (stream_open(x, 206, type, false))
		server_flush_add(c);
}

void
stream_send_bytes(struct exchange *x, struct str bytes)
{
	struct conn *c = conn_of(x);

	ASSERT(c->streaming && !c->events);
	if (bytes.n > 0) /* an empty chunk would be the last one */
		stream_queue(c, bytes);
}

/* "name: text", a line for each line of text. */
static void
stream_lines(struct buf *to, const char *name, struct str text)
{
	size_t start = 0;

	for (size_t i = 0; i <= text.n; i++) {
		char c = i < text.n ? text.p[i] : '\n';

		if (c != '\n' && c != '\r')
			continue;
		buf_adds(to, name);
		buf_add(to, ": ", 2);
		buf_add(to, text.p + start, i - start);
		buf_addc(to, '\n');
		if (c == '\r' && i + 1 < text.n && text.p[i + 1] == '\n')
			i++;
		start = i + 1;
	}
}

void
stream_send(
    struct exchange *x, const char *id, const char *event, struct str data)
{
	struct conn *c = conn_of(x);
	struct buf *text = &c->server->scratch;

	ASSERT(c->streaming && c->events);
	ASSERT(id == NULL || strpbrk(id, "\r\n") == NULL);
	ASSERT(event == NULL || strpbrk(event, "\r\n") == NULL);
	if (c->state != CONN_STREAMING)
		return;
	buf_clear(text);
	if (id != NULL)
		stream_lines(text, "id", str_of(id));
	if (event != NULL)
		stream_lines(text, "event", str_of(event));
	stream_lines(text, "data", data);
	buf_addc(text, '\n');
	stream_queue(c, buf_str(text));
}

void
stream_comment(struct conn *c)
{
	if (conn_waiting(c) == 0)
		stream_queue(c, STR(":\n\n"));
	else
		server_wait(c->server, c, DEADLINE_COMMENT);
}

size_t
stream_room(const struct exchange *x)
{
	const struct conn *c = conn_of(x);
	size_t waiting;

	if (c->state != CONN_STREAMING)
		return 0;
	waiting = conn_waiting(c);
	return waiting < LIMIT_STREAM_BUFFER ? LIMIT_STREAM_BUFFER - waiting
					     : 0;
}

void
stream_on_room(struct exchange *x, void (*fn)(struct exchange *x))
{
	conn_of(x)->on_room = fn;
}

void
stream_end(struct exchange *x)
{
	struct conn *c = conn_of(x);

	if (!c->streaming)
		return; /* asked from within on_gone */
	c->streaming = false;
	c->server->stats.streams--;
	server_flush_remove(c);
	if (c->state != CONN_STREAMING) {
		conn_release(c);
		return;
	}
	if (c->chunked)
		buf_adds(&c->out, "0\r\n\r\n");
	c->state = CONN_ANSWERING;
	conn_release(c);
	if (conn_flush(c)) {
		conn_sent(c);
	} else {
		c->write_left = conn_waiting(c);
		server_wait(c->server, c, DEADLINE_WRITE);
	}
}

void
stream_break(struct exchange *x)
{
	conn_close(conn_of(x));
	stream_end(x);
}
