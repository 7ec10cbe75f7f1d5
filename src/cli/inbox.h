/* SPDX-License-Identifier: MIT */
/*
 * inbox.h: `slipway inbox --watch`: what comes, as it comes.
 */
#ifndef CLI_INBOX_H
#define CLI_INBOX_H

#include "cli/alias.h"
#include "cli/session.h"

int inbox_verb_list(
    struct session *s, const struct verb *v, int argc, char **argv);
int inbox_verb_follow(
    struct session *s, const struct verb *v, int argc, char **argv);

#endif
