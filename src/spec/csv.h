/* SPDX-License-Identifier: MIT */
/*
 * csv.h: a list of an operation as RFC 4180, for a spreadsheet.
 *
 * The columns are the fields of op->out that are words, numbers or times, and
 * lists of words; times are RFC 3339, lists are joined by blanks.  A text that
 * a spreadsheet would take for a formula (it begins with = + - @, a tab or a
 * carriage return) gets an apostrophe before it.  Pure.
 */
#ifndef SPEC_CSV_H
#define SPEC_CSV_H

#include <jansson.h>

#include "base/arena.h"
#include "base/str.h"
#include "spec/op.h"

/* What is shown of a text; NULL: all of it. */
typedef const char *csv_clean(struct arena *a, const json_t *text);

void csv_head(struct buf *to, const struct op *op);
void csv_rows(struct buf *to, const struct op *op, const json_t *items,
    csv_clean *clean, struct arena *a);

#endif
