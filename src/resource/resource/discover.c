/* SPDX-License-Identifier: MIT */
/* What is there although nobody asked for it: discover: of a request type. */
#include <string.h>

#include "base/limits.h"
#include "resource/ask/ask.h"
#include "resource/audit.h"
#include "resource/resource/resource.h"
#include "resource/run/run.h"
#include "resource/ticket/ticket.h"
#include "spec/validate.h"
#include "store/record.h"

#define NAMES_MOST 10000

struct discovery {
	const struct request_def *request;
	const char *environment;
	int64_t due_at, run_id;
};

static void
discovery_set(struct cx *cx, const struct discovery *d, const char *reason)
{
	struct query *q = query(cx->db, "discovery_set");

	bind_text(q, "request", d->request->name);
	bind_text(q, "environment", d->environment);
	bind_int(q, "due_at", d->due_at);
	bind_int(q, "run_id", d->run_id);
	bind_text(q, "reason", reason);
	query_run(q);
}

/* --- looking --- */

/* Nobody would decide every day whether one may look: where somebody must be
 * asked, one does not. */
static bool
discovery_ask(struct cx *cx, const struct discovery *d, struct asked *ret,
    struct err *e)
{
	const struct task *task = d->request->resource->discover;
	struct ask ask = { .task = task,
		.requester = arena_printf(cx->arena, "discover:%s",
		    d->request->name) };
	struct problems problems;
	struct prepared p;
	json_t *params;

	problems_init(&problems, cx->arena);
	if (!ask_environment(cx, d->environment, NULL, &ask.environment, e) ||
	    !ask_params(cx, task, NULL, &problems, &params, e))
		return false;
	ask.params = params;
	if (!ask_prepare(cx, &ask, &p, e))
		return false;
	if (p.nrules > 0 || p.late)
		return err_set(e, ERR_DENIED, "discover.approval",
		    "'%s' would have to be approved there: %s", task->name,
		    p.nrules > 0 ? p.rules[0].source : "in the middle");
	return ask_make(cx, &ask, ret, e);
}

static void
discovery_begin(struct cx *cx, struct discovery *d)
{
	struct asked asked;
	struct err e = { 0 };
	bool made;

	db_savepoint(cx->db);
	made = discovery_ask(cx, d, &asked, &e);
	if (made)
		db_release(cx->db);
	else
		db_rollback_to(cx->db);
	d->due_at = cx->now + d->request->resource->discover_ms;
	d->run_id = made ? asked.run->id : 0;
	discovery_set(cx, d, made ? "" : arena_strdup(cx->arena, e.message));
}

/* --- what was found --- */

static struct resource *
found_same(struct cx *cx, const struct discovery *d, const char *name)
{
	struct query *q = query(cx->db, "resource_same");
	struct resource *r;

	bind_text(q, "kind", d->request->resource->kind);
	bind_text(q, "environment", d->environment);
	bind_text(q, "name", name);
	return resource_rows(cx, q, &r, 1) == 1 ? r : NULL;
}

static void
found_orphan(struct cx *cx, const struct discovery *d, const char *name)
{
	struct ticket scope = { .team = d->request->task->team,
		.environment = d->environment, .request = d->request->name };
	struct resource *same = found_same(cx, d, name);
	struct resource r = { .kind = d->request->resource->kind,
		.name = name, .environment = d->environment,
		.status = "orphan", .reason = "found, and nobody's" };

	if (same != NULL && !streq(same->status, "gone"))
		return;
	if (same != NULL) {
		same->run_id = same->ticket_id = 0;
		same->team = same->person = "";
		resource_move(cx, same, "orphan",
		    "found again after it was undone");
		return;
	}
	ticket_rescope(cx, &scope);
	r.scope_id = scope.scope_id;
	r.request = d->request->name;
	resource_insert(cx, &r, "resource.found");
}

static bool
names_have(const json_t *names, const char *name)
{
	for (size_t i = 0; i < json_array_size(names); i++)
		if (streq(json_string_value(json_array_get(names, i)), name))
			return true;
	return false;
}

