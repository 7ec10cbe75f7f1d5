/* SPDX-License-Identifier: MIT */
/*
 * graph.h: a task and its parameters become the steps of a run.
 *
 * Pure: definitions and values in, steps out, no database and no clock.  Equal
 * steps (same task, parameters and environment) are one step, so the result
 * is a DAG.  A parameter that comes from an output of a need is not known
 * yet; it stands as {"$output": [IDENT, NAME]} and is as good as a value for
 * telling steps apart.  A step keeps its parameters as text: a run has many
 * steps, and few are looked at again.  The walk is iterative: a chain may be as long as
 * LIMIT_STEPS_PER_RUN.
 *
 * What cleans up after a step (on_failure:, always:) is a step of its own,
 * behind that one, shared with nobody and never demanded here; what of its
 * parameters only the end of that step tells stands as {"$ended": NAME}.
 */
#ifndef PLATFORM_GRAPH_H
#define PLATFORM_GRAPH_H

#include <jansson.h>

#include "platform/task.h"
#include "spec/run.h"
#include "sys/digest.h"

struct graph_edge {
	const char *name; /* what the needing task calls it; "": only because
			   * a parameter comes from there */
	struct graph_step *from;
};

enum graph_state {
	GRAPH_IDLE,
	GRAPH_CHECK,
	GRAPH_WAITING,
	GRAPH_READY,
	GRAPH_GIVEN /* its outputs are known from an earlier run */
};

struct graph_step {
	char ident[DIGEST_HEX];
	const struct task *task; /* of a fan: that of its children */
	enum step_fan fan;	 /* its params: see platform/fan.h */
	enum cleanup cleanup;	 /* it is no work, but cleans up … */
	struct graph_step *cleans; /* … after this one, or NULL */
	const char *params; /* JSON as it is stored, defaults included */
	bool symbolic;	    /* they wait for what is not known yet */
	struct graph_edge *edges;
	size_t nedges, cap;
	bool early; /* has a target that can be looked for at once */
	enum graph_state state;
	size_t index; /* position in graph.steps */
	const char *given; /* outputs as JSON text: it need not run */
	int64_t given_at;  /* since when */
	int64_t id;	   /* free for the caller */
};

struct graph {
	struct graph_step **steps; /* what is needed comes first */
	size_t count;
	struct graph_step *root;
};

struct graph_source {
	/* The definition of a task, or NULL. */
	const struct task *(*lookup)(void *self, const char *name);
	/* The params without secrets, for hashing; in the arena, or as they
	 * are. */
	const char *(*hashable)(void *self, struct arena *a,
	    const char *params);
	void *self;
	const char *environment;
	/* The step of this ident that the run has already (with its id; state
	 * and `given` say whether it is done), or NULL.  May be NULL. */
	struct graph_step *(*known)(void *self, const char *ident);
	size_t count; /* steps that the run has already */
};

/*
 * Expand.  params are the root's, checked and complete.  ERR_INVALID
 * "graph.param" when a value handed on does not fit, "graph.too_large"
 * beyond LIMIT_STEPS_PER_RUN, "graph.task" for an unknown task.
 * Also sets the state each step begins with: what the root demands before
 * anything was looked at (see demand below).
 */
bool graph_expand(struct arena *a, const struct graph_source *source,
    const struct task *root, const json_t *params, struct graph *ret,
    struct err *e);

/* One of several tasks in one graph. */
struct graph_part {
	const char *name;    /* in messages */
	const struct task *task;
	json_t *params;	     /* the caller's; defaults are filled in */
	const size_t *after; /* places of the parts that come before it */
	size_t nafter;
	struct graph_step *step; /* set */
};

/*
 * One graph of several tasks with what they need, each after the parts it
 * names, and of `last` with its params, which needs them all and is its
 * root.  Equal parts are one step, at the place of the last of them.  Errors
 * as graph_expand; "graph.cycle" when what they need turns the order round.
 */
bool graph_join(struct arena *a, const struct graph_source *source,
    const struct task *last, json_t *params, struct graph_part *parts,
    size_t n, struct graph *ret, struct err *e);

/*
 * Spread a fan whose list is known now.  fan: ident and task; params: those of
 * the fan, where "foreach" is the list.  *ret holds the steps that are new, and the fan as
 * its root, with an edge from each child, named by its place.
 */
bool graph_spread(struct arena *a, const struct graph_source *source,
    const struct graph_step *fan, const json_t *params, struct graph *ret,
    struct err *e);

/* The params of a step: a new reference. */
json_t *graph_step_params(const struct graph_step *s);

/* Is value, or anything in it, an output that is not known yet? */
bool graph_is_symbolic(const json_t *value);
/* The ident and the name in {"$output": [IDENT, NAME]}, or false. */
bool graph_output(const json_t *value, const char **ret_ident,
    const char **ret_name);

/* The ident of a step of these complete parameters without secrets. */
void graph_ident(struct arena *a, const char *task, const json_t *params,
    const char *environment, char out[DIGEST_HEX]);
/* "status", "reason" or "outputs.NAME" of {"$ended": NAME}, or NULL. */
const char *graph_ended(const json_t *value);

/*
 * Demand: the state each step begins with.  A step with an early target is
 * looked at before what it needs; any other one waits for its needs (late
 * targets are looked at then); one that is `given` is done.  Called by
 * graph_expand; again after the caller has given some.
 */
void graph_demand(struct graph *g);
/* How many of its needs are not given. */
size_t graph_waiting(const struct graph_step *s);

#endif
