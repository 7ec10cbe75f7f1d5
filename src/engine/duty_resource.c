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

/* The requests are gone through when something may be due; what was written
 * may be rolled back: only a look that wrote nothing is remembered. */
static void
resource_discover(struct engine *g, struct cx *cx)
{
	const bool look =
	    g->discovered != cx->platform->hash ||
	    cx->now >= g->discover_next || cx->now < g->discover_looked;
	int64_t next = INT64_MAX;

	if (resource_discover_turn(cx, look, &next)) {
		g->more = true;
		g->discovered = NULL;
		return;
	}
	if (look) {
		g->discovered = cx->platform->hash;
		g->discover_next = next;
	}
	g->discover_looked = cx->now;
	resource_due_at(g, cx, g->discover_next);
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
	resource_discover(g, cx);
}