/* Orphans that are no longer found. */
static void
found_no_more(struct cx *cx, const struct discovery *d, const json_t *names)
{
	struct query *q = query(cx->db, "resource_orphans");
	struct resource **list =
	    arena_array(cx->arena, LIMIT_LIST, sizeof(*list));
	size_t n;

	bind_text(q, "kind", d->request->resource->kind);
	bind_text(q, "environment", d->environment);
	n = resource_rows(cx, q, list, LIMIT_LIST);
	for (size_t i = 0; i < n; i++)
		if (!names_have(names, list[i]->name))
			resource_move(cx, list[i], "gone",
			    "it is no longer found");
}

static void
found_decref(void *json)
{
	json_decref(json);
}

static void
discovery_end(struct cx *cx, struct discovery *d, const char *status,
    const char *text)
{
	json_t *outputs = json_loads(text, 0, NULL);
	const json_t *names = json_object_get(outputs, "names");

	arena_cleanup(cx->arena, found_decref, outputs);
	d->run_id = 0;
	discovery_set(cx, d, streq(status, "succeeded") ? "" : status);
	if (!streq(status, "succeeded") || !json_is_array(names))
		return;
	for (size_t i = 0; i < json_array_size(names) && i < NAMES_MOST; i++) {
		const char *name =
		    json_string_value(json_array_get(names, i));

		if (name != NULL && name[0] != '\0' && strlen(name) <= 200)
			found_orphan(cx, d, name);
	}
	found_no_more(cx, d, names);
}

static bool
discovery_end_one(struct cx *cx)
{
	struct query *q = query(cx->db, "discovery_over");
	struct discovery d = { .run_id = 0 };
	const char *status = "", *outputs = "", *name = "";
	bool found = query_next(q);

	if (found) {
		name = column_text(q, "request", cx->arena);
		d.environment = column_text(q, "environment", cx->arena);
		d.due_at = column_int(q, "due_at");
		status = column_text(q, "status", cx->arena);
		outputs = column_text(q, "outputs", cx->arena);
	}
	query_end(q);
	if (!found)
		return false;
	d.request = platform_request(cx->platform, name);
	if (d.request == NULL || d.request->resource == NULL) {
		struct request_def gone = { .name = name };

		d.request = &gone;
		discovery_set(cx, &d, "the folder no longer looks for it");
		return true;
	}
	discovery_end(cx, &d, status, outputs);
	return true;
}

/* --- the turn --- */

static bool
discovery_turn(struct cx *cx, const struct request_def *request,
    const char *environment, int64_t *next)
{
	struct discovery d = { .request = request,
		.environment = environment };
	struct query *q = query(cx->db, "discovery_get");

	bind_text(q, "request", request->name);
	bind_text(q, "environment", environment);
	if (query_next(q)) {
		d.due_at = column_int(q, "due_at");
		d.run_id = column_int(q, "run_id");
	}
	query_end(q);
	if (d.run_id != 0)
		return false;
	if (d.due_at <= cx->now) {
		discovery_begin(cx, &d);
		return true;
	}
	if (d.due_at < *next)
		*next = d.due_at;
	return false;
}

bool
resource_discover_turn(struct cx *cx, bool look, int64_t *ret_next)
{
	const struct platform *p = cx->platform;
	bool wrote = discovery_end_one(cx);

	for (size_t i = 0; look && i < p->nrequests; i++) {
		const struct request_def *r = &p->requests[i];
		const char *const *only = r->environments;

		if (r->resource == NULL || r->resource->discover == NULL)
			continue;
		for (size_t k = 0; only != NULL && only[k] != NULL; k++)
			wrote |= discovery_turn(cx, r, only[k], ret_next);
		for (size_t k = 0; only == NULL && k < p->nenvironments; k++)
			wrote |= discovery_turn(cx, r,
			    p->environments[k].name, ret_next);
	}
	return wrote;
}
