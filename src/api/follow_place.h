/* SPDX-License-Identifier: MIT */
/*
 * follow_place.h: how far a stream has come, as the id of its events.
 *
 * "r7.s9.12.h40;31:4096,40:100" says: the run was told as of its change 7,
 * the steps as of change 9 and step 12, the logs of all attempts up to 40 are
 * told, but for attempt 31, of which 4096 bytes are, and attempt 40.  It is
 * short however long the run is, and whoever comes back with it gets what
 * follows, once.  Pure.
 */
#ifndef API_FOLLOW_PLACE_H
#define API_FOLLOW_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define FOLLOW_OPEN 1000 /* attempts at once that a client may name */

struct follow_place {
	int64_t run;	   /* seq of the run */
	int64_t seq, step; /* of the step told last */
	int64_t attempt;   /* the highest known */
};

struct follow_open {
	int64_t attempt;
	uint64_t offset;
};

/* False when text is no place; open holds FOLLOW_OPEN. */
bool follow_place_parse(struct str text, struct follow_place *ret,
    struct follow_open *open, size_t *ret_n);
/* The part before the attempts, then one by one. */
void follow_place_write(struct buf *to, const struct follow_place *p);
void follow_place_add(struct buf *to, const struct follow_open *open,
    bool first);

#endif
