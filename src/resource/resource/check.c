/* SPDX-License-Identifier: MIT */
/* Is it still there?  A dry run of its task looks, by creates:. */
#include "resource/ask/ask.h"
#include "resource/audit.h"
#include "resource/resource/resource.h"
#include "resource/run/run.h"
#include "resource/sealed.h"

#define CHECKS_AT_ONCE 4

static void
check_decref(void *json)
{
	json_decref(json);
}

/* With what it was asked for, secrets included, by the definition of today. */
static bool
check_ask(struct cx *cx, const struct resource *r, struct asked *ret,
    struct err *e)
{
	const struct request_def *request =
	    platform_request(cx->platform, r->request);
	const struct run *run = run_by_id(cx, r->run_id);
	struct problems problems;
	json_t *stored, *plain, *params;
	struct ask ask;

	if (request == NULL || run == NULL)
		return err_set(e, ERR_CONFLICT, "resource.unknown",
		    "the folder no longer says how to look for it");
	ask = (struct ask){ .request = request, .task = request->task,
		.requester = arena_printf(cx->arena, "check:%s", r->key),
		.dry = true };
	if (!ask_environment(cx, r->environment, request, &ask.environment,
		e))
		return false;
	stored = json_loads(run->params, 0, NULL);
	plain = sealed_to_plain(cx->site, stored, e);
	json_decref(stored);
	if (plain == NULL)
		return false;
	arena_cleanup(cx->arena, check_decref, plain);
	problems_init(&problems, cx->arena);
	if (!ask_params(cx, request->task, plain, &problems, &params, e))
		return false;
	ask.params = params;
	return ask_make(cx, &ask, ret, e);
}

/* Nothing is known of what cannot be looked for; it is tried again in time. */
static void
check_begin(struct cx *cx, struct resource *r)
{
	const struct resource_def *def = resource_def(cx, r);
	struct asked asked;
	struct err e = { 0 };
	bool made;

	if (def == NULL || def->check_ms == 0) {
		r->check_at = 0;
		resource_save(cx, r);
		return;
	}
	db_savepoint(cx->db);
	made = check_ask(cx, r, &asked, &e);
	if (made)
		db_release(cx->db);
	else
		db_rollback_to(cx->db);
	r->check_at = cx->now + def->check_ms;
	r->check_run = made ? asked.run->id : 0;
	if (!made)
		r->reason = arena_printf(cx->arena,
		    "it was not looked for: %s", e.message);
	resource_save(cx, r);
}

/* One ticket for as long as it is missing. */
static void
check_missing(struct cx *cx, struct resource *r)
{
	const struct ticket *t;

	if (!streq(r->status, "active")) {
		resource_save(cx, r);
		return;
	}
	t = resource_ticket(cx, r, false,
	    arena_printf(cx->arena, "%s, %s '%s' in %s, is missing", r->key,
		r->kind, r->name, r->environment),
	    arena_printf(cx->arena,
		"Its check does not find it any more.\n\n"
		"- make it again: ask for it as before\n"
		"- it is not wanted: `slipway resource release %s`",
		r->key),
	    NULL);
	if (t != NULL)
		r->missing_ticket = t->id;
	resource_move(cx, r, "missing", "its check does not find it");
}

static void
check_found(struct cx *cx, struct resource *r)
{
	if (!streq(r->status, "missing")) {
		resource_save(cx, r);
		return;
	}
	resource_ticket_done(cx, r->missing_ticket, "it is there again");
	r->missing_ticket = 0;
	resource_move(cx, r, "active", "it is there again");
}

static bool
check_end_all(struct cx *cx)
{
	struct query *q = query(cx->db, "resource_checked");
	struct {
		int64_t id;
		const char *found;
	} list[20];
	size_t n = 0;

	for (; n < ARRAY_SIZE(list) && query_next(q); n++) {
		list[n].id = column_int(q, "id");
		list[n].found = column_text(q, "found", cx->arena);
	}
	query_end(q);
	for (size_t i = 0; i < n; i++) {
		struct resource *r = resource_by_id(cx, list[i].id);

		if (r == NULL)
			return false; /* the database failed */
		r->check_run = 0;
		r->checked_at = cx->now;
		if (streq(list[i].found, "missing"))
			check_missing(cx, r);
		else if (streq(list[i].found, "done"))
			check_found(cx, r);
		else
			resource_save(cx, r);
	}
	return n > 0;
}

bool
resource_check_turn(struct cx *cx, int64_t *ret_next)
{
	struct resource *list[CHECKS_AT_ONCE];
	bool wrote = check_end_all(cx);
	struct query *q = query(cx->db, "resource_checking");
	int64_t running = 0;
	size_t n;

	if (query_next(q))
		running = column_int(q, "n");
	query_end(q);
	*ret_next = INT64_MAX;
	if (running >= CHECKS_AT_ONCE)
		return wrote; /* the end of one brings the next round */
	q = query(cx->db, "resource_check_due");
	bind_int(q, "now", cx->now);
	bind_int(q, "most", CHECKS_AT_ONCE - running);
	n = resource_rows(cx, q, list, ARRAY_SIZE(list));
	for (size_t i = 0; i < n && !db_failed(cx->db, NULL); i++)
		check_begin(cx, list[i]);
	q = query(cx->db, "resource_next_check");
	if (query_next(q) && !column_is_null(q, "at"))
		*ret_next = column_int(q, "at");
	query_end(q);
	return wrote || n > 0;
}
