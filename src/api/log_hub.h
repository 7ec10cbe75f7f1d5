/* SPDX-License-Identifier: MIT */
/*
 * log_hub.h: one reader of a log for all who follow it.
 *
 * The logs of attempts that somebody follows are open once each, are watched
 * for growth once each, and their text becomes JSON once for everybody who is
 * at the same place: ten thousand followers of one line cost one read.
 *
 * Loop thread only.
 */
#ifndef API_LOG_HUB_H
#define API_LOG_HUB_H

#include "api/request.h"

struct log_hub;

/* Somebody's interest in a log; embedded in the follower. */
struct log_watch {
	struct log_hub *hub; /* NULL: not joined */
	struct log_watch *next, **back;
	void (*grown)(void *arg); /* must not join or leave */
	void *arg;
};

/* step and task are said in every event.  False while there is no log. */
bool log_hub_join(struct api *a, int64_t attempt, int64_t step,
    const char *task, struct log_watch *w);
void log_hub_leave(struct api *a, struct log_watch *w); /* twice is fine */

struct log_piece {
	struct str data; /* of a `log` event; until the next call */
	uint64_t next;	 /* offset behind it */
};

/* What is at offset; false at the end.  Text ends with a whole character;
 * over: nothing more will come, so that half of one must do. */
bool log_hub_piece(struct log_hub *h, uint64_t offset, bool over,
    struct log_piece *ret);

#endif
