/* SPDX-License-Identifier: MIT */
/*
 * server_api.h: the handlers of spec/server.h.
 */
#ifndef RESOURCE_SERVER_SERVER_API_H
#define RESOURCE_SERVER_SERVER_API_H

#include "resource/call.h"

call_handler server_api_drain, server_api_get, server_api_resume;

#endif
