/* SPDX-License-Identifier: MIT */
#include "resource/glass/glass_api.h"

#include "resource/access/access.h"
#include "resource/glass/glass.h"
#include "store/record.h"

static void
glass_json(struct json_out *out, const struct glass *g)
{
	json_object_begin(out);
	record_json(out, &glass_schema, g);
	json_object_end(out);
}

bool
glass_api_seal(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	char code[GLASS_CODE + 1];

	if (!access_check_lasting(cx, "seal a code", e))
		return false;
	glass_seal(cx, code);
	json_object_begin(out);
	json_kv_str(out, "code", code);
	json_object_end(out);
	call->status = 201;
	return true;
}

bool
glass_api_open(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct glass *g;
	int64_t ms = 0;

	ASSERT(schema_duration(call_text(call->body, "for"), &ms));
	/* A narrow token opens nothing wide. */
	if (!access_token_check(cx, RIGHT_ADMINISTER, NULL, e) ||
	    !glass_break(cx, call_text(call->body, "reason"), ms,
		call_text(call->body, "code"), &g, e))
		return false;
	glass_json(out, g);
	call->status = 201;
	return true;
}

bool
glass_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *after = call_text(call->query, "after");
	const int64_t limit = call_int(call->query, "limit");
	const char *person = glass_may_review(cx) ? "" : cx->actor->person;
	int64_t below = INT64_MAX, n = 0;
	struct glass g = { .id = 0 };
	struct query *q;

	(void)e;
	if (after != NULL && !str_to_int64(str_of(after), &below))
		below = 0;
	q = query(cx->db, "glass_list");
	bind_text(q, "person", person == NULL ? "-" : person);
	bind_int(q, "due", call_bool(call->query, "due"));
	bind_int(q, "below", below);
	bind_int(q, "limit", limit + 1);
	list_begin(out);
	while (n < limit && query_next(q)) {
		record_read(q, &glass_schema, &g, cx->arena);
		glass_json(out, &g);
		n++;
	}
	list_end(out, n == limit && query_next(q)
	    ? arena_printf(cx->arena, "%lld", (long long)g.id)
	    : NULL);
	query_end(q);
	return true;
}

/* One's own, or any for those who may review. */
static bool
glass_find(struct cx *cx, const struct call *call, struct glass **ret,
    struct err *e)
{
	const char *name = call->path[0];
	struct str text = str_of(name);
	struct glass *g = NULL;
	int64_t id;

	if (str_starts(text, "G-"))
		text = (struct str){ text.p + 2, text.n - 2 };
	if (str_to_int64(text, &id))
		g = glass_by_id(cx, id);
	if (g == NULL ||
	    (!streq(g->person, cx->actor->person) && !glass_may_review(cx)))
		return call_absent(e, "break-glass", name, NULL);
	*ret = g;
	return true;
}

bool
glass_api_close(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct glass *g;

	if (!glass_find(cx, call, &g, e))
		return false;
	glass_close(cx, g);
	glass_json(out, g);
	return true;
}

bool
glass_api_review(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct glass *g;

	if (!glass_find(cx, call, &g, e) ||
	    !glass_reviewed(cx, g, call_text(call->body, "note"), e))
		return false;
	glass_json(out, g);
	return true;
}
