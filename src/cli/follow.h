/* SPDX-License-Identifier: MIT */
/*
 * follow.h: watch a run until its end: a line per change of a step, its log,
 * or both.
 *
 * The run does not depend on us: Ctrl-C, a closed terminal or the end of our
 * patience leave it going, and the person is told how to come back.  A server
 * that goes away is waited for; nothing is lost or shown twice.  Log lines of
 * several steps that run at once are held until they are whole; steps of the
 * same task are told apart by their number.
 */
#ifndef CLI_FOLLOW_H
#define CLI_FOLLOW_H

#include "cli/session.h"

struct follow_options {
	const char *run;
	bool progress; /* steps as they change */
	bool log;
	int64_t step;      /* only its log; 0: all */
	/* No log of attempts up to this one: they were before a retry. */
	int64_t after_attempt;
	int64_t within_ms; /* 0: as long as it takes */
	bool alone;	   /* nobody else is there: leave when it needs one */
};

/*
 * Returns when the run is over: the exit code of its status.  Prints events
 * as lines of JSON with --json.  When within_ms is over the process ends: 6
 * if the run waits for an approval, or nothing of it runs and a step does; 75
 * if not; after Ctrl-C with 130.  With `alone` the same 6 is returned as soon
 * as only a person could go on.
 */
int follow_run(struct session *s, const struct follow_options *o);

/* 0 succeeded, 1 failed, 6 waiting, 7 cancelled, 8 timed out, 10 unknown; 0
 * for one that is on its way. */
int follow_exit(const char *run_status);

#endif
