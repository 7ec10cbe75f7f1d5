/* SPDX-License-Identifier: MIT */
#include "driver/log_read.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver/log_pack.h"
#include "keep/wire.h"
#include "sys/file.h"

#define LOG_READ_MAGIC 0x10c4ead5U

struct log_read {
	unsigned magic;
	int folder;
	int log; /* -1: packed */
	struct log_pack *pack;
	int idx; /* -1 until there is output */
};

/* The file is renamed into its place before `log` goes.  No: e, or errno when
 * that is ERR_NONE. */
static bool
log_read_packed(struct log_read *l, struct err *e)
{
	int fd;

	if (l->folder < 0 || errno != ENOENT)
		return false;
	fd = openat(l->folder, "log.zst", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || !log_pack_open(fd, &l->pack, e))
		return false;
	return log_pack_check(l->pack, l->folder, e);
}

bool
log_read_open(const char *data_folder, int64_t attempt, struct log_read **ret,
    struct err *e)
{
	char path[PATH_MAX];
	struct log_read *l = calloc(1, sizeof(*l));
	struct err why = { .class = ERR_NONE };

	ASSERT(l != NULL);
	*l = (struct log_read){ .magic = LOG_READ_MAGIC,
		.folder = -1,
		.log = -1,
		.idx = -1 };
	snprintf(path, sizeof(path), "%s/k/%" PRId64, data_folder, attempt);
	l->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->folder >= 0)
		l->log = openat(l->folder, "log",
		    O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (l->log < 0 && !log_read_packed(l, &why)) {
		if (why.class != ERR_NONE)
			err_set(e, why.class, why.code, "attempt %" PRId64
			    ": %s", attempt, why.message);
		else if (errno == ENOENT)
			err_set(e, ERR_NOT_FOUND, "log.absent",
			    "attempt %" PRId64 " has no log", attempt);
		else
			err_sys(e, "cannot read the log of attempt %" PRId64,
			    attempt);
		log_read_close(l);
		return false;
	}
	*ret = l;
	return true;
}

void
log_read_close(struct log_read *l)
{
	if (!l)
		return;
	ASSERT_MAGIC(l, LOG_READ_MAGIC);
	if (l->folder >= 0)
		close(l->folder);
	if (l->log >= 0)
		close(l->log);
	log_pack_close(l->pack);
	if (l->idx >= 0)
		close(l->idx);
	l->magic = 0;
	free(l);
}

/* All n bytes at `at`, or false. */
/* Records behind the head; 0 while there is no output. */
static bool
idx_count(struct log_read *l, uint64_t *ret, struct err *e)
{
	struct stat st;

	*ret = 0;
	if (l->idx < 0)
		l->idx = openat(l->folder, "idx",
		    O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (l->idx < 0)
		return errno == ENOENT || err_sys(e, "cannot read the log");
	if (fstat(l->idx, &st) < 0)
		return err_sys(e, "cannot read the log");

	uint64_t n = (uint64_t)st.st_size / sizeof(struct wire_index);

	*ret = n > 0 ? n - 1 : 0;
	return true;
}

/* Record i, where the head is record -1. */
static bool
idx_get(const struct log_read *l, int64_t i, struct wire_index *ret,
    struct err *e)
{
	return file_read_all_at(l->idx, ret, sizeof(*ret),
		   (uint64_t)(i + 1) * sizeof(*ret)) ||
	    err_sys(e, "cannot read the log");
}

/* The first record that ends behind offset. */
static bool
idx_find(const struct log_read *l, uint64_t count, uint64_t offset,
    uint64_t *ret, struct err *e)
{
	uint64_t low = 0, high = count;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		struct wire_index r;

		if (!idx_get(l, (int64_t)middle, &r, e))
			return false;
		if (r.offset + r.length > offset)
			high = middle;
		else
			low = middle + 1;
	}
	*ret = low;
	return true;
}

static bool
log_closed(const struct log_read *l)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (l->pack != NULL || faccessat(l->folder, "exit", F_OK, 0) == 0)
		return true;
	return fcntl(l->log, F_GETLK, &all) == 0 && all.l_type == F_UNLCK;
}

