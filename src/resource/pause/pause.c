/* SPDX-License-Identifier: MIT */
#include "resource/pause/pause.h"

#include "base/near.h"
#include "resource/access/access.h"
#include "resource/audit.h"
#include "resource/call.h"
#include "store/record.h"

const struct pause *
pause_find(struct cx *cx, const char *kind, const char *name)
{
	struct query *q = query(cx->db, "pause_get");
	struct pause *p = NULL;

	bind_text(q, "kind", kind);
	bind_text(q, "name", name);
	if (query_next(q)) {
		p = ARENA_NEW(cx->arena, struct pause);
		record_read(q, &pause_schema, p, cx->arena);
	}
	query_end(q);
	return p;
}

static const char *
pause_what(struct cx *cx, const char *kind, const char *name)
{
	if (streq(kind, PAUSE_ALL))
		return "everything";
	return arena_printf(cx->arena, "%s %s", kind, name);
}

const char *
pause_summary(struct cx *cx)
{
	struct query *q;
	int64_t n = 0;

	if (pause_find(cx, PAUSE_ALL, "") != NULL)
		return "everything is paused: slipway pause list";
	q = query(cx->db, "pause_count");
	if (query_next(q))
		n = column_int(q, "n");
	query_end(q);
	return n == 0 ? NULL
		      : arena_printf(cx->arena,
			    "%lld %s paused: slipway pause list",
			    (long long)n, n == 1 ? "is" : "are");
}

const char *
pause_words(struct cx *cx, const struct pause *p)
{
	return arena_printf(cx->arena, "%s is paused by %s%s%s",
	    pause_what(cx, p->kind, p->name), p->person,
	    p->reason[0] == '\0' ? "" : ": ", p->reason);
}

/* Who owns it; *ret_found: there is such a thing.  NULL: nobody but admins. */
static const char *
pause_owner(struct cx *cx, const char *kind, const char *name,
    struct near *near, bool *ret_found)
{
	const struct platform *p = cx->platform;

	*ret_found = true;
	if (streq(kind, PAUSE_ALL))
		return NULL;
	if (streq(kind, PAUSE_TASK)) {
		const struct task *t = platform_task(p, name);

		for (size_t i = 0; t == NULL && i < p->ntasks; i++)
			near_offer(near, p->tasks[i]->name);
		*ret_found = t != NULL;
		return t == NULL ? NULL : t->team;
	}
	if (streq(kind, PAUSE_SCHEDULE)) {
		const struct schedule_def *s = platform_schedule(p, name);

		for (size_t i = 0; s == NULL && i < p->nschedules; i++)
			near_offer(near, p->schedules[i].name);
		*ret_found = s != NULL;
		return s == NULL ? NULL : s->team;
	}
	for (size_t i = 0; i < p->nlimits; i++)
		near_offer(near, p->limits[i].name);
	*ret_found = platform_limit(p, name) != NULL;
	return NULL;
}

static bool
pause_may(struct cx *cx, const char *kind, const char *name,
    bool must_exist, struct err *e)
{
	static const struct access_target anything = { .name = NULL };
	static const struct access_target server = { .name = NULL };
	const char *person = cx->actor->person;
	struct near near = near_start(name);
	const struct team_def *team;
	const char *owner;
	bool found;

	owner = pause_owner(cx, kind, name, &near, &found);
	if (access_ask(cx->platform, cx->actor, RIGHT_ADMINISTER, &server,
		cx->arena)
		.allowed) {
		if (!found && must_exist)
			return call_absent(e, kind, name, near.best);
		return true;
	}
	/* To others what they may not see looks like what is not there. */
	if (!streq(kind, PAUSE_ALL) && !streq(kind, PAUSE_LIMIT) &&
	    (owner == NULL ||
		!access_sees(cx->platform, cx->actor, NULL,
		    &(struct access_target){ .team = owner,
			.name = streq(kind, PAUSE_TASK) ? name : NULL })))
		return call_absent(e, kind, name, NULL);
	team = owner == NULL ? NULL : platform_team(cx->platform, owner);
	if (team != NULL && person != NULL && team_has(team, person))
		return access_token_check(cx, RIGHT_CANCEL, NULL, e);
	err_set(e, ERR_DENIED, "access.denied",
	    "pause or resume %s: that is for %s%s%s",
	    pause_what(cx, kind, name), owner == NULL ? "" : "team ",
	    owner == NULL ? "" : owner, owner == NULL ? "admins" : " and admins");
	return err_hint(e, "ask %s", access_ask(cx->platform, cx->actor,
	    RIGHT_ADMINISTER, &anything, cx->arena).who_can_grant);
}

bool
pause_set(struct cx *cx, const char *kind, const char *name,
    const char *reason, struct err *e)
{
	const struct schedule_def *s = streq(kind, PAUSE_SCHEDULE)
	    ? platform_schedule(cx->platform, name)
	    : NULL;
	const struct pause *before;
	struct query *q;

	if (!pause_may(cx, kind, name, true, e))
		return false;
	if (s != NULL && s->paused)
		return err_set(e, ERR_CONFLICT, "pause.folder",
		    "schedule '%s' is paused by the folder (%s)", name,
		    s->where);
	before = pause_find(cx, kind, name);
	if (before != NULL)
		return err_set(e, ERR_CONFLICT, "pause.paused", "%s already",
		    pause_words(cx, before));
	q = query(cx->db, "pause_insert");
	bind_text(q, "kind", kind);
	bind_text(q, "name", name);
	bind_text(q, "person", actor_name(cx->actor));
	bind_text(q, "reason", reason);
	bind_int(q, "at", cx->now);
	query_run(q);
	audit(cx, "pause.set", pause_what(cx, kind, name), "done", reason,
	    NULL);
	return true;
}

bool
pause_end(struct cx *cx, const char *kind, const char *name, struct err *e)
{
	const struct schedule_def *s = streq(kind, PAUSE_SCHEDULE)
	    ? platform_schedule(cx->platform, name)
	    : NULL;
	struct query *q;

	if (!pause_may(cx, kind, name, pause_find(cx, kind, name) == NULL, e))
		return false;
	if (s != NULL && s->paused) {
		err_set(e, ERR_CONFLICT, "pause.folder",
		    "schedule '%s' is paused by the folder (%s)", name,
		    s->where);
		return err_hint(e, "take out paused: true there");
	}
	if (pause_find(cx, kind, name) == NULL) {
		err_set(e, ERR_CONFLICT, "pause.none", "%s is not paused",
		    pause_what(cx, kind, name));
		return err_hint(e, "slipway pause list");
	}
	q = query(cx->db, "pause_delete");
	bind_text(q, "kind", kind);
	bind_text(q, "name", name);
	query_run(q);
	query_run(query(cx->db, "pause_unpark"));
	if (s != NULL) {
		q = query(cx->db, "pause_schedule_seen");
		bind_text(q, "name", name);
		bind_int(q, "now", cx->now);
		query_run(q);
	}
	audit(cx, "pause.ended", pause_what(cx, kind, name), "done", "", NULL);
	return true;
}
