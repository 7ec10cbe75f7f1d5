/* SPDX-License-Identifier: MIT */
#include "resource/audit/audit_api.h"

#include <string.h>

#include "resource/audit.h"
#include "resource/period.h"
#include "spec/audit.h"
#include "store/audit.h"
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

	(void)call;
	if (!audit_verify(cx->db, 1, &report, e))
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
