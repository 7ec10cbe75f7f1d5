/* SPDX-License-Identifier: MIT */
#include "resource/run/run.h"

#include "base/limits.h"
#include "base/plant.h"
#include "resource/access/access.h"
#include "resource/call.h"
#include "resource/move.h"
#include "resource/removed/removed.h"
#include "resource/run/cleanup.h"
#include "resource/run/key.h"
#include "resource/run/rows.h"
#include "resource/run/step.h"
#include "resource/ticket/ticket.h"
#include "resource/undo/undo.h"
#include "store/record.h"

struct run *
run_by_id(struct cx *cx, int64_t id)
{
	struct query *q = query(cx->db, "run_get");
	struct run *run = NULL;

	bind_int(q, "id", id);
	if (query_next(q)) {
		run = ARENA_NEW(cx->arena, struct run);
		record_read(q, &run_schema, run, cx->arena);
	}
	query_end(q);
	return run;
}

struct run *
run_by_dedupe(struct cx *cx, const char *dedupe_key)
{
	struct query *q = query(cx->db, "run_get_by_dedupe");
	struct run *run = NULL;

	bind_text(q, "dedupe_key", dedupe_key);
	if (query_next(q)) {
		run = ARENA_NEW(cx->arena, struct run);
		record_read(q, &run_schema, run, cx->arena);
	}
	query_end(q);
	return run;
}

bool
run_visible(struct cx *cx, const struct run *run)
{
	struct access_target target = { run->team, run->environment,
		run->task };
	const struct ticket *ticket;
	const char **watchers;
	size_t n;

	if (access_sees(cx->platform, cx->actor, run->requester, &target))
		return true;
	if (cx->actor->person == NULL ||
	    !access_token_allows_on(cx->platform, cx->actor, RIGHT_VIEW,
		&target))
		return false;
	watchers = run_watchers(cx, run->id, &n);
	for (size_t i = 0; i < n; i++)
		if (streq(watchers[i], cx->actor->person))
			return true;
	ticket = run->ticket_id == 0 ? NULL : ticket_by_id(cx, run->ticket_id);
	return ticket != NULL && ticket_visible(cx, ticket);
}

bool
run_by_key(struct cx *cx, const char *key, struct run **ret, struct err *e)
{
	struct query *q = query(cx->db, "run_get_by_key");
	struct run *run = NULL;

	bind_text(q, "key", key);
	if (query_next(q)) {
		run = ARENA_NEW(cx->arena, struct run);
		record_read(q, &run_schema, run, cx->arena);
	}
	query_end(q);
	if (run == NULL || !run_visible(cx, run))
		return removed_answer(cx, "run", key, e);
	*ret = run;
	return true;
}

void
run_watch(struct cx *cx, const struct run *run, const char *person,
    int64_t ticket_id)
{
	struct query *q = query(cx->db, "run_watch");

	bind_int(q, "run_id", run->id);
	bind_text(q, "person", person);
	bind_int(q, "ticket_id", ticket_id);
	query_run(q);
}

static const char **
run_people(struct cx *cx, const char *statement, int64_t run_id, size_t *ret_n)
{
	struct query *q = query(cx->db, statement);
	const char **names = arena_array(cx->arena, LIMIT_LIST,
	    sizeof(*names));
	size_t n = 0;

	bind_int(q, "run_id", run_id);
	while (n < LIMIT_LIST && query_next(q))
		names[n++] = column_text(q, "person", cx->arena);
	query_end(q);
	*ret_n = n;
	return names;
}

const char **
run_watchers(struct cx *cx, int64_t run_id, size_t *ret_n)
{
	return run_people(cx, "run_watchers", run_id, ret_n);
}

const char **
run_askers(struct cx *cx, int64_t run_id, size_t *ret_n)
{
	return run_people(cx, "run_askers", run_id, ret_n);
}

struct step *
run_step(struct cx *cx, int64_t step_id)
{
	struct query *q = query(cx->db, "step_get");
	struct step *step = NULL;

	bind_int(q, "id", step_id);
	if (query_next(q))
		step = rows_step(cx, q);
	query_end(q);
	return step;
}

struct step **
run_steps_since(struct cx *cx, int64_t run_id, int64_t seq, size_t *ret_n)
{
	struct query *q = query(cx->db, "step_since");
	struct step_list list = { .items = NULL };

	bind_int(q, "run_id", run_id);
	bind_int(q, "seq", seq);
	while (query_next(q))
		step_list_add(cx, &list, rows_step(cx, q));
	query_end(q);
	step_list_sort(&list);
	*ret_n = list.count;
	return list.items;
}

