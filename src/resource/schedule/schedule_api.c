/* SPDX-License-Identifier: MIT */
#include "resource/schedule/schedule_api.h"

#include "base/near.h"
#include "resource/access/access.h"
#include "resource/audit.h"
#include "resource/pause/pause.h"
#include "resource/schedule/schedule.h"

static struct access_target
schedule_target(const struct schedule_def *s)
{
	return (struct access_target){ .team = s->task->team,
		.environment = s->environment,
		.name = s->request == NULL ? s->task->name
					   : s->request->name };
}

static bool
schedule_is_visible(struct cx *cx, const struct schedule_def *s)
{
	const struct access_target target = schedule_target(s);

	return access_sees(cx->platform, cx->actor, NULL, &target);
}

bool
schedule_api_find(struct cx *cx, const char *name,
    const struct schedule_def **ret, struct err *e)
{
	const struct platform *p = cx->platform;
	struct near near = near_start(name);

	*ret = platform_schedule(p, name);
	if (*ret != NULL && schedule_is_visible(cx, *ret))
		return true;
	for (size_t i = 0; i < p->nschedules; i++)
		if (schedule_is_visible(cx, &p->schedules[i]))
			near_offer(&near, p->schedules[i].name);
	return call_absent(e, "schedule", name, near.best);
}

bool
schedule_api_may_run(struct cx *cx, const struct schedule_def *s,
    struct err *e)
{
	const struct access_target target = schedule_target(s);

	if (!access_check_seen(cx,
		s->request == NULL ? RIGHT_RUN : RIGHT_REQUEST, &target,
		"schedule", s->name, e))
		return false;
	if (cx->actor->person != NULL)
		return true;
	return access_operator(e,
	    "the operator administers, and runs nothing");
}

static const char *
schedule_paused(struct cx *cx, const struct schedule_def *s)
{
	const struct pause *p = pause_find(cx, PAUSE_SCHEDULE, s->name);

	if (s->paused)
		return arena_printf(cx->arena, "by the folder (%s)", s->where);
	if (p == NULL)
		return NULL;
	return arena_printf(cx->arena, "by %s%s%s", p->person,
	    p->reason[0] == '\0' ? "" : ": ", p->reason);
}

static void
schedule_last(struct cx *cx, struct json_out *out,
    const struct schedule_def *s)
{
	struct query *q = query(cx->db, "schedule_last_run");
	bool found;

	bind_text(q, "schedule", s->name);
	found = query_next(q);
	json_kv_str(out, "last_run",
	    found ? column_text(q, "key", cx->arena) : NULL);
	json_kv_str(out, "last_status",
	    found ? column_text(q, "status", cx->arena) : NULL);
	query_end(q);
}

static void
schedule_fields(struct cx *cx, struct json_out *out,
    const struct schedule_def *s)
{
	const char *paused = schedule_paused(cx, s);
	struct cron_time next;

	json_kv_str(out, "name", s->name);
	json_kv_str(out, "doc", s->doc);
	json_kv_str(out, "team", s->team);
	json_kv_str(out, "task", s->task->name);
	json_kv_str(out, "request", s->request == NULL ? NULL
						       : s->request->name);
	json_kv_str(out, "environment", s->environment);
	json_kv_str(out, "when", s->when);
	json_kv_str(out, "timezone", s->timezone);
	json_kv_str(out, "missed", schedule_missed_names[s->missed]);
	json_kv_str(out, "overlap", schedule_overlap_names[s->overlap]);
	json_kv_str(out, "paused", paused);
	if (paused == NULL && cron_next(&s->cron, s->zone, cx->now, &next))
		json_kv_time(out, "next_at", next.at_ms);
	else
		json_kv_null(out, "next_at");
	schedule_last(cx, out, s);
	json_kv_str(out, "where", s->where);
}

static const char *
mark_name(enum cron_mark mark)
{
	switch (mark) {
	case CRON_GAP:
		return "gap";
	case CRON_OVERLAP:
		return "overlap";
	case CRON_TWICE:
		return "twice";
	case CRON_PLAIN:
	default:
		return "plain";
	}
}

