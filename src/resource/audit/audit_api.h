/* SPDX-License-Identifier: MIT */
/*
 * audit_api.h: handlers of what is asked about the audit chain.  Those that may
 * read much are bound to the pool.
 */
#ifndef RESOURCE_AUDIT_API_H
#define RESOURCE_AUDIT_API_H

#include "resource/call.h"

call_handler audit_api_list, audit_api_seal, audit_api_segments,
    audit_api_verify;

#endif
