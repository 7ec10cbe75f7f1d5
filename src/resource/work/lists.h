/* SPDX-License-Identifier: MIT */
/*
 * lists.h: the lists themselves.  Each fills list->items of one page.
 */
#ifndef RESOURCE_WORK_LISTS_H
#define RESOURCE_WORK_LISTS_H

#include "resource/work/work.h"

void lists_backlog(struct cx *cx, const struct work_filter *filter,
    struct work_list *list);
void lists_waiting(struct cx *cx, struct work_list *list);
void lists_next(struct cx *cx, const struct work_filter *filter,
    struct work_list *list);
void lists_stuck(struct cx *cx, const struct work_filter *filter,
    struct work_list *list);
void lists_aged(struct cx *cx, const struct work_filter *filter, int64_t days,
    struct work_list *list);

/* One lane of the board; *ret_count of all in it. */
void lists_lane(struct cx *cx, const struct work_filter *filter,
    const char *status, struct work_list *list, int64_t *ret_count);

#endif
