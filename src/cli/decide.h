/* SPDX-License-Identifier: MIT */
/*
 * decide.h: `approve` and `decline`: show exactly the plan, ask, and send the
 * hash of what was shown.
 */
#ifndef CLI_DECIDE_H
#define CLI_DECIDE_H

#include "cli/session.h"

/* argv begins behind the words of the verb; the exit code.  Without a
 * terminal --yes or --plan-hash must say that it is meant. */
int decide_run(struct session *s, const struct op *op, int argc, char **argv);

#endif
