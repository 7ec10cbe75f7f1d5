/* SPDX-License-Identifier: MIT */
/*
 * pause_api.h: the operations of pauses.
 */
#ifndef RESOURCE_PAUSE_API_H
#define RESOURCE_PAUSE_API_H

#include "resource/call.h"

call_handler pause_api_list, pause_api_set, pause_api_end;

#endif
