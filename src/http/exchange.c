/* SPDX-License-Identifier: MIT */
#include "http/conn.h"

struct str
exchange_header(const struct exchange *x, const char *name)
{
	return head_field(reader_head(&conn_of(x)->reader), name);
}

void
exchange_set(struct exchange *x, const char *name, const char *value)
{
	struct conn *c = conn_of(x);
	struct answer_field *f = ARENA_NEW(x->arena, struct answer_field);

	f->name = arena_strdup(x->arena, name);
	f->value = arena_strdup(x->arena, value);
	f->next = c->fields;
	c->fields = f;
}

void
exchange_answer(
    struct exchange *x, int status, const char *type, struct str body)
{
	struct conn *c = conn_of(x);
	struct http_server *s = c->server;
	struct answer a = { .status = status,
		.type = type,
		.length = body.n,
		.fields = c->fields,
		.date = server_date(s) };

	ASSERT(c->held && !c->streaming);
	if (c->state == CONN_CLOSED) {
		conn_release(c);
		return;
	}
	ASSERT(c->state == CONN_HANDLING);
	a.close = !c->keep_alive || s->draining;
	a.keep_alive = c->reader.head.minor == 0;
	if (a.close)
		c->keep_alive = false;
	buf_clear(&s->scratch);
	answer_head(&a, &s->scratch);
	if (c->head_only || !answer_has_body(status))
		body.n = 0;
	c->state = CONN_ANSWERING;
	conn_send(c, (struct str[]){ buf_str(&s->scratch), body },
	    body.n > 0 ? 2 : 1);
	conn_release(c);
	if (c->writing) {
		c->write_left = conn_waiting(c);
		server_wait(s, c, DEADLINE_WRITE);
	} else {
		conn_sent(c);
	}
}
