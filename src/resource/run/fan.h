/* SPDX-License-Identifier: MIT */
/*
 * fan.h: a need with foreach: in a run (platform/fan.h says what that is).
 *
 * A fan whose list is known is spread: its children are written, those that
 * the run has already are shared, and it waits for them; all in the caller's
 * transaction, so that after a kill they are all there or none is.  A fan
 * whose children are done gathers their outputs and is done itself.
 */
#ifndef RESOURCE_RUN_FAN_H
#define RESOURCE_RUN_FAN_H

#include "platform/graph.h"
#include "resource/cx.h"
#include "spec/run.h"

struct fan_source {
	/* A stored definition by its hash, or NULL. */
	const struct task *(*definition)(void *self, struct cx *cx,
	    const char *hash);
	void *self;
};

/* Move a fan that is ready on: spread it, or gather.  task: that of its
 * children.  A list that cannot be spread fails the step. */
void fan_go_on(struct cx *cx, struct run *run, struct step *fan,
    const struct task *task, const struct fan_source *source);

#endif
