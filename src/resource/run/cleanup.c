/* SPDX-License-Identifier: MIT */
#include "resource/run/cleanup.h"

#include "base/plant.h"
#include "resource/move.h"
#include "resource/plan/plan.h"
#include "resource/run/key.h"
#include "resource/run/rows.h"
#include "resource/run/run.h"
#include "resource/ticket/ticket.h"

bool
step_is_stopped(const struct run *run, const struct step *step)
{
	return step->cleans != 0 ? run->cleanups_off
				 : run->cancel_by[0] != '\0';
}

static bool
step_is_over(const struct step *s)
{
	return machine_is_final(&step_machine, s->status);
}

static bool
step_went_well(const struct step *s)
{
	return streq(s->status, "succeeded") || streq(s->status, "skipped");
}

static struct step_list
cleanups_of(struct cx *cx, int64_t owner)
{
	return rows_steps_by(cx, "cleanup_of_step", "id", owner, NULL);
}

/* A step that has nothing to run itself is its needs. */
static bool
owner_ran_below(struct cx *cx, const struct step *owner)
{
	const struct task *task = plan_definition(cx, owner->definition);
	struct query *q;
	bool ran;

	if (task == NULL || !task_is_group(task))
		return false;
	q = query(cx->db, "cleanup_ran_below");
	bind_int(q, "id", owner->id);
	ran = query_next(q);
	query_end(q);
	return ran;
}

static void
cleanup_want(struct cx *cx, struct run *run, struct step *s,
    const struct step *owner)
{
	const char *reason = arena_printf(cx->arena, "after '%s' %s",
	    owner->task, owner->status);

	run->open_steps++;
	s->held = false;
	move_step(cx, s, s->target == TARGET_NONE ? "ready" : "check",
	    reason);
}

/* The next one after a step that was begun and is over.  true: one is open. */
static bool
cleanup_next(struct cx *cx, struct run *run, const struct step *owner)
{
	struct step_list list = cleanups_of(cx, owner->id);
	const bool well = step_went_well(owner);
	struct step *next = NULL;

	for (size_t i = 0; i < list.count; i++) {
		struct step *s = list.items[i];

		if (!streq(s->status, "idle")) {
			if (!step_is_over(s))
				return true;
		} else if (next == NULL &&
		    (!well || s->cleanup == CLEANUP_ALWAYS ||
			PLANTED("cleanup-after-success")))
			next = s;
	}
	if (next == NULL || run->cleanups_off)
		return false;
	cleanup_want(cx, run, next, owner);
	return true;
}

/* What was to be cleaned up may still lie about. */
static void
cleanup_failed(struct cx *cx, const struct run *run, const struct step *s,
    const struct step *owner)
{
	struct ticket *t = run->ticket_id == 0
	    ? NULL
	    : ticket_by_id(cx, run->ticket_id);

	if (t == NULL || step_went_well(s))
		return;
	ticket_note(cx, t, "comment",
	    arena_printf(cx->arena,
		"'%s' (step %lld of %s), which cleans up after '%s', is %s: "
		"%s",
		s->task, (long long)s->id, run->key, owner->task, s->status,
		s->reason),
	    NULL);
}

/* What cleans up after it is open now. */
static bool
cleanup_follows(struct cx *cx, struct run *run, const struct step *owner)
{
	if (run->cleanups == 0 || run->dry || PLANTED("cleanup-missing"))
		return false;
	return (owner->tries > 0 || PLANTED("cleanup-never-begun")) &&
	    cleanup_next(cx, run, owner);
}

void
cleanup_ended(struct cx *cx, struct run *run, const struct step *step)
{
	const struct step *owner = step;

	if (step->cleans != 0) {
		owner = run_step(cx, step->cleans);
		if (owner == NULL)
			return; /* the database failed */
		cleanup_failed(cx, run, step, owner);
		key_leave(cx, run, step->id);
		if (cleanup_next(cx, run, owner))
			return;
	} else if (cleanup_follows(cx, run, owner))
		return;
	key_leave(cx, run, owner->id);
}

bool
cleanup_rest(struct cx *cx, struct run *run)
{
	struct step_list owners;
	bool open = false;

	if (run->cleanups == 0 || run->cleanups_off || run->dry ||
	    PLANTED("cleanup-rest-missing"))
		return false;
	owners = rows_steps_by(cx, "cleanup_idle_owners", "run_id", run->id,
	    NULL);
	for (size_t i = 0; i < owners.count; i++) {
		struct step *owner = owners.items[i];

		if (step_is_over(owner) &&
		    (owner->tries > 0 || owner_ran_below(cx, owner)) &&
		    cleanup_next(cx, run, owner))
			open = true;
	}
	return open;
}

void
cleanup_arm(struct cx *cx, const struct run *run, const struct step *step)
{
	struct query *q;

	if (run->cleanups == 0 || step->cleans != 0 ||
	    PLANTED("cleanup-not-armed"))
		return;
	q = query(cx->db, "cleanup_arm");
	bind_int(q, "id", step->id);
	bind_int(q, "seq", site_next_seq(cx->site));
	query_run(q);
}

bool
cleanup_is_open(struct cx *cx, const struct run *run, const struct step *step)
{
	struct step_list list = { .items = NULL };

	if (run->cleanups > 0)
		list = cleanups_of(cx, step->id);
	for (size_t i = 0; i < list.count; i++)
		if (!step_is_over(list.items[i]) &&
		    !streq(list.items[i]->status, "idle"))
			return true;
	return false;
}

bool
cleanup_of_blocked_is_open(struct cx *cx, const struct run *run)
{
	struct query *q;
	bool open;

	if (run->cleanups == 0)
		return false;
	q = query(cx->db, "cleanup_of_blocked");
	bind_int(q, "run_id", run->id);
	open = query_next(q);
	query_end(q);
	return open;
}

void
cleanup_cancelled(struct cx *cx, struct run *run)
{
	struct step_list over = { .items = NULL };

	if (run->keyed)
		over = rows_steps_by(cx, "cleanup_keyed", "run_id", run->id,
		    "cancelled");
	for (size_t i = 0; i < over.count; i++)
		cleanup_ended(cx, run, over.items[i]);
}
