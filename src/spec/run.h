/* SPDX-License-Identifier: MIT */
/*
 * run.h: one asked-for execution of a task with everything it needs.
 *
 * A run is made of steps (one per task and parameters, shared when two need
 * it); a step has attempts.  The structs are the rows; the schemas below say
 * what of them is on the wire.  Life cycles are the machines.
 */
#ifndef SPEC_RUN_H
#define SPEC_RUN_H

#include "base/machine.h"
#include "spec/op.h"

struct run {
	int64_t id;
	const char *key; /* "R-12" */
	const char *task;
	const char *team;
	const char *environment;
	const char *params; /* JSON; secret values sealed */
	const char *plan_hash;
	const char *closure_hash;
	const char *status;
	const char *reason; /* why it is in this status, for people */
	const char *requester;
	const char *via; /* "cli", "api" … */
	const char *schedule; /* that it is a run of, or "" */
	int64_t scheduled_at; /* the time that the schedule names; 0: none */
	int64_t backfill;     /* row id, 0: none */
	int64_t ticket_id; /* 0: none */
	int64_t scope_id;  /* (team, environment, task): for rights */
	int64_t retry_of;  /* run id, 0: none */
	int64_t undo_of;   /* run id, 0: none */
	bool dry;	   /* plan only: checks run, steps do not */
	const char *dedupe_key; /* set while a direct run is active */
	int64_t priority;
	int64_t root_step;
	int64_t open_steps; /* demanded and not final, what cleans up too */
	int64_t failed_steps; /* of the work */
	int64_t cleanups; /* how many of its steps clean up */
	bool cleanups_off; /* a person ended cleaning up */
	const char *key_lock; /* of the task that was asked for, or "" */
	bool keyed; /* it, or one of its steps, has a key */
	const char *cancel_by;
	int64_t seq; /* grows with every change of the run or its steps */
	int64_t created_at, started_at, ended_at;
	/* The same by the steady clock; since when no approval held it. */
	int64_t created_steady, queued_steady, started_steady, ended_steady;
	int64_t idle_ms; /* that it was over before somebody retried it */
};

/* Has it something to look for (creates:), and when may one look. */
enum step_target { TARGET_NONE, TARGET_LATE, TARGET_EARLY };

/* A need with foreach: is a step too: see platform/fan.h. */
enum step_fan { FAN_NONE, FAN_OPEN, FAN_SPREAD };

/* What it is for: the work, or to clean up after another step when that did
 * not succeed, or however it ended. */
enum cleanup { CLEANUP_NONE, CLEANUP_ON_FAILURE, CLEANUP_ALWAYS };

struct step {
	int64_t id;
	int64_t run_id;
	const char *ident; /* hash of task, parameters and environment */
	const char *task;
	const char *definition; /* hash */
	const char *params;	/* JSON; references to outputs unresolved */
	const char *status;
	int64_t waiting; /* needs that are not finished */
	bool held;	 /* ready, but the run waits for an approval */
	int64_t shares;	 /* equal step of another run that it waits for */
	const char *reason;
	const char *preview; /* "done", "missing", "unknown", "" */
	int64_t target;	     /* enum step_target */
	bool asked; /* the rules of its task were asked with the plan */
	const char *preview_hash; /* what its preview: said last, or "" */
	int64_t fan;	     /* enum step_fan */
	int64_t cleanup;     /* enum cleanup */
	int64_t cleans;	     /* the step that it cleans up after, or 0 */
	int64_t attempts;    /* all kinds, ever */
	int64_t tries;	     /* of the command, since the last reset */
	const char *outputs; /* JSON; secret values sealed */
	int64_t priority;
	int64_t rank; /* the least one is served first */
	/* What it waits for: a limit by its name; "=" and a key (resource/run/
	 * key.h); "?" and the ident of what is required; "/" and a lane. */
	const char *wait_on;
	int64_t wait_amount; /* of the limit; when that last succeeded */
	int64_t lane;	     /* foreach that it is of, with a limit; or 0 */
	int64_t lane_max;
	int64_t due_at; /* by the steady clock */
	int64_t seq;
	int64_t started_at, ended_at;
	int64_t started_steady, ended_steady;
};

struct attempt {
	int64_t id;
	int64_t step_id;
	int64_t run_id;
	int64_t no;
	const char *kind; /* "check", "preview", "run", "verify" */
	int64_t token, epoch;
	const char *boot_id;
	const char *status;
	int64_t code; /* -1: none */
	int64_t signal;
	const char *detail;
	int64_t layers;
	int64_t started_at, ended_at, duration_ms;
	int64_t started_steady, ended_steady;
	int64_t log_bytes, log_dropped;
};

extern const struct machine run_machine;
extern const struct machine step_machine;
extern const struct machine attempt_machine;

extern const struct schema run_schema; /* struct run */
extern const struct schema step_schema; /* struct step */
extern const struct schema attempt_schema; /* struct attempt */
extern const struct schema run_detail_schema; /* on the wire: run, steps … */

extern const struct op op_run_list, op_run_get, op_run_cancel, op_run_retry,
    op_run_log, op_run_follow, op_run_reveal, op_run_resolve;

#endif
