/* SPDX-License-Identifier: MIT */
/*
 * schedule_api.h: the operations of schedules and back-fills.
 */
#ifndef RESOURCE_SCHEDULE_API_H
#define RESOURCE_SCHEDULE_API_H

#include "resource/call.h"

call_handler schedule_api_list, schedule_api_get, schedule_api_pause,
    schedule_api_resume, schedule_api_run;
call_handler schedule_api_backfill, backfill_api_list, backfill_api_cancel;

/* The schedule that the actor may see, or ERR_NOT_FOUND. */
bool schedule_api_find(struct cx *cx, const char *name,
    const struct schedule_def **ret, struct err *e);
/* May the actor ask for what it runs? */
bool schedule_api_may_run(struct cx *cx, const struct schedule_def *s,
    struct err *e);

#endif
