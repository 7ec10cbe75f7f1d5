/* SPDX-License-Identifier: MIT */
/*
 * filter_api.h: handlers of the operations of spec/filter.h.
 */
#ifndef RESOURCE_FILTER_API_H
#define RESOURCE_FILTER_API_H

#include "resource/call.h"

call_handler filter_api_list, filter_api_save, filter_api_remove;

#endif
