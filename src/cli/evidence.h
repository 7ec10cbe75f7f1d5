/* SPDX-License-Identifier: MIT */
/*
 * evidence.h: `slipway evidence`: the answer as a page in Markdown on stdout,
 * or, with --out DIR, as evidence.json (the bytes that its hash is over, and
 * the hash), evidence.md and changes.csv.
 */
#ifndef CLI_EVIDENCE_H
#define CLI_EVIDENCE_H

#include "cli/alias.h"
#include "cli/session.h"

int evidence_verb(
    struct session *s, const struct verb *v, int argc, char **argv);

#endif
