/* SPDX-License-Identifier: MIT */
/*
 * results.h: what a run was given and what came of it.
 */
#ifndef SPEC_RESULTS_H
#define SPEC_RESULTS_H

#include "spec/op.h"

extern const struct schema run_inputs_schema, run_results_schema,
    task_stats_schema;

extern const struct op op_run_again, op_run_inputs, op_run_results,
    op_task_stats;

#endif
