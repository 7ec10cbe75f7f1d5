/* SPDX-License-Identifier: MIT */
/*
 * schedule.h: what runs by itself, and back-fills of it.
 */
#ifndef SPEC_SCHEDULE_H
#define SPEC_SCHEDULE_H

#include "spec/op.h"

struct backfill {
	int64_t id;
	const char *schedule;
	int64_t from_at, until_at;
	int64_t at_once;
	const char *requester;
	const char *status; /* running, done, cancelled */
	int64_t created_at, ended_at;
};

extern const struct schema schedule_schema, schedule_detail_schema;
extern const struct schema backfill_schema; /* struct backfill */
extern const struct schema backfilled_schema;
extern const struct op op_schedule_list, op_schedule_get, op_schedule_pause,
    op_schedule_resume, op_schedule_run, op_schedule_backfill,
    op_backfill_list, op_backfill_cancel;

#endif
