/* SPDX-License-Identifier: MIT */
/*
 * delegation.h: who decides in whose place, where, and how long.
 */
#ifndef SPEC_DELEGATION_H
#define SPEC_DELEGATION_H

#include "spec/op.h"

struct delegation {
	int64_t id;
	const char *person;   /* who is away */
	const char *delegate; /* who decides for them */
	const char *project, *environment; /* "": any */
	const char *note;
	int64_t from_at, until_at;
	int64_t ended_at; /* ended before its time; 0: not */
	int64_t created_at;
};

extern const struct schema delegation_schema; /* struct delegation */
extern const struct op op_delegation_create, op_delegation_end,
    op_delegation_list;

#endif
