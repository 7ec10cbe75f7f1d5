/* SPDX-License-Identifier: MIT */
/*
 * review.h: which rights and tokens nobody needs.
 */
#ifndef SPEC_REVIEW_H
#define SPEC_REVIEW_H

#include "spec/op.h"

extern const struct schema access_review_schema;
extern const struct op op_access_review;

#endif
