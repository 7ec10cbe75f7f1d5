/* SPDX-License-Identifier: MIT */
/*
 * count.h: work counted over a time: metrics and toil.
 *
 * One pass over the tickets that the actor may see and that were asked for or
 * ended in that time; what a ticket took is found by its own entries, votes
 * and steps.  Memory follows the number of tickets.  Reads only.
 */
#ifndef RESOURCE_WORK_COUNT_H
#define RESOURCE_WORK_COUNT_H

#include "resource/work/work.h"

struct count_period {
	int64_t from_ms, until_ms;
};

/* As a query writes times: "-30d", "2026-11-01", "startOfMonth"; to NULL is
 * now.  ERR_INVALID "work.period". */
bool count_period_read(struct cx *cx, const char *from, const char *to,
    struct count_period *ret, struct err *e);

/* Rows in the arena: all, the sections, then the others by name. */
struct work_metric *count_metrics(struct cx *cx,
    const struct work_filter *filter, const struct count_period *period,
    size_t *ret_n);

/* The most time first; what happened once is left out. */
struct work_toil *count_toil(struct cx *cx, const struct work_filter *filter,
    const struct count_period *period, size_t *ret_n);

#endif
