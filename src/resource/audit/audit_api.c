/* SPDX-License-Identifier: MIT */
#include "resource/audit/audit_api.h"

#include <string.h>

#include "base/clock.h"
#include "resource/audit.h"
#include "resource/period.h"
#include "spec/audit.h"
#include "store/audit_seal.h"
#include "store/record.h"
#include "store/select.h"

static bool
audit_below(struct call *call, int64_t *ret, struct err *e)
{
	const char *after = call_text(call->query, "after");

	*ret = INT64_MAX;
	if (after == NULL || str_to_int64(str_of(after), ret))
		return true;
	problem_add(call->problems, "/after", "field.type",
	    "the `next` of the page before", "'%s' is no number", after);
	return problems_err(call->problems, e);
}

struct audit_filter {
	int64_t below, since, from, to;
	const char *who, *action, *object, *result, *via;
};

/* An equal text; one that ends with '*': all that begin with what is before
 * it. */
static void
audit_add_action(struct select *s, struct cx *cx, const char *action)
{
	const size_t n = strlen(action);

	if (n == 0 || action[n - 1] != '*') {
		select_add(s, " AND action = ");
		select_text(s, action);
		return;
	}
	select_add(s, " AND substr(action, 1, ");
	select_int(s, (int64_t)n - 1);
	select_add(s, ") = ");
	select_text(s, arena_strndup(cx->arena, action, n - 1));
}

static struct query *
audit_select(struct cx *cx, const struct audit_filter *f, int64_t limit)
{
	struct select s = { .arena = cx->arena };
	const struct {
		const char *column, *value;
	} equals[] = {
		{ " AND actor = ", f->who },
		{ " AND object = ", f->object },
		{ " AND decision = ", f->result },
		{ " AND via = ", f->via },
	};

	select_add(&s, "SELECT seq, at, actor, via, address, action, object, "
		       "decision, reason, detail, request_id, prev, hash "
		       "FROM audit WHERE seq < ");
	select_int(&s, f->below);
	select_add(&s, " AND seq > ");
	select_int(&s, f->since);
	for (size_t i = 0; i < ARRAY_SIZE(equals); i++) {
		if (equals[i].value == NULL)
			continue;
		select_fragment(&s, equals[i].column);
		select_text(&s, equals[i].value);
	}
	if (f->action != NULL)
		audit_add_action(&s, cx, f->action);
	if (f->from != INT64_MIN || f->to != INT64_MAX) {
		select_add(&s, " AND at BETWEEN ");
		select_int(&s, f->from);
		select_add(&s, " AND ");
		select_int(&s, f->to);
	}
	select_fragment(&s, f->since >= 0 ? " ORDER BY seq LIMIT "
					  : " ORDER BY seq DESC LIMIT ");
	select_int(&s, limit);
	return select_query(&s, cx->db);
}

bool
audit_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const int64_t limit = call_int(call->query, "limit");
	struct audit_filter f = {
		.since = json_object_get(call->query, "since") == NULL
		    ? -1
		    : call_int(call->query, "since"),
		.who = call_text(call->query, "who"),
		.action = call_text(call->query, "action"),
		.object = call_text(call->query, "object"),
		.result = call_text(call->query, "result"),
		.via = call_text(call->query, "via"),
	};
	struct audit_row row = { .seq = 0 };
	const char *next = NULL;
	int64_t n = 0;
	struct query *q;

	if (!audit_below(call, &f.below, e) ||
	    !period_of(cx, call, &f.from, &f.to, e))
		return false;
	q = audit_select(cx, &f, limit + 1);
	list_begin(out);
	while (query_next(q)) {
		if (n++ == limit) {
			next = arena_printf(cx->arena, "%lld",
			    (long long)row.seq);
			break;
		}
		record_read(q, &audit_schema, &row, cx->arena);
		json_object_begin(out);
		record_json(out, &audit_schema, &row);
		json_object_end(out);
	}
	query_end(q);
	list_end(out, next);
	return true;
}

bool
audit_api_verify(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct audit_report report;

	if (!audit_verify_sealed(cx->db, cx->site->key,
		call_bool(call->query, "full"), &report, e))
		return false;
	if (!audit_anchored(cx, AUDIT_ANCHOR_EACH, e) &&
	    e->class == ERR_INVALID)
		return false;
	json_object_begin(out);
	json_kv_int(out, "events", report.count);
	json_kv_str(out, "head", report.hash);
	json_key(out, "anchors");
	if (cx->site->anchors_json != NULL) {
		cx->site->anchors_json(cx->site->anchors_self, out);
	} else {
		json_array_begin(out);
		json_array_end(out);
	}
	json_object_end(out);
	return true;
}

/* --- segments ------------------------------------------------------------- */

static void
segment_time(struct json_out *out, const char *name, int64_t at)
{
	char text[CLOCK_TEXT];

	json_kv_str(out, name, clock_text(at, text));
}

static void
segment_json(struct json_out *out, const struct audit_seal *s)
{
	json_object_begin(out);
	json_kv_int(out, "segment", s->no);
	json_kv_int(out, "first", s->first);
	json_kv_int(out, "last", s->last);
	segment_time(out, "from", s->from_at);
	segment_time(out, "to", s->to_at);
	json_kv_int(out, "bytes", s->bytes);
	json_kv_str(out, "sha256", s->sha256);
	json_kv_str(out, "hash", s->hash);
	json_kv_str(out, "prev", s->prev);
	json_kv_str(out, "seal", s->seal);
	segment_time(out, "sealed_at", s->at);
	json_object_end(out);
}

bool
audit_api_segments(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const int64_t limit = call_int(call->query, "limit");
	const char *next = NULL;
	struct audit_seal s;
	int64_t below, n = 0;

	if (!audit_below(call, &below, e))
		return false;
	list_begin(out);
	while (next == NULL && audit_seal_before(cx->db, below, &s)) {
		if (n++ == limit) {
			next = arena_printf(cx->arena, "%lld",
			    (long long)below);
			break;
		}
		segment_json(out, &s);
		below = s.no;
	}
	list_end(out, next);
	return true;
}

bool
audit_api_seal(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const struct audit_entry who = { .at = cx->now,
		.actor = actor_name(cx->actor),
		.via = cx->actor->via,
		.address = cx->actor->address,
		.decision = "done",
		.request_id = cx->request_id };
	struct audit_seal s;
	bool any;

	if (!audit_seal_make(cx->db, cx->site->key, 1, cx->now, &s, &any, e))
		return false;
	if (!any)
		return err_set(e, ERR_CONFLICT, "audit.sealed",
		    "there is no event that is not sealed");
	if (!audit_seal_put(cx->db, &s, &who, e))
		return false;
	call->status = 201;
	segment_json(out, &s);
	return true;
}