bool
log_read_state(struct log_read *l, struct log_state *ret, struct err *e)
{
	struct log_state s = { 0 };
	struct wire_index r;
	uint64_t count;

	ASSERT_MAGIC(l, LOG_READ_MAGIC);
	/* before the size: what comes after this look is not missed */
	s.closed = log_closed(l);
	if (!idx_count(l, &count, e))
		return false;
	if (count > 0) {
		if (!idx_get(l, (int64_t)count - 1, &r, e))
			return false;
		s.size = r.offset + r.length;
		if (!idx_get(l, -1, &r, e))
			return false;
		s.dropped_from = r.offset;
		s.dropped_to = r.wall_ms;
	}
	*ret = s;
	return true;
}

/* Cut what lies in the dropped middle off a chunk; false: all of it. */
static bool
chunk_clip(struct log_chunk *c, const struct wire_index *head)
{
	uint64_t from = head->offset, to = head->wall_ms;
	uint64_t end = c->offset + c->length;

	if (from >= to || end <= from || c->offset >= to)
		return true;
	if (c->offset < from) {
		c->length = (size_t)(from - c->offset);
		return true;
	}
	if (end <= to)
		return false;
	c->length = (size_t)(end - to);
	c->offset = to;
	return true;
}

/* Nothing is dropped any more; what was is not in the file. */
static bool
chunk_unpack(const struct log_read *l, struct log_chunk *c,
    const struct wire_index *head, struct buf *to, bool *ret_kept,
    struct err *e)
{
	const uint64_t from = head->offset, dropped_to = head->wall_ms;
	uint64_t at;

	*ret_kept = chunk_clip(c, head);
	if (!*ret_kept)
		return true;
	at = from < dropped_to && c->offset >= dropped_to
	    ? c->offset - (dropped_to - from)
	    : c->offset;
	if (!log_pack_read(l->pack, at, to->data + to->len, c->length, e))
		return false;
	to->len += c->length;
	to->data[to->len] = '\0';
	return true;
}

/* The keeper widens the head before it drops bytes, so a head that is read
 * after the bytes tells whether they were still there. */
static bool
chunk_read(const struct log_read *l, struct log_chunk *c, struct buf *to,
    bool *ret_kept, struct err *e)
{
	struct log_chunk before = *c;
	struct wire_index head;
	size_t start = to->len;

	buf_reserve(to, c->length);
	if (l->pack != NULL)
		return idx_get(l, -1, &head, e) &&
		    chunk_unpack(l, c, &head, to, ret_kept, e);
	if (!file_read_all_at(l->log, to->data + start, c->length,
		c->offset))
		return err_sys(e, "cannot read the log");
	if (!idx_get(l, -1, &head, e))
		return false;
	*ret_kept = chunk_clip(c, &head);
	if (!*ret_kept)
		return true;
	memmove(to->data + start,
	    to->data + start + (c->offset - before.offset), c->length);
	to->len = start + c->length;
	to->data[to->len] = '\0';
	return true;
}

bool
log_read_at(struct log_read *l, uint64_t offset, size_t max, struct buf *to,
    struct log_chunk *chunks, size_t *n, struct err *e)
{
	uint64_t count, i;
	size_t found = 0;
	struct wire_index head, r;

	ASSERT_MAGIC(l, LOG_READ_MAGIC);
	if (!idx_count(l, &count, e))
		return false;
	if (count > 0) {
		if (!idx_get(l, -1, &head, e))
			return false;
		if (offset >= head.offset && offset < head.wall_ms)
			offset = head.wall_ms;
	}
	if (!idx_find(l, count, offset, &i, e))
		return false;
	for (; i < count && found < *n && max > 0; i++) {
		struct log_chunk c;
		uint64_t skip;
		bool kept = false;

		if (!idx_get(l, (int64_t)i, &r, e))
			return false;
		skip = offset > r.offset ? offset - r.offset : 0;
		c = (struct log_chunk){ .offset = r.offset + skip,
			.wall_ms = (int64_t)r.wall_ms,
			.length = (size_t)(r.length - skip),
			.stream = r.stream };
		if (c.length > max)
			c.length = max;
		if (!chunk_clip(&c, &head))
			continue;
		if (!chunk_read(l, &c, to, &kept, e))
			return false;
		if (!kept)
			continue;
		max -= c.length;
		chunks[found++] = c;
	}
	*n = found;
	return true;
}
