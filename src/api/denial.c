/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "api/request.h"
#include "base/clock.h"
#include "base/log.h"
#include "resource/audit.h"

#define DENIAL_WINDOW_MS 60000
#define DENIAL_ADDRESSES 1000 /* told apart in one window */
#define DENIAL_NAME 200	      /* bytes of it that are kept */
#define DENIAL_OTHERS "other addresses"

bool
denial_is(const struct err *e)
{
	/* An absent object and an invisible one look alike, here as well:
	 * both are written down, and so take the same time. */
	return e->class == ERR_UNAUTHENTICATED || e->class == ERR_DENIED ||
	    (e->class == ERR_NOT_FOUND && streq(e->code, "not_found"));
}

static const char *
denial_action(const struct err *e)
{
	return str_starts(str_of(e->code), "approval.") ? "approval.denied"
							: "authz.denied";
}

/* The thing that was asked for by its name, else the path; what no name is as
 * long as is cut. */
static const char *
denial_object(const struct request *r)
{
	const char *name = r->op != NULL && r->call.path[0] != NULL
	    ? r->call.path[0]
	    : r->path;
	size_t n = DENIAL_NAME;

	if (strnlen(name, n + 1) <= n)
		return name;
	while (n > 0 && ((unsigned char)name[n] & 0xc0) == 0x80)
		n--;
	return arena_printf(r->arena, "%.*s…", (int)n, name);
}

void
denial_audit(struct cx *cx, const struct request *r, const struct err *e)
{
	struct buf detail = { 0 };
	struct json_out out;

	json_out_init(&out, &detail);
	json_object_begin(&out);
	json_kv_str(&out, "code", e->code);
	json_kv_int(&out, "status", err_class_info(e->class)->http);
	if (r->op != NULL)
		json_kv_str(&out, "operation", r->op->name);
	json_object_end(&out);
	audit(cx, denial_action(e), denial_object(r), "denied", e->message,
	    buf_cstr(&detail));
	buf_finish(&detail);
}

/* --- one event for one denial --------------------------------------------- */

struct denial {
	struct job job;
	struct request *r;
	struct err err;
};

static bool
denial_run(struct job *job, struct db *db, struct err *e)
{
	struct denial *d = (struct denial *)(void *)job;
	struct cx cx = request_cx(d->r, db);

	(void)e;
	denial_audit(&cx, d->r, &d->err);
	return true;
}

/* The answer is no in any case. */
static void
denial_done(struct job *job, bool ok)
{
	struct denial *d = (struct denial *)(void *)job;

	if (!ok)
		log_error("audit.lost", "request=%s code=%s error='%s'",
		    d->r->id, d->err.code, job->err.message);
	answer_problem(d->r, &d->err); /* d goes with the request's arena */
}

static void
denial_submit(struct request *r, const struct err *e)
{
	struct denial *d = ARENA_NEW(r->arena, struct denial);

	d->job.run = denial_run;
	d->job.done = denial_done;
	d->r = r;
	d->err = *e;
	writer_submit(r->api->o.writer, &d->job);
}

/* --- many anonymous ones from one address --------------------------------- */

struct denied {
	int64_t count; /* since the first, which has its own event */
};

struct denied_job {
	struct job job;
	struct site *site;
	int64_t count;
	char address[64];
};

static bool
denied_run(struct job *job, struct db *db, struct err *e)
{
	struct denied_job *d = (struct denied_job *)(void *)job;
	const struct actor nobody = { .via = "api", .address = d->address };
	struct arena *arena = arena_create();
	struct cx cx = { .arena = arena,
		.db = db,
		.actor = &nobody,
		.site = d->site,
		.now = clock_wall_ms() };

	(void)e;
	audit(&cx, "authz.denied", "", "denied",
	    "more of the same within a minute",
	    arena_printf(arena, "{\"count\":%lld}", (long long)d->count));
	arena_destroy(arena);
	return true;
}

static void
denied_done(struct job *job, bool ok)
{
	(void)ok;
	free(job);
}

void
denial_flush(struct api *a)
{
	const char *address;
	void *value;

	loop_timer_stop(a->denied_timer);
	a->denied_timer = NULL;
	for (size_t i = 0; map_next(&a->denied, &i, &address, &value);) {
		struct denied *denied = value;
		struct denied_job *d;

		if (denied->count > 0) {
			d = calloc(1, sizeof(*d));
			ASSERT(d != NULL);
			d->job.run = denied_run;
			d->job.done = denied_done;
			d->site = a->o.site;
			d->count = denied->count;
			memcpy(d->address, address,
			    strnlen(address, sizeof(d->address) - 1));
			writer_submit(a->o.writer, &d->job);
		}
		free(denied);
	}
	map_finish(&a->denied);
	map_init(&a->denied);
}

static void
denial_window_over(void *arg)
{
	struct api *a = arg;

	a->denied_timer = NULL; /* it has freed itself */
	denial_flush(a);
}

/* True when this one is only counted. */
static bool
denial_counted(struct request *r)
{
	struct api *a = r->api;
	const char *address = r->actor.address;
	struct denied *denied = map_get(&a->denied, address);

	if (denied == NULL && a->denied.count >= DENIAL_ADDRESSES) {
		address = DENIAL_OTHERS;
		denied = map_get(&a->denied, address);
	}
	if (denied != NULL) {
		denied->count++;
		return true;
	}
	denied = calloc(1, sizeof(*denied));
	ASSERT(denied != NULL);
	map_put(&a->denied, address, denied);
	if (a->denied_timer == NULL)
		a->denied_timer = loop_timer_start(a->o.loop,
		    DENIAL_WINDOW_MS, denial_window_over, a);
	return false;
}

void
denial_answer(struct request *r, const struct err *e)
{
	if (!denial_is(e) ||
	    (auth_is_anonymous(&r->actor) && denial_counted(r)))
		answer_problem(r, e);
	else
		denial_submit(r, e);
}
