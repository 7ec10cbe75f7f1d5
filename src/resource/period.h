/* SPDX-License-Identifier: MIT */
/*
 * period.h: from when until when, as people type it.
 *
 * A date (2026-11-01: the whole of that day in the folder's time zone), an
 * instant (RFC 3339), or how long ago (7d, -7d, 12h).  `from` is the first
 * moment that counts, `to` the last one.
 */
#ifndef RESOURCE_PERIOD_H
#define RESOURCE_PERIOD_H

#include "resource/call.h"

/* The zone of the folder, UTC when it names none. */
const struct zone *period_zone(struct cx *cx);
/* One text; false when it is none of the three. */
bool period_time(const char *text, bool end, int64_t now,
    const struct zone *z, int64_t *ret);
/* `from` and `to` of the query; all time when they are left out.  false: e
 * says which is wrong, or that they are the wrong way round. */
bool period_of(struct cx *cx, struct call *call, int64_t *ret_from,
    int64_t *ret_to, struct err *e);

#endif
