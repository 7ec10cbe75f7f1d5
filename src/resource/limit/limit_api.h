/* SPDX-License-Identifier: MIT */
/*
 * limit_api.h: the operation of limits.
 */
#ifndef RESOURCE_LIMIT_API_H
#define RESOURCE_LIMIT_API_H

#include "resource/call.h"

call_handler limit_api_list;

#endif
