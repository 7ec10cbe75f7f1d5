/* SPDX-License-Identifier: MIT */
/*
 * access_api.h: handlers of me.get, access.can and access.review.
 * Everybody may ask about themselves, an admin or the operator about anybody.
 */
#ifndef RESOURCE_ACCESS_API_H
#define RESOURCE_ACCESS_API_H

#include "resource/call.h"

call_handler access_api_me, access_api_can, access_api_review;

#endif
