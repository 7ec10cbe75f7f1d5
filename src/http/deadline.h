/* SPDX-License-Identifier: MIT */
/*
 * deadline.h: many waits of a few fixed lengths behind one timer.
 *
 * Every kind of wait has its own list, and as all of a kind last equally long
 * the list is sorted by being appended to: setting, clearing and taking the
 * next one are a few pointer writes each, whether ten or ten thousand
 * connections wait.  Intrusive: a deadline lives in the struct that waits.
 * Pure; the caller says what time it is.
 */
#ifndef HTTP_DEADLINE_H
#define HTTP_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

enum deadline_kind {
	DEADLINE_NONE,
	DEADLINE_HEAD,    /* for the rest of a head */
	DEADLINE_BODY,    /* for the rest of a body */
	DEADLINE_IDLE,    /* for the next request */
	DEADLINE_WRITE,   /* for the client to read on */
	DEADLINE_LINGER,  /* for the client to hang up */
	DEADLINE_COMMENT, /* for something to say on a stream */
	DEADLINE_KINDS
};

/* Zeroed memory is a deadline that is not set. */
struct deadline {
	struct deadline *next, *prev;
	enum deadline_kind kind;
	uint64_t due;
};

struct deadlines {
	uint64_t ms[DEADLINE_KINDS]; /* how long each kind waits */
	struct deadline *first[DEADLINE_KINDS], *last[DEADLINE_KINDS];
};

/* Wait for kind from now on, instead of what was waited for. */
void deadline_set(struct deadlines *all, struct deadline *d,
    enum deadline_kind kind, uint64_t now);
void deadline_clear(struct deadlines *all, struct deadline *d);
/* Take one that is due out of its list, its kind in *ret_kind; NULL: none. */
struct deadline *deadline_take(
    struct deadlines *all, uint64_t now, enum deadline_kind *ret_kind);
/* When the soonest is due; false: nobody waits. */
bool deadline_soonest(const struct deadlines *all, uint64_t *ret_due);

#endif
