/* SPDX-License-Identifier: MIT */
/*
 * delegation_api.h: the operations of delegations.
 */
#ifndef RESOURCE_DELEGATION_API_H
#define RESOURCE_DELEGATION_API_H

#include "resource/call.h"

call_handler delegation_api_create, delegation_api_end, delegation_api_list;

#endif
