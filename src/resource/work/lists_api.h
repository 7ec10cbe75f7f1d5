/* SPDX-License-Identifier: MIT */
/*
 * lists_api.h: handlers of the operations of spec/work.h.
 */
#ifndef RESOURCE_LISTS_API_H
#define RESOURCE_LISTS_API_H

#include "resource/call.h"

call_handler lists_api_backlog, lists_api_board, lists_api_waiting,
    lists_api_next, lists_api_stuck, lists_api_aged;

#endif
