/* SPDX-License-Identifier: MIT */
/*
 * watch.h: a list that goes on as things come: audit --follow, inbox --watch.
 *
 * Prints the newest page of the list, then follows the stream behind it until
 * the reader of our output or a signal ends it.  A server that goes away is
 * waited for, and nothing is lost or shown twice: each row has a `seq`.  One
 * that was never there is an error.  Blocks.
 */
#ifndef CLI_WATCH_H
#define CLI_WATCH_H

#include "cli/argv.h"
#include "cli/session.h"

/* Print a row; a lives as long as the call. */
typedef void watch_row(
    struct session *s, struct arena *a, const json_t *row);

/* The exit code.  list NULL: only the stream; else args are those of list. */
int watch_follow(struct session *s, const struct op *list,
    const struct op *stream, struct args *args, watch_row *fn);
/* One row as a line of JSON. */
void watch_json(struct session *s, const json_t *row);

#endif
