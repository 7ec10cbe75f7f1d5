/* SPDX-License-Identifier: MIT */
/*
 * count_api.h: handlers of work.metrics and work.toil.
 */
#ifndef RESOURCE_COUNT_API_H
#define RESOURCE_COUNT_API_H

#include "resource/call.h"

call_handler count_api_metrics, count_api_toil;

#endif
