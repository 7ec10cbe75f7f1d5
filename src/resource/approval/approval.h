/* SPDX-License-Identifier: MIT */
/*
 * approval.h: what must be approved, by whom, and whether it is.
 *
 * Rules come from the environment AND the request type AND every task that
 * would run; equal ones are merged.  Each becomes a need on the ticket, with
 * the people who may decide as of the ask.  A vote is over a plan hash and
 * counts once per human; the requester and the last editor never count.  At
 * every decision the needs as they stood and today's rules must both be met.
 * A step in the middle of a run is asked for on the same ticket, with a hash
 * of its own (approval_step).
 * Owns the tables need, vote and preview.  One policy for every face.
 */
#ifndef RESOURCE_APPROVAL_H
#define RESOURCE_APPROVAL_H

#include "base/json_out.h"
#include "platform/graph.h"
#include "resource/cx.h"
#include "spec/run.h"
#include "spec/ticket.h"

struct approval_rule {
	const char *source; /* "environment prod (site.yaml:3)" */
	const char *text;   /* "1 of compliance" */
	const char *of;	    /* team or person */
	int64_t wanted;	    /* 0: all of them */
	int64_t percent;    /* of them, or 0 */
	/* 0: as the settings say; no end; nobody is reminded */
	int64_t expires_ms, valid_ms, remind_ms;
	const char *when_expired; /* "cancel", "decline", or whom to ask */
	const char *instead_of;	  /* who did not decide in time, or NULL */
};

struct approval_scope {
	const struct task *task;
	const struct request_def *request; /* NULL: a direct run */
	const struct environment_def *environment;
	const json_t *params;	  /* of the root; NULL: unknown */
	const struct graph *graph; /* every step's task is asked; or NULL:
				    * the root alone */
};

struct approval_notes {
	const char *none; /* which rules hold and let it pass, or NULL */
	const char *later[8]; /* which hold at other times: "rule 1 of … lets
			       * it pass mon-fri, next …" */
	size_t nlater;
};

/* The rules in force today, by the time of cx; in the arena.  notes may be
 * NULL. */
struct approval_rule *approval_rules(struct cx *cx,
    const struct approval_scope *scope, size_t *ret_n,
    struct approval_notes *ret_notes);
/* "later": [the texts]. */
void approval_later_json(struct json_out *out,
    const struct approval_notes *notes);
/* The most that could be asked for, whatever the parameters are, as texts:
 * "1 of compliance (environment prod)". */
const char **approval_texts(struct cx *cx, const struct task *task,
    const struct request_def *request, const char *environment,
    struct approval_notes *ret_notes, size_t *ret_n);

/* What a decision is over: the plan, or one step of it. */
struct approval_subject {
	const char *hash;
	int64_t step_id;  /* 0: the whole plan */
	const char *task; /* of the step, or "" */
	const char *preview_hash; /* or "" */
};
struct approval_subject approval_plan(const struct ticket *ticket);

/*
 * Is what is to be approved not known when the run is planned?  Then the
 * rules of the task are asked in the middle of the run: parameters come from
 * outputs, there is a preview, or it is an approval step with needs.
 */
bool approval_is_late(const struct task *task, bool symbolic);
/* Who a rule names, as a NULL-terminated list. */
const char *const *approval_people(struct cx *cx,
    const struct approval_rule *rule);
/* What a step of this task asks for, over its parameters (not known yet, or
 * secrets hashed); a preview is for those who approve the environment and the
 * request too. */
struct approval_rule *approval_step_rules(struct cx *cx,
    const struct run *run, const struct ticket *ticket,
    const struct task *task, const json_t *params, size_t *ret_n);
/* What the children of a foreach over `task`, whose list is not known yet,
 * could ask for with all they need, or what cleans up after those. */
struct approval_rule *approval_fan_rules(struct cx *cx,
    const struct task *task, bool cleanups, const char *environment,
    size_t *ret_n);
/* Does any late step of the scope's graph ask for somebody, as far as one
 * knows? */
bool approval_asks_late(struct cx *cx, const struct approval_scope *scope);

/* Make the needs of a ticket's plan. */
void approval_open(struct cx *cx, const struct ticket *ticket,
    const struct approval_rule *rules, size_t n);
/* The plan changed, or the request is over: nothing approved counts any
 * more.  Had anybody decided? */
bool approval_void(struct cx *cx, const struct ticket *ticket,
    const char *reason);

/* Those that nobody decided on. */
void approval_void_open(struct cx *cx, const struct ticket *ticket,
    const char *reason);

/* What approved the ticket's plan counts no more: ask for the same again, and
 * for what today's rules want besides. */
void approval_ask_again(struct cx *cx, const struct ticket *ticket,
    const char *reason, const struct approval_rule *today, size_t ntoday);

/*
 * By the clock (approval_time.c).  approval_next_due is when there is more to
 * do, INT64_MAX for never; approval_remind_due leaves an event and a line in
 * the history for each need whose time has come, once; approval_escalate asks
 * whom the rule names for when nobody decided, and is false when it names
 * nobody.
 */
