/* SPDX-License-Identifier: MIT */
#include "driver/log_read.h"
#include "role/server_part.h"

#define LOG_TAIL_CHUNKS 256

static const char *
log_tail_read(struct log_read *log, size_t bytes, struct arena *a)
{
	struct log_chunk chunks[LOG_TAIL_CHUNKS];
	struct log_state state;
	struct buf text = { 0 };
	const char *tail;
	uint64_t at;

	if (!log_read_state(log, &state, NULL))
		return "";
	at = state.size > bytes ? state.size - bytes : 0;
	for (;;) {
		size_t n = LOG_TAIL_CHUNKS;

		if (!log_read_at(log, at, bytes, &text, chunks, &n, NULL) ||
		    n == 0)
			break;
		at = chunks[n - 1].offset + chunks[n - 1].length;
	}
	tail = arena_str(a, buf_str(&text));
	buf_finish(&text);
	return tail;
}

const char *
server_log_tail(void *self, int64_t attempt, size_t bytes, struct arena *a)
{
	const struct site *site = self;
	struct log_read *log;
	const char *tail;

	if (!log_read_open(site->data, attempt, &log, NULL))
		return "";
	tail = log_tail_read(log, bytes, a);
	log_read_close(log);
	return tail;
}

bool
server_log_output(void *self, int64_t attempt, size_t max, struct buf *to)
{
	const struct site *site = self;
	struct log_chunk chunks[LOG_TAIL_CHUNKS];
	struct log_read *log;
	uint64_t at = 0;
	bool ok;

	if (!log_read_open(site->data, attempt, &log, NULL))
		return false;
	for (ok = true; ok && to->len < max;) {
		struct buf part = { 0 };
		size_t n = LOG_TAIL_CHUNKS, from = 0;

		ok = log_read_at(log, at, max, &part, chunks, &n, NULL);
		for (size_t i = 0; ok && i < n; i++) {
			if (chunks[i].stream == 1)
				buf_add(to, part.data + from,
				    chunks[i].length);
			from += chunks[i].length;
			at = chunks[i].offset + chunks[i].length;
		}
		buf_finish(&part);
		if (n == 0)
			break;
	}
	log_read_close(log);
	return ok;
}
