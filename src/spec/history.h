/* SPDX-License-Identifier: MIT */
/*
 * history.h: what a task and a run did, attempt by attempt, and when.
 */
#ifndef SPEC_HISTORY_H
#define SPEC_HISTORY_H

#include "spec/op.h"

extern const struct schema run_gantt_schema;
extern const struct op op_run_gantt, op_run_history, op_task_history;

#endif
