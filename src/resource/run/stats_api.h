/* SPDX-License-Identifier: MIT */
/*
 * stats_api.h: the handler of task.stats.
 */
#ifndef RESOURCE_RUN_STATS_API_H
#define RESOURCE_RUN_STATS_API_H

#include "resource/call.h"

call_handler stats_api_task;

#endif
