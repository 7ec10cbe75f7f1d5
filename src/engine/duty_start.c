/* SPDX-License-Identifier: MIT */
/* start: take what is ready, as far as slots and limits allow. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/plant.h"
#include "engine/engine_private.h"
#include "resource/artifact/artifact.h"
#include "resource/audit.h"
#include "resource/inbox/inbox.h"
#include "resource/move.h"
#include "resource/plan/plan.h"
#include "resource/run/fan.h"
#include "resource/run/run.h"
#include "resource/run/step.h"
#include "resource/sealed.h"
#include "resource/ticket/ticket.h"
#include "store/record.h"

#define START_LOOKED 64 /* at so many steps in a round, or one batch more */

bool
step_shares(struct cx *cx, const struct run *run, struct step *step)
{
	struct query *q = query(cx->db, "step_same_active");
	int64_t other = 0;
	const char *key = NULL;

	bind_text(q, "ident", step->ident);
	bind_int(q, "run_id", step->run_id);
	bind_text(q, "definition", step->definition);
	bind_int(q, "scheduled_at", run->scheduled_at);
	if (query_next(q)) {
		other = column_int(q, "id");
		key = column_text(q, "run_key", cx->arena);
	}
	query_end(q);
	if (other == 0)
		return false;
	step_park(cx, step, other,
	    arena_printf(cx->arena, "the same step is running in %s", key));
	return true;
}

/* The step that this one waited for is over: look again, or take over. */
static bool
step_shared_result(struct cx *cx, struct run *run, struct step *step)
{
	struct step *other =
	    step->shares > 0 ? run_step(cx, step->shares) : NULL;
	struct run *theirs;

	step->shares = 0;
	if (other == NULL || (!streq(other->status, "succeeded") &&
				 !PLANTED("failure-taken-over")))
		return false;
	theirs = run_by_id(cx, other->run_id);
	if (theirs == NULL)
		return false;
	if (step->target != TARGET_NONE)
		move_step(cx, step, "check",
		    arena_printf(cx->arena, "%s finished the same step",
			theirs->key));
	else {
		artifact_adopt(cx, step, other->id);
		step_done(cx, run, step, "succeeded",
		    arena_printf(cx->arena,
			"the same step succeeded in %s", theirs->key),
		    other->outputs);
	}
	return true;
}

static void
add_starting(struct engine *g, const struct starting *s)
{
	if (g->nstarting == g->starting_cap) {
		g->starting_cap =
		    g->starting_cap == 0 ? 32 : g->starting_cap * 2;
		g->starting = realloc(g->starting,
		    g->starting_cap * sizeof(*g->starting));
		ASSERT(g->starting != NULL);
	}
	g->starting[g->nstarting++] = *s;
}

static int64_t
attempt_write(struct engine *g, struct cx *cx, const struct step *step,
    const char *kind, int64_t token)
{
	struct query *q = query(cx->db, "attempt_insert");

	bind_int(q, "step_id", step->id);
	bind_int(q, "run_id", step->run_id);
	bind_int(q, "no", step->attempts);
	bind_text(q, "kind", kind);
	bind_int(q, "token", token);
	bind_int(q, "epoch", g->site->epoch);
	bind_text(q, "boot_id", g->site->boot_id);
	bind_text(q, "status", "starting");
	bind_int(q, "started_at", cx->now);
	bind_int(q, "steady", site_steady(cx->site));
	query_run(q);
	return db_last_id(cx->db);
}

void
run_begins(struct cx *cx, struct run *run)
{
	if (!streq(run->status, "queued") || run->dry)
		return;
	move_run(cx, run, "running", "");
	ticket_run_started(cx, run);
}

void
start_attempt(struct engine *g, struct cx *cx, struct run *run,
    struct step *step, const char *kind)
{
	bool check = streq(kind, "check"), verify = streq(kind, "verify");
	bool command = streq(kind, "run");
	const struct task *task = engine_task(g, cx, step->definition);
	struct starting s = { .live = { .step = step->id } };
	struct err e;

