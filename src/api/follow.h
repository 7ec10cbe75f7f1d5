/* SPDX-License-Identifier: MIT */
/*
 * follow.h: one stream: of run.follow, or of a list that goes on
 * (audit.follow, inbox.follow), between its files.
 *
 * follow.c owns the stream: who follows, when there may be news, rights, the
 * end.  follow_tell.c owns what is told of a run: the run, changed steps and
 * log text behind the place that the client has reached; follow_list.c what
 * is told of a list: what has a greater number than the last that was told.
 * A stream that has no room stops in the middle and goes on from its place.
 *
 * Loop thread only; a stream costs no more than this struct, and names in the
 * arena of its exchange, while nothing happens.
 */
#ifndef API_FOLLOW_H
#define API_FOLLOW_H

#include "api/follow_place.h"
#include "api/log_hub.h"
#include "spec/run.h"

/* An attempt whose log is not told to its end. */
struct follow_log {
	struct follow_log *next;
	int64_t attempt, step;
	char *task; /* until the log is joined */
	uint64_t offset;
	bool over; /* it will not grow */
	struct log_watch watch;
};

struct follow {
	unsigned magic;
	struct follow *next, **back;
	struct api *api;
	struct exchange *x;
	struct actor actor;
	const char *request_id;
	int64_t run_id;		       /* of a run, else 0 */
	const struct follow_list *list; /* else NULL */
	json_t *query;		       /* of a list */
	int64_t token_expires; /* wall ms; INT64_MAX: no token */
	int64_t checked_ms;    /* rights; 0: to be looked at now */
	int64_t version;       /* of the database, then */
	struct bus_subscription *news;
	struct follow_place place;
	struct follow_log *logs; /* by attempt */
	bool changed;		 /* the database has something to tell */
	bool due;		 /* it is to be pumped in this turn */
	bool run_over;
	bool stopped; /* for want of room: more is there */
};

/* follow.c: a log has grown. */
void follow_grown(void *f);
/* Hears of this number of the bus from now on. */
struct follow *follow_create(struct request *r, int64_t topic);
/* Answers with the stream. */
void follow_begin(struct request *r, struct follow *f);

/* follow_list.c */
bool follow_list_allowed(struct follow *f, struct cx *cx);
void follow_list_tell(struct follow *f, struct cx *cx);

/* follow_tell.c */
bool follow_has_room(struct follow *f);
void follow_log_free(struct follow *f, struct follow_log *log);
/* What changed in the database, then logs.  True: `end` was told. */
bool follow_tell(struct follow *f, struct cx *cx, const struct run *run);
void follow_tell_logs(struct follow *f);
/* Take it up where Last-Event-ID says; what is no place is ignored. */
void follow_resume(struct follow *f, struct cx *cx, struct str id);

#endif
