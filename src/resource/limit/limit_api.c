/* SPDX-License-Identifier: MIT */
/* limit.list: what the limits of the folder are used for. */
#include "resource/limit/limit_api.h"

#include "resource/limit/limit.h"
#include "resource/pause/pause.h"

static int64_t
limit_waiting(struct cx *cx, const char *limit)
{
	struct query *q = query(cx->db, "limit_waiting");
	int64_t n = 0;

	bind_text(q, "limit", limit);
	if (query_next(q))
		n = column_int(q, "n");
	query_end(q);
	return n;
}

static void
limit_json(struct cx *cx, struct json_out *out, const struct limit_def *limit)
{
	const struct pause *p = pause_find(cx, PAUSE_LIMIT, limit->name);
	const struct limit_use use = limit_use(cx, limit->name);

	json_object_begin(out);
	json_kv_str(out, "name", limit->name);
	json_kv_int(out, "amount", limit->amount);
	json_kv_int(out, "used", use.used);
	json_key(out, "holders");
	json_array_begin(out);
	for (size_t i = 0; i < use.nholders; i++)
		json_str(out, use.holders[i]);
	json_array_end(out);
	json_kv_int(out, "waiting", limit_waiting(cx, limit->name));
	json_kv_str(out, "paused", p == NULL ? NULL : pause_words(cx, p));
	json_object_end(out);
}

bool
limit_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	(void)call;
	(void)e;
	list_begin(out);
	for (size_t i = 0; i < cx->platform->nlimits; i++)
		limit_json(cx, out, &cx->platform->limits[i]);
	list_end(out, NULL);
	return true;
}
