/* SPDX-License-Identifier: MIT */
/*
 * ticket.h: one thing somebody asked for, from the ask to its end.
 *
 * Owns the tables ticket, ticket_entry and project_counter.  A ticket never
 * runs work: its run does, and tells it (ticket_run_…), so the ticket closes
 * itself.  Decisions go through approval.h; this file turns a decision into
 * what happens next.
 */
#ifndef RESOURCE_TICKET_H
#define RESOURCE_TICKET_H

#include "resource/approval/approval.h"
#include "resource/cx.h"
#include "spec/run.h"
#include "spec/ticket.h"
#include "spec/validate.h"

/* Number it in its project, write it; id and key are set. */
void ticket_insert(struct cx *cx, struct ticket *ticket);
/* Of slipway itself: as the one that is open about `same`, which counts
 * (same.h), or new; NULL: always new.  Whom it is assigned to is told. */
struct ticket *ticket_report(struct cx *cx, struct ticket *t,
    const char *same);
/* The one that is open about that, or NULL. */
struct ticket *ticket_reported(struct cx *cx, const char *project,
    const char *same);

/* Find its scope, for what depends on its rights. */
void ticket_rescope(struct cx *cx, struct ticket *ticket);

/* It has its run: open its needs, or let it go on when there are none; none
 * names the rules that let it pass, or is NULL. */
void ticket_asked(struct cx *cx, struct ticket *t, const struct run *run,
    const struct approval_rule *rules, size_t n,
    const struct approval_notes *notes);

/* It undoes the run: linked to the ticket of that, when there is one. */
void ticket_undoes(struct cx *cx, const struct ticket *t,
    const struct run *run);

/* ERR_NOT_FOUND when there is none, or the actor may not see it. */
bool ticket_by_key(struct cx *cx, const char *key, struct ticket **ret,
    struct err *e);
struct ticket *ticket_by_id(struct cx *cx, int64_t id); /* NULL when 0 */
bool ticket_visible(struct cx *cx, const struct ticket *t);

/*
 * Who had a hand in what it asks for: requester, editors, the requesters of
 * what was merged into it, and whoever is the same human as one of them.  They
 * never decide on it.  NULL: person had none; else how, in words: "asked for
 * it", "is the same as ernie, who edited it".
 */
const char *ticket_authored(struct cx *cx, const struct ticket *t,
    const char *person);
/* why: "edited it". */
void ticket_author_add(struct cx *cx, const struct ticket *t,
    const char *person, const char *why);

/* One line of its history; detail is JSON or NULL. */
void ticket_note(struct cx *cx, const struct ticket *t, const char *kind,
    const char *body, const char *detail);

/* One person's decision, and what follows from it: approved by all, its run
 * is released; declined, its run is cancelled. */
bool ticket_decide(struct cx *cx, struct ticket *t, const char *plan_hash,
    bool approve, const char *note, struct err *e);

/* What follows from a decision on a step of its run: approved by all, it goes
 * on; declined, it fails.  False: the hash is not that of a step. */
bool ticket_step_decided(struct cx *cx, struct ticket *t, struct run *run,
    const char *hash, bool approve, const char *note);
/* Nobody decided on a step in time: it fails. */
void ticket_step_expired(struct cx *cx, struct ticket *t,
    const struct need *need);

/* What it asks for as of now, under the definitions in force: for an edit,
 * and to hold today's rules against it.  params NULL: those it has. */
struct prepared;
struct ask;
bool ticket_prepare(struct cx *cx, const struct ticket *t,
    const char *environment, const json_t *params, struct ask *ask,
    struct prepared *ret, struct err *e);

/* Withdrawn, or expired: void what was approved, cancel the run. */
bool ticket_close(struct cx *cx, struct ticket *t, const char *reason,
    struct err *e);

/* What slipway asked by a ticket is answered: done, unless it is over. */
void ticket_answered(struct cx *cx, struct ticket *t, const char *reason);

/* The rules of today, over what the ticket asks for.  False when the folder no
 * longer offers it: then today asks for nothing that could be met. */
bool ticket_rules_today(struct cx *cx, const struct ticket *t,
    struct approval_rule **ret, size_t *ret_n, struct err *e);

/* By the clock: close, or ask others, what waited too long for a decision; ask
 * again for what was approved and did not begin in time; remind. */
void ticket_time_due(struct cx *cx);

/*
 * Change what is asked for: environment NULL and params NULL stay.  params
 * holds the changed parameters only.  Voids what was approved, cancels the
 * run that was made for it and makes another; the history shows the
 * difference.  ERR_CONFLICT "ticket.closed" when it is too late.
 */
bool ticket_edit(struct cx *cx, struct ticket *t, const char *title,
    const char *environment, const json_t *params,
    struct problems *problems, struct err *e);

/* May more of the run start?  Not when its ticket was edited since, or what
 * it needed was never approved or is void: ERR_CONFLICT "approval.void".
 * A run without a ticket may. */
bool ticket_lets_run(struct cx *cx, const struct run *run, struct err *e);

/* Somebody was asked for the plan of this run. */
bool ticket_was_approved(struct cx *cx, const struct run *run);

/* The run of a ticket began, ended, or found that more would run than was
 * approved.  Nothing when the run has no ticket. */
void ticket_run_started(struct cx *cx, const struct run *run);
void ticket_run_ended(struct cx *cx, const struct run *run);
void ticket_run_voided(struct cx *cx, const struct run *run,
    const char *reason);

#endif
