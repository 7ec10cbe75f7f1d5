/* SPDX-License-Identifier: MIT */
/*
 * history_api.h: the handlers of task.history, run.history and run.gantt.
 */
#ifndef RESOURCE_RUN_HISTORY_API_H
#define RESOURCE_RUN_HISTORY_API_H

#include "resource/call.h"

call_handler history_api_task, history_api_run, gantt_api_run;

#endif
