/* SPDX-License-Identifier: MIT */
/*
 * pause.h: something that people stopped for a while.
 */
#ifndef SPEC_PAUSE_H
#define SPEC_PAUSE_H

#include "spec/op.h"

struct pause {
	const char *kind; /* "schedule", "task", "limit", "all" */
	const char *name; /* "" with all */
	const char *person;
	const char *reason;
	int64_t at;
};

extern const char *const pause_kinds[]; /* NULL-terminated */
extern const struct schema pause_schema; /* struct pause */
extern const struct op op_pause_list, op_pause_set, op_pause_end;

extern const struct schema limit_schema;
extern const struct op op_limit_list;

#endif
