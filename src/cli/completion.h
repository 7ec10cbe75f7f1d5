/* SPDX-License-Identifier: MIT */
/*
 * completion.h: shell completion from the tables.
 *
 * The shell function is a few lines: it calls `slipway completion words` with
 * what was typed, and that prints what may come next, also names of request
 * types and tasks when the server answers.
 */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "cli/session.h"

/* argv begins behind `completion`. */
int completion_run(struct session *s, int argc, char **argv);

#endif
