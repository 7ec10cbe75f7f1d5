/* SPDX-License-Identifier: MIT */
/*
 * results_api.h: the handler of run.results.
 */
#ifndef RESOURCE_RUN_RESULTS_API_H
#define RESOURCE_RUN_RESULTS_API_H

#include "resource/call.h"

call_handler results_api_get;

#endif
