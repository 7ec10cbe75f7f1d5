/* SPDX-License-Identifier: MIT */
/*
 * first.h: the first process of an attempt: the parent of its command.
 *
 * The keeper is above it and outside the sandbox.  With a PID namespace it is
 * process 1 there: when it goes, the kernel kills everybody else.  Without one
 * it is a child subreaper that kills what is below it by itself.  Either way
 * nothing of the tree outlives the end of the command, and the tree dies with
 * the keeper: PDEATHSIG kills process 1, or tells the subreaper to kill.
 *
 * It reports over a pipe: FIRST_STARTED or FIRST_FAILED, then FIRST_ENDED.
 * The keeper sends it SIGTERM (end the tree politely) and SIGUSR1 (kill it);
 * all signals are blocked and waited for.  first_run is called in the child
 * and never returns; it allocates nothing.
 */
#ifndef KEEP_FIRST_H
#define KEEP_FIRST_H

#include <stdint.h>

#include "keep/sandbox.h"
#include "keep/spec.h"

enum first_kind { FIRST_STARTED = 1, FIRST_FAILED, FIRST_ENDED };

struct first_report {
	uint32_t kind;
	int32_t value; /* errno, or the status of waitpid */
	char stage[24];
};

#define FIRST_CLOSE_MAX 12

struct first {
	const struct sandbox *sandbox;
	const struct spec *spec;
	unsigned layers;
	int out, err; /* of the command */
	int report;   /* write end; the keeper alone has the read end */
	int close[FIRST_CLOSE_MAX]; /* the keeper's own, ends with -1 */
};

_Noreturn void first_run(const struct first *f);

#endif
