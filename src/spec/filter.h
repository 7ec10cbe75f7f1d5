/* SPDX-License-Identifier: MIT */
/*
 * filter.h: a query that is kept under a name, by a person or for a team.
 */
#ifndef SPEC_FILTER_H
#define SPEC_FILTER_H

#include "spec/op.h"

#define FILTER_NAME_BYTES 48
#define FILTERS_MAX 200 /* of one person, and of one team */

struct filter {
	int64_t id;
	const char *key;   /* "aged", "platform:aged" */
	const char *owner; /* "" of a team's */
	const char *team;  /* "" of one's own */
	const char *name;
	const char *query;
	const char *doc;
	const char *updated_by;
	int64_t updated_at;
};

extern const struct schema filter_schema; /* struct filter */
extern const struct op op_filter_list, op_filter_save, op_filter_remove;

#endif
