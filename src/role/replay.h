/* SPDX-License-Identifier: MIT */
/*
 * replay.h: a run computed again from its bundle (resource/run/bundle_api.h).
 *
 * By the code that the server uses, without a server: each definition has its
 * hash, the plan has its; the graph that follows from definitions and
 * parameters has the steps and needs that the run has; a step whose `when:`
 * does not hold was skipped, none ran whose target was there, and none began
 * before what it needs had ended; each approval was given by as many of those
 * who may, over that hash, by neither requester nor last editor, before the
 * run began; events have their own hashes, are in order, and say how run and
 * steps ended.
 *
 * What it does not do: run anything, or know whether the events are all there
 * are (`slipway audit verify` does).
 */
#ifndef ROLE_REPLAY_H
#define ROLE_REPLAY_H

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"
#include "sys/jq.h"

struct replay_report {
	const char *run;
	size_t definitions, steps, needs, events;
};

/* ERR_INVALID "replay.differs" tells of the first difference, "replay.form"
 * that it is no bundle.  Pure but for the arena, and for jq, which says
 * whether conditions hold. */
bool replay_bundle(struct arena *a, struct jq *jq, const json_t *bundle,
    struct replay_report *ret, struct err *e);

/* The graph and the decisions of a bundle that holds, on stdout. */
void replay_show(struct arena *a, const json_t *bundle);

#endif
