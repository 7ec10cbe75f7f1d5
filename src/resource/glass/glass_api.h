/* SPDX-License-Identifier: MIT */
/*
 * glass_api.h: the operations of break-glass.
 */
#ifndef RESOURCE_GLASS_API_H
#define RESOURCE_GLASS_API_H

#include "resource/call.h"

call_handler glass_api_close, glass_api_list, glass_api_open, glass_api_review,
    glass_api_seal;

#endif
