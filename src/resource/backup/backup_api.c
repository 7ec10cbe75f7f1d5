/* SPDX-License-Identifier: MIT */
#include "resource/backup/backup_api.h"

#include "resource/backup/backup.h"
#include "store/record.h"

static void
backup_json(struct json_out *out, const struct backup *b)
{
	json_object_begin(out);
	record_json(out, &backup_schema, b);
	json_object_end(out);
}

bool
backup_api_create(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct backup *b;

	if (!backup_ask(cx, call_bool(call->body, "include_logs"), &b, e))
		return false;
	call->status = 201;
	backup_json(out, b);
	return true;
}

bool
backup_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const int64_t limit = call_int(call->query, "limit");
	const char *after = call_text(call->query, "after"), *next = NULL;
	struct query *q = query(cx->db, "backup_list");
	int64_t below = INT64_MAX, n = 0;
	struct backup b = { .id = 0 };

	if (after != NULL && !str_to_int64(str_of(after), &below)) {
		query_end(q);
		problem_add(call->problems, "/after", "field.type",
		    "the `next` of the page before", "'%s' is no number",
		    after);
		return problems_err(call->problems, e);
	}
	bind_int(q, "below", below);
	bind_int(q, "limit", limit + 1);
	list_begin(out);
	while (query_next(q)) {
		if (n++ == limit) {
			next = arena_printf(cx->arena, "%lld",
			    (long long)b.id);
			break;
		}
		record_read(q, &backup_schema, &b, cx->arena);
		backup_json(out, &b);
	}
	query_end(q);
	list_end(out, next);
	return true;
}
