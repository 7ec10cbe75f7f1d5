/* SPDX-License-Identifier: MIT */
/*
 * again_api.h: the handlers of run.inputs and run.again: the same ask once
 * more, from what a run was given.
 */
#ifndef RESOURCE_ASK_AGAIN_API_H
#define RESOURCE_ASK_AGAIN_API_H

#include "resource/call.h"

call_handler again_api_inputs, again_api_again;

#endif
