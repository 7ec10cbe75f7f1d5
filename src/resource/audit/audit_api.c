/* SPDX-License-Identifier: MIT */
#include "resource/audit/audit_api.h"

#include <fcntl.h>

#include "resource/audit.h"
#include "spec/access.h"
#include "store/audit.h"
#include "store/record.h"
#include "sys/file.h"

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

bool
audit_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *object = call_text(call->query, "object");
	const int64_t limit = call_int(call->query, "limit");
	struct audit_row row = { .seq = 0 };
	const char *next = NULL;
	int64_t below, n = 0;
	struct query *q;

	if (!audit_below(call, &below, e))
		return false;
	q = query(cx->db, object == NULL ? "audit_list" : "audit_list_object");
	if (object != NULL)
		bind_text(q, "object", object);
	bind_text(q, "actor", call_text(call->query, "actor"));
	bind_int(q, "below", below);
	bind_int(q, "limit", limit + 1);
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

/* Number of the event that the anchor names; 0 when there is none. */
static int64_t
audit_anchored(const char *path)
{
	struct buf text = { 0 };
	struct str rest;
	int64_t seq = 0;

	if (file_read(AT_FDCWD, path, 256, &text, NULL) &&
	    !str_to_int64(str_cut(buf_str(&text), ' ', &rest), &seq))
		seq = 0;
	buf_finish(&text);
	return seq;
}

bool
audit_api_verify(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *anchor = audit_anchor_path(cx->site, cx->arena);
	struct audit_report report;

	(void)call;
	if (!audit_verify(cx->db, 1, &report, e))
		return false;
	if (!audit_anchor_check(cx->db, anchor, e) &&
	    !streq(e->code, "audit.no_anchor"))
		return false;
	json_object_begin(out);
	json_kv_int(out, "events", report.count);
	json_kv_str(out, "head", report.hash);
	json_kv_int(out, "anchor", audit_anchored(anchor));
	json_object_end(out);
	return true;
}
