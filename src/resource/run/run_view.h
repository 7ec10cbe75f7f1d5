/* SPDX-License-Identifier: MIT */
/*
 * run_view.h: a run and its steps as JSON for people and programs: what the
 * answers and the live stream show.
 */
#ifndef RESOURCE_RUN_VIEW_H
#define RESOURCE_RUN_VIEW_H

#include "base/json_out.h"
#include "resource/cx.h"
#include "spec/run.h"

/* Each writes one JSON object. */
void run_view_run(struct cx *cx, struct json_out *out, const struct run *run);
void run_view_step(struct cx *cx, struct json_out *out,
    const struct step *step);
void run_view_detail(struct cx *cx, struct json_out *out,
    const struct run *run);

#endif
