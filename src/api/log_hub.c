/* SPDX-License-Identifier: MIT */
#include "api/log_hub.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "driver/log_read.h"

#define HUB_PIECE KIB(16)
#define HUB_CHUNKS 64
#define HUB_KEPT 8 /* pieces that others may want, too */
#define HUB_KEY 24

struct kept {
	uint64_t offset, next;
	struct buf data; /* empty: unused */
};

struct log_hub {
	struct api *api;
	int64_t attempt, step;
	char *task;
	struct log_read *reader; /* NULL: damaged */
	struct loop_watch *growth;
	struct log_watch *first;
	struct kept kept[HUB_KEPT];
	unsigned newest;
	/* Nothing is behind `end`, as of a turn of the followers. */
	uint64_t end, turn;
	bool over;
};

static char *
hub_key(char key[HUB_KEY], int64_t attempt)
{
	snprintf(key, HUB_KEY, "%lld", (long long)attempt);
	return key;
}

/* --- life ----------------------------------------------------------------- */

static void
hub_grown(void *arg)
{
	struct log_hub *h = arg;

	for (struct log_watch *w = h->first; w != NULL; w = w->next)
		w->grown(w->arg);
}

static struct log_hub *
hub_create(struct api *a, int64_t attempt, int64_t step, const char *task)
{
	const char *data = a->o.site->data;
	struct log_read *reader;
	struct log_hub *h;
	struct buf folder = { 0 };
	struct err e;

	if (!log_read_open(data, attempt, &reader, &e)) {
		if (streq(e.code, "log.absent"))
			return NULL;
		reader = NULL;
	}
	h = calloc(1, sizeof(*h));
	ASSERT(h != NULL);
	h->api = a;
	h->attempt = attempt;
	h->step = step;
	h->task = strdup(task);
	ASSERT(h->task != NULL);
	h->reader = reader;
	/* The folder: a line is there once the index tells of it. */
	buf_printf(&folder, "%s/k/%lld", data, (long long)attempt);
	h->growth = loop_watch_start(a->o.loop, buf_cstr(&folder), hub_grown,
	    h, &e);
	if (h->growth == NULL)
		log_warn("log.unwatched", "attempt=%lld error='%s'",
		    (long long)attempt, e.message);
	buf_finish(&folder);
	return h;
}

static void
hub_destroy(struct log_hub *h)
{
	loop_watch_stop(h->growth);
	log_read_close(h->reader);
	for (size_t i = 0; i < HUB_KEPT; i++)
		buf_finish(&h->kept[i].data);
	free(h->task);
	free(h);
}

bool
log_hub_join(struct api *a, int64_t attempt, int64_t step, const char *task,
    struct log_watch *w)
{
	char key[HUB_KEY];
	struct log_hub *h = map_get(&a->hubs, hub_key(key, attempt));

	ASSERT(w->hub == NULL);
	if (h == NULL) {
		h = hub_create(a, attempt, step, task);
		if (h == NULL)
			return false;
		map_put(&a->hubs, key, h);
	}
	w->hub = h;
	w->next = h->first;
	w->back = &h->first;
	if (w->next != NULL)
		w->next->back = &w->next;
	h->first = w;
	return true;
}

void
log_hub_leave(struct api *a, struct log_watch *w)
{
	struct log_hub *h = w->hub;
	char key[HUB_KEY];

	if (h == NULL)
		return;
	w->hub = NULL;
	*w->back = w->next;
	if (w->next != NULL)
		w->next->back = w->back;
	if (h->first != NULL)
		return;
	map_remove(&a->hubs, hub_key(key, h->attempt));
	hub_destroy(h);
}

/* --- pieces --------------------------------------------------------------- */

/* Bytes of a character at the end of s that is not whole. */
static size_t
hub_half(struct str s)
{
	for (size_t back = 1; back <= 3 && back <= s.n; back++) {
		const unsigned char c = (unsigned char)s.p[s.n - back];
		const size_t whole = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;

		if (c < 0x80)
			return 0;
		if (c >= 0xc2 && c <= 0xf4)
			return whole > back ? back : 0;
	}
	return 0;
}

