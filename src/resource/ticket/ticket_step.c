/* SPDX-License-Identifier: MIT */
/* Decisions in the middle of a run become the fate of its steps. */
#include "resource/run/run.h"
#include "resource/ticket/ticket.h"

/* The need of a step that the hash is over: the last one in force. */
static const struct need *
step_need(const struct need *needs, size_t n)
{
	const struct need *found = NULL;

	for (size_t i = 0; i < n; i++)
		if (needs[i].step_id != 0 &&
		    !streq(needs[i].status, "void"))
			found = &needs[i];
	return found;
}

static void
step_stops(struct cx *cx, const struct ticket *t, struct step *step,
    const char *reason)
{
	struct run *run = run_by_id(cx, step->run_id);

	approval_step_void(cx, t, step->id, reason);
	if (run != NULL && streq(step->status, "approval"))
		run_step_decided(cx, run, step, false, reason);
}

bool
ticket_step_decided(struct cx *cx, struct ticket *t, struct run *run,
    const char *hash, bool approve, const char *note)
{
	size_t n;
	struct need *needs = approval_needs_of(cx, t->id, hash, &n);
	const struct need *need = step_need(needs, n);
	struct step *step = need == NULL ? NULL : run_step(cx, need->step_id);
	const char *who = cx->actor->person;

	if (need == NULL)
		return false;
	if (step == NULL || !streq(step->status, "approval"))
		return true;
	if (!approve) {
		step_stops(cx, t, step,
		    arena_printf(cx->arena, "declined by %s%s%s", who,
			note[0] != '\0' ? ": " : "", note));
		return true;
	}
	if (!approval_step_complete(cx, t, run, step, need))
		return true;
	run_step_decided(cx, run, step, true,
	    arena_printf(cx->arena, "approved, the last by %s", who));
	return true;
}

void
ticket_step_expired(struct cx *cx, struct ticket *t, const struct need *need)
{
	struct step *step = run_step(cx, need->step_id);

	if (step != NULL)
		step_stops(cx, t, step, "nobody decided in time");
}
