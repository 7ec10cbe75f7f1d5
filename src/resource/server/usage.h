/* SPDX-License-Identifier: MIT */
/*
 * usage.h: what takes the room in the data folder, by class, and what of it
 * was removed for its age.  Walks the folder: for the pool.
 */
#ifndef RESOURCE_SERVER_USAGE_H
#define RESOURCE_SERVER_USAGE_H

#include "resource/call.h"

/* In the table meta: logs of attempts up to this one are not kept any more. */
#define USAGE_LOGS_PRUNED_TO "logs_pruned_to"

/* The log of this attempt was removed: ERR_GONE "log.pruned" tells why. */
bool usage_log_is_pruned(struct cx *cx, int64_t attempt, struct err *e);

call_handler usage_api_get;

#endif
