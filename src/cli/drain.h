/* SPDX-License-Identifier: MIT */
/*
 * drain.h: `slipway drain`: tell the server to begin nothing new, say what
 * still runs, and wait for it.
 */
#ifndef CLI_DRAIN_H
#define CLI_DRAIN_H

#include "cli/verbs.h"

int verb_drain(struct session *s, const struct verb *v, int argc, char **argv);

#endif
