/* SPDX-License-Identifier: MIT */
#include "resource/access/review.h"

#include "resource/access/access.h"
#include "resource/access/access_api.h"
#include "spec/access.h"
#include "store/record.h"

#define REVIEW_QUARTER_MS INT64_C(7776000000)
#define REVIEW_DENIED 20 /* that are shown for one grant */

const char *
access_grant_name(const struct grant_def *g, struct arena *a)
{
	return arena_printf(a, "%s: %s", g->to, g->text);
}

void
access_flush(struct cx *cx, bool all)
{
	const struct platform *p = cx->platform;

	for (size_t i = 0; i < p->ngrants; i++) {
		const int64_t used = p->grant_used[i];
		struct query *q;

		if (used == 0 && !all)
			continue;
		q = query(cx->db, used == 0 ? "grant_use_seen"
					    : "grant_use_put");
		bind_text(q, "name",
		    access_grant_name(&p->grants[i], cx->arena));
		bind_int(q, used == 0 ? "now" : "used",
		    used == 0 ? cx->now : used);
		query_run(q);
		p->grant_used[i] = 0;
	}
}

/* --- what was asked for --------------------------------------------------- */

struct asked_for {
	const char *person;
	struct access_target target;
	enum right right;
	int64_t times, last_at;
	bool allowed; /* today */
};

static bool
review_allows(const struct platform *p, const struct asked_for *a,
    struct arena *arena)
{
	const struct actor actor = { .person = a->person,
		.ceiling = ROLE_ADMIN };

	return access_ask(p, &actor, a->right, &a->target, arena).allowed;
}

static struct asked_for *
review_asked(struct cx *cx, size_t *ret_n)
{
	struct query *q = query(cx->db, "review_asked");
	struct asked_for *list = arena_array(cx->arena, 5000, sizeof(*list));
	size_t n = 0;

	bind_int(q, "since", cx->now - REVIEW_QUARTER_MS);
	while (n < 5000 && query_next(q)) {
		struct asked_for *a = &list[n++];
		const char *request = column_text(q, "request", cx->arena);

		a->person = column_text(q, "person", cx->arena);
		a->right = request[0] != '\0' ? RIGHT_REQUEST : RIGHT_RUN;
		a->target.team = column_text(q, "team", cx->arena);
		a->target.environment =
		    column_text(q, "environment", cx->arena);
		a->target.name = request[0] != '\0'
		    ? request
		    : column_text(q, "task", cx->arena);
		a->times = column_int(q, "times");
		a->last_at = column_int(q, "last_at");
		a->allowed = review_allows(cx->platform, a, cx->arena);
	}
	query_end(q);
	*ret_n = n;
	return list;
}

/* The folder as it would be without that grant; shares all the rest. */
static struct platform *
review_without(struct cx *cx, const struct grant_def *g)
{
	struct platform *p = ARENA_NEW(cx->arena, struct platform);
	struct grant_def *grants = arena_array(cx->arena,
	    cx->platform->ngrants + 1, sizeof(*grants));
	size_t n = 0;

	for (size_t i = 0; i < cx->platform->ngrants; i++)
		if (&cx->platform->grants[i] != g)
			grants[n++] = cx->platform->grants[i];
	*p = *cx->platform;
	p->grants = grants;
	p->ngrants = n;
	return p;
}

static void
review_denied(struct cx *cx, const struct grant_def *g,
    const struct asked_for *asked, size_t n, struct json_out *out)
{
	const struct platform *p = review_without(cx, g);
	size_t shown = 0;

	json_key(out, "denied");
	json_array_begin(out);
	for (size_t i = 0; i < n && shown < REVIEW_DENIED; i++) {
		const struct asked_for *a = &asked[i];

		if (!a->allowed || review_allows(p, a, cx->arena))
			continue;
		shown++;
		json_object_begin(out);
		json_kv_str(out, "person", a->person);
		json_kv_str(out, "action", right_names[a->right]);
		json_kv_str(out, "target",
		    arena_printf(cx->arena, "%s/%s", a->target.environment,
			a->target.name));
		json_kv_int(out, "times", a->times);
		json_kv_time(out, "last_at", a->last_at);
		json_object_end(out);
	}
	json_array_end(out);
}

