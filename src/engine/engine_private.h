/* SPDX-License-Identifier: MIT */
/*
 * engine_private.h: what the duties share.  Core thread only, but for what
 * `lock` guards.
 *
 * A round is one transaction.  What a round decides takes effect in memory
 * after its commit: `live` grows by `starting` and loses what `pending`
 * ended; after a rollback both are simply decided again.
 */
#ifndef ENGINE_PRIVATE_H
#define ENGINE_PRIVATE_H

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/map.h"
#include "engine/engine.h"
#include "spec/run.h"
#include "store/audit.h"

#define WAIT_ON_BYTES 512 /* of step.wait_on, for a place to go on from */

struct live { /* an attempt that was started and is not known to be over */
	int64_t attempt;
	int64_t token;
	int64_t step;
	int64_t grace_ms;
	bool ends; /* in this round */
	char run_key[24];
	const struct use_def *uses; /* of the cached task */
	size_t nuses;
};

struct starting { /* to be started after the commit; in the round's arena */
	struct live live;
	struct work work;
};

struct engine {
	unsigned magic;
	struct site *site;
	struct driver driver;
	struct bus *bus;
	void (*anchored)(void *self, int64_t seq, const char *hash);
	void *anchored_self;
	int slots;
	struct audit_anchor anchor;

	pthread_mutex_t lock;
	struct platform *platform;
	_Atomic int nlive_shown;
	_Atomic bool stopping;

	struct live *live;
	size_t nlive, live_cap;
	size_t nends; /* of live, in this round */
	struct starting *starting;
	size_t nstarting, starting_cap;
	struct work_event *pending; /* reported, not committed */
	size_t npending, pending_cap;
	size_t nhandled; /* of pending, in this round */

	/* What became free since somebody looked who waits for it, and where
	 * the look at all that anybody waits for goes on: claim.c. */
	struct map freed;
	char waited[WAIT_ON_BYTES];

	struct arena *round;
	struct db *round_db;
	bool hooked; /* the after-commit hook of this round is set */
	int64_t tokens;
	int64_t next_due_boot_ms;
	int64_t starts_due_boot_ms; /* pending starts are written; 0: unset */
	bool more; /* come again at once */
	bool full_told; /* what the audit chain knows of site.full */

	/* When the next schedule is due (wall), by which folder that was found
	 * out, and when. */
	struct platform *scheduled;
	int64_t schedule_next, schedule_looked;
	/* The same of what requests look for: the folder by its hash, which is
	 * the folder's own and only compared. */
	const char *discovered;
	int64_t discover_next, discover_looked;

	/* Of which folder the grants are written down, and when their uses
	 * were (CLOCK_BOOTTIME). */
	char grants_of[DIGEST_HEX];
	int64_t grants_flushed;

	/* When artifacts are looked at again (wall; 0: now), and the sweep of
	 * DATA/artifact that is under way, or NULL. */
	int64_t artifacts_due, artifacts_next;
	DIR *sweep;
	int64_t sweep_due_boot_ms;

	/* Tasks by definition hash, for as long as the folder stays. */
	struct arena *cache_arena;
	struct map cache;
};

/* The after-commit hook is set once a round. */
void engine_hook(struct engine *g);

/* What a step runs, cached, without its needs.  NULL: not stored (a bug or
 * damage). */
const struct task *engine_task(struct engine *g, struct cx *cx,
    const char *hash);

/* This word of the driver's ends an attempt. */
void engine_ended(struct engine *g, const struct work_event *ev);
/* Attempts that will live after this round. */
size_t engine_running(const struct engine *g);
/* Amount of a limit in use after this round. */
int64_t engine_in_use(const struct engine *g, const char *limit);
/* The runs that use it, by name. */
const char *engine_holders(const struct engine *g, struct cx *cx,
    const char *limit);

/* duty_start.c */
void duty_start(struct engine *g, struct cx *cx);
/* Begin an attempt of kind "check", "preview", "run" or "verify"; the step is moved.
 * What cannot begin fails the step. */
void start_attempt(struct engine *g, struct cx *cx, struct run *run,
    struct step *step, const char *kind);

void run_begins(struct cx *cx, struct run *run);
/* An equal step of another run is being done: it waits for that one. */
bool step_shares(struct cx *cx, const struct run *run, struct step *step);

/* approve.c: a step with what it would do shown first, and approved. */
bool step_has_preview(const struct task *task);
/* false: it was sent to be previewed or approved, or it failed. */
bool step_may_begin(struct engine *g, struct cx *cx, struct run *run,
    struct step *step, const struct task *task);
