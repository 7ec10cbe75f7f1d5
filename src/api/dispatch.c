/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "api/bind.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/near.h"
#include "http/uri.h"

struct api *
api_create(const struct api_options *o)
{
	struct api *a = calloc(1, sizeof(*a));

	ASSERT(a != NULL);
	a->magic = API_MAGIC;
	a->o = *o;
	return a;
}

void
api_serve(struct api *a, const struct http_server *s)
{
	a->server = s;
}

bool
api_idle(const struct api *a)
{
	return a->pooled == 0;
}

void
api_stop(struct api *a)
{
	ASSERT_MAGIC(a, API_MAGIC);
	denial_flush(a);
}

static void
api_finish_map(struct map *m)
{
	const char *key;
	void *value;

	for (size_t i = 0; map_next(m, &i, &key, &value);)
		free(value);
	map_finish(m);
}

void
api_destroy(struct api *a)
{
	if (a == NULL)
		return;
	ASSERT_MAGIC(a, API_MAGIC);
	follow_stop(a);
	loop_timer_stop(a->denied_timer);
	api_finish_map(&a->users);
	api_finish_map(&a->denied);
	map_finish(&a->touched);
	db_close(a->o.read);
	a->magic = 0;
	free(a);
}

/* --- life of a request ---------------------------------------------------- */

static struct request *
request_create(struct api *a, struct exchange *x)
{
	struct arena *arena = arena_create();
	struct request *r = ARENA_NEW(arena, struct request);

	r->api = a;
	r->x = x;
	r->arena = arena;
	r->platform = a->o.platform(a->o.platform_self);
	r->path = arena_str(arena, x->path);
	r->actor = (struct actor){
		.ceiling = ROLE_ADMIN,
		.via = "api",
		.address = x->local
		    ? arena_printf(arena, "uid %u", (unsigned)x->uid)
		    : arena_strdup(arena, x->address),
	};
	r->call.problems = &r->problems;
	problems_init(&r->problems, arena);
	id_text(r->id, REQUEST_ID);
	return r;
}

void
request_end(struct request *r)
{
	json_decref(r->query);
	json_decref(r->body);
	platform_unref(r->platform);
	arena_destroy(r->arena);
}

struct cx
request_cx(struct request *r, struct db *db)
{
	return (struct cx){
		.arena = r->arena,
		.db = db,
		.platform = r->platform,
		.actor = &r->actor,
		.site = r->api->o.site,
		.now = clock_wall_ms(),
		.request_id = r->id,
	};
}

/* --- which operation ------------------------------------------------------ */

/* The path of op with its parameters taken from path, where both have as many
 * segments; else as it is written. */
static const char *
route_filled(struct arena *a, const char *pattern, const char *path)
{
	struct str rest_of = str_of(pattern), rest = str_of(path);
	const char *filled = "";

	while (rest_of.p != NULL && rest.p != NULL) {
		struct str segment = str_cut(rest, '/', &rest);
		struct str wanted = str_cut(rest_of, '/', &rest_of);

		if (wanted.n > 0 && wanted.p[0] == '{')
			wanted = segment;
		filled = arena_printf(a, "%s%.*s%s", filled, (int)wanted.n,
		    wanted.p, rest_of.p == NULL ? "" : "/");
	}
	return rest_of.p == NULL && rest.p == NULL ? filled : pattern;
}

static bool
route_absent(struct request *r, struct err *e)
{
	struct near near = near_start(r->path);

	for (size_t i = 0; ops[i] != NULL; i++)
		near_offer(&near,
		    route_filled(r->arena, ops[i]->path, r->path));
	err_set(e, ERR_NOT_FOUND, "route.unknown", "no path '%s'", r->path);
	if (near.best != NULL)
		return err_hint(e, "did you mean '%s'?", near.best);
	return err_hint(e, "GET /openapi.json lists them all");
}

static bool
route_method(struct request *r, struct err *e)
{
	const char *allow = "";
	struct str params[OP_PATH_PARAMS];
	bool other;

	for (int m = OP_GET; m <= OP_DELETE; m++) {
		if (op_match((enum op_method)m, r->path, params, &other) ==
		    NULL)
			continue;
		allow = arena_printf(r->arena, "%s%s%s", allow,
		    allow[0] == '\0' ? "" : ", ",
		    m == OP_GET ? "GET, HEAD" : op_method_name(
			(enum op_method)m));
	}
	if (allow[0] == '\0')
		return route_absent(r, e);
	r->allow = str_of(allow);
	err_set(e, ERR_METHOD, "route.method", "no method '%.*s' here",
	    (int)r->x->method.n, r->x->method.p);
	return err_hint(e, "use %s", allow);
}

static bool
route_find(struct request *r, struct err *e)
{
	struct str params[OP_PATH_PARAMS];
	bool other;

	for (int m = OP_GET; m <= OP_DELETE && r->op == NULL; m++)
		if (str_is(r->x->method, op_method_name((enum op_method)m)))
			r->op = op_match((enum op_method)m, r->path, params,
			    &other);
	if (r->op == NULL)
		return route_method(r, e);
	r->call.op = r->op;
	r->binding = binding_find(r->op);
	ASSERT(r->binding != NULL);
	for (unsigned i = 0; i < OP_PATH_PARAMS && params[i].p != NULL; i++)
		if (!uri_segment(r->arena, params[i], &r->call.path[i], e))
			return false;
	return true;
}

/* --- doing it ------------------------------------------------------------- */

/* In the snapshot that authentication began. */
static void
request_answer_read(struct request *r, struct db *db)
{
	struct cx cx = request_cx(r, db);
	struct buf body = { 0 };
	struct json_out out;
	struct err e = { 0 };
	bool ok;

	json_out_init(&out, &body);
	ok = r->binding->handler(&cx, &r->call, &out, &e);
	if (ok && db_failed(db, &e))
		ok = false;
	db_rollback(db);
	if (ok) {
		ASSERT(json_out_done(&out));
		answer_json(r, buf_str(&body));
	} else {
		denial_answer(r, &e);
	}
	buf_finish(&body);
}

static void
request_do(struct request *r, struct db *db)
{
	if (r->op->kind == OP_WRITE || r->binding->pool ||
	    r->binding->raw != NULL)
		db_rollback(db); /* a snapshot of their own, or none */
	if (r->op->kind == OP_WRITE)
		write_answer(r);
	else if (r->binding->raw != NULL)
		r->binding->raw(r);
	else if (r->binding->pool)
		pool_answer(r, pool_handler, "application/json");
	else
		request_answer_read(r, db);
}

void
api_handle(void *self, struct exchange *x)
{
	struct api *a = self;
	struct request *r = request_create(a, x);
	struct db *db = a->o.read;
	struct err e = { 0 };

	ASSERT_MAGIC(a, API_MAGIC);
	if (!route_find(r, &e) || !auth_origin(r, &e)) {
		denial_answer(r, &e);
		return;
	}
	db_begin(db);
	if (!auth_request(r, db, &e) || !auth_allows(r, db, &e) ||
	    !input_read(r, &e)) {
		db_rollback(db);
		denial_answer(r, &e);
		return;
	}
	request_do(r, db);
}
