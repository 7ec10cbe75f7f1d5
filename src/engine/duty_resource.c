/* SPDX-License-Identifier: MIT */
/* resource: the ends of lifetimes, and whether what was made is still there. */
#include "engine/engine_private.h"
#include "resource/resource/resource.h"

/* The wall clock may be put forward, and no timer of ours would notice. */
#define RESOURCE_LOOK_MS INT64_C(60000)

static void
resource_due_at(struct engine *g, struct cx *cx, int64_t at)
{
	if (at != INT64_MAX)
		engine_due_at(g, cx,
		    at < cx->now + RESOURCE_LOOK_MS ? at
						    : cx->now + RESOURCE_LOOK_MS);
}

void
duty_resource(struct engine *g, struct cx *cx)
{
	int64_t next;

	if (resource_expire_turn(cx, &next))
		g->more = true;
	resource_due_at(g, cx, next);
	if (g->site->draining)
		return;
	if (resource_check_turn(cx, &next))
		g->more = true;
	resource_due_at(g, cx, next);
}
