/* SPDX-License-Identifier: MIT */
/*
 * local_event.h: what a keeper says (keep/wire.h) as the engine's event.
 * Pure but for the clock.
 */
#ifndef DRIVER_LOCAL_EVENT_H
#define DRIVER_LOCAL_EVENT_H

#include "driver/driver.h"
#include "keep/wire.h"

/* An empty event of this attempt. */
void work_event_begin(struct work_event *ret, int64_t attempt, int64_t token);
/* It has ended so; the outputs of ret are left alone. */
void work_event_end(struct work_event *ret, const struct wire_exit *end);
/* It was never started. */
void work_event_refused(struct work_event *ret, const char *what);

#endif
