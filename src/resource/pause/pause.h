/* SPDX-License-Identifier: MIT */
/*
 * pause.h: what people stopped for a while: a schedule, a task, a limit, or
 * everything.
 *
 * Owns the table pause.  While something is paused nothing of it is started;
 * what runs goes on.  A paused schedule passes its times over.  Steps that a
 * pause holds up are parked with PAUSE_PARKED and look again when it ends.
 */
#ifndef RESOURCE_PAUSE_H
#define RESOURCE_PAUSE_H

#include "resource/cx.h"
#include "spec/pause.h"

#define PAUSE_PARKED (-2) /* in step.shares */
#define PAUSE_ALL "all"
#define PAUSE_LIMIT "limit"
#define PAUSE_SCHEDULE "schedule"
#define PAUSE_TASK "task"

/* NULL: it is not paused. */
const struct pause *pause_find(struct cx *cx, const char *kind,
    const char *name);
/* "task dump is paused by casey: disk full" */
const char *pause_words(struct cx *cx, const struct pause *p);

/* What a glance at the server should tell: "everything is paused", "2 are
 * paused", or NULL.  Names nobody. */
const char *pause_summary(struct cx *cx);

/*
 * By the actor, who must be of the team that owns it, or an admin (for limits
 * and everything: an admin).  ERR_CONFLICT when it is so already, or when the
 * folder says so; ERR_NOT_FOUND when there is no such thing.
 */
bool pause_set(struct cx *cx, const char *kind, const char *name,
    const char *reason, struct err *e);
bool pause_end(struct cx *cx, const char *kind, const char *name,
    struct err *e);

#endif
