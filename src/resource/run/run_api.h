/* SPDX-License-Identifier: MIT */
/*
 * run_api.h: the handlers of the operations on runs (spec/run.h), but for
 * the log and the live stream, which are in api/.
 */
#ifndef RESOURCE_RUN_API_H
#define RESOURCE_RUN_API_H

#include "resource/call.h"

call_handler run_api_list, run_api_get, run_api_plan, run_api_cancel, run_api_retry,
    run_api_reveal, run_api_resolve;

#endif
