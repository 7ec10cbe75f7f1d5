/* SPDX-License-Identifier: MIT */
#include "keep/drain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"

#define CHUNK KIB(64)
/* Chunks of one stream within this time share a record of idx. */
#define SAME_MOMENT_MS 20
/* The middle goes in pieces of this size: fewer calls, a bounded excess. */
#define PUNCH_STEP MIB(1)

bool
drain_open(struct drain *d, int log, const int pipes[DRAIN_STREAMS],
    const struct str *secrets, size_t nsecrets, uint64_t cap)
{
	memset(d, 0, sizeof(*d));
	d->log = log;
	d->idx = -1;
	d->cap = cap;
	d->dropped_from = d->dropped_to = LIMIT_LOG_HEAD;
	d->mask = mask_create(secrets, nsecrets);
	d->chunk = malloc(CHUNK);
	if (!d->mask || !d->chunk)
		return false;
	for (int i = 0; i < DRAIN_STREAMS; i++) {
		d->pipe[i] = pipes[i];
		if (!mask_stream_init(&d->stream[i], d->mask, CHUNK))
			return false;
	}
	return true;
}

static bool
pwrite_all(int fd, const void *p, size_t n, uint64_t at)
{
	const char *bytes = p;

	while (n > 0) {
		ssize_t r = pwrite(fd, bytes, n, (off_t)at);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return false;
		bytes += r;
		at += (uint64_t)r;
		n -= (size_t)r;
	}
	return true;
}

static bool
idx_head(struct drain *d)
{
	struct wire_index head = { .offset = d->dropped_from,
		.wall_ms = d->dropped_to };

	return pwrite_all(d->idx, &head, sizeof(head), 0);
}

static bool
idx_open(struct drain *d)
{
	if (d->idx >= 0)
		return true;
	d->idx = open("idx", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (d->idx < 0)
		return false;
	d->idx_size = sizeof(struct wire_index);
	return idx_head(d);
}

static bool
idx_add(struct drain *d, unsigned stream, size_t n)
{
	uint64_t now = (uint64_t)clock_wall_ms();
	struct wire_index *last = &d->last;
	bool same = last->stream == stream &&
	    last->offset + last->length == d->size && now >= last->wall_ms &&
	    now - last->wall_ms < SAME_MOMENT_MS &&
	    last->length < UINT32_MAX / 2;

	if (same) {
		last->length += (uint32_t)n;
		return pwrite_all(d->idx, last, sizeof(*last),
		    d->idx_size - sizeof(*last));
	}
	*last = (struct wire_index){ .offset = d->size,
		.wall_ms = now,
		.length = (uint32_t)n,
		.stream = stream };
	if (!pwrite_all(d->idx, last, sizeof(*last), d->idx_size)) {
		last->stream = 0;
		return false;
	}
	d->idx_size += sizeof(*last);
	return true;
}

/* Readers look at the head after they have read bytes, so the head has to
 * grow before the bytes go. */
static void
drain_punch(struct drain *d, uint64_t to)
{
	uint64_t from = d->dropped_to;

	d->dropped_to = to;
	if (idx_head(d))
		(void)fallocate(d->log,
		    FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)from,
		    (off_t)(to - from));
}

static void
drain_write(struct drain *d, unsigned stream, const char *p, size_t n)
{
	if (n == 0)
		return;
	if (!idx_open(d) || !pwrite_all(d->log, p, n, d->size) ||
	    !idx_add(d, stream, n))
		d->lost += n;
	d->size += n;
	if (d->size > d->cap &&
	    d->size - d->dropped_to > LIMIT_LOG_TAIL + PUNCH_STEP)
		drain_punch(d, d->size - LIMIT_LOG_TAIL);
}

bool
drain_read(struct drain *d, int stream)
{
	ssize_t n;

	if (d->pipe[stream] < 0)
		return false;
	do
		n = read(d->pipe[stream], d->chunk, CHUNK);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return false;
	if (n <= 0) {
		close(d->pipe[stream]);
		d->pipe[stream] = -1;
		return false;
	}

	struct str s = mask_feed(&d->stream[stream], d->chunk, (size_t)n);

	drain_write(d, (unsigned)stream + 1, s.p, s.n);
	return true;
}

void
drain_finish(struct drain *d)
{
	for (int i = 0; i < DRAIN_STREAMS; i++) {
		while (drain_read(d, i))
			;
		struct str s = mask_flush(&d->stream[i]);

		drain_write(d, (unsigned)i + 1, s.p, s.n);
	}
	if (d->size > d->cap &&
	    d->size > d->dropped_to + LIMIT_LOG_TAIL && d->idx >= 0)
		drain_punch(d, d->size - LIMIT_LOG_TAIL);
}

void
drain_note(struct drain *d, const char *text)
{
	drain_write(d, 3, text, strlen(text));
}

uint64_t
drain_dropped(const struct drain *d)
{
	return d->dropped_to - d->dropped_from + d->lost;
}

void
drain_close(struct drain *d)
{
	for (int i = 0; i < DRAIN_STREAMS; i++) {
		mask_stream_finish(&d->stream[i]);
		if (d->pipe[i] >= 0)
			close(d->pipe[i]);
		d->pipe[i] = -1;
	}
	if (d->idx >= 0)
		close(d->idx);
	mask_destroy(d->mask);
	free(d->chunk);
}