	run_begins(cx, run);
	if (task == NULL ||
	    !work_build(g, cx, run, step, task, kind, &s.work, &e)) {
		if (task == NULL)
			err_set(&e, ERR_INTERNAL, "definition.missing",
			    "the definition of '%s' is not stored",
			    step->task);
		if (check && run_is_preview(run) && step->cleans == 0) {
			step->preview = "unknown";
			move_step(cx, step, "checking", "");
			step_missing(cx, run, step,
			    arena_strdup(cx->arena, e.message));
		} else
			step_failed(cx, run, step, "failed",
			    arena_strdup(cx->arena, e.message));
		return;
	}
	step->attempts++;
	if (command)
		step->tries++;
	s.live.token = g->site->epoch << 32 | ++g->tokens;
	s.live.attempt = attempt_write(g, cx, step, kind, s.live.token);
	s.work.attempt = s.live.attempt;
	s.work.token = s.live.token;
	s.live.grace_ms = task->grace_ms;
	s.live.uses = check ? NULL : task->uses;
	s.live.nuses = check ? 0 : task->nuses;
	snprintf(s.live.run_key, sizeof(s.live.run_key), "%s", run->key);
	if (verify)
		move_save_step(cx, step);
	else
		move_step(cx, step,
		    check	? "checking"
			: command ? "running"
				  : "previewing",
		    "");
	audit(cx, "attempt.started",
	    arena_printf(cx->arena, "%s/%lld", run->key, (long long)step->id),
	    "done", kind,
	    arena_printf(cx->arena,
		"{\"attempt\":%lld,\"task\":\"%s\",\"definition\":\"%s\"}",
		(long long)s.live.attempt, step->task, step->definition));
	add_starting(g, &s);
	engine_hook(g);
}

/* A person does it: tell the ticket what. */
static void
step_manual(struct cx *cx, struct run *run, struct step *step,
    const struct task *task)
{
	struct ticket *t = run->ticket_id == 0
	    ? NULL
	    : ticket_by_id(cx, run->ticket_id);
	const char *list = "";

	run_begins(cx, run);
	step->tries++;
	move_step(cx, step, "manual", "a person must do it");
	if (!str_starts(str_of(run->requester), INBOX_TELLER))
		inbox_post_group(cx, task->team, INBOX_MANUAL,
		    arena_printf(cx->arena, "%s/%lld", run->key,
			(long long)step->id),
		    arena_printf(cx->arena, "'%s' in %s is for a person to do",
			task->name, run->environment));
	for (size_t i = 0; task->manual[i] != NULL; i++)
		list = arena_printf(cx->arena, "%s\n- [ ] %s", list,
		    task->manual[i]);
	if (t != NULL)
		ticket_note(cx, t, "comment",
		    arena_printf(cx->arena,
			"'%s' is for a person to do:%s\nthen: slipway run "
			"resolve %s --step %lld --outcome succeeded --note …",
			task->name, list, run->key, (long long)step->id),
		    NULL);
}

/* needs.NEED.outputs.NAME that `when` speaks of, beside the parameters. */
static void
condition_outputs(struct cx *cx, const struct step *step, const json_t *when,
    json_t *params)
{
	struct step_need *needs = NULL;
	json_t *walked = (json_t *)(uintptr_t)when, *wanted;
	const char *name;
	size_t n = 0;

	json_object_foreach (walked, name, wanted) {
		struct reference ref = reference_parse(
		    arena_printf(cx->arena, "$%s", name));

		if (ref.kind != REFERENCE_OUTPUT)
			continue;
		if (needs == NULL)
			needs = step_needs(cx, step, &n);
		for (size_t i = 0; i < n; i++) {
			json_t *outputs;

			if (!str_is(ref.name, needs[i].name))
				continue;
			outputs = json_loads(needs[i].step->outputs, 0, NULL);
			json_object_set(params, name,
			    json_object_getn(outputs, ref.output.p,
				ref.output.n));
			json_decref(outputs);
		}
	}
}

/* {role: {outputs: {…}}} without what is secret. */
static json_t *
condition_needs(struct cx *cx, const struct step *step)
{
	size_t n = 0;
	struct step_need *needs = step_needs(cx, step, &n);
	json_t *all = json_object();

	for (size_t i = 0; i < n; i++) {
		json_t *outputs = json_loads(needs[i].step->outputs, 0, NULL);

		json_object_set_new(all, needs[i].name, json_pack("{s:o*}",
		    "outputs", sealed_removed(outputs)));
		json_decref(outputs);
	}
	return all;
}

