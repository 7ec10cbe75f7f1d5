/* SPDX-License-Identifier: MIT */
/* What people do, and what happens to the outside world. */
#include <stdlib.h>
#include <string.h>

#include "resource/approval/approval.h"
#include "resource/ask/ask.h"
#include "resource/delegation/delegation.h"
#include "resource/pause/pause.h"
#include "resource/run/reveal.h"
#include "resource/run/run.h"
#include "resource/ticket/ticket.h"
#include "sim.h"

static const char *
any_person(struct sim *s)
{
	return sim_people[sim_below(s, (uint64_t)s->folder.npeople)];
}

bool
act_nothing(struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "sim.nothing", "there is none");
}

struct cx
act_operator(const struct cx *cx, struct actor *actor)
{
	struct cx own = *cx;

	*actor = *cx->actor;
	actor->is_local = true;
	own.actor = actor;
	return own;
}

static void
asked_check(struct sim *s, const struct asked *asked, const struct ask *ask)
{
	static const char same[] =
	    "SELECT COUNT(*) FROM run a JOIN run b ON a.id = ?1 AND "
	    "b.task = a.task AND b.params = a.params AND "
	    "b.environment = a.environment AND b.id <> a.id "
	    "WHERE a.dedupe_key IS NOT NULL AND b.ticket_id = 0 AND "
	    "b.dry = 0 AND b.dedupe_key IS NOT NULL AND "
	    "b.status IN ('queued', 'running')";

	static const char busy[] =
	    "SELECT COUNT(*) FROM run a JOIN run b ON b.key_lock = a.key_lock "
	    "AND b.id <> a.id JOIN step ON step.id = a.root_step JOIN "
	    "definition ON definition.hash = step.definition WHERE "
	    "a.id = ?1 AND a.key_lock <> '' AND a.dry = 0 AND b.dry = 0 AND "
	    "b.status IN ('queued', 'running') AND json_extract(body, "
	    "'$.when_busy') = 'refuse'";

	if (!streq(asked->run->task, ask->task->name) ||
	    !streq(asked->run->environment, ask->environment->name) ||
	    asked->run->dry != ask->dry)
		sim_violation(s, "%s is not what was asked for",
		    asked->run->key);
	if (asked->joined) {
		json_t *params = json_loads(asked->run->params, 0, NULL);

		if (!json_equal(params, ask->params))
			sim_violation(s, "joined %s, which has other params",
			    asked->run->key);
		json_decref(params);
	} else if (raw_int(s, same, asked->run->id, 0) > 0)
		sim_violation(s, "%s does what another run does",
		    asked->run->key);
	else if (raw_int(s, busy, asked->run->id, 0) > 0)
		sim_violation(s, "%s was to be refused: its key is another's",
		    asked->run->key);
}

static bool
act_ask(struct sim *s, struct cx *cx, struct err *e)
{
	struct problems problems;
	struct ask ask = { .requester = cx->actor->person,
		.dry = sim_chance(s, 6) };
	struct asked asked;
	const char *name = sim_names[sim_below(s, 2)];
	const char *env = sim_envs[sim_below(s, SIM_ENVS)];
	json_t *given, *params = NULL;
	bool ok;

	if (sim_chance(s, 40)) {
		ask.request = &cx->platform->requests[sim_below(s, 2)];
		ask.task = ask.request->task;
	} else {
		/* Later tasks have more below them. */
		uint64_t n = (uint64_t)s->folder.ntasks;
		uint64_t i = sim_below(s, n), k = sim_below(s, n);

		ask.task = platform_task(cx->platform,
		    arena_printf(cx->arena, "t%d", (int)(i > k ? i : k)));
		if (ask.task == NULL)
			return act_nothing(e);
	}
	problems_init(&problems, cx->arena);
	given = json_pack("{s:s}", "name", name);
	ok = ask_environment(cx, env, ask.request, &ask.environment, e) &&
	    ask_params(cx, ask.task, given, &problems, &params, e);
	json_decref(given);
	ask.params = params;
	if (!ok || !ask_make(cx, &ask, &asked, e)) {
		sim_note(s, "%s asks for %s %s in %s", cx->actor->person,
		    ask.task->name, name, env);
		return false;
	}
	asked_check(s, &asked, &ask);
	sim_note(s, "%s asks for %s%s %s in %s: %s %s%s", cx->actor->person,
	    ask.dry ? "a plan of " : "", ask.task->name, name, env,
	    asked.run->key, asked.run->status,
	    asked.joined ? ", joined" : "");
	return true;
}

