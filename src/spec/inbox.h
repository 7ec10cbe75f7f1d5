/* SPDX-License-Identifier: MIT */
/*
 * inbox.h: what waits for a person, or what they should know.
 */
#ifndef SPEC_INBOX_H
#define SPEC_INBOX_H

#include "spec/op.h"

struct inbox_item {
	int64_t id;
	const char *person;
	const char *kind;    /* of inbox_kinds */
	const char *subject; /* "OPS-12", "R-4", "R-4/17" */
	const char *text;    /* one line */
	int64_t count;	     /* how often it came while it was open */
	int64_t created_at, updated_at;
	int64_t read_at, done_at; /* 0: not yet */
	int64_t tell_at;	  /* when the hooks are told; 0: never */
	int64_t tries;
	int64_t seq; /* of its last change; grows over all items */
};

/* Sorted, NULL-terminated. */
extern const char *const inbox_kinds[];

extern const struct schema inbox_schema; /* struct inbox_item */
extern const struct op op_inbox_done, op_inbox_follow, op_inbox_list,
    op_inbox_prefer, op_inbox_preferences, op_inbox_read;

#endif
