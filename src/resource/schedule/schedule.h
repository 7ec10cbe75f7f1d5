/* SPDX-License-Identifier: MIT */
/*
 * schedule.h: runs that nobody asks for, because it is time.
 *
 * Owns the tables schedule, schedule_time and backfill.  A row of
 * schedule_time per time that was due, written in the transaction of its run,
 * is what makes a time fire once, whatever the clock does and wherever the
 * server is killed.  The run's requester is "schedule:NAME", who is nobody's
 * approver; runs of a back-fill, and those that a person starts, are that
 * person's.
 *
 * Called by the engine's duty; all take `cx->now` for the time.
 */
#ifndef RESOURCE_SCHEDULE_H
#define RESOURCE_SCHEDULE_H

#include "resource/cx.h"
#include "spec/run.h"

/*
 * Fire what is due.  *ret_next is when to look again (wall), INT64_MAX for
 * never.  true: something was written.
 */
bool schedule_turn(struct cx *cx, const struct schedule_def *s,
    int64_t *ret_next);
/* Make the runs of times that had to wait for another run to end.  true:
 * something was written. */
bool schedule_pump(struct cx *cx);

/* One run, for that time; the actor of cx asks.  requester NULL: the
 * schedule. */
bool schedule_make(struct cx *cx, const struct schedule_def *s, int64_t at,
    int64_t backfill, const char *requester, struct run **ret,
    struct err *e);
/* Only the plan of one, which is none of the schedule's runs. */
bool schedule_plan(struct cx *cx, const struct schedule_def *s, int64_t at,
    const char *requester, struct run **ret, struct err *e);

#define SCHEDULE_LATE_MS INT64_C(60000) /* later than that is missed */

#endif
