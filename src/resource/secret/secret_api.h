/* SPDX-License-Identifier: MIT */
/*
 * secret_api.h: handlers of secret.list, secret.set and secret.remove.  They
 * are for admins and the operator; no operation ever gives a value back.
 */
#ifndef RESOURCE_SECRET_API_H
#define RESOURCE_SECRET_API_H

#include "resource/call.h"

call_handler secret_api_list, secret_api_set, secret_api_remove;

#endif