struct attempt **
run_attempts(struct cx *cx, int64_t run_id, int64_t after_id, size_t *ret_n)
{
	struct query *q = query(cx->db, "attempt_of_run");

	bind_int(q, "run_id", run_id);
	bind_int(q, "after", after_id);
	return rows_attempts(cx, q, ret_n);
}

struct attempt **
run_attempts_of(struct cx *cx, struct query *q, size_t *ret_n)
{
	return rows_attempts(cx, q, ret_n);
}

struct attempt **
run_step_attempts(struct cx *cx, int64_t step_id, size_t *ret_n)
{
	struct query *q = query(cx->db, "attempt_of_step");

	bind_int(q, "step_id", step_id);
	return rows_attempts(cx, q, ret_n);
}

struct attempt *
run_attempt(struct cx *cx, int64_t attempt_id)
{
	struct query *q = query(cx->db, "attempt_get");
	struct attempt **found;
	size_t n;

	bind_int(q, "id", attempt_id);
	found = rows_attempts(cx, q, &n);
	return n == 0 ? NULL : found[0];
}

struct counts {
	int64_t open, open_work, failed, checks, unknown, unkillable, failed_only,
	    stopped, previewed;
};

static struct counts
run_counts(struct cx *cx, const struct run *run)
{
	struct query *q = query(cx->db, "step_counts");
	struct counts c = { .open = 0 };

	bind_int(q, "run_id", run->id);
	if (query_next(q)) {
		c.open = column_int(q, "open_steps");
		c.open_work = column_int(q, "open_work");
		c.failed = column_int(q, "failed_steps");
		c.checks = column_int(q, "checks");
		c.unknown = column_int(q, "unknown");
		c.unkillable = column_int(q, "unkillable");
		c.failed_only = column_int(q, "failed");
		c.stopped = column_int(q, "stopped");
		c.previewed = column_int(q, "previewed");
	}
	query_end(q);
	return c;
}

bool
run_is_preview(const struct run *run)
{
	return run->dry ||
	    (streq(run->status, "waiting_approval") &&
		!PLANTED("start-unapproved"));
}

bool
run_is_planning(struct cx *cx, const struct run *run)
{
	return run_is_preview(run) && run->ended_at == 0 &&
	    run_counts(cx, run).checks > 0;
}

static void
run_bulk(struct cx *cx, const struct run *run, const char *statement)
{
	struct query *q = query(cx->db, statement);

	bind_int(q, "run_id", run->id);
	bind_int(q, "seq", site_next_seq(cx->site));
	query_run(q);
	cx->site->changed(cx->site->changed_self, cx->db, run->id);
}

static void
run_bulk_at(struct cx *cx, const struct run *run, const char *statement,
    const char *reason)
{
	struct query *q = query(cx->db, statement);

	bind_int(q, "run_id", run->id);
	bind_int(q, "seq", site_next_seq(cx->site));
	bind_int(q, "now", cx->now);
	bind_int(q, "steady", site_steady(cx->site));
	if (reason != NULL)
		bind_text(q, "reason", reason);
	query_run(q);
	cx->site->changed(cx->site->changed_self, cx->db, run->id);
}

void
run_release(struct cx *cx, struct run *run, const char *reason)
{
	move_run(cx, run, "queued", reason);
	if (run->started_at == 0 && run_counts(cx, run).previewed > 0) {
		run_bulk(cx, run, "step_reset");
		step_demand(cx, run, run_step(cx, run->root_step));
		run->open_steps = run_counts(cx, run).open;
	} else
		run_bulk(cx, run, "step_unhold");
	run_settle(cx, run);
}

/* What runs of the work, or of what cleans up. */
static void
run_cancel_live(struct cx *cx, const struct run *run, bool cleanups)
{
	struct query *q = query(cx->db, "attempt_live_of_run");
	struct attempt **live;
	size_t n;

	bind_int(q, "run_id", run->id);
	bind_int(q, "cleanups", cleanups);
	live = rows_attempts(cx, q, &n);
	for (size_t i = 0; i < n; i++)
		cx->site->cancel(cx->site->cancel_self, cx->db, live[i]->id,
		    live[i]->token, -1);
}

