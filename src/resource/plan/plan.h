/* SPDX-License-Identifier: MIT */
/*
 * plan.h: exactly what is to be done, by hash, and the definitions that it
 * is made of.
 *
 * The plan hash is SHA-256 over the canonical JSON of {closure hash, task,
 * parameters (secret ones as HMAC), environment with variables and secret
 * versions, the approval rules as they stood, requester} (decision 16).  What
 * would be skipped, durations and the queue are not in it.  Definitions and
 * the files they name are stored by hash, so that a run keeps the version it
 * began with.  Owns the tables plan, closure and definition, and DATA/blob.
 */
#ifndef RESOURCE_PLAN_H
#define RESOURCE_PLAN_H

#include "resource/approval/approval.h"
#include "resource/cx.h"

struct plan_input {
	const struct task *task;
	const struct environment_def *environment;
	const json_t *params; /* sealed */
	const struct approval_rule *rules;
	size_t nrules;
	const char *requester;
	const char *request; /* type, or NULL: a direct run */
	const char *cost;    /* in words, or NULL */
	json_t *undo; /* what it undoes: definitions are stored already; or
		       * NULL */
};

/* Store definitions, closure and plan (if they are not there), return the
 * hash. Blocks on the disk for files not seen before. */
bool plan_store(struct cx *cx, const struct plan_input *in,
    const char **ret_hash, struct err *e);

/* Store any body under its hash, which is returned. */
const char *plan_store_body(struct cx *cx, const json_t *body);

/* Store the definition of a task that names no files. */
void plan_store_definition(struct cx *cx, const struct task *t);
/* A stored definition as a task in the arena of cx; NULL when absent. */
const struct task *plan_definition(struct cx *cx, const char *hash);
/* The same without its needs, which are most of a large one: what it takes to
 * run it.  Its body is not there either; its hash is. */
const struct task *plan_command(struct cx *cx, const char *hash);

/* The definitions of a stored closure, by task name: hash or NULL. */
const char *plan_closure_task(struct cx *cx, const char *closure_hash,
    const char *task);

/* A text of a stored plan's body, "cost" or "request", or NULL. */
const char *plan_says(struct cx *cx, const char *hash, const char *key);
/* Canonical body of a stored plan, or NULL. */
const char *plan_body(struct cx *cx, const char *hash);

#endif
