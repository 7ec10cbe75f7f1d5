/* SPDX-License-Identifier: MIT */
/*
 * csv.h: a list of an operation as RFC 4180, for a spreadsheet.
 *
 * The columns are the fields of op->out that are words, numbers or times, and
 * lists of words; times are RFC 3339, lists are joined by blanks.  A text that
 * a spreadsheet would take for a formula (it begins with = + - @, a tab or a
 * carriage return) gets an apostrophe before it.
 */
#ifndef CLI_CSV_H
#define CLI_CSV_H

#include "cli/session.h"

void csv_head(struct session *s, const struct op *op);
void csv_rows(struct session *s, const struct op *op, const json_t *items);

#endif