/* A need of the ticket's plan that was met and lapsed; false: none. */
bool approval_lapsed(struct cx *cx, int64_t ticket_id, struct need *ret);
int64_t approval_next_due(struct cx *cx);
void approval_remind_due(struct cx *cx);
bool approval_escalate(struct cx *cx, const struct ticket *ticket,
    struct need *need);
/* Who may decide on a need, and does not, but for the requester: people and
 * delegates; for whoever tells them. */
const char **approval_awaited(struct cx *cx, const struct ticket *ticket,
    const struct need *need, size_t *ret_n);

/* Does every need of the ticket's plan that was met still count as met? */
bool approval_counts(struct cx *cx, const struct ticket *ticket);
/* What was met for steps that did not begin, and counts no more, is void. */
void approval_recount_steps(struct cx *cx, const struct ticket *ticket,
    const char *reason);

struct need *approval_needs(struct cx *cx, int64_t ticket_id, size_t *ret_n);
/* Those over one hash; of one step; some of those whose time is over. */
struct need *approval_needs_of(struct cx *cx, int64_t ticket_id,
    const char *hash, size_t *ret_n);
struct need *approval_step_needs(struct cx *cx, int64_t step_id,
    size_t *ret_n);
struct need *approval_needs_expired(struct cx *cx, int64_t ticket_id,
    size_t *ret_n);
/* As it is by now; false: there is none. */
bool approval_need_get(struct cx *cx, int64_t id, struct need *ret);
struct vote *approval_votes(struct cx *cx, int64_t need_id, size_t *ret_n);

/*
 * One person's decision.  plan_hash is what that person saw: the plan of the
 * ticket, or what a need of a step is over.  Errors:
 * ERR_CONFLICT "approval.stale" (another plan by now), "approval.closed"
 * (nothing waits), ERR_DENIED "approval.self", "approval.not_asked" (no rule
 * names you), ERR_GONE "approval.expired".  Saying the same twice is no error
 * and no second event (*ret_again); the opposite of what you said is
 * ERR_CONFLICT "approval.decided".
 */
bool approval_decide(struct cx *cx, struct ticket *ticket,
    const char *plan_hash, bool approve, const char *note, bool *ret_again,
    struct err *e);

/* Every need of the subject is met, and today's rules too: missing
 * ones of today are opened.  *ret_open counts what is still open. */
bool approval_complete(struct cx *cx, struct ticket *ticket,
    const struct approval_subject *about,
    const struct approval_rule *today, size_t ntoday, size_t *ret_open);

/* What the ticket's run was approved for still holds: every need that was made
 * for it was met and not voided since, or there was none.  One that lapsed
 * counts no more, unless the work has begun. */
bool approval_stands(struct cx *cx, const struct ticket *ticket,
    bool begun);

/*
 * A step that is about to begin: may it?  Any step of any run, whenever it
 * was inserted; step->asked says that its task's rules were part of the plan.
 * What is approved is the hash of {plan, step, parameters, preview}.  When it
 * is not approved, the needs are opened on the run's ticket (which is made
 * when there is none), and those of what the step would have done before are
 * void.  params are plain.
 */
enum approval_state { APPROVAL_NONE, APPROVAL_GIVEN, APPROVAL_ASKED };
enum approval_state approval_step(struct cx *cx, struct run *run,
    struct step *step, const struct task *task, const json_t *params,
    const char *preview_hash);
/* Was it approved once, whatever its preview says now? */
bool approval_step_was_given(struct cx *cx, const struct run *run,
    const struct step *step);
/* A decision on a step, or its expiry: complete, with today's rules too. */
bool approval_step_complete(struct cx *cx, struct ticket *ticket,
    const struct run *run, const struct step *step, const struct need *need);
/* No more decisions on what the step would do. */
void approval_step_void(struct cx *cx, const struct ticket *ticket,
    int64_t step_id, const char *reason);
/* Is hash that of a step's need? */
bool approval_step_hash(const struct need *needs, size_t n,
    const char *hash);

/* What a preview said, by its hash (stored when new), and back; "" for "". */
const char *approval_preview_store(struct cx *cx, const char *text);
const char *approval_preview(struct cx *cx, const char *hash);

/* {…need, votes, params, preview} */
void approval_need_json(struct cx *cx, struct json_out *out,
    const struct need *need);

/* Texts of what can never be met ("nobody but you is in compliance"). */
const char **approval_warnings(struct cx *cx, const struct ticket *ticket,
    size_t *ret_n);

/* In whose place anything of this ticket waits for person: themselves, or
 * whom they stand in for; NULL: nothing does. */
const char *approval_waits_as(struct cx *cx, const struct ticket *ticket,
    const char *person);
bool approval_waits_for(struct cx *cx, const struct ticket *ticket,
    const char *person);
/* Was person ever asked about this ticket?  Then it may be seen. */
bool approval_asked(struct cx *cx, const struct ticket *ticket,
    const char *person);

/* So much of so many people, rounded up. */
int64_t approval_share(int64_t percent, int64_t people);

#endif
