/* SPDX-License-Identifier: MIT */
/*
 * home.h: DATA/k/ATTEMPT, the folder where an attempt is recorded.
 *
 * home_claim makes it inside the current folder (DATA/k), goes there, and
 * holds the claim and the lock of wire.h from then on; all names are relative
 * to it afterwards, so no path is ever too long for a socket.  The exit record
 * gets its file at once, so that a full disk cannot keep the result back.
 *
 * home_tell never blocks; false means that the server did not get it.
 */
#ifndef KEEP_HOME_H
#define KEEP_HOME_H

#include <stdbool.h>
#include <stdint.h>

#include "keep/wire.h"

struct home {
	int log;
	int record; /* exit.tmp */
	int sock;
};

enum home_claim {
	HOME_MINE,
	HOME_FENCED, /* somebody else has or had it: go away */
	HOME_FAILED  /* errno; nothing was started */
};

enum home_claim home_claim(struct home *h, int64_t attempt);
/* The next order from the server. */
bool home_next(const struct home *h, struct wire_control *ret);
bool home_tell(const struct home *h, const struct wire_event *e);
/* Write the outputs (fd or -1) and the result, and make them visible.  On
 * failure of the outputs alone they are called cut. */
bool home_record(const struct home *h, struct wire_exit *end, int outputs);
/* Drop the lock. */
void home_close(struct home *h);

#endif
