/* SPDX-License-Identifier: MIT */
#include "resource/search/search_api.h"

#include "resource/search/search.h"
#include "resource/sealed.h"
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

bool
search_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *after = call_text(call->query, "after");
	const int64_t limit = call_int(call->query, "limit");
	const char *last = NULL, *next = NULL;
	struct search *s;
	struct ticket *t;
	int64_t n = 0;

	if (!search_begin(cx, call_text(call->query, "query"), &s, e))
		return false;
	/* A page goes on behind the last row of the page before. */
	while (after != NULL && (t = search_next(s)) != NULL)
		if (streq(t->key, after))
			break;
	list_begin(out);
	while ((t = search_next(s)) != NULL) {
		if (n++ == limit) {
			next = last;
			break;
		}
		search_json(cx, out, t);
		last = t->key;
	}
	search_end(s);
	list_end(out, next);
	return true;
}

bool
search_api_count(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct search *s;
	int64_t n = 0;

	if (!search_begin(cx, call_text(call->query, "query"), &s, e))
		return false;
	while (search_next(s) != NULL)
		n++;
	search_end(s);
	json_object_begin(out);
	json_kv_int(out, "count", n);
	json_object_end(out);
	return true;
}