void
run_cancel(struct cx *cx, struct run *run, const char *reason)
{
	if (machine_is_final(&run_machine, run->status) ||
	    run->cancel_by[0] != '\0')
		return;
	run->cancel_by = actor_name(cx->actor);
	run->reason = reason;
	if (!PLANTED("cancel-leaves-ready"))
		run_bulk_at(cx, run, "step_cancel", reason);
	run_cancel_live(cx, run, false);
	cleanup_cancelled(cx, run);
	run->open_steps = run_counts(cx, run).open;
	run_settle(cx, run);
}

bool
run_is_cleaning(struct cx *cx, const struct run *run)
{
	const struct counts c = run_counts(cx, run);

	return c.open > 0 && c.open_work == 0;
}

void
run_cancel_cleanups(struct cx *cx, struct run *run, const char *reason)
{
	if (machine_is_final(&run_machine, run->status) || run->cleanups_off)
		return;
	run->cleanups_off = true;
	run_bulk_at(cx, run, "step_cancel_cleanups", reason);
	run_cancel_live(cx, run, true);
	cleanup_cancelled(cx, run);
	run->open_steps = run_counts(cx, run).open;
	run_settle(cx, run);
}

void
run_void(struct cx *cx, struct run *run, const char *reason)
{
	move_run(cx, run, "waiting_approval", reason);
	run_bulk(cx, run, "step_hold");
	ticket_run_voided(cx, run, reason);
}

static const char *
end_status(struct cx *cx, const struct run *run, const char **ret_reason)
{
	struct counts c = run_counts(cx, run);
	struct query *q = query(cx->db, "step_first_failed");
	const char *task = "";

	bind_int(q, "run_id", run->id);
	if (query_next(q))
		task = arena_printf(cx->arena, "%s: %s",
		    column_text(q, "task", cx->arena),
		    column_text(q, "reason", cx->arena));
	query_end(q);
	*ret_reason = task;
	if (c.unknown > 0)
		return "unknown";
	if (c.unkillable > 0)
		return "unkillable";
	if (run->cancel_by[0] != '\0') {
		*ret_reason = run->reason[0] != '\0'
		    ? run->reason
		    : arena_printf(cx->arena, "cancelled by %s",
			  run->cancel_by);
		return "cancelled";
	}
	if (c.failed_only > 0 && !PLANTED("failed-called-late"))
		return "failed";
	if (c.failed > 0)
		return "timed_out";
	if (c.stopped > 0) {
		*ret_reason = "what was cancelled in it was not retried";
		return "cancelled";
	}
	*ret_reason = run->started_at == 0 ? "everything was there already"
					   : "";
	return "succeeded";
}

void
run_settle(struct cx *cx, struct run *run)
{
	const char *status, *reason;
	bool over = run->open_steps <= (PLANTED("run-ends-early") ? 1 : 0);

	if (run->dry && run->cancel_by[0] == '\0')
		over = run_counts(cx, run).checks == 0;
	if (over && !machine_is_final(&run_machine, run->status) &&
	    cleanup_rest(cx, run))
		over = false;
	if (!over || machine_is_final(&run_machine, run->status)) {
		move_save_run(cx, run);
		return;
	}
	if (run->dry) {
		move_run(cx, run,
		    run->cancel_by[0] != '\0' ? "cancelled" : "succeeded",
		    "the plan is made");
		return;
	}
	run_bulk_at(cx, run, "step_not_needed", NULL);
	status = end_status(cx, run, &reason);
	if (streq(run->status, "queued") && !streq(status, "succeeded") &&
	    !streq(status, "cancelled"))
		move_run(cx, run, "running", "");
	move_run(cx, run, status, reason);
	key_leave_all(cx, run);
	ticket_run_ended(cx, run);
}

static void
retry_step(struct cx *cx, struct run *run, struct step *s)
{
	cleanup_arm(cx, run, s);
	s->tries = 0;
	s->held = false;
	s->shares = 0;
	if (streq(s->preview, "again"))
		s->preview = "";
	s->wait_on = "";
	if (s->target != TARGET_NONE && s->waiting == 0) {
		move_step(cx, s, "check", "retried");
	} else {
		move_step(cx, s, "waiting", "retried");
		if (s->waiting == 0)
			step_wake(cx, run, s);
	}
}

static void
retry_all_in(struct cx *cx, struct run *run, const char *status)
{
	struct step_list list = rows_steps_by(cx, "step_by_status", "run_id",
	    run->id, status);

	for (size_t i = 0; i < list.count; i++)
		if (list.items[i]->cleans == 0)
			retry_step(cx, run, list.items[i]);
}

