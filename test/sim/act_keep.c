/* SPDX-License-Identifier: MIT */
/* Back-fills, delegations, broken glass, and what is removed for its age. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "resource/delegation/delegation.h"
#include "resource/glass/glass.h"
#include "resource/removed/removed.h"
#include "resource/schedule/schedule_api.h"
#include "sim.h"

#define HOUR_MS INT64_C(3600000)

/* --- back-fills ----------------------------------------------------------- */

/* An operation as the API does it. */
static bool
call_make(struct cx *cx, call_handler *handler, const char *path,
    json_t *body, struct err *e)
{
	struct problems problems;
	struct call call = { .path = { path }, .body = body,
		.query = json_object(), .problems = &problems };
	struct buf text = { .data = NULL };
	struct json_out out;
	bool ok;

	problems_init(&problems, cx->arena);
	json_out_init(&out, &text);
	ok = handler(cx, &call, &out, e);
	buf_finish(&text);
	json_decref((json_t *)(uintptr_t)call.query);
	json_decref(body);
	return ok;
}

static const char *
local_text(struct cx *cx, int64_t ms)
{
	const time_t at = (time_t)(ms / 1000);
	struct tm tm;

	gmtime_r(&at, &tm);
	return arena_printf(cx->arena, "%04d-%02d-%02dT%02d:%02d",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	    tm.tm_min);
}

bool
act_backfill(struct sim *s, struct cx *cx, struct err *e)
{
	struct actor actor;
	struct cx own = act_operator(cx, &actor);
	const int64_t until =
	    cx->now + (1 - (int64_t)sim_below(s, 48)) * HOUR_MS;
	const int64_t from = until - (int64_t)sim_below(s, 150) * 60000;
	const char *name;

	if (s->folder.nschedules == 0)
		return act_nothing(e);
	name = cx->platform
		   ->schedules[sim_below(s, (uint64_t)s->folder.nschedules)]
		   .name;
	sim_note(s, "%s back-fills %s from %s to %s", cx->actor->person, name,
	    local_text(cx, from), local_text(cx, until));
	return call_make(&own, schedule_api_backfill, name,
	    json_pack("{s:s,s:s,s:b,s:b,s:I}", "from", local_text(cx, from),
		"to", local_text(cx, until), "dry_run", 0, "again",
		(int)sim_chance(s, 50), "limit",
		(json_int_t)(1 + sim_below(s, 3))),
	    e);
}

bool
act_backfill_cancel(struct sim *s, struct cx *cx, struct err *e)
{
	struct actor actor;
	struct cx own = act_operator(cx, &actor);
	const int64_t id = raw_pick(s, "SELECT id FROM backfill");

	if (id == 0)
		return act_nothing(e);
	sim_note(s, "%s cancels back-fill %lld", cx->actor->person,
	    (long long)id);
	return call_make(&own, backfill_api_cancel,
	    arena_printf(cx->arena, "%lld", (long long)id),
	    json_pack("{s:b}", "runs", (int)sim_chance(s, 50)), e);
}

/* --- delegations ---------------------------------------------------------- */

bool
act_delegate(struct sim *s, struct cx *cx, struct err *e)
{
	struct delegation d = { .person = cx->actor->person,
		.delegate =
		    sim_people[sim_below(s, (uint64_t)s->folder.npeople)],
		.project = sim_chance(s, 20) ? "OPS" : "",
		.environment = sim_chance(s, 50)
		    ? sim_envs[sim_below(s, SIM_ENVS)]
		    : "",
		.note = "",
		.from_at = cx->now + (int64_t)sim_below(s, 2) * HOUR_MS };

	d.until_at = d.from_at + (1 + (int64_t)sim_below(s, 40)) * HOUR_MS;
	sim_note(s, "%s lets %s decide", d.person, d.delegate);
	return delegation_make(cx, &d, e);
}

bool
act_delegate_end(struct sim *s, struct cx *cx, struct err *e)
{
	const int64_t id = raw_pick(s, "SELECT id FROM delegation");
	struct delegation *d = delegation_by_id(cx, id);

	if (d == NULL)
		return act_nothing(e);
	sim_note(s, "%s is back", d->person);
	delegation_end(cx, d);
	return true;
}

/* --- broken glass --------------------------------------------------------- */

bool
act_glass(struct sim *s, struct cx *cx, struct err *e)
{
	struct actor actor;
	struct cx own = act_operator(cx, &actor);
	char code[GLASS_CODE + 1];
	struct glass *g;

	glass_seal(&own, code);
	sim_note(s, "%s breaks the glass", cx->actor->person);
	return glass_break(cx, "it burns",
	    (1 + (int64_t)sim_below(s, 8)) * 1800000, code, &g, e);
}

/* Given back, or reviewed. */
bool
act_glass_end(struct sim *s, struct cx *cx, struct err *e)
{
	struct glass *g = glass_by_id(cx, raw_pick(s, "SELECT id FROM glass"));

	if (g == NULL)
		return act_nothing(e);
	if (sim_chance(s, 30)) {
		sim_note(s, "%s gives G-%lld back", cx->actor->person,
		    (long long)g->id);
		glass_close(cx, g);
		return true;
	}
	sim_note(s, "%s reviews G-%lld", cx->actor->person, (long long)g->id);
	return glass_reviewed(cx, g, "seen", e);
}

/* --- what is removed for its age ------------------------------------------ */

/* It is listed at one time and removed at another, in pieces. */
bool
act_remove(struct sim *s, struct cx *cx, struct err *e)
{
	const int64_t hours =
	    (int64_t)sim_below(s, sim_chance(s, 60) ? 3 : 30);
	const struct removed_limits limits = {
		.before = cx->now - hours * HOUR_MS,
		.logs_to = raw_int(s, "SELECT MAX(id) FROM attempt", 0, 0) -
		    (sim_chance(s, 20) ? (int64_t)sim_below(s, 20) : 0)
	};
	struct cx own = *cx;
	int64_t steps = 1 + (int64_t)sim_below(s, 12);

	(void)e;
	own.actor = &actor_engine;
	raw_int(s, "UPDATE sim_keep SET before = ?1", limits.before, 0);
	if (s->ndue == 0) {
		s->due_tickets = sim_chance(s, 35);
		s->ndue = (s->due_tickets ? removed_tickets : removed_runs)(
		    cx->db, &limits, 0, s->due);
		sim_note(s, "%zu %s are older than %lld h", s->ndue,
		    s->due_tickets ? "tickets" : "runs", (long long)hours);
		return true;
	}
	sim_note(s, "%s older than %lld h are removed",
	    s->due_tickets ? "tickets" : "runs", (long long)hours);
	for (size_t i = 0; i < s->ndue; i++)
		if (s->due_tickets)
			removed_ticket(&own, &limits, s->due[i]);
		else
			removed_run(&own, &limits, s->due[i], &steps);
	if (steps > 0)
		s->ndue = 0;
	return true;
}
