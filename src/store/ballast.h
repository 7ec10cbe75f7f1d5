/* SPDX-License-Identifier: MIT */
/*
 * ballast.h: room that is kept for when there is none.
 *
 * DATA/ballast is BALLAST_BYTES long and holds nothing.  When the disk of the
 * data folder has less than BALLAST_LOW left, or a write finds it full, half of
 * the file is given back, and at the next full write the rest: enough for
 * approvals, cancels and the ends of what runs, while everything else is
 * refused ("storage.full").  When there is room again, twice what the file
 * takes, it is filled anew and everything goes on by itself.
 *
 * Core thread only.  Blocks on the disk for a moment at a change.
 */
#ifndef STORE_BALLAST_H
#define STORE_BALLAST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

#define BALLAST_BYTES ((int64_t)MIB(8))
#define BALLAST_LOW ((int64_t)MIB(4))
#define BALLAST_LOOK_MS INT64_C(1000) /* while it is full */
#define BALLAST_WATCH_MS INT64_C(5000) /* else, while there is work */

struct ballast;

/* Below the folder of the database at path.  Fills what there is room for. */
struct ballast *ballast_open(const char *path);
/* The file stays.  NULL is fine. */
void ballast_close(struct ballast *b);

/* A write found the disk full: give back the next part. */
void ballast_hit(struct ballast *b);
/* Is there little room?  Looks at the disk no more often than the times above
 * say. */
bool ballast_is_full(struct ballast *b);

#endif
