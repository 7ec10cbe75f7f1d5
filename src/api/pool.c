/* SPDX-License-Identifier: MIT */
#include "api/bind.h"

struct pooled {
	struct request *r;
	pool_read *fn;
	const char *type;
	const char *path; /* of the database */
	struct buf body;
	bool ok;
	struct err err;
};

static void
pool_work(void *arg)
{
	struct pooled *p = arg;
	struct db *db;
	struct cx cx;

	p->ok = db_open(p->path, DB_READ, &db, &p->err);
	if (!p->ok)
		return;
	db_begin(db);
	cx = request_cx(p->r, db);
	p->ok = p->fn(p->r, &cx, &p->body, &p->err);
	if (p->ok && db_failed(db, &p->err))
		p->ok = false;
	db_rollback(db);
	db_close(db);
}

static void
pool_done(void *arg)
{
	struct pooled *p = arg;
	struct buf body = p->body;
	struct err err = p->err;

	p->r->api->pooled--;
	/* p goes with the request */
	if (p->ok)
		answer_bytes(p->r, p->type, buf_str(&body));
	else
		denial_answer(p->r, &err);
	buf_finish(&body);
}

void
pool_answer(struct request *r, pool_read *fn, const char *type)
{
	struct pooled *p = ARENA_NEW(r->arena, struct pooled);

	p->r = r;
	p->fn = fn;
	p->type = type;
	p->path = db_path(r->api->o.read);
	r->api->pooled++;
	loop_work(r->api->o.loop, pool_work, pool_done, p);
}

bool
pool_handler(struct request *r, struct cx *cx, struct buf *to, struct err *e)
{
	struct json_out out;

	json_out_init(&out, to);
	return r->binding->handler(cx, &r->call, &out, e);
}
