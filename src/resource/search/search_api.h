/* SPDX-License-Identifier: MIT */
/*
 * search_api.h: handlers of ticket.search and ticket.count.
 */
#ifndef RESOURCE_SEARCH_API_H
#define RESOURCE_SEARCH_API_H

#include "resource/call.h"

call_handler search_api_list, search_api_count;

#endif