static struct ticket *
any_ticket(struct sim *s, struct cx *cx, bool waiting)
{
	return ticket_by_id(cx, waiting
		? raw_pick(s,
		      "SELECT id FROM ticket "
		      "WHERE status = 'waiting_approval'")
		: raw_pick(s, "SELECT id FROM ticket"));
}

/* Something that somebody is asked for, or was: a plan, or a step of one. */
static struct ticket *
any_question(struct sim *s, struct cx *cx, bool open, struct need *ret)
{
	int64_t id = raw_pick(s, open
		? "SELECT id FROM need WHERE status = 'open'"
		: "SELECT id FROM need WHERE status <> 'met'");
	struct ticket *t = ticket_by_id(cx, raw_int(s,
	    "SELECT ticket_id FROM need WHERE id = ?1", id, 0));
	struct need *needs;
	size_t n;

	if (t == NULL)
		return NULL;
	needs = approval_needs(cx, t->id, &n);
	for (size_t i = 0; i < n; i++)
		if (needs[i].id == id) {
			*ret = needs[i];
			return t;
		}
	return NULL; /* the database failed */
}

/* As people find it: not one that is being removed. */
static struct run *
run_picked(struct cx *cx, int64_t id)
{
	struct actor actor;
	struct cx own = act_operator(cx, &actor);
	struct run *run = NULL;
	struct err e;

	(void)run_by_key(&own, arena_printf(cx->arena, "R-%lld", (long long)id),
	    &run, &e);
	return run;
}

static struct run *
any_run(struct sim *s, struct cx *cx, bool over)
{
	return run_picked(cx, over
		? raw_pick(s,
		      "SELECT id FROM run WHERE ended_at <> 0 AND dry = 0")
		: raw_pick(s, "SELECT id FROM run WHERE ended_at = 0"));
}

bool
act_approve(struct sim *s, struct cx *cx, struct err *e)
{
	struct need need;
	struct ticket *t = any_question(s, cx, true, &need);

	if (t == NULL)
		return act_nothing(e);
	sim_note(s, "%s approves %s", cx->actor->person, t->key);
	return ticket_decide(cx, t, need.plan_hash, true, "", e);
}

/* Somebody who stands in for another one, more often than by chance. */
static void
stand_in(struct sim *s, struct cx *cx, struct actor *actor)
{
	static const char sql[] =
	    "SELECT id FROM delegation WHERE ended_at = 0";
	const int64_t id = sim_chance(s, 45) ? raw_pick(s, sql) : 0;
	const struct delegation *d =
	    id == 0 ? NULL : delegation_by_id(cx, id);

	if (d == NULL)
		return;
	*actor = *cx->actor;
	actor->person = d->delegate;
	cx->actor = actor;
}

static bool
act_decide(struct sim *s, struct cx *cx, struct err *e)
{
	static const char voted[] = "SELECT COUNT(*) FROM vote";
	/* the same may be asked for once more */
	static const char asked[] =
	    "SELECT COUNT(*) FROM need AS a JOIN need AS b ON b.ticket_id = "
	    "a.ticket_id AND b.plan_hash = a.plan_hash WHERE a.id = ?1 AND "
	    "b.status IN ('open', 'met')";
	struct need need;
	struct ticket *t = any_question(s, cx, sim_chance(s, 78), &need);
	bool approve = sim_chance(s, 85);
	struct actor actor;
	struct cx own = *cx;
	int64_t votes, open;

	if (t == NULL)
		return act_nothing(e);
	stand_in(s, &own, &actor);
	cx = &own;
	sim_note(s, "%s says %s to %.6s of %s", cx->actor->person,
	    approve ? "yes" : "no", need.plan_hash, t->key);
	votes = raw_int(s, voted, 0, 0);
	open = raw_int(s, asked, need.id, 0);
	if (!ticket_decide(cx, t, need.plan_hash, approve, "", e))
		return false;
	if (open == 0 && raw_int(s, voted, 0, 0) > votes)
		sim_violation(s, "%s was decided by what is %s", t->key,
		    need.status);
	return true;
}

