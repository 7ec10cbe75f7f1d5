/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "resource/run/run.h"
#include "role/server_part.h"

#define STOP_DRAIN_MS 10000
#define STOP_LOOK_MS 50
#define STOP_RUNS_MS 15000 /* of a local server: then KILL has come */

/* What the pool still reads for somebody ends first. */
static void
stop_drained(void *arg)
{
	struct server *s = arg;

	if (api_idle(s->api))
		loop_stop(s->loop);
	else
		loop_timer_start(s->loop, STOP_LOOK_MS, stop_drained, s);
}

static void
stop_drain(struct server *s)
{
	http_server_drain(s->http, STOP_DRAIN_MS, stop_drained, s);
}

/* --- a local server takes its runs along ---------------------------------- */

struct stop_job {
	struct job job;
	struct server *server;
};

static void
stop_cancel(struct cx *cx)
{
	struct query *q = query(cx->db, "server_active_runs");
	struct run *runs[64];
	size_t n = 0;

	while (n < ARRAY_SIZE(runs) && query_next(q))
		runs[n++] = run_by_id(cx, column_int(q, "id"));
	query_end(q);
	while (n > 0)
		run_cancel(cx, runs[--n], "the private server ended");
}

static bool
stop_run(struct job *job, struct db *db, struct err *e)
{
	struct server *s = ((struct stop_job *)(void *)job)->server;
	struct arena *arena = arena_create();
	struct platform *p = engine_platform(s->engine);
	struct cx cx = { .arena = arena,
		.db = db,
		.platform = p,
		.actor = &actor_engine,
		.site = &s->site,
		.now = clock_wall_ms() };

	(void)e;
	stop_cancel(&cx);
	platform_unref(p);
	arena_destroy(arena);
	return true;
}

static void
stop_look(void *arg)
{
	struct server *s = arg;

	s->waited_ms += STOP_LOOK_MS;
	if (engine_live(s->engine) == 0 || s->waited_ms >= STOP_RUNS_MS)
		stop_drain(s);
	else
		loop_timer_start(s->loop, STOP_LOOK_MS, stop_look, s);
}

static void
stop_done(struct job *job, bool ok)
{
	struct server *s = ((struct stop_job *)(void *)job)->server;

	(void)ok;
	free(job);
	stop_look(s);
}

static void
stop_runs(struct server *s)
{
	struct stop_job *stop = calloc(1, sizeof(*stop));

	ASSERT(stop != NULL);
	stop->job.run = stop_run;
	stop->job.done = stop_done;
	stop->server = s;
	writer_submit(s->writer, &stop->job);
}

/* --- signals -------------------------------------------------------------- */

void
server_on_signal(void *server, int signal)
{
	struct server *s = server;

	if (s->stopping) /* asked twice: at once; start-up is recovery */
		_exit(128 + signal);
	s->stopping = true;
	server_say(s, "stopping: what runs goes on");
	server_notify("STOPPING=1");
	engine_stop_claiming(s->engine);
	folder_stop(s->folder);
	if (s->o.local)
		stop_runs(s);
	else
		stop_drain(s);
}
