/* SPDX-License-Identifier: MIT */
/*
 * table.h: a list of an operation as a table that fits the terminal.
 *
 * Columns are op->columns, their kinds op->out.  On a terminal the long texts
 * give way until the rest fits; when that is not enough, columns without a
 * value and then those on the right are left out, and named below.  Elsewhere
 * nothing is cut.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "cli/session.h"
#include "spec/schema.h"

/* items: a JSON array of objects.  width 0: as wide as it is. */
void table_print(
    struct session *s, const struct op *op, const json_t *items, int width);
/* The same of a list inside an answer: every column that is a word. */
void table_print_rows(struct session *s, const struct schema *row,
    const json_t *items, int width);
/* "created_at" to "CREATED". */
const char *table_heading(struct arena *a, const char *column);

#endif
