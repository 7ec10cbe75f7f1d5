/* SPDX-License-Identifier: MIT */
/*
 * wait.h: what happens between an answer that names a run and the prompt:
 * the plan is waited for, shown, and the run followed as the flags say.
 */
#ifndef CLI_WAIT_H
#define CLI_WAIT_H

#include "cli/session.h"

/* The run once its plan stands still, or after 12 s as it is. */
bool wait_planned(
    struct session *s, const char *run, json_t **ret_detail, struct err *e);

/* How the person wants to wait. */
struct wait_how {
	bool follow;  /* until the end */
	bool log;     /* with the log */
	bool no_wait; /* not at all, and tell by the exit code */
	int64_t within_ms;
	const char *artifacts; /* folder for what it leaves, or NULL */
};

/* From --follow, --wait, --no-wait, --within and --artifacts; false and e when they do not
 * go together. */
bool wait_how(const struct args *args, struct wait_how *ret, struct err *e);

/* The answer of request.ask and task.run: show it, follow it; exit code. */
int wait_asked(struct session *s, const struct wait_how *how,
    const json_t *asked, bool dry);
/* The answer of run.retry. */
int wait_retried(struct session *s, const struct wait_how *how, json_t *detail);
/* A ticket whose plan is made again: show it when it stands. */
int wait_ticket(struct session *s, json_t *detail);

#endif
