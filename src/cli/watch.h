/* SPDX-License-Identifier: MIT */
/*
 * watch.h: a list that goes on as things come: audit --follow, inbox --watch.
 *
 * Asks again and again, every so many seconds, and prints what is new, until
 * the reader of our output or a signal ends it.  A server that goes away is
 * waited for; one that was never there is an error.  Blocks.
 */
#ifndef CLI_WATCH_H
#define CLI_WATCH_H

#include "cli/argv.h"
#include "cli/session.h"

/* Print what is new in an answer, and change args for the next question.
 * True: there is more already, ask at once. */
typedef bool watch_page(struct session *s, struct arena *a,
    struct args *args, const json_t *answer, void *self);

/* The exit code.  a of fn lives until the next question. */
int watch_list(struct session *s, const struct op *op, struct args *args,
    unsigned every_s, watch_page *fn, void *self);
/* One row as a line of JSON. */
void watch_json(struct session *s, const json_t *row);

#endif