static bool
act_edit(struct sim *s, struct cx *cx, struct err *e)
{
	struct ticket *t = any_ticket(s, cx, sim_chance(s, 70));
	const char *env = NULL, *title = NULL;
	struct problems problems;
	json_t *params = NULL;
	bool ok;

	if (t == NULL)
		return act_nothing(e);
	if (sim_chance(s, 20))
		title = "another title";
	if (sim_chance(s, 30))
		env = sim_envs[sim_below(s, SIM_ENVS)];
	if (sim_chance(s, 70))
		params = json_pack("{s:s}", "name", sim_names[sim_below(s, 2)]);
	problems_init(&problems, cx->arena);
	ok = ticket_edit(cx, t, title, env, params, &problems, e);
	json_decref(params);
	sim_note(s, "%s edits %s", cx->actor->person, t->key);
	return ok;
}

static bool
act_close(struct sim *s, struct cx *cx, struct err *e)
{
	struct ticket *t = any_ticket(s, cx, sim_chance(s, 50));

	if (t == NULL)
		return act_nothing(e);
	sim_note(s, "%s withdraws %s", cx->actor->person, t->key);
	return ticket_close(cx, t, "withdrawn", e);
}

static bool
act_cancel(struct sim *s, struct cx *cx, struct err *e)
{
	struct run *run = any_run(s, cx, false);

	if (run == NULL)
		return act_nothing(e);
	sim_note(s, "%s cancels %s", cx->actor->person, run->key);
	run_cancel(cx, run, "enough");
	s->doomed = sim_chance(s, 15);
	if (sim_chance(s, 20)) {
		sim_note(s, "and what cleans up");
		run_cancel_cleanups(cx, run, "all of it");
	}
	return true;
}

/* With today's definitions: a new run, which takes over what is done. */
static bool
act_again(struct sim *s, struct cx *cx, struct err *e)
{
	struct run *run = any_run(s, cx, true);
	struct problems problems;
	struct ask ask = { .requester = cx->actor->person };
	struct asked asked;
	json_t *given, *params = NULL;
	bool ok;

	if (run == NULL)
		return act_nothing(e);
	ask.task = platform_task(cx->platform, run->task);
	if (ask.task == NULL)
		return act_nothing(e); /* it was taken out of the folder */
	ask.retry_of = run->id;
	given = json_loads(run->params, 0, NULL);
	problems_init(&problems, cx->arena);
	ok = ask_environment(cx, run->environment, NULL, &ask.environment,
		 e) &&
	    ask_params(cx, ask.task, given, &problems, &params, e);
	json_decref(given);
	ask.params = params;
	if (!ok || !ask_make(cx, &ask, &asked, e))
		return false;
	asked_check(s, &asked, &ask);
	sim_note(s, "%s asks for %s again: %s %s", cx->actor->person,
	    run->key, asked.run->key, asked.run->status);
	return true;
}

bool
act_undo(struct sim *s, struct cx *cx, struct err *e)
{
	struct run *run = run_picked(cx, raw_pick(s,
	    "SELECT DISTINCT run.id FROM run JOIN step ON step.run_id = run.id "
	    "JOIN definition ON definition.hash = step.definition WHERE "
	    "run.ended_at <> 0 AND undo_of = 0 AND step.status = 'succeeded' "
	    "AND tries > 0 AND json_extract(body, '$.undo') IS NOT NULL"));
	struct asked asked;
	struct ask ask;

	if (run == NULL)
		return act_nothing(e);
	sim_note(s, "%s undoes %s", cx->actor->person, run->key);
	return ask_undo(cx, run, cx->actor->person, &ask, e) &&
	    ask_make(cx, &ask, &asked, e);
}

static bool
act_retry(struct sim *s, struct cx *cx, struct err *e)
{
	struct run *run = any_run(s, cx, sim_chance(s, 95));
	struct step *step = NULL;

	if (run == NULL)
		return act_nothing(e);
	if (sim_chance(s, 40)) {
		size_t n;
		struct step **steps = run_steps_since(cx, run->id, 0, &n);

		if (n > 0)
			step = steps[sim_below(s, n)];
	}
	sim_note(s, "%s retries %s step %lld", cx->actor->person, run->key,
	    step == NULL ? 0LL : (long long)step->id);
	return run_retry(cx, run, step, e);
}

