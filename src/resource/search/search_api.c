/* SPDX-License-Identifier: MIT */
#include "resource/search/search_api.h"

#include "resource/search/search.h"
#include "resource/sealed.h"
#include "resource/ticket/ticket.h"
#include "store/record.h"

static void
search_json(struct cx *cx, struct json_out *out, const struct ticket *t)
{
	struct ticket masked = *t;

	masked.params = sealed_mask_text(cx->arena, t->params);
	json_object_begin(out);
	record_json(out, &ticket_schema, &masked);
	json_object_end(out);
}

static struct search
search_asked(const struct call *call)
{
	return (struct search){ .query = call_text(call->query, "query"),
		.filter = call_text(call->query, "filter") };
}

bool
search_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const size_t limit = (size_t)call_int(call->query, "limit");
	const struct search what = search_asked(call);
	const struct ticket *t = NULL;
	const int64_t *ids;
	size_t n;

	if (!search_find(cx, &what, call_text(call->query, "after"), limit + 1,
		&ids, &n, e))
		return false;
	list_begin(out);
	for (size_t i = 0; i < n && i < limit; i++) {
		t = ticket_by_id(cx, ids[i]);
		search_json(cx, out, t);
	}
	list_end(out, n > limit ? t->key : NULL);
	return true;
}

bool
search_api_count(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const struct search what = search_asked(call);
	int64_t n;

	if (!search_count(cx, &what, &n, e))
		return false;
	json_object_begin(out);
	json_kv_int(out, "count", n);
	json_object_end(out);
	return true;
}
