/* SPDX-License-Identifier: MIT */
/*
 * inbox_api.h: the operations on one's own inbox.  Nobody sees another's.
 */
#ifndef RESOURCE_INBOX_API_H
#define RESOURCE_INBOX_API_H

#include "resource/call.h"

call_handler inbox_api_done, inbox_api_list, inbox_api_prefer,
    inbox_api_preferences, inbox_api_read;

#endif
