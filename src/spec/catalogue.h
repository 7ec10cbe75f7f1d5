/* SPDX-License-Identifier: MIT */
/*
 * catalogue.h: what the team's folder offers: request types, tasks,
 * environments, people, teams; and asking for it.
 *
 * These are read from the loaded folder, not from rows, so the schemas
 * describe the wire only.  request.ask and task.run become one typed path
 * per name in /openapi.json and one verb each on the command line.
 */
#ifndef SPEC_CATALOGUE_H
#define SPEC_CATALOGUE_H

#include "spec/op.h"

extern const struct schema catalogue_schema, request_schema, task_schema,
    environment_schema, person_schema, team_schema, platform_schema,
    plan_schema, plan_diff_schema, ask_schema, task_run_schema;

extern const struct op op_catalogue_get, op_request_list, op_request_get,
    op_request_ask, op_task_list, op_task_get, op_task_run,
    op_environment_list, op_person_list, op_team_list, op_platform_get,
    op_platform_reload, op_plan_diff, op_plan_get;

extern const struct schema asked_schema;

#endif
