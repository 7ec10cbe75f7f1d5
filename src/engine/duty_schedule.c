/* SPDX-License-Identifier: MIT */
/* schedule: what is due by the calendar. */
#include "base/clock.h"
#include "engine/engine_private.h"
#include "resource/audit.h"
#include "resource/schedule/schedule.h"

/* The wall clock may be put forward, and no timer of ours would notice. */
#define SCHEDULE_LOOK_MS INT64_C(60000)
#define SCHEDULE_JUMP_MS INT64_C(2000)

static void
schedule_clock(struct engine *g, struct cx *cx)
{
	struct query *q;

	if (cx->now + SCHEDULE_JUMP_MS >= g->schedule_looked)
		return;
	q = query(cx->db, "step_rank_cap");
	bind_int(q, "now", cx->now);
	query_run(q);
	audit(cx, "clock.back", "server", "done",
	    arena_printf(cx->arena, "by %lld s",
		(long long)(g->schedule_looked - cx->now) / 1000),
	    NULL);
}

/* What was written may be rolled back: only a look that wrote nothing is
 * remembered. */
static void
schedule_look(struct engine *g, struct cx *cx)
{
	const struct platform *p = cx->platform;
	int64_t next = INT64_MAX;
	bool wrote = false;

	for (size_t i = 0; i < p->nschedules && !db_failed(cx->db, NULL);
	     i++) {
		int64_t at;

		wrote |= schedule_turn(cx, &p->schedules[i], &at);
		if (at < next)
			next = at;
	}
	if (wrote) {
		g->more = true;
		return;
	}
	if (g->scheduled != p) {
		platform_unref(g->scheduled);
		g->scheduled = platform_ref((struct platform *)(uintptr_t)p);
	}
	g->schedule_next = next;
}

void
duty_schedule(struct engine *g, struct cx *cx)
{
	bool back = cx->now < g->schedule_looked;

	schedule_clock(g, cx);
	g->schedule_looked = cx->now;
	if (cx->now < CLOCK_FLOOR_MS) { /* a machine without a battery */
		engine_due_at(g, cx, cx->now + SCHEDULE_LOOK_MS);
		return;
	}
	if (back)
		g->schedule_next = INT64_MIN;
	if (g->scheduled != cx->platform || back ||
	    cx->now >= g->schedule_next)
		schedule_look(g, cx);
	if (schedule_pump(cx))
		g->more = true;
	if (cx->platform->nschedules > 0)
		engine_due_at(g, cx,
		    g->schedule_next < cx->now + SCHEDULE_LOOK_MS
			? g->schedule_next
			: cx->now + SCHEDULE_LOOK_MS);
}