/* The parameters that a program may see. */
static json_t *
condition_params(const struct task *task, json_t *params)
{
	json_t *seen = json_copy(params), *value;
	const char *name;
	void *next;

	json_object_foreach_safe (seen, next, name, value) {
		const struct schema *s = schema_member(task->params, name);

		if (s == NULL || (s->flags & F_SECRET))
			json_object_del(seen, name);
	}
	return seen;
}

static enum match
condition_match(struct cx *cx, const struct run *run, const struct step *step,
    const struct task *task, json_t *params, const char **ret_why)
{
	const bool program = json_object_get(task->when, "jq") != NULL;
	struct matched_on on = { .env = run->environment, .params = params,
		.jq = cx->platform->jq };
	json_t *seen = program ? condition_params(task, params) : NULL;
	json_t *needs = program ? condition_needs(cx, step) : NULL;
	enum match match;

	on.needs = needs;
	if (program)
		on.params = seen;
	condition_outputs(cx, step, task->when, program ? seen : params);
	match = matchers_try(task->when, &on, cx->arena, ret_why);
	json_decref(needs);
	json_decref(seen);
	return match;
}

/* The condition of the task, over what its parameters are by now. */
static bool
step_condition(struct cx *cx, struct run *run, struct step *step,
    const struct task *task)
{
	struct err e;
	json_t *params;
	const char *why = NULL;
	enum match match;

	if (task->when == NULL)
		return true;
	params = work_params(cx, step, &e);
	if (params == NULL) {
		step_failed(cx, run, step, "failed",
		    arena_strdup(cx->arena, e.message));
		return false;
	}
	match = condition_match(cx, run, step, task, params, &why);
	json_decref(params);
	why = arena_printf(cx->arena, "when: %s", why);
	if (match == MATCH_FAILED)
		step_failed(cx, run, step, "failed", why);
	else if (match == MATCH_NO)
		step_done(cx, run, step, "skipped", why, "{}");
	return match == MATCH_YES;
}

/* With its needs, which the engine has no other use for. */
static const struct task *
fan_definition(void *self, struct cx *cx, const char *hash)
{
	(void)self;
	return plan_definition(cx, hash);
}

static void
start_fan(struct cx *cx, struct run *run, struct step *step)
{
	const struct fan_source source = { .definition = fan_definition };
	const struct task *task = plan_definition(cx, step->definition);

	if (task == NULL) {
		/* Else the database failed, and the round comes to nothing. */
		if (!db_failed(cx->db, NULL))
			step_failed(cx, run, step, "failed",
			    "its definition is not stored");
		return;
	}
	run_begins(cx, run);
	fan_go_on(cx, run, step, task, &source);
}

static int64_t
previewed(struct cx *cx, const struct run *run)
{
	size_t n;

	(void)run_attempts(cx, run->id, 0, &n);
	return (int64_t)n;
}

/* While the plan is made: what it needs is done, so that it can be asked what
 * it would do. */
static void
start_planned(struct engine *g, struct cx *cx, struct run *run,
    struct step *step, const struct task *task)
{
	if (task == NULL || step_is_held(cx, run, step) ||
	    previewed(cx, run) >= LIMIT_PREVIEW_CHECKS)
		step_park(cx, step, 0, "waits for the approval");
	else if (!claim_paused(cx, task, step) &&
	    claim_limits(g, cx, task, step))
		start_attempt(g, cx, run, step, "preview");
}

static void
start_ready(struct engine *g, struct cx *cx, struct run *run,
    struct step *step)
{
	const struct task *task = engine_task(g, cx, step->definition);