bool
act_resolve(struct sim *s, struct cx *cx, struct err *e)
{
	static const char *const outcomes[] = { "succeeded", "succeeded",
		"failed", "retry" };
	struct step *step = run_step(cx, s->calm
		? raw_pick(s, "SELECT id FROM step WHERE status = 'manual'")
		: sim_chance(s, 90)
		? raw_pick(s,
		      "SELECT id FROM step WHERE status IN ('unknown', "
		      "'manual')")
		: raw_pick(s, "SELECT id FROM step"));
	const char *outcome = s->calm ? "succeeded" :
					outcomes[sim_below(s, 4)];
	struct run *run;

	if (step == NULL)
		return act_nothing(e);
	run = run_picked(cx, step->run_id);
	if (run == NULL)
		return act_nothing(e);
	sim_note(s, "%s resolves %s step %lld: %s", cx->actor->person,
	    run->key, (long long)step->id, outcome);
	return run_resolve(cx, run, step, outcome, "seen", e);
}

static bool
act_pause(struct sim *s, struct cx *cx, struct err *e)
{
	struct actor actor;
	struct cx own = act_operator(cx, &actor);
	uint64_t luck = sim_below(s, 10);
	const char *kind = luck < 2 ? PAUSE_ALL
	    : luck < 5		    ? PAUSE_LIMIT
	    : luck < 7		    ? PAUSE_SCHEDULE
				    : PAUSE_TASK;
	const char *name = "";

	if (streq(kind, PAUSE_LIMIT))
		name = sim_limits[sim_below(s, SIM_LIMITS)];
	else if (streq(kind, PAUSE_TASK))
		name = arena_printf(cx->arena, "t%d",
		    (int)sim_below(s, (uint64_t)s->folder.ntasks));
	else if (streq(kind, PAUSE_SCHEDULE)) {
		if (s->folder.nschedules == 0)
			return act_nothing(e);
		name = cx->platform
			   ->schedules[sim_below(s,
			       (uint64_t)s->folder.nschedules)]
			   .name;
	}
	sim_note(s, "%s pauses %s %s", cx->actor->person, kind, name);
	return pause_set(&own, kind, name, "", e);
}

bool
act_unpause(struct sim *s, struct cx *cx, struct err *e)
{
	struct actor actor;
	struct cx own = act_operator(cx, &actor);
	struct query *q = query(cx->db, "pause_list");
	const char *kind = NULL, *name = NULL;

	for (uint64_t n = 1; query_next(q);) {
		const char *what = column_text(q, "kind", cx->arena);

		if (s->calm && streq(what, PAUSE_SCHEDULE))
			continue;
		if (sim_below(s, n++) == 0) {
			kind = what;
			name = column_text(q, "name", cx->arena);
		}
	}
	query_end(q);
	if (kind == NULL)
		return act_nothing(e);
	sim_note(s, "%s resumes %s %s", cx->actor->person, kind, name);
	return pause_end(&own, kind, name, e);
}

/* What a run waits for nobody will do: it ends here. */
bool
act_give_up(struct sim *s, struct cx *cx, struct err *e)
{
	struct run *run = run_by_id(cx, raw_pick(s,
	    "SELECT DISTINCT run_id FROM step WHERE wait_on LIKE '?%' AND "
	    "status IN ('check', 'ready')"));

	if (run == NULL)
		return act_nothing(e);
	sim_note(s, "%s gives %s up", cx->actor->person, run->key);
	run_cancel(cx, run, "in vain");
	run_cancel_cleanups(cx, run, "in vain");
	return true;
}

/* At the end nothing new is to begin. */
bool
act_stop_schedules(struct sim *s, struct cx *cx, struct err *e)
{
	struct actor actor;
	struct cx own = act_operator(cx, &actor);

	(void)s;
	for (size_t i = 0; i < cx->platform->nschedules; i++) {
		const char *name = cx->platform->schedules[i].name;

		if (pause_find(cx, PAUSE_SCHEDULE, name) == NULL &&
		    !pause_set(&own, PAUSE_SCHEDULE, name, "", e))
			return false;
	}
	return true;
}

static const struct {
	turn_job *job;
	unsigned weight;
} jobs[] = { { act_ask, 30 }, { act_decide, 30 }, { act_edit, 6 },
	{ act_close, 3 }, { act_cancel, 6 }, { act_retry, 12 },
	{ act_again, 5 }, { act_undo, 6 },
	{ act_resolve, 10 }, { act_pause, 3 }, { act_unpause, 6 },
	{ act_delegate, 5 }, { act_delegate_end, 1 }, { act_backfill, 4 },
	{ act_backfill_cancel, 1 }, { act_glass, 3 }, { act_glass_end, 4 }, { act_remove, 10 } };

