/* SPDX-License-Identifier: MIT */
/*
 * glass.h: rights that somebody took in an emergency, by breaking the glass.
 */
#ifndef SPEC_GLASS_H
#define SPEC_GLASS_H

#include "spec/op.h"

struct glass {
	int64_t id;
	const char *person;
	const char *reason;
	const char *ticket; /* that alarmed; "" when there is no project */
	int64_t opened_at, until_at;
	int64_t closed_at; /* 0: open, or until_at came and nobody noticed */
	const char *closed_by;
	int64_t reviewed_at; /* 0: not yet */
	const char *reviewed_by;
	const char *note; /* of the review */
	int64_t reminded_at;
};

#define GLASS_REVIEW_MS INT64_C(86400000) /* a second person looks by then */

extern const struct schema glass_schema; /* struct glass */
extern const struct op op_glass_close, op_glass_list, op_glass_open,
    op_glass_review, op_glass_seal;

#endif
