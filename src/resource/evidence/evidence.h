/* SPDX-License-Identifier: MIT */
/*
 * evidence.h: what is proven of one run, to be kept when the run goes.
 */
#ifndef RESOURCE_EVIDENCE_H
#define RESOURCE_EVIDENCE_H

#include "resource/cx.h"

/* {"change": …, "gaps": […]} as evidence.get tells it, canonical; "" for one
 * that never began, or was a dry run. */
const char *evidence_of_run(struct cx *cx, int64_t run_id);

#endif
