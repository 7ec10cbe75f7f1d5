/* SPDX-License-Identifier: MIT */
#include "client/sse.h"

#include <string.h>

#define SSE_BOM "\xef\xbb\xbf"

void
sse_finish(struct sse *s)
{
	buf_finish(&s->line);
	buf_finish(&s->data);
	buf_finish(&s->name);
	buf_finish(&s->id);
}

static void
sse_forget_event(struct sse *s)
{
	buf_clear(&s->data);
	buf_clear(&s->name);
	s->has_data = false;
}

void
sse_restart(struct sse *s)
{
	buf_clear(&s->line);
	sse_forget_event(s);
	s->after_cr = false;
	s->begun = false;
}

static void
sse_field(struct sse *s, struct str name, struct str value)
{
	int64_t ms;

	if (str_is(name, "data")) {
		if (s->has_data)
			buf_addc(&s->data, '\n');
		buf_addstr(&s->data, value);
		s->has_data = true;
	} else if (str_is(name, "event")) {
		buf_clear(&s->name);
		buf_addstr(&s->name, value);
	} else if (str_is(name, "id")) {
		if (value.n > 0 && memchr(value.p, '\0', value.n) != NULL)
			return;
		buf_clear(&s->id);
		buf_addstr(&s->id, value);
	} else if (str_is(name, "retry")) {
		if (value.n < 9 && str_to_int64(value, &ms) && ms > 0)
			s->retry_ms = ms;
	}
}

static bool
sse_dispatch(
    struct sse *s, bool (*fn)(void *arg, const struct sse_event *ev), void *arg)
{
	struct sse_event ev = { .id = s->id.len > 0 ? s->id.data : NULL,
		.event = s->name.len > 0 ? s->name.data : "message",
		.data = { buf_cstr(&s->data), s->data.len } };
	bool more = !s->has_data || fn(arg, &ev);

	sse_forget_event(s);
	return more;
}

/* One whole line; false when fn says stop. */
static bool
sse_line(
    struct sse *s, bool (*fn)(void *arg, const struct sse_event *ev), void *arg)
{
	struct str line = buf_str(&s->line), value;

	if (!s->begun && str_starts(line, SSE_BOM)) {
		line.p += 3;
		line.n -= 3;
	}
	s->begun = true;
	if (line.n == 0)
		return sse_dispatch(s, fn, arg);
	if (line.p[0] != ':') {
		struct str name = str_cut(line, ':', &value);

		if (value.n > 0 && value.p[0] == ' ') {
			value.p++;
			value.n--;
		}
		sse_field(s, name, value);
	}
	return true;
}

static size_t
sse_line_length(struct str bytes)
{
	size_t n = 0;

	while (n < bytes.n && bytes.p[n] != '\n' && bytes.p[n] != '\r')
		n++;
	return n;
}

enum sse_end
sse_feed(struct sse *s, struct str bytes,
    bool (*fn)(void *arg, const struct sse_event *ev), void *arg)
{
	while (bytes.n > 0) {
		size_t n;
		bool more;

		if (s->after_cr && bytes.p[0] == '\n') {
			bytes.p++;
			bytes.n--;
		}
		s->after_cr = false;
		n = sse_line_length(bytes);
		buf_add(&s->line, bytes.p, n);
		if (s->line.len + s->data.len > SSE_EVENT_BYTES)
			return SSE_TOO_LARGE;
		if (n == bytes.n)
			break;
		s->after_cr = bytes.p[n] == '\r';
		bytes.p += n + 1;
		bytes.n -= n + 1;
		more = sse_line(s, fn, arg);
		buf_clear(&s->line);
		if (!more)
			return SSE_STOPPED;
	}
	return SSE_MORE;
}
