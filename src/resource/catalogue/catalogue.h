/* SPDX-License-Identifier: MIT */
/*
 * catalogue.h: what of the team's folder somebody may see and ask for.
 * Pure: reads the folder and the actor.
 */
#ifndef RESOURCE_CATALOGUE_H
#define RESOURCE_CATALOGUE_H

#include "resource/cx.h"

/* Changes whenever anything in the actor's view of the folder does. */
const char *catalogue_etag(struct cx *cx);

bool catalogue_sees_task(struct cx *cx, const struct task *t);
bool catalogue_sees_request(struct cx *cx, const struct request_def *r);

/* Where the actor may ask for it, NULL-terminated. */
const char **catalogue_environments(struct cx *cx,
    const struct request_def *r);
/* Is it offered in this environment at all? */
bool catalogue_offers(const struct request_def *r, const char *environment);

#endif
