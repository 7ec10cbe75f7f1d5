/* SPDX-License-Identifier: MIT */
/*
 * undo_api.h: the faces of undoing a run, and of releasing what it made.
 */
#ifndef RESOURCE_ASK_UNDO_API_H
#define RESOURCE_ASK_UNDO_API_H

#include "resource/call.h"

call_handler undo_api_release;
call_handler undo_api_undo;

#endif