	if (run_is_preview(run) && step->cleans == 0) {
		start_planned(g, cx, run, step, task);
		return;
	}
	if (task == NULL) {
		step_failed(cx, run, step, "failed",
		    "its definition is not stored");
		return;
	}
	if (step->fan != FAN_NONE) {
		start_fan(cx, run, step);
		return;
	}
	if (step_shared_result(cx, run, step) ||
	    !step_condition(cx, run, step, task) ||
	    !claim_required(cx, run, task, step))
		return;
	if (!step_may_begin(g, cx, run, step, task))
		return;
	if (task->manual != NULL) {
		if (claim_key(cx, run, task, step))
			step_manual(cx, run, step, task);
		return;
	}
	if (task->command.kind == COMMAND_NONE) {
		run_begins(cx, run);
		step_done(cx, run, step, "succeeded",
		    task->napprove == 0 ? "it has nothing to run itself"
		    : step->reason[0] != '\0'
			? step->reason
			: "approved with the plan",
		    "{}");
		return;
	}
	if (claim_paused(cx, task, step) ||
	    (step->cleans == 0 && step_shares(cx, run, step)) ||
	    !claim_key(cx, run, task, step) || !claim_lane(cx, step) ||
	    !claim_limits(g, cx, task, step))
		return;
	start_attempt(g, cx, run, step,
	    step_has_preview(task) && !PLANTED("preview-left-out")
		? "preview"
		: "run");
}

static void
start_check(struct engine *g, struct cx *cx, struct run *run,
    struct step *step)
{
	if (!run_is_preview(run) || step->cleans != 0 ||
	    previewed(cx, run) < LIMIT_PREVIEW_CHECKS) {
		start_attempt(g, cx, run, step, "check");
		return;
	}
	step->preview = "unknown";
	move_step(cx, step, "checking", "");
	step_missing(cx, run, step, "unknown until it runs");
}

/* Whether it is approved is asked once more, where it begins. */
static void
start_step(struct engine *g, struct cx *cx, struct step *step)
{
	struct run *run = run_by_id(cx, step->run_id);
	int64_t open, failed;
	struct err e;

	if (run == NULL)
		return; /* the database failed; the round comes to nothing */
	open = run->open_steps;
	failed = run->failed_steps;
	if (streq(run->status, "queued") && !ticket_lets_run(cx, run, &e))
		run_void(cx, run, arena_strdup(cx->arena, e.message));
	else if (!claim_run_key(g, cx, run, step))
		;
	else if (streq(step->status, "check"))
		start_check(g, cx, run, step);
	else
		start_ready(g, cx, run, step);
	if (run->open_steps != open || run->failed_steps != failed || run->dry)
		run_settle(cx, run);
}

/* The first of those that are ready, as many as fill the slots and a few more,
 * for some will turn out to wait for something.  How many there were. */
static size_t
start_some(struct engine *g, struct cx *cx, size_t slots)
{
	size_t most = (slots - engine_running(g)) * 2 + 8, n = 0;
	struct step **steps;
	struct query *q;

	if (most > LIMIT_BATCH)
		most = LIMIT_BATCH;
	steps = arena_array(cx->arena, most, sizeof(*steps));
	q = query(cx->db, "step_startable");
	bind_int(q, "limit", (int64_t)most);
	while (n < most && query_next(q)) {
		steps[n] = ARENA_NEW(cx->arena, struct step);
		record_read(q, &step_schema, steps[n++], cx->arena);
	}
	query_end(q);
	for (size_t i = 0; i < n && engine_running(g) < slots; i++) {
		struct step *step = run_step(cx, steps[i]->id);

		/* An earlier one of this batch may have moved it. */
		if (step != NULL && !step->held &&
		    streq(step->status, steps[i]->status))
			start_step(g, cx, step);
	}
	return n;
}

void
duty_start(struct engine *g, struct cx *cx)
{
	size_t slots = (size_t)g->slots + PLANTED("slots-off-by-one");
	size_t looked = 0, begun = g->nstarting, n = 1;

	if (engine_running(g) >= slots || claim_closed(g, cx))
		return;
	claim_wake(g, cx);
	/* Those that stand aside make room for others, and steps without a
	 * command make others ready at once. */
	while (n > 0 && engine_running(g) < slots && looked < START_LOOKED) {
		n = start_some(g, cx, slots);
		looked += n;
	}
	/* What did not begin may have ended somebody's wait, or there are more:
	 * in a round of its own, for others want to write too. */
	if (engine_running(g) < slots &&
	    (n > 0 || looked > g->nstarting - begun))
		g->more = true;
}
