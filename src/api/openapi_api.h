/* SPDX-License-Identifier: MIT */
/*
 * openapi_api.h: the handler of openapi.get: the interface as the caller may
 * see it, with a typed path for every task and request type that the caller
 * may run or ask for.
 */
#ifndef API_OPENAPI_API_H
#define API_OPENAPI_API_H

#include "resource/call.h"

call_handler openapi_api_get;

#endif
