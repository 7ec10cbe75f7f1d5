/* SPDX-License-Identifier: MIT */
#include "api/request.h"
#include "base/clock.h"
#include "resource/audit.h"
#include "resource/glass/glass.h"
#include "resource/pause/pause.h"
#include "resource/server/server.h"

void
health_live(struct request *r)
{
	answer_json(r, STR("{\"status\":\"ok\",\"checks\":{}}"));
}

/*
 * Ready means that the core thread answers: the question goes through it like
 * a write, and a store that is broken refuses it.
 */
struct health {
	struct job job;
	struct request *r;
	const char *folder, *audit, *driver, *work, *glass;
	bool degraded, unable;
	struct buf has, lacks;
};

static const char *
health_work(struct cx *cx)
{
	const struct drain d = server_drain_get(cx);
	char since[CLOCK_TEXT];

	if (d.since == 0) {
		const char *paused = pause_summary(cx);

		return paused == NULL ? "ok" : paused;
	}
	return arena_printf(cx->arena,
	    "draining since %s, by %s%s%s: slipway drain --undo",
	    clock_text(d.since, since), d.by, d.reason[0] == '\0' ? "" : ": ",
	    d.reason);
}

static void
health_look(struct health *h, struct cx *cx)
{
	const struct site *site = cx->site;
	const struct api_options *o = &h->r->api->o;
	const char *errors =
	    site->reload_errors(site->reload_self, cx->arena);
	struct err e;
	bool overdue;

	h->folder = "ok";
	h->audit = "ok";
	h->driver = "ok";
	h->work = health_work(cx);
	h->glass = glass_summary(cx, &overdue);
	h->degraded |= overdue;
	if (site->full)
		h->degraded = h->unable = true;
	if (errors[0] != '\0') {
		h->folder = "the last reload failed, the version before it is "
			    "in force: slipway platform show";
		h->degraded = true;
	}
	if (!audit_anchored(cx, AUDIT_ANCHOR_LAST, &e) ||
	    !audit_sealed(cx, &e)) {
		h->audit = arena_strdup(cx->arena, e.message);
		h->degraded = true;
	}
	if (!o->driver(o->driver_self, &h->has, &h->lacks, &e)) {
		h->driver = arena_strdup(cx->arena, e.message);
		h->degraded = h->unable = true;
	}
}

static bool
health_run(struct job *job, struct db *db, struct err *e)
{
	struct health *h = (struct health *)(void *)job;
	struct cx cx = request_cx(h->r, db);

	(void)e;
	health_look(h, &cx);
	return true;
}

static void
health_write(const struct health *h, bool store, struct json_out *out)
{
	json_object_begin(out);
	json_kv_str(out, "status", h->degraded || !store ? "degraded" : "ok");
	json_key(out, "checks");
	json_object_begin(out);
	json_kv_str(out, "store", store ? "ok" : h->job.err.message);
	if (store) {
		json_kv_str(out, "folder", h->folder);
		json_kv_str(out, "driver", h->driver);
		json_kv_str(out, "work", h->work);
		json_kv_str(out, "break_glass",
		    h->glass == NULL ? "ok" : h->glass);
		json_kv_str(out, "audit", h->audit);
		json_kv_str(out, "sandbox", buf_cstr(&h->has));
		json_kv_str(out, "sandbox_lacks", buf_cstr(&h->lacks));
	}
	json_object_end(out);
	json_object_end(out);
}

static void
health_done(struct job *job, bool ok)
{
	struct health *h = (struct health *)(void *)job;
	struct request *r = h->r;
	struct buf body = { 0 };
	struct json_out out;

	json_out_init(&out, &body);
	health_write(h, ok, &out);
	buf_finish(&h->has);
	buf_finish(&h->lacks);
	r->call.status = ok && !h->unable ? 200 : 503;
	answer_json(r, buf_str(&body));
	buf_finish(&body);
}

void
health_ready(struct request *r)
{
	struct health *h = ARENA_NEW(r->arena, struct health);

	h->r = r;
	h->job.run = health_run;
	h->job.done = health_done;
	writer_submit(r->api->o.writer, &h->job);
}
