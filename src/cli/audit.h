/* SPDX-License-Identifier: MIT */
/*
 * audit.h: the audit chain on the command line: listed, or followed as it
 * grows (--follow).
 */
#ifndef CLI_AUDIT_H
#define CLI_AUDIT_H

#include "cli/alias.h"
#include "cli/session.h"

int audit_verb_list(
    struct session *s, const struct verb *v, int argc, char **argv);
int audit_verb_follow(
    struct session *s, const struct verb *v, int argc, char **argv);

#endif