static turn_job *
any_job(struct sim *s)
{
	unsigned sum = 0;
	uint64_t at;

	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++)
		sum += jobs[i].weight;
	at = sim_below(s, sum);
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++) {
		if (at < jobs[i].weight)
			return jobs[i].job;
		at -= jobs[i].weight;
	}
	return act_ask;
}

static void
act_on_attempt(struct sim *s)
{
	int64_t id = outside_pick(s);
	uint64_t luck = sim_below(s, 100);

	if (id == 0)
		return;
	if (luck < 86) {
		sim_note(s, "attempt %lld ends", (long long)id);
		outside_end(s, id);
	} else if (luck < 93) {
		sim_note(s, "attempt %lld is lost", (long long)id);
		outside_lose(s, id);
	} else {
		sim_note(s, "a stale word about attempt %lld", (long long)id);
		outside_repeat(s, id);
	}
}

static void
act_on_folder(struct sim *s)
{
	/* A command goes on from its preview with what that had. */
	for (size_t i = 0; i < s->nattempts; i++)
		if (s->attempts[i].live && s->attempts[i].kind == SIM_PREVIEW)
			return;
	folder_change(s);
	engine_set_platform(s->engine, platform_ref(s->platform));
	sim_note(s, "the folder is another one, limits %d and %d",
	    s->folder.limits[0], s->folder.limits[1]);
}

/* Nothing may begin while there is little room. */
static void
act_on_disk(struct sim *s)
{
	s->hooks.space(s->hooks.self, !s->site.full);
	sim_note(s, "there is %s room", s->site.full ? "little" : "enough");
}

/* And comes by some of the times once more. */
static void
act_on_clock(struct sim *s)
{
	int64_t minutes = 1 + (int64_t)sim_below(s, 60);

	sim_note(s, "the clock goes back %lld min", (long long)minutes);
	turn_clock(s, -minutes * 60000, 0);
	turn(s, NULL, NULL);
	minutes = (int64_t)sim_below(s, (uint64_t)minutes);
	turn_clock(s, minutes * 60000, 0);
}

static void
act_on_world(struct sim *s)
{
	int task = (int)sim_below(s, (uint64_t)s->folder.ntasks);
	bool *target = &s->targets[task][sim_below(s, SIM_NAMES)]
				  [sim_below(s, SIM_ENVS)];
	uint64_t luck = sim_below(s, 100);

	if (sim_chance(s, s->folder.nschedules > 0 ? 15 : 4)) {
		act_on_clock(s);
	} else if (luck < 15) {
		/* Much of what was seen may be otherwise at the start. */
		for (int i = 0; i < s->folder.ntasks; i++)
			for (int k = 0; k < SIM_NAMES; k++)
				for (int env = 0; env < SIM_ENVS; env++)
					s->targets[i][k][env] =
					    sim_chance(s, 50);
		s->said[task] = (int)sim_below(s, 1000);
		s->lists[task] = (int)sim_below(s, 4);
		sim_note(s, "the world is another one");
	} else if (luck < 50) {
		*target = !*target;
		s->said[task]++;
		s->lists[task] = (int)sim_below(s, 4);
		sim_note(s, "a target of t%d %s", task,
		    *target ? "appears" : "vanishes");
	} else if (luck < 65) {
		int64_t hours = (int64_t)sim_below(s, 30) - 4;

		if (hours > 0 && sim_chance(s, 40))
			hours *= 24; /* a long weekend, or most of a month */
		sim_note(s, "the clock jumps by %lld h", (long long)hours);
		turn_clock(s, hours * 3600000, hours > 0 ? hours * 3600000 : 0);
	} else if (luck < 70) {
		act_on_folder(s);
	} else if (luck < 74) {
		act_on_disk(s);
	} else if (luck < 90) {
		int64_t ms = (int64_t)sim_below(s, 40) * 60000;

		turn_clock(s, ms, ms);
	} else {
		sim_note(s, "the server is killed");
		turn_restart(s);
	}
}

void
act(struct sim *s)
{
	uint64_t luck = sim_below(s, 100);
	int64_t ms = (int64_t)sim_below(s, 3000);

	turn_clock(s, ms, ms);
	if (luck < 40) {
		const char *person = any_person(s);

		turn(s, s->ndue > 0 && sim_chance(s, 30) ? act_remove
							 : any_job(s),
		    person);
		return;
	}
	if (luck < 85)
		for (uint64_t n = 1 + sim_below(s, 3); n > 0; n--)
			act_on_attempt(s);
	else
		act_on_world(s);
	turn(s, NULL, NULL);
}