/* What they wait for may never have been wanted before. */
static void
retry_demand(struct cx *cx, struct run *run)
{
	struct step_list waiting = rows_steps_by(cx, "step_by_status",
	    "run_id", run->id, "waiting");

	for (size_t i = 0; i < waiting.count; i++) {
		struct step_list idle = rows_steps_by(cx, "step_needs_idle",
		    "id", waiting.items[i]->id, NULL);

		for (size_t k = 0; k < idle.count; k++)
			step_demand(cx, run, idle.items[k]);
	}
}

/* What stays failed blocks what was woken behind it. */
static void
retry_block_again(struct cx *cx, struct run *run)
{
	static const char *const bad[] = { "failed", "timed_out", "unknown",
		"unkillable", "cancelled" };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct step_list list = rows_steps_by(cx, "step_by_status",
		    "run_id", run->id, bad[i]);

		for (size_t k = 0; k < list.count; k++)
			step_block_dependants(cx, run, list.items[k]);
	}
}

/* The blocked and what they need, then the counters from what is. */
static void
retry_rest(struct cx *cx, struct run *run)
{
	struct counts c;

	retry_all_in(cx, run, "blocked");
	if (!PLANTED("retry-forgets-idle"))
		retry_demand(cx, run);
	retry_block_again(cx, run);
	c = run_counts(cx, run);
	run->open_steps = c.open;
	run->failed_steps = c.failed;
}

void
run_unblock(struct cx *cx, struct run *run)
{
	run->cleanups_off = false;
	run_bulk(cx, run, "step_idle_again");
	retry_rest(cx, run);
}

static bool
step_is_done(const struct step *s)
{
	return streq(s->status, "succeeded") || streq(s->status, "skipped");
}

/* One that was done is to be done again.  What it ran runs whatever is there;
 * what was there already is looked at again. */
static void
retry_done_step(struct cx *cx, struct run *run, struct step *s)
{
	struct query *q = query(cx->db, "reveal_forget");
	const bool ran = streq(s->status, "succeeded") && s->tries > 0;

	cleanup_arm(cx, run, s);
	bind_int(q, "step_id", s->id);
	query_run(q);
	q = query(cx->db, "step_dependants_undone");
	bind_int(q, "id", s->id);
	query_run(q);
	s->tries = 0;
	s->held = false;
	s->shares = 0;
	s->outputs = "{}";
	if (ran)
		s->preview = "again";
	if (!ran && s->target == TARGET_EARLY) {
		move_step(cx, s, "check", "its target is looked for again");
		return;
	}
	move_step(cx, s, "waiting", "to be run again");
	if (s->waiting == 0)
		step_wake(cx, run, s);
}

/* The step, and all that depends on it and came to something. */
static void
retry_from(struct cx *cx, struct run *run, struct step *first)
{
	struct step_list todo = { .items = NULL };

	step_list_add(cx, &todo, first);
	for (size_t i = 0; i < todo.count; i++) {
		struct step *s = run_step(cx, todo.items[i]->id);
		struct step_list above;

		if (s == NULL)
			return; /* the database failed */
		if (step_is_done(s)) {
			retry_done_step(cx, run, s);
		} else {
			if (machine_is_final(&step_machine, s->status) &&
			    !streq(s->status, "not_needed") &&
			    !streq(s->status, "blocked"))
				retry_step(cx, run, s);
			continue;
		}
		above = rows_steps_by(cx, "step_dependants_all", "id", s->id,
		    NULL);
		for (size_t k = 0; k < above.count; k++)
			step_list_add(cx, &todo, above.items[k]);
	}
}

/* May it go on at all, and from where? */
static bool
retry_allowed(struct cx *cx, const struct run *run, const struct step *one,
    struct err *e)
{
	const bool over = machine_is_final(&run_machine, run->status);
	const bool well = streq(run->status, "succeeded");

