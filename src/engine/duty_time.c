/* SPDX-License-Identifier: MIT */
/* What is due by the clock: retries, expiry, the audit anchor. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/engine_private.h"
#include "resource/audit.h"
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
	struct query *q = query(cx->db, "step_retry_due");
	struct step *steps[256];
	size_t n = 0;

	bind_int(q, "now", cx->now);
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
		engine_due_at(g, cx, column_int(q, "at"));
	query_end(q);
}

void
duty_expire(struct engine *g, struct cx *cx)
{
	int64_t next = ticket_next_expiry(cx);

	if (next <= cx->now) {
		ticket_expire_due(cx);
		next = ticket_next_expiry(cx);
	}
	engine_due_at(g, cx, next);
}

struct anchor_job {
	struct loop *loop;
	char *path;
	int64_t seq;
	char hash[DIGEST_HEX];
	struct err err;
	bool ok;
};

static void
anchor_write(void *arg)
{
	struct anchor_job *job = arg;

	job->ok = audit_anchor_write(job->path, job->seq, job->hash,
	    &job->err);
}

static void
anchor_dropped(void *arg)
{
	struct anchor_job *job = arg;

	free(job->path);
	free(job);
}

static void
anchor_written(void *arg)
{
	struct anchor_job *job = arg;

	if (!job->ok)
		log_warn("audit.anchor", "%s", job->err.message);
	anchor_dropped(job);
}

static void
anchor_posted(void *arg)
{
	struct anchor_job *job = arg;

	loop_work(job->loop, anchor_write, anchor_written, job);
}

static void
anchor_committed(void *arg)
{
	struct anchor_job *job = arg;

	loop_post(job->loop, anchor_posted, job);
}

void
duty_anchor(struct engine *g, struct cx *cx)
{
	struct anchor_job *job;
	char hash[DIGEST_HEX];
	int64_t seq = audit_head(cx->db, hash);
	int64_t due = audit_anchor_due(&g->anchor, seq);

	if (g->loop == NULL || due > clock_boot_ms()) {
		if (g->loop != NULL && due < g->next_due_boot_ms)
			g->next_due_boot_ms = due;
		return;
	}
	job = calloc(1, sizeof(*job));
	ASSERT(job != NULL);
	job->loop = g->loop;
	job->path = strdup(audit_anchor_path(g->site, cx->arena));
	ASSERT(job->path != NULL);
	job->seq = seq;
	memcpy(job->hash, hash, sizeof(hash));
	g->anchor.seq = seq;
	g->anchor.boot_ms = clock_boot_ms();
	db_after_commit_or(cx->db, anchor_committed, anchor_dropped, job);
}
