/* SPDX-License-Identifier: MIT */
/*
 * log_read.h: the log of an attempt, by offset, while it grows.
 *
 * Reads the files log and idx that the keeper writes (keep/wire.h), or log.zst
 * that the first became (driver/log_pack.h).  An offset
 * names the same byte for ever, so a reader may go away and come back.  Bytes
 * that were dropped (the middle of a long log, or a full disk) are skipped:
 * the next chunk then begins behind the offset that was asked for.
 *
 * Any thread, one reader each.  Blocks on the disk only; finding an offset
 * costs the logarithm of the number of chunks.
 */
#ifndef DRIVER_LOG_READ_H
#define DRIVER_LOG_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* For people, where the rest cannot be read. */
#define LOG_DAMAGED                                                            \
	"[the log is damaged: what follows here cannot be read; the way back " \
	"is a backup]\n"

struct log_read;

struct log_chunk {
	uint64_t offset; /* of the first byte */
	int64_t wall_ms;
	size_t length;
	unsigned stream; /* 1 stdout, 2 stderr, 3 a note of the keeper */
};

struct log_state {
	uint64_t size; /* offset of the end, so far */
	uint64_t dropped_from, dropped_to; /* the middle; empty when equal */
	bool closed; /* nothing more will come */
};

/* ERR_NOT_FOUND "log.absent" when the attempt has none; ERR_IO "log.corrupt" for
 * one that is damaged, as of log_read_at. */
bool log_read_open(const char *data_folder, int64_t attempt,
    struct log_read **ret, struct err *e);
void log_read_close(struct log_read *l); /* NULL is fine */

bool log_read_state(struct log_read *l, struct log_state *ret, struct err *e);

/*
 * Append at most max bytes from `offset` on to *to and describe them in at
 * most *n chunks; *n becomes their number, 0 at the (present) end.  The bytes
 * of the chunks follow each other in *to, their offsets need not.
 */
bool log_read_at(struct log_read *l, uint64_t offset, size_t max,
    struct buf *to, struct log_chunk *chunks, size_t *n, struct err *e);

#endif
