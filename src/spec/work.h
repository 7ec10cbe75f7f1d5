/* SPDX-License-Identifier: MIT */
/*
 * work.h: what there is to do, as lists: backlog, board, what waits for me,
 * what now, what is stuck, what gets old; and work counted.
 */
#ifndef SPEC_WORK_H
#define SPEC_WORK_H

#include "spec/op.h"

/* A ticket as work. */
struct work_item {
	const char *key;
	const char *section; /* "operations", "features" */
	const char *kind;
	const char *title;
	const char *status;
	const char *priority;
	const char *why; /* it is in this list, or in this place of it */
	const char *assignee;
	const char *requester;
	const char *team;
	const char *labels; /* JSON */
	int64_t points;
	int64_t age_days;
	int64_t due_at, created_at, updated_at;
};

#define WORK_AGED_DAYS 14 /* older than that is getting old */
#define WORK_IDLE_DAYS 7  /* nothing happened to what is in hand */
#define WORK_BOARD_DAYS 7 /* so long the board shows what is done */

/* How much of what, and how long; -1 where nothing was. */
struct work_metric {
	const char *of; /* "all", "section", "request", "kind" */
	const char *name;
	int64_t opened, done;
	int64_t share_percent, done_per_week;
	int64_t approve_p50_ms, approve_p95_ms;
	int64_t action_p50_ms, action_p95_ms;
	int64_t done_p50_ms, done_p95_ms;
};

/* What recurs, and the time of people that it takes. */
struct work_toil {
	const char *name;
	const char *of; /* "request", "kind" */
	int64_t count;
	int64_t human_ms, total_ms;
	int64_t by_hand_ms, steps_ms, decisions_ms;
	int64_t automate; /* 1, 2, 3: next; 0 */
	const char *why;
};

extern const char *const work_sections[];
extern const struct schema work_item_schema; /* struct work_item */
extern const struct schema work_board_schema;
extern const struct schema work_metric_schema; /* struct work_metric */
extern const struct schema work_toil_schema;   /* struct work_toil */
extern const struct op op_work_backlog, op_work_board, op_work_waiting,
    op_work_next, op_work_stuck, op_work_aged;
/* work_count.c */
extern const struct op op_work_metrics, op_work_toil;

#endif
