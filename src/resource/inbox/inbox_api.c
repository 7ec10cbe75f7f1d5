/* SPDX-License-Identifier: MIT */
#include "resource/inbox/inbox_api.h"

#include "resource/audit.h"
#include "resource/inbox/inbox.h"
#include "store/record.h"

static void
inbox_json(struct json_out *out, const struct inbox_item *item)
{
	json_object_begin(out);
	record_json(out, &inbox_schema, item);
	json_object_end(out);
}

bool
inbox_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *kind = call_text(call->query, "kind");
	const char *after = call_text(call->query, "after");
	const int64_t limit = call_int(call->query, "limit");
	struct inbox_item item = { .id = 0 };
	int64_t below = INT64_MAX, n = 0;
	struct query *q;

	(void)e;
	if (after != NULL && !str_to_int64(str_of(after), &below))
		below = 0;
	q = query(cx->db, "inbox_list");
	bind_text(q, "person",
	    cx->actor->person == NULL ? "" : cx->actor->person);
	bind_text(q, "kind", kind == NULL ? "" : kind);
	bind_int(q, "all", call_bool(call->query, "all"));
	bind_int(q, "below", below);
	bind_int(q, "limit", limit + 1);
	list_begin(out);
	while (n < limit && query_next(q)) {
		record_read(q, &inbox_schema, &item, cx->arena);
		inbox_json(out, &item);
		n++;
	}
	list_end(out, n == limit && query_next(q)
	    ? arena_printf(cx->arena, "%lld", (long long)item.id)
	    : NULL);
	query_end(q);
	return true;
}

/* Its number, or 0 for all of them. */
static bool
inbox_number(struct cx *cx, const struct call *call, int64_t *ret,
    struct err *e)
{
	struct query *q;
	bool found;

	*ret = 0;
	if (streq(call->path[0], "all"))
		return true;
	if (!str_to_int64(str_of(call->path[0]), ret) ||
	    cx->actor->person == NULL)
		return call_absent(e, "item of your inbox", call->path[0],
		    NULL);
	q = query(cx->db, "inbox_is_of");
	bind_int(q, "id", *ret);
	bind_text(q, "person", cx->actor->person);
	found = query_next(q);
	query_end(q);
	return found ||
	    call_absent(e, "item of your inbox", call->path[0], NULL);
}

static bool
inbox_mark(struct cx *cx, struct call *call, const char *name,
    const char *action, struct json_out *out, struct err *e)
{
	struct query *q;
	int64_t id, changed;

	if (!inbox_number(cx, call, &id, e))
		return false;
	q = query(cx->db, name);
	bind_int(q, "id", id);
	bind_text(q, "person",
	    cx->actor->person == NULL ? "" : cx->actor->person);
	bind_int(q, "now", cx->now);
	changed = query_run_count(q);
	if (changed > 0)
		audit(cx, action, call->path[0], "done", "", NULL);
	json_object_begin(out);
	json_kv_int(out, "changed", changed);
	json_object_end(out);
	return true;
}

bool
inbox_api_done(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	return inbox_mark(cx, call, "inbox_done", "inbox.done", out, e);
}

bool
inbox_api_read(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	return inbox_mark(cx, call, "inbox_read", "inbox.read", out, e);
}
