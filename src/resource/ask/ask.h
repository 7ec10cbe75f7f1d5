/* SPDX-License-Identifier: MIT */
/*
 * ask.h: from "I want" to a ticket, a plan and a run: one path for requests,
 * direct runs, edits and retries with the latest definition.
 */
#ifndef RESOURCE_ASK_H
#define RESOURCE_ASK_H

#include "resource/approval/approval.h"
#include "resource/cx.h"
#include "resource/undo/undo.h"
#include "spec/run.h"
#include "spec/ticket.h"
#include "spec/validate.h"

struct ask {
	const struct task *task;
	const struct request_def *request; /* NULL: a direct run */
	const struct environment_def *environment;
	const json_t *params; /* plain, checked, defaults filled */
	const char *requester;
	const char *title; /* or NULL */
	const char *note;  /* or NULL */
	bool dry;
	int64_t retry_of;
	const char *retry_from; /* ident of a step that is not taken over, nor
				 * what depends on it; or NULL */
	const char *schedule; /* whose run it is, or NULL */
	int64_t scheduled_at, backfill;
	struct undo *undo; /* of what it takes away again, or NULL */
};

/* An ask thought through: nothing is written yet but definitions and plan. */
struct prepared {
	const struct ask *ask;
	json_t *params; /* sealed; lives in the arena */
	struct graph graph;
	struct approval_rule *rules;
	size_t nrules;
	struct approval_notes notes;
	bool late; /* a step in the middle asks for an approval */
	const char *plan_hash;
};
bool ask_prepare(struct cx *cx, const struct ask *ask, struct prepared *ret,
    struct err *e);

struct asked {
	struct ticket *ticket; /* or NULL */
	struct run *run;
	bool joined; /* the same was active already */
	const char *cost; /* in words, or NULL */
	struct approval_notes notes;
};
/* Prepare, then write ticket, run and needs. */
bool ask_make(struct cx *cx, const struct ask *ask, struct asked *ret,
    struct err *e);

/* What the run was asked for as, with the definitions of today, for the actor,
 * who must be allowed to ask for it today.  params is left to the caller. */
bool ask_of_run(struct cx *cx, const struct run *run, struct ask *ret,
    struct err *e);

/* To undo a run: whether the requester may is for the caller to know.  Errors
 * of undo_make. */
bool ask_undo(struct cx *cx, const struct run *run, const char *requester,
    struct ask *ret, struct err *e);
/* The same ask once more, for an undo run that is there: to hold today's rules
 * against it. */
bool ask_undo_again(struct cx *cx, const struct ticket *t,
    const struct run *undo_run, struct ask *ret, struct err *e);

/* A run for a prepared ask of a ticket that exists (edit). */
struct run *ask_write_run(struct cx *cx, struct prepared *p,
    const struct ticket *ticket, const char *status, const char *reason);

/* A ticket for a run on its way that has none: a step asks for an approval
 * that nobody could foresee.  Nobody joins the run from here on. */
struct ticket *ask_ticket_of_run(struct cx *cx, struct run *run);

/* The environment named, or the only one; ERR_NOT_FOUND with the near name,
 * ERR_INVALID "environment.missing". */
bool ask_environment(struct cx *cx, const char *name,
    const struct request_def *request, const struct environment_def **ret,
    struct err *e);

/* A deep copy of given, checked against the task's parameters with defaults
 * filled in; problems have pointers below "/params". */
bool ask_params(struct cx *cx, const struct task *task, const json_t *given,
    struct problems *problems, json_t **ret, struct err *e);

#endif
