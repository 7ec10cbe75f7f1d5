/* SPDX-License-Identifier: MIT */
/*
 * undo_api.h: the face of undoing a run.
 */
#ifndef RESOURCE_ASK_UNDO_API_H
#define RESOURCE_ASK_UNDO_API_H

#include "resource/call.h"

call_handler undo_api_undo;

#endif
