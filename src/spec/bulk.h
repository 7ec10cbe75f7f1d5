/* SPDX-License-Identifier: MIT */
/*
 * bulk.h: one change to all tickets that a query finds.
 */
#ifndef SPEC_BULK_H
#define SPEC_BULK_H

#include "spec/op.h"

struct bulk_row {
	const char *key;
	const char *result; /* "changed", "would change" … */
	const char *what;   /* "priority changed customer → security" */
	const char *code;   /* refused: of the error, or "" */
	const char *title;
};

extern const struct schema bulk_row_schema; /* struct bulk_row */
extern const struct op op_ticket_bulk;

#endif
