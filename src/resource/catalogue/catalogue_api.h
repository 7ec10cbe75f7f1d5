/* SPDX-License-Identifier: MIT */
/*
 * catalogue_api.h: handlers of what is read from the team's folder: its
 * tasks and request types as far as the asker may see them, which version of
 * it is in force, its JSON Schema, and plans by hash.
 */
#ifndef RESOURCE_CATALOGUE_API_H
#define RESOURCE_CATALOGUE_API_H

#include "resource/call.h"

call_handler catalogue_api_get, catalogue_api_task, catalogue_api_tasks,
    catalogue_api_request, catalogue_api_requests, catalogue_api_platform,
    catalogue_api_reload, catalogue_api_plan, catalogue_api_plan_diff,
    catalogue_api_schema;

#endif
