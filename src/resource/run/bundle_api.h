/* SPDX-License-Identifier: MIT */
/*
 * bundle_api.h: handler of run.bundle.  Who may see the run gets all of it;
 * secret values are hashed under the server's key, outputs are left out.  May
 * read much: on the pool.
 */
#ifndef RESOURCE_RUN_BUNDLE_API_H
#define RESOURCE_RUN_BUNDLE_API_H

#include "resource/call.h"

call_handler bundle_api_get;

#endif