/* A preview ended: ask, or go on with the command. */
void finish_preview(struct engine *g, struct cx *cx, struct run *run,
    struct step *step, const struct task *task, const struct work_event *ev,
    const char *status);

/* duty_finish.c */
/* How an attempt ended, in words. */
const char *attempt_words(struct cx *cx, const struct work_event *ev);
void duty_finish(struct engine *g, struct cx *cx);
/* Let those look again that stood aside for this step. */
void step_unpark(struct cx *cx, const struct step *step);

/* claim.c: what holds up a step that is ready. */
/* Let it stand aside until what it waits for is over; it keeps its place. */
void step_park(struct cx *cx, struct step *step, int64_t shares,
    const char *reason);
/* Nothing may begin now: it stops or drains, the disk is full, all is paused.
 */
bool claim_closed(struct engine *g, struct cx *cx);
/* true: it was parked, its task or a limit that it uses is paused. */
bool claim_paused(struct cx *cx, const struct task *task, struct step *step);
/* false: it was parked, a limit is used up, or is another's turn. */
bool claim_limits(struct engine *g, struct cx *cx, const struct task *task,
    struct step *step);

/* claim_key.c: keys, what is required, foreach with max_parallel. */
/* The key of the task that was asked for.  false: the step was parked, or the
 * run will not go on. */
bool claim_run_key(struct engine *g, struct cx *cx, struct run *run,
    struct step *step);
/* That of any other step.  false: it was parked, or has failed. */
bool claim_key(struct cx *cx, struct run *run, const struct task *task,
    struct step *step);
/* false: it was parked, or has failed, for something has not succeeded. */
bool claim_required(struct cx *cx, struct run *run, const struct task *task,
    struct step *step);
/* false: it was parked, enough of its foreach run. */
bool claim_lane(struct cx *cx, struct step *step);
/* Let those look again that waited for it; false: it is a limit. */
bool claim_wake_other(struct cx *cx, const char *wait_on);

void claim_freed_key(struct engine *g, const char *lock);
/* An attempt of the step is over: its limits and its place in a foreach with
 * max_parallel may be another's. */
void claim_freed(struct engine *g, struct cx *cx, const struct step *step,
    const struct task *task);
/* Let those look again whose wait may be over: what became free at once, and
 * of the rest a part in each round. */
void claim_wake(struct engine *g, struct cx *cx);

/* duty_artifact.c */
/* First of all: sees only what is committed.  Bytes that no row names go. */
void duty_sweep(struct engine *g, struct cx *cx);
void duty_artifact(struct engine *g, struct cx *cx);

/* duty_schedule.c */
void duty_schedule(struct engine *g, struct cx *cx);
/* duty_resource.c */
void duty_resource(struct engine *g, struct cx *cx);
/* duty_time.c */
/* Come again at that wall time; a clock that jumps makes it come sooner or
 * later by the jump, once. */
void engine_due_at(struct engine *g, const struct cx *cx, int64_t at);
void duty_retry(struct engine *g, struct cx *cx);
void duty_expire(struct engine *g, struct cx *cx);
void duty_access(struct engine *g, struct cx *cx);
void duty_tell(struct engine *g, struct cx *cx);
void duty_anchor(struct engine *g, struct cx *cx);
void duty_space(struct engine *g, struct cx *cx);

/* work.c: everything the driver needs.  false: it cannot be begun, e says
 * why. */
bool work_build(struct engine *g, struct cx *cx, const struct run *run,
    const struct step *step, const struct task *task, const char *kind,
    struct work *ret, struct err *e);
/* Parameters with outputs of needs put in, secrets plain.  A new reference;
 * NULL and e on failure. */
json_t *work_params(struct cx *cx, const struct step *step, struct err *e);
/* The values that an attempt of that kind was given and that nobody else may
 * see: secrets, secret parameters and secret outputs of its needs, as far as
 * they can still be read. */
struct secrets_seen {
	const struct str *items;
	size_t count;
};
struct secrets_seen work_secrets(struct cx *cx, const struct run *run,
    const struct step *step, const struct task *task, const char *kind);

/* outputs.c: the outputs file to stored JSON (declared secret ones sealed).
 * false: the file is wrong, or an output that everybody may read has one of
 * the secrets in it; e says which line. */
#define OUTPUT_SECRET_MIN 8 /* bytes; shorter ones are ordinary words */
bool outputs_parse(struct cx *cx, const struct task *task, struct str bytes,
    struct secrets_seen secrets, const char **ret_json, struct err *e);
/* Has the task an output that everybody may read? */
bool outputs_are_open(const struct task *task);

#endif