/* --- the answer ----------------------------------------------------------- */

struct use {
	int64_t seen_at, used_at;
	bool unused;
};

static struct use
review_use(struct cx *cx, size_t i, int64_t before)
{
	const struct platform *p = cx->platform;
	const int64_t now_used = p->grant_used[i];
	struct query *q = query(cx->db, "grant_use_get");
	struct use use = { .seen_at = 0 };

	bind_text(q, "name", access_grant_name(&p->grants[i], cx->arena));
	if (query_next(q)) {
		use.seen_at = column_int(q, "seen_at");
		use.used_at = column_int(q, "used_at");
	}
	query_end(q);
	if (now_used > use.used_at)
		use.used_at = now_used;
	use.unused = use.used_at <= before && use.seen_at != 0 &&
	    use.seen_at <= before;
	return use;
}

static void
review_grant(struct cx *cx, size_t i, const struct use *use,
    const struct asked_for *asked, size_t n, struct json_out *out)
{
	const struct grant_def *g = &cx->platform->grants[i];

	json_object_begin(out);
	json_kv_str(out, "to", g->to);
	json_kv_str(out, "grant", g->text);
	json_kv_str(out, "where", g->where);
	json_kv_time(out, "used_at", use->used_at);
	json_kv_time(out, "seen_at", use->seen_at);
	json_kv_bool(out, "unused", use->unused);
	review_denied(cx, g, asked, n, out);
	json_object_end(out);
}

static void
review_grants(struct cx *cx, const char *without, int64_t before,
    struct json_out *out)
{
	const struct platform *p = cx->platform;
	size_t n;
	struct asked_for *asked = review_asked(cx, &n);

	json_key(out, "grants");
	json_array_begin(out);
	for (size_t i = 0; i < p->ngrants; i++) {
		const struct use use = review_use(cx, i, before);

		if (without != NULL ? streq(p->grants[i].where, without)
				    : use.unused && !p->grants[i].deny)
			review_grant(cx, i, &use, asked, n, out);
	}
	json_array_end(out);
}

static void
review_tokens(struct cx *cx, int64_t before, struct json_out *out)
{
	struct query *q = query(cx->db, "review_tokens");
	struct token t = { .id = 0 };

	bind_int(q, "now", cx->now);
	bind_int(q, "before", before);
	json_key(out, "tokens");
	json_array_begin(out);
	while (query_next(q)) {
		record_read(q, &token_schema, &t, cx->arena);
		json_object_begin(out);
		json_kv_str(out, "token", t.prefix);
		json_kv_str(out, "person", t.person);
		json_kv_str(out, "name", t.name);
		json_kv_time(out, "created_at", t.created_at);
		json_kv_time(out, "used_at", t.used_at);
		json_kv_str(out, "remove",
		    arena_printf(cx->arena, "slipway token revoke %s",
			t.prefix));
		json_object_end(out);
	}
	query_end(q);
	json_array_end(out);
}

static bool
review_knows(struct cx *cx, const char *where, struct err *e)
{
	const struct platform *p = cx->platform;

	for (size_t i = 0; where != NULL && i < p->ngrants; i++)
		if (streq(p->grants[i].where, where))
			return true;
	return where == NULL || call_absent(e, "grant", where, NULL);
}

bool
access_api_review(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *without = call_text(call->query, "without");
	int64_t ms = 0;

	ASSERT(schema_duration(call_text(call->query, "unused"), &ms));
	if (!review_knows(cx, without, e))
		return false;
	json_object_begin(out);
	json_kv_time(out, "before", cx->now - ms);
	review_grants(cx, without, cx->now - ms, out);
	review_tokens(cx, cx->now - ms, out);
	json_object_end(out);
	return true;
}
