/* SPDX-License-Identifier: MIT */
/*
 * dump.h: JSON as jansson writes it, but for numbers: 0.003 stays 0.003, with
 * the fewest digits that read back as the same.
 */
#ifndef CLI_DUMP_H
#define CLI_DUMP_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* indent 0: all in one line.  ascii: everything else is escaped. */
void dump_json(FILE *out, const json_t *value, int indent, bool ascii);

#endif
