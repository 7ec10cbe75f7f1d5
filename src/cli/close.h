/* SPDX-License-Identifier: MIT */
/*
 * close.h: `ticket close`, which asks for the lasting solution of a quick fix
 * where there is a person to ask.
 *
 * The server wants an answer in any case; without a terminal it is a flag.
 */
#ifndef CLI_CLOSE_H
#define CLI_CLOSE_H

#include "cli/alias.h"
#include "cli/session.h"

int close_run(struct session *s, const struct verb *v, int argc, char **argv);

#endif
