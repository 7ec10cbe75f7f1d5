/* SPDX-License-Identifier: MIT */
/*
 * resource_api.h: the handlers of resources.
 */
#ifndef RESOURCE_RESOURCE_API_H
#define RESOURCE_RESOURCE_API_H

#include "resource/call.h"

call_handler resource_api_accept;
call_handler resource_api_adopt;
call_handler resource_api_costs;
call_handler resource_api_extend;
call_handler resource_api_get;
call_handler resource_api_list;
call_handler resource_api_transfer;

#endif
