/* SPDX-License-Identifier: MIT */
/*
 * audit_api.h: handlers of audit.list and audit.verify.  Both may read much:
 * they are bound to the pool.
 */
#ifndef RESOURCE_AUDIT_API_H
#define RESOURCE_AUDIT_API_H

#include "resource/call.h"

call_handler audit_api_list, audit_api_verify;

#endif