	if (!over || run->dry || (well && one == NULL)) {
		err_set(e, ERR_CONFLICT, "run.not_failed",
		    "%s is %s: only what failed can be retried", run->key,
		    run->dry ? "a plan only"
			     : machine_words(cx->arena, run->status));
		if (well && !run->dry)
			return err_hint(e, "from a step: slipway retry %s "
			    "--from STEP; all once more: slipway again %s",
			    run->key, run->key);
		return err_hint(e, "slipway run show %s", run->key);
	}
	if (well && run->ticket_id != 0) {
		err_set(e, ERR_CONFLICT, "run.closed",
		    "the ticket of %s is done: what was approved is used up",
		    run->key);
		return err_hint(e,
		    "slipway run retry %s --from %lld --latest",
		    run->key, (long long)one->id);
	}
	if (one != NULL && one->cleans != 0) {
		err_set(e, ERR_CONFLICT, "step.cleans",
		    "step %lld of %s cleans up after step %lld: it runs again "
		    "with that one",
		    (long long)one->id, run->key, (long long)one->cleans);
		return err_hint(e, "alone it is a run of its own: slipway run "
		    "%s", one->task);
	}
	if (one != NULL && !step_is_done(one) &&
	    machine_find(&step_machine, one->status, "waiting") == NULL)
		return err_set(e, ERR_CONFLICT, "step.not_failed",
		    "step %lld of %s is %s: there is nothing to do again",
		    (long long)one->id, run->key,
		    machine_words(cx->arena, one->status));
	if (!undo_lets_retry(cx, run, e))
		return false;
	return PLANTED("retry-unapproved") || ticket_lets_run(cx, run, e);
}

bool
run_reopen(struct cx *cx, struct run *run, const char *reason, struct err *e)
{
	const struct step *root = run_step(cx, run->root_step);
	const char *dedupe = NULL;
	const struct run *other = NULL;

	if (run->ticket_id == 0 && !run->dry && run->undo_of == 0 &&
	    root != NULL) {
		dedupe = arena_printf(cx->arena, "%s.%s", root->ident,
		    run->closure_hash);
		other = run_by_dedupe(cx, dedupe);
	}
	if (other != NULL && other->id != run->id) {
		err_set(e, ERR_CONFLICT, "run.same_active",
		    "%s does not go on: %s, the same, is %s", run->key,
		    other->key, machine_words(cx->arena, other->status));
		return err_hint(e, "slipway follow %s", other->key);
	}
	run->dedupe_key = dedupe;
	move_run(cx, run, "running", reason);
	return true;
}

bool
run_step_named(struct cx *cx, const struct run *run, const char *name,
    struct step **ret, struct err *e)
{
	struct query *q;
	struct step *found = NULL;
	int64_t number;
	size_t n = 0;

	if (str_to_int64(str_of(name), &number)) {
		found = run_step(cx, number);
		n = found != NULL && found->run_id == run->id;
	} else {
		q = query(cx->db, "step_of_task");
		bind_int(q, "run_id", run->id);
		bind_text(q, "task", name);
		for (; query_next(q); n++)
			found = rows_step(cx, q);
		query_end(q);
	}
	if (n > 1) {
		err_set(e, ERR_CONFLICT, "step.several",
		    "%s has several steps of task '%s'", run->key, name);
		return err_hint(e, "name one by its number: slipway show %s",
		    run->key);
	}
	if (n == 0)
		return call_absent(e, "step", name,
		    step_near(cx, run->id, name));
	*ret = found;
	return true;
}

bool
run_retry(struct cx *cx, struct run *run, struct step *one, struct err *e)
{
	static const char *const again[] = { "failed", "timed_out",
		"unknown", "unkillable", "cancelled" };
	const char *reason = arena_printf(cx->arena, "retried by %s",
	    actor_name(cx->actor));

	if (!retry_allowed(cx, run, one, e))
		return false;
	if (one != NULL)
		reason = arena_printf(cx->arena, "%s from step %lld, %s",
		    reason, (long long)one->id, one->task);
	if (!run_reopen(cx, run, reason, e))
		return false;
	run->cancel_by = "";
	run->cleanups_off = false;
	run_bulk(cx, run, "step_idle_again");
	if (one != NULL)
		retry_from(cx, run, one);
	for (size_t i = 0; one == NULL && i < ARRAY_SIZE(again); i++)
		retry_all_in(cx, run, again[i]);
	retry_rest(cx, run);
	ticket_run_started(cx, run);
	run_settle(cx, run);
	return true;
}

void
run_step_decided(struct cx *cx, struct run *run, struct step *step,
    bool approved, const char *reason)
{
	if (approved) {
		step->held = run_is_preview(run);
		move_step(cx, step, "ready", reason);
	} else
		step_failed(cx, run, step, "failed", reason);
	run_settle(cx, run);
}
