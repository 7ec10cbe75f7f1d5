/* SPDX-License-Identifier: MIT */
/*
 * local_attempt.h: what the disk says of an attempt (keep/wire.h).
 *
 * attempt_look decides for ever: when it answers WORK_NEVER or WORK_LOST, no
 * keeper that was late can start or go on.  attempt_result only reads.
 * `k` is DATA/k.  They block on the disk alone.
 */
#ifndef DRIVER_LOCAL_ATTEMPT_H
#define DRIVER_LOCAL_ATTEMPT_H

#include <sys/types.h>

#include "driver/driver.h"
#include "keep/wire.h"

/* WORK_OVER fills *ret_end and appends to *outputs, WORK_RUNNING sets the
 * keeper's pid. */
enum work_state attempt_look(int k, int64_t attempt, int64_t token,
    struct wire_exit *ret_end, struct buf *outputs, pid_t *ret_pid);
/* The exit record with its outputs; false when there is none. */
bool attempt_result(int k, int64_t attempt, int64_t token,
    struct wire_exit *ret_end, struct buf *outputs);
/* The keeper that holds the lock, 0: nobody. */
pid_t attempt_holder(int k, int64_t attempt);

#endif