static const char *
hub_stream(unsigned stream)
{
	return stream == 1 ? "stdout" : stream == 2 ? "stderr" : "note";
}

static void
hub_render(const struct log_hub *h, const struct log_chunk *first,
    struct str text, struct buf *to)
{
	struct json_out out;

	json_out_init(&out, to);
	json_object_begin(&out);
	json_kv_int(&out, "step", h->step);
	json_kv_int(&out, "attempt", h->attempt);
	json_kv_str(&out, "task", h->task);
	json_kv_str(&out, "stream", hub_stream(first->stream));
	json_kv_int(&out, "offset", (int64_t)first->offset);
	json_key(&out, "text");
	json_strn(&out, text.p, text.n);
	json_object_end(&out);
}

/* Chunks of one stream that follow each other are one piece. */
static size_t
hub_together(const struct log_chunk *chunks, size_t n, size_t *ret_bytes)
{
	size_t used = 1, bytes = chunks[0].length;

	while (used < n && chunks[used].stream == chunks[0].stream &&
	    chunks[used].offset == chunks[0].offset + bytes)
		bytes += chunks[used++].length;
	*ret_bytes = bytes;
	return used;
}

/* What cannot be read is told once, in its place. */
static bool
hub_damaged(struct log_hub *h, uint64_t offset, struct kept *to)
{
	const struct log_chunk note = { .offset = offset, .stream = 3 };
	struct log_state state = { .size = offset == 0 ? 1 : 0 };

	if (h->reader != NULL && !log_read_state(h->reader, &state, NULL))
		state.size = offset == 0 ? 1 : 0;
	if (state.size <= offset)
		return false;
	to->offset = offset;
	to->next = state.size;
	buf_clear(&to->data);
	hub_render(h, &note, STR(LOG_DAMAGED), &to->data);
	return true;
}

static bool
hub_read(struct log_hub *h, uint64_t offset, bool over, struct kept *to)
{
	struct log_chunk chunks[HUB_CHUNKS];
	size_t n = HUB_CHUNKS, used, length, half;
	struct buf bytes = { 0 };

	if (h->reader == NULL ||
	    !log_read_at(h->reader, offset, HUB_PIECE, &bytes, chunks, &n,
		NULL)) {
		buf_finish(&bytes);
		return hub_damaged(h, offset, to);
	}
	if (n == 0) {
		buf_finish(&bytes);
		return false;
	}
	used = hub_together(chunks, n, &length);
	half = hub_half((struct str){ bytes.data, length });
	if (half < length)
		length -= half;
	else if (used == n && !over)
		length = 0; /* the rest of the character may come yet */
	if (length > 0) {
		to->offset = offset;
		to->next = chunks[0].offset + length;
		buf_clear(&to->data);
		hub_render(h, &chunks[0],
		    (struct str){ bytes.data, length }, &to->data);
	}
	buf_finish(&bytes);
	return length > 0;
}

/* Asked by each who follows, and true for all of them in one turn. */
static bool
hub_is_end(const struct log_hub *h, uint64_t offset, bool over)
{
	return h->turn == h->api->follow_turns && h->end == offset &&
	    h->over == over;
}

static void
hub_set_end(struct log_hub *h, uint64_t offset, bool over)
{
	h->turn = h->api->follow_turns;
	h->end = offset;
	h->over = over;
}

bool
log_hub_piece(struct log_hub *h, uint64_t offset, bool over,
    struct log_piece *ret)
{
	struct kept *kept = NULL;

	for (size_t i = 0; i < HUB_KEPT; i++)
		if (h->kept[i].data.len > 0 && h->kept[i].offset == offset)
			kept = &h->kept[i];
	if (kept == NULL && hub_is_end(h, offset, over))
		return false;
	if (kept == NULL) {
		kept = &h->kept[(h->newest + 1) % HUB_KEPT];
		if (!hub_read(h, offset, over, kept)) {
			hub_set_end(h, offset, over);
			return false;
		}
		h->newest++;
	}
	*ret = (struct log_piece){ buf_str(&kept->data), kept->next };
	return true;
}
