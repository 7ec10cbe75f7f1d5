/* SPDX-License-Identifier: MIT */
#include "resource/pause/pause_api.h"

#include "resource/access/access.h"
#include "resource/pause/pause.h"
#include "store/record.h"

static bool
pause_is_visible(struct cx *cx, const struct pause *p)
{
	const struct task *t = streq(p->kind, PAUSE_TASK)
	    ? platform_task(cx->platform, p->name)
	    : NULL;
	const struct schedule_def *s = streq(p->kind, PAUSE_SCHEDULE)
	    ? platform_schedule(cx->platform, p->name)
	    : NULL;
	struct access_target target = { .name = p->name };

	if (streq(p->kind, PAUSE_ALL) || streq(p->kind, PAUSE_LIMIT))
		return true;
	if (s != NULL) {
		t = s->task;
		target.name = t->name;
	}
	if (t != NULL)
		target.team = t->team;
	return access_sees(cx->platform, cx->actor, NULL, &target);
}

static void
pause_json(struct json_out *out, const struct pause *p)
{
	json_object_begin(out);
	record_json(out, &pause_schema, p);
	json_object_end(out);
}

bool
pause_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct query *q = query(cx->db, "pause_list");

	(void)call;
	(void)e;
	list_begin(out);
	while (query_next(q)) {
		struct pause p;

		record_read(q, &pause_schema, &p, cx->arena);
		if (pause_is_visible(cx, &p))
			pause_json(out, &p);
	}
	query_end(q);
	list_end(out, NULL);
	return true;
}

/* A name goes with every kind but one. */
static bool
pause_named(struct call *call, const char *kind, const char **ret,
    struct err *e)
{
	const char *name = call_text(call->body, "name");
	bool all = streq(kind, PAUSE_ALL);

	*ret = name == NULL ? "" : name;
	if (all == ((*ret)[0] == '\0'))
		return true;
	err_set(e, ERR_INVALID, "pause.name",
	    all ? "all is everything: leave the name out"
		: "which %s: it was not said", kind);
	return err_hint(e, "slipway pause task NAME, or slipway pause all");
}

bool
pause_api_set(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *kind = call_text(call->body, "kind"), *name;

	if (!pause_named(call, kind, &name, e) ||
	    !pause_set(cx, kind, name, call_text(call->body, "reason"), e))
		return false;
	call->status = 201;
	pause_json(out, pause_find(cx, kind, name));
	return true;
}

bool
pause_api_end(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *kind = call_text(call->body, "kind"), *name;
	const struct pause *p;

	if (!pause_named(call, kind, &name, e))
		return false;
	p = pause_find(cx, kind, name);
	if (!pause_end(cx, kind, name, e))
		return false;
	pause_json(out, p);
	return true;
}
