/* SPDX-License-Identifier: MIT */
/*
 * approval.h: what must be approved, by whom, and whether it is.
 *
 * Rules come from the environment AND the request type AND every task that
 * would run; equal ones are merged.  Each becomes a need on the ticket, with
 * the people who may decide as of the ask.  A vote is over a plan hash and
 * counts once per human; the requester and the last editor never count.  At
 * every decision the needs as they stood and today's rules must both be met.
 * Owns the tables need and vote.  One policy for every face.
 */
#ifndef RESOURCE_APPROVAL_H
#define RESOURCE_APPROVAL_H

#include "platform/graph.h"
#include "resource/cx.h"
#include "spec/ticket.h"

struct approval_rule {
	const char *source; /* "environment prod (site.yaml:3)" */
	const char *text;   /* "1 of compliance" */
	const char *of;	    /* team or person */
	int64_t wanted;	    /* 0: all of them */
};

struct approval_scope {
	const struct task *task;
	const struct request_def *request; /* NULL: a direct run */
	const struct environment_def *environment;
	const json_t *params;	  /* of the root; NULL: unknown */
	const struct graph *graph; /* every step's task is asked; or NULL:
				    * the root alone */
};

/* The rules in force today; in the arena. */
struct approval_rule *approval_rules(struct cx *cx,
    const struct approval_scope *scope, size_t *ret_n);
/* The same as "1 of compliance (environment prod)" texts. */
const char **approval_texts(struct cx *cx, const struct task *task,
    const struct request_def *request, const char *environment,
    const json_t *params, size_t *ret_n);

/* Make the needs of a ticket's plan. */
void approval_open(struct cx *cx, const struct ticket *ticket,
    const struct approval_rule *rules, size_t n);
/* The plan changed, or the request is over: nothing approved counts any
 * more. */
void approval_void(struct cx *cx, const struct ticket *ticket,
    const char *reason);

struct need *approval_needs(struct cx *cx, int64_t ticket_id, size_t *ret_n);
struct vote *approval_votes(struct cx *cx, int64_t need_id, size_t *ret_n);

/*
 * One person's decision.  plan_hash is what that person saw.  Errors:
 * ERR_CONFLICT "approval.stale" (another plan by now), "approval.closed"
 * (nothing waits), ERR_DENIED "approval.self", "approval.not_asked" (no rule
 * names you), ERR_GONE "approval.expired".  Saying the same twice is no error
 * and no second event (*ret_again); the opposite of what you said is
 * ERR_CONFLICT "approval.decided".
 */
bool approval_decide(struct cx *cx, struct ticket *ticket,
    const char *plan_hash, bool approve, const char *note, bool *ret_again,
    struct err *e);

/* Every need of the ticket's plan is met, and today's rules too: missing
 * ones of today are opened.  *ret_open counts what is still open. */
bool approval_complete(struct cx *cx, struct ticket *ticket,
    const struct approval_rule *today, size_t ntoday, size_t *ret_open);

/* What the ticket's run was approved for still holds: every need that was made
 * for it was met and not voided since, or there was none. */
bool approval_stands(struct cx *cx, const struct ticket *ticket);

/* Texts of what can never be met ("nobody but you is in compliance"). */
const char **approval_warnings(struct cx *cx, const struct ticket *ticket,
    size_t *ret_n);

/* Does anything of this ticket wait for person? */
bool approval_waits_for(struct cx *cx, const struct ticket *ticket,
    const char *person);
/* Was person ever asked about this ticket?  Then it may be seen. */
bool approval_asked(struct cx *cx, int64_t ticket_id, const char *person);

#endif
