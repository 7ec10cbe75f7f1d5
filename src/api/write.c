/* SPDX-License-Identifier: MIT */
#include "api/bind.h"
#include "base/secret.h"
#include "resource/sealed.h"
#include "spec/access.h"
#include "spec/catalogue.h"
#include "spec/glass.h"
#include "store/idempotency.h"
#include "sys/digest.h"

#define WRITE_KEY 200 /* bytes of an Idempotency-Key */
#define WRITE_PRUNE 2 /* expired answers forgotten for each new one */

struct write {
	struct job job;
	struct request *r;
	struct idempotency idempotency; /* key NULL: not asked for */
	struct buf body;
	bool replayed;
	bool refused; /* the handler said no: err */
	struct err err;
};

/* --- the key -------------------------------------------------------------- */

static bool
write_key(struct write *w, struct err *e)
{
	struct request *r = w->r;
	struct str key = exchange_header(r->x, "Idempotency-Key");

	if (key.p == NULL)
		return true;
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] <= ' ' || key.p[i] > '~')
			key.n = 0;
	if (key.n == 0 || key.n > WRITE_KEY) {
		err_set(e, ERR_INVALID, "idempotency.key",
		    "the Idempotency-Key is not 1 to %d visible characters",
		    WRITE_KEY);
		return err_hint(e, "a random text of your own will do");
	}
	w->idempotency.key = arena_str(r->arena, key);
	return true;
}

/* What makes two requests the same. */
static void
write_identify(struct write *w)
{
	struct request *r = w->r;
	char *hash = arena_alloc(r->arena, DIGEST_HEX);
	char parts[DIGEST_HEX];

	/* The body may hold a secret that could be guessed from a plain hash. */
	digest_parts(parts, 4,
	    (struct str[]){ r->x->method, r->x->path, r->x->query,
		r->x->body });
	w->idempotency.request_hash = sealed_digest(r->api->o.site,
	    str_of(parts), hash);
	w->idempotency.actor = r->actor.is_operator
	    ? "operator"
	    : arena_printf(r->arena, "person %s", r->actor.person);
	w->idempotency.route =
	    arena_printf(r->arena, "%s %s", r->op->name, r->path);
}

/* --- core thread ---------------------------------------------------------- */

static bool
write_replay(struct write *w, struct cx *cx, struct err *e)
{
	struct idempotency *stored = NULL;

	if (w->idempotency.key == NULL)
		return true;
	if (!idempotency_find(cx->db, &w->idempotency, cx->now, cx->arena,
		&stored, e))
		return false;
	if (stored == NULL)
		return true;
	w->replayed = true;
	w->r->call.status = (int)stored->status;
	buf_adds(&w->body, stored->body);
	return true;
}

static bool
write_has_room(const struct write *w, const struct cx *cx, struct err *e)
{
	if (!cx->site->full || (w->r->op->flags & OP_WHEN_FULL) != 0)
		return true;
	err_set(e, ERR_FULL, "storage.full", "the disk of the server is full: "
	    "nothing new is taken in");
	return err_hint(e, "what waits can be approved and cancelled; who "
	    "operates it: slipway usage");
}

static bool
write_perform(struct write *w, struct cx *cx, struct err *e)
{
	struct request *r = w->r;
	struct json_out out;

	/* What happened while it waited counts. */
	if (!write_has_room(w, cx, e) || !auth_again(cx, e) || !auth_allows(r, cx->db, e) ||
	    !write_replay(w, cx, e))
		return false;
	if (w->replayed)
		return true;
	json_out_init(&out, &w->body);
	if (!r->binding->handler(cx, &r->call, &out, e))
		return false;
	ASSERT(json_out_done(&out));
	if (w->idempotency.key != NULL) {
		w->idempotency.status =
		    r->call.status == 0 ? 200 : r->call.status;
		w->idempotency.body = buf_cstr(&w->body);
		w->idempotency.secret =
		    (r->op->flags & OP_RETURNS_SECRET) != 0;
		idempotency_store(cx->db, &w->idempotency, cx->now);
		/* More than comes in, so that the table does not grow. */
		idempotency_prune(cx->db, cx->now, WRITE_PRUNE);
	}
	return !db_failed(cx->db, e);
}

/*
 * A savepoint of its own, inside the job's: what a refused handler wrote is
 * undone, the event that tells of the refusal stays.
 */
static bool
write_run(struct job *job, struct db *db, struct err *e)
{
	struct write *w = (struct write *)(void *)job;
	struct request *r = w->r;
	struct cx cx;

	platform_unref(r->platform);
	r->platform = r->api->o.platform(r->api->o.platform_self);
	cx = request_cx(r, db);
	db_savepoint(db);
	if (write_perform(w, &cx, &w->err)) {
		db_release(db);
		return !db_failed(db, e);
	}
	db_rollback_to(db);
	w->refused = true;
	if (denial_is(&w->err))
		denial_audit(&cx, r, &w->err);
	return !db_failed(db, e);
}

/* --- loop thread ---------------------------------------------------------- */

static void
write_done(struct job *job, bool ok)
{
	struct write *w = (struct write *)(void *)job;
	struct request *r = w->r;
	struct api *a = r->api;
	const struct err err = ok ? w->err : job->err;
	const bool refused = w->refused;
	struct buf body = w->body;
	const bool rights =
	    r->op == &op_token_revoke || r->op == &op_platform_reload ||
	    r->op == &op_glass_close;

	/* w goes with the request */
	if (!ok || refused) {
		answer_problem(r, &err);
	} else {
		if (w->replayed)
			exchange_set(r->x, "Idempotent-Replayed", "true");
		answer_json(r, buf_str(&body));
	}
	if (body.data != NULL)
		secret_wipe(body.data, body.cap);
	buf_finish(&body);
	if (rights)
		follow_recheck(a);
}

void
write_answer(struct request *r)
{
	struct write *w = ARENA_NEW(r->arena, struct write);
	struct err e;

	w->job.run = write_run;
	w->job.done = write_done;
	w->r = r;
	if (!write_key(w, &e)) {
		answer_problem(r, &e);
		return;
	}
	write_identify(w);
	writer_submit(r->api->o.writer, &w->job);
}
