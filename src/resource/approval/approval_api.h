/* SPDX-License-Identifier: MIT */
/*
 * approval_api.h: the operations that tell of approvals.
 */
#ifndef RESOURCE_APPROVAL_API_H
#define RESOURCE_APPROVAL_API_H

#include "resource/call.h"

call_handler approval_api_history;

#endif
