/* SPDX-License-Identifier: MIT */
#include "resource/artifact/artifact_api.h"

#include "base/near.h"
#include "resource/run/run.h"
#include "store/record.h"

bool
artifact_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *after = call_text(call->query, "after"), *next = NULL;
	int64_t limit = call_int(call->query, "limit"), id = 0, n = 0;
	struct query *q;
	struct run *run;

	if (!run_by_key(cx, call->path[0], &run, e))
		return false;
	if (after != NULL && !str_to_int64(str_of(after), &id))
		return err_set(e, ERR_INVALID, "page.after",
		    "'%s' is not the `next` of a page", after);
	q = query(cx->db, "artifact_of_run");
	bind_int(q, "run_id", run->id);
	bind_int(q, "after", id);
	bind_int(q, "limit", limit + 1);
	list_begin(out);
	for (; query_next(q); n++) {
		struct artifact a;

		if (n == limit) {
			next = arena_printf(cx->arena, "%lld", (long long)id);
			break;
		}
		record_read(q, &artifact_schema, &a, cx->arena);
		id = a.id;
		json_object_begin(out);
		record_json(out, &artifact_schema, &a);
		json_object_end(out);
	}
	query_end(q);
	list_end(out, next);
	return true;
}

/* What the step has in place of a name that it has not. */
static const char *
artifact_near(struct cx *cx, const struct step *step, const char *name)
{
	struct near near = near_start(name);
	size_t n;
	struct artifact **there = artifact_of_step(cx, step->id, &n);

	for (size_t i = 0; i < n; i++)
		near_offer(&near, there[i]->name);
	return near.best;
}

bool
artifact_api_find(struct cx *cx, const struct call *call,
    struct artifact **ret, struct err *e)
{
	struct step *step;
	struct run *run;

	if (!run_by_key(cx, call->path[0], &run, e) ||
	    !run_step_named(cx, run, call->path[1], &step, e))
		return false;
	*ret = artifact_newest(cx, step->id, call->path[2]);
	if (*ret == NULL)
		return call_absent(e, "artifact", call->path[2],
		    artifact_near(cx, step, call->path[2]));
	return (*ret)->removed_at == 0 || artifact_gone(*ret, e);
}
