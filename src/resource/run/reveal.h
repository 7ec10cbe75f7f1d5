/* SPDX-License-Identifier: MIT */
/*
 * reveal.h: what a person does to a step by hand: read a secret output, say
 * what became of an unknown or a manual one.
 */
#ifndef RESOURCE_RUN_REVEAL_H
#define RESOURCE_RUN_REVEAL_H

#include "base/json_out.h"
#include "resource/cx.h"
#include "spec/run.h"

/* Writes {output, value}.  Whom the task names may read it ("requester", a
 * team or a person); with `reveal: once` the second time is ERR_CONFLICT
 * "secret.already_shown". */
bool run_reveal(struct cx *cx, struct run *run, struct step *step,
    const char *output, struct json_out *out, struct err *e);

/* outcome: "succeeded", "failed" or "retry".  An audited decision. */
bool run_resolve(struct cx *cx, struct run *run, struct step *step,
    const char *outcome, const char *note, struct err *e);

#endif