static void
schedule_next(struct cx *cx, struct json_out *out,
    const struct schedule_def *s)
{
	struct cron_time next[5];
	size_t n = cron_next_runs(&s->cron, s->zone, cx->now, next,
	    ARRAY_SIZE(next));
	char text[CRON_TEXT];

	json_key(out, "next");
	json_array_begin(out);
	for (size_t i = 0; i < n; i++) {
		json_object_begin(out);
		json_kv_time(out, "at", next[i].at_ms);
		json_kv_str(out, "text", cron_time_text(&next[i], s->zone,
					     text));
		json_kv_str(out, "mark", mark_name(next[i].mark));
		json_kv_int(out, "merged", next[i].merged);
		json_object_end(out);
	}
	json_array_end(out);
}

static void
schedule_times(struct cx *cx, struct json_out *out,
    const struct schedule_def *s)
{
	static const char *const texts[] = { "outcome", "reason", "run",
		"status" };
	struct query *q = query(cx->db, "schedule_times");

	bind_text(q, "schedule", s->name);
	json_key(out, "times");
	json_array_begin(out);
	while (query_next(q)) {
		json_object_begin(out);
		json_kv_time(out, "at", column_int(q, "at"));
		for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
			json_kv_str(out, texts[i],
			    column_text(q, texts[i], cx->arena));
		json_object_end(out);
	}
	query_end(q);
	json_array_end(out);
}

static void
schedule_detail(struct cx *cx, struct json_out *out,
    const struct schedule_def *s)
{
	json_object_begin(out);
	schedule_fields(cx, out, s);
	json_kv_raw(out, "params",
	    s->params == NULL ? "{}" : json_canonical(cx->arena, s->params));
	schedule_next(cx, out, s);
	schedule_times(cx, out, s);
	json_object_end(out);
}

bool
schedule_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const struct platform *p = cx->platform;

	(void)call;
	(void)e;
	list_begin(out);
	for (size_t i = 0; i < p->nschedules; i++) {
		if (!schedule_is_visible(cx, &p->schedules[i]))
			continue;
		json_object_begin(out);
		schedule_fields(cx, out, &p->schedules[i]);
		json_object_end(out);
	}
	list_end(out, NULL);
	return true;
}

bool
schedule_api_get(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const struct schedule_def *s;

	if (!schedule_api_find(cx, call->path[0], &s, e))
		return false;
	schedule_detail(cx, out, s);
	return true;
}

bool
schedule_api_pause(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const struct schedule_def *s;

	if (!schedule_api_find(cx, call->path[0], &s, e) ||
	    !pause_set(cx, PAUSE_SCHEDULE, s->name,
		call_text(call->body, "reason"), e))
		return false;
	schedule_detail(cx, out, s);
	return true;
}

bool
schedule_api_resume(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const struct schedule_def *s;

	if (!schedule_api_find(cx, call->path[0], &s, e) ||
	    !pause_end(cx, PAUSE_SCHEDULE, s->name, e))
		return false;
	schedule_detail(cx, out, s);
	return true;
}

bool
schedule_api_run(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const bool dry = call_bool(call->body, "dry_run");
	const struct schedule_def *s;
	struct run *run;

	if (!schedule_api_find(cx, call->path[0], &s, e) ||
	    !schedule_api_may_run(cx, s, e))
		return false;
	if (dry ? !schedule_plan(cx, s, cx->now, cx->actor->person, &run, e)
		: !schedule_make(cx, s, cx->now, 0, cx->actor->person, &run,
		      e))
		return false;
	if (!dry)
		audit(cx, "schedule.run", s->name, "done", run->key, NULL);
	call->status = 201;
	json_object_begin(out);
	json_kv_str(out, "run", run->key);
	json_kv_str(out, "status", run->status);
	json_object_end(out);
	return true;
}
