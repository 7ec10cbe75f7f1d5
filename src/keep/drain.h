/* SPDX-License-Identifier: MIT */
/*
 * drain.h: the output of a command becomes its log.
 *
 * Owns the two pipe ends, the mask of each stream, and the files log and idx
 * (wire.h) of the current folder.  `log` is a sparse file with true offsets:
 * it is whole up to `cap`; beyond that the first LIMIT_LOG_HEAD and the last
 * LIMIT_LOG_TAIL bytes stay and the middle is punched out, after the first
 * record of idx says so.  Chunks are in the order of their arrival, each with
 * its stream and time; small neighbours of one stream share a record.
 *
 * A full disk never stops the command: what cannot be written is counted as
 * dropped and leaves a gap between two records.
 *
 * Everything is allocated by drain_open.  Reading never blocks (the pipes are
 * O_NONBLOCK), writing blocks on the disk.
 */
#ifndef KEEP_DRAIN_H
#define KEEP_DRAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "keep/mask.h"
#include "keep/wire.h"

enum { DRAIN_OUT, DRAIN_ERR, DRAIN_STREAMS };

struct drain {
	int pipe[DRAIN_STREAMS]; /* read ends, -1 when at the end */
	struct mask *mask;
	struct mask_stream stream[DRAIN_STREAMS];
	char *chunk;
	int log, idx; /* idx -1 until there is output */
	uint64_t cap;
	uint64_t size;	       /* masked bytes so far, dropped ones too */
	uint64_t dropped_from; /* the middle, empty while they are equal */
	uint64_t dropped_to;
	uint64_t lost; /* by a full disk */
	uint64_t idx_size;
	struct wire_index last;
};

/* The caller opened `log`; the drain takes over the pipes, not the log. */
bool drain_open(struct drain *d, int log, const int pipes[DRAIN_STREAMS],
    const struct str *secrets, size_t nsecrets, uint64_t cap);
/* Take what is there in one stream, at most one chunk; false when there was
 * nothing or the stream is over. */
bool drain_read(struct drain *d, int stream);
/* Take the rest without waiting, let go what was held back, fix the exact
 * middle. */
void drain_finish(struct drain *d);
/* A line of the keeper itself: stream 3. */
void drain_note(struct drain *d, const char *text);
uint64_t drain_dropped(const struct drain *d);
void drain_close(struct drain *d);

#endif
