/* SPDX-License-Identifier: MIT */
/*
 * search.h: the operations that find tickets by a query (jql.h).
 */
#ifndef SPEC_SEARCH_H
#define SPEC_SEARCH_H

#include "spec/op.h"

extern const struct op op_ticket_count, op_ticket_search;

#endif
