/* SPDX-License-Identifier: MIT */
#include "http/reader.h"

#include "http/parser.h"

void
reader_init(struct reader *r)
{
	*r = (struct reader){ .state = READER_HEAD };
	head_init(&r->head);
}

void
reader_finish(struct reader *r)
{
	buf_finish(&r->in);
	buf_finish(&r->ahead);
}

static enum reader_state
reader_refuse(struct reader *r, enum refusal why)
{
	r->why = why;
	r->state = READER_REFUSED;
	return r->state;
}

void
reader_add(struct reader *r, struct str bytes)
{
	if (r->state == READER_REFUSED)
		return;
	if (r->state == READER_DONE) {
		buf_addstr(&r->ahead, bytes);
		return;
	}
	if (r->start > 0) {
		buf_consume(&r->in, r->start);
		r->start = 0;
	}
	buf_addstr(&r->in, bytes);
}

static struct str
reader_bytes(const struct reader *r)
{
	return (struct str){ r->in.len > 0 ? r->in.data + r->start : "",
		r->in.len - r->start };
}

static void
reader_step_head(struct reader *r)
{
	switch (head_read(&r->head, reader_bytes(r))) {
	case HEAD_MORE:
		return;
	case HEAD_REFUSED:
		reader_refuse(r, r->head.why);
		return;
	case HEAD_OK:
		break;
	}
	if (parser_agrees(&r->head, reader_head(r)))
		r->state = READER_BODY;
	else
		reader_refuse(r, REFUSAL_DISAGREE);
}

static void
reader_step_length(struct reader *r)
{
	size_t length = r->head.length > 0 ? (size_t)r->head.length : 0;
	size_t came = r->in.len - r->start - r->head.bytes;

	r->body = came < length ? came : length;
	if (came < length)
		return;
	r->end = r->start + r->head.bytes + length;
	r->state = READER_DONE;
}

static void
reader_step_chunks(struct reader *r)
{
	size_t at = r->start + r->head.bytes + r->body;
	size_t used, data;
	enum refusal why;

	if (!chunk_decode(&r->chunk, r->in.data + at, r->in.len - at, &used,
		&data, &why)) {
		reader_refuse(r, why);
		return;
	}
	r->body += data;
	if (r->chunk.state == CHUNK_DONE) {
		r->end = at + used;
		r->state = READER_DONE;
		return;
	}
	r->in.len = at + data;
	r->in.data[r->in.len] = '\0';
}

enum reader_state
reader_step(struct reader *r)
{
	if (r->state == READER_HEAD)
		reader_step_head(r);
	if (r->state == READER_BODY) {
		if (r->head.chunked)
			reader_step_chunks(r);
		else
			reader_step_length(r);
	}
	return r->state;
}

void
reader_next(struct reader *r)
{
	ASSERT(r->state == READER_DONE);
	r->start = r->end;
	if (r->start == r->in.len) {
		buf_finish(&r->in);
		r->in = r->ahead;
		r->ahead = (struct buf){ 0 };
		r->start = 0;
	} else if (r->ahead.len > 0) {
		buf_addstr(&r->in, buf_str(&r->ahead));
		buf_finish(&r->ahead);
	}
	r->state = READER_HEAD;
	r->body = 0;
	r->continued = false;
	r->chunk = (struct chunk){ 0 };
	head_init(&r->head);
}

void
reader_forget(struct reader *r)
{
	ASSERT(r->state == READER_DONE);
	buf_finish(&r->in);
	r->start = r->end = r->body = 0;
	head_init(&r->head);
}

bool
reader_idle(const struct reader *r)
{
	return r->state == READER_HEAD && r->in.len == r->start;
}

bool
reader_continue(struct reader *r)
{
	bool wants = r->state == READER_BODY && r->head.expect_continue &&
		     !r->continued && r->body == 0;

	r->continued |= wants;
	return wants;
}

struct str
reader_head(const struct reader *r)
{
	if (r->in.data == NULL) /* forgotten */
		return (struct str){ "", 0 };
	return (struct str){ r->in.data + r->start, r->head.bytes };
}

struct str
reader_text(const struct reader *r, struct span s)
{
	return head_text(r->in.data + r->start, s);
}

struct str
reader_body(const struct reader *r)
{
	return (struct str){ r->in.data + r->start + r->head.bytes, r->body };
}

bool
reader_keeps_alive(const struct reader *r)
{
	if (r->head.close)
		return false;
	return r->head.minor == 1 || r->head.keep_alive;
}
