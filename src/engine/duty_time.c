/* SPDX-License-Identifier: MIT */
/* What is due by the clock: retries, expiry, the audit anchor. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/plant.h"
#include "engine/engine_private.h"
#include "resource/access/review.h"
#include "resource/glass/glass.h"
#include "resource/audit.h"
#include "resource/inbox/tell.h"
#include "resource/move.h"
#include "resource/ticket/ticket.h"
#include "store/record.h"

void
engine_due_at(struct engine *g, const struct cx *cx, int64_t at)
{
	int64_t boot;

	if (at == INT64_MAX)
		return;
	boot = clock_boot_ms() + (at > cx->now ? at - cx->now : 0);
	if (boot < g->next_due_boot_ms)
		g->next_due_boot_ms = boot;
}

void
duty_retry(struct engine *g, struct cx *cx)
{
	const int64_t steady = site_steady(cx->site);
	struct query *q = query(cx->db, "step_retry_due");
	struct step *steps[256];
	size_t n = 0;

	bind_int(q, "now",
	    steady + (PLANTED("retry-too-early") ? INT64_C(3600000) : 0));
	while (n < ARRAY_SIZE(steps) && query_next(q)) {
		steps[n] = ARENA_NEW(cx->arena, struct step);
		record_read(q, &step_schema, steps[n++], cx->arena);
	}
	query_end(q);
	for (size_t i = 0; i < n; i++) {
		steps[i]->due_at = 0;
		move_step(cx, steps[i], "ready", "the pause is over");
	}
	q = query(cx->db, "step_retry_next");
	if (query_next(q) && !column_is_null(q, "at"))
		engine_due_at(g, cx,
		    cx->now + column_int(q, "at") - steady);
	query_end(q);
}

void
duty_expire(struct engine *g, struct cx *cx)
{
	int64_t next = approval_next_due(cx);

	if (next <= cx->now) {
		ticket_time_due(cx);
		next = approval_next_due(cx);
	}
	engine_due_at(g, cx, next);
}

/* Remembered after the commit alone: a full disk may refuse the event. */
static void
space_told(void *arg)
{
	struct engine *g = arg;

	g->full_told = g->site->full;
}

void
duty_space(struct engine *g, struct cx *cx)
{
	if (g->site->full == g->full_told)
		return;
	audit(cx, g->site->full ? "storage.full" : "storage.freed", "server",
	    "done", g->site->full ? "nothing new is taken in or begun" : "",
	    NULL);
	db_after_commit(cx->db, space_told, g);
}

struct anchor_job {
	struct engine *engine;
	int64_t seq;
	char hash[DIGEST_HEX];
};

static void
anchor_committed(void *arg)
{
	struct anchor_job *job = arg;

	job->engine->anchored(job->engine->anchored_self, job->seq, job->hash);
	free(job);
}

void
duty_tell(struct engine *g, struct cx *cx)
{
	const int64_t next = tell_turn(cx);

	if (next <= cx->now)
		g->more = true;
	else
		engine_due_at(g, cx, next);
}

/* Broken glass, and the use of grants. */
void
duty_access(struct engine *g, struct cx *cx)
{
	const int64_t now = clock_boot_ms();
	const bool other = !streq(g->grants_of, cx->platform->hash);

	engine_due_at(g, cx, glass_turn(cx));
	if (!other && now - g->grants_flushed < ACCESS_FLUSH_MS)
		return;
	access_flush(cx, other);
	g->grants_flushed = now;
	snprintf(g->grants_of, sizeof(g->grants_of), "%s",
	    cx->platform->hash);
}

void
duty_anchor(struct engine *g, struct cx *cx)
{
	struct anchor_job *job;
	char hash[DIGEST_HEX];
	int64_t seq, due;

	if (g->anchored == NULL)
		return;
	seq = audit_head(cx->db, hash);
	due = audit_anchor_due(&g->anchor, seq);
	if (due > clock_boot_ms()) {
		if (due < g->next_due_boot_ms)
			g->next_due_boot_ms = due;
		return;
	}
	job = calloc(1, sizeof(*job));
	ASSERT(job != NULL);
	job->engine = g;
	job->seq = seq;
	memcpy(job->hash, hash, sizeof(hash));
	g->anchor.seq = seq;
	g->anchor.boot_ms = clock_boot_ms();
	db_after_commit_or(cx->db, anchor_committed, free, job);
}
