/* SPDX-License-Identifier: MIT */
/*
 * local_spec.h: a struct work as the bytes that a keeper reads (keep/wire.h).
 * Pure: no I/O.
 */
#ifndef DRIVER_LOCAL_SPEC_H
#define DRIVER_LOCAL_SPEC_H

#include "driver/driver.h"
#include "keep/wire.h"

/*
 * Append the records.  The environment gets HOME and the SLIPWAY_ names of
 * the files in the workspace unless it has them; argv[0] with a slash that is
 * not absolute means a file of the workspace.  `hidden` ends with NULL.
 */
void local_spec(struct buf *to, const struct work *w,
    const struct wire_numbers *n, const char *workspace,
    const char *const *hidden);

#endif
