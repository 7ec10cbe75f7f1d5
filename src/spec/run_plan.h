/* SPDX-License-Identifier: MIT */
/*
 * run_plan.h: the plan of a run as a page of facts: what will run, what not
 * and why, who is asked, and how long it took before.
 */
#ifndef SPEC_RUN_PLAN_H
#define SPEC_RUN_PLAN_H

#include "spec/op.h"

extern const struct schema run_plan_schema;
extern const struct op op_run_plan;

#endif
