/* SPDX-License-Identifier: MIT */
/*
 * sim.h: the core in one process, under a virtual clock and a scheduler whose
 * every choice comes from a seed.
 *
 * A seed makes a small folder (folder.c), then takes random steps: people ask,
 * decide, edit, cancel and retry, attempts end, get lost or are reported
 * twice, targets come and go, the clock jumps, commits fail, the server dies
 * (act.c, turn.c).  The outside world is the fake driver with a memory of its
 * own (outside.c).  After each step the invariants are checked (check.c); at
 * the end everything is driven to its end, and nothing may be stuck.
 *
 * One thread, a process for each seed.  The same seed replays exactly.
 */
#ifndef TEST_SIM_SIM_H
#define TEST_SIM_SIM_H

#include <sqlite3.h>

#include "driver/fake.h"
#include "engine/engine.h"
#include "spec/run.h"
#include "store/db.h"

#define SIM_TASKS 12
#define SIM_PEOPLE 4
#define SIM_ENVS 2	/* dev, prod */
#define SIM_NAMES 3	/* values of the parameter: a, b, o */
#define SIM_LIMITS 2	/* db, gpu */
#define SIM_SCHEDULES 2
#define SIM_EVERY_MS INT64_C(1200000) /* of the schedules */
#define SIM_TRACE 20
#define SIM_VERSIONS 64 /* of the folder, as far as rules go */
#define SIM_REMOVED 20

struct sim_need {
	int task;
	enum { WITH_SAME, WITH_CONST, WITH_OUTPUT } with;
	/* foreach: over a list that is written, or an output of n0 */
	enum { EACH_NOT, EACH_WRITTEN, EACH_OUTPUT } each;
	bool alone; /* foreach: one of them at once */
};

/* What cleans up, and what it is handed. */
struct sim_cleanup {
	int task; /* -1: nothing */
	enum { AFTER_PARAM, AFTER_CONST, AFTER_OUTPUT, AFTER_STATUS } with;
};

struct sim_require {
	int task; /* -1: nothing */
	bool same, wait; /* the same name, or b */
	int within_min;	 /* 0: whenever it was */
};

struct sim_rule {
	int team;  /* 0 or 1 */
	int hours; /* an approval is valid for; 0: for ever */
	int count; /* 0: no rule */
};

struct sim_task {
	struct sim_need needs[3];
	int nneeds;
	bool command, manual, idempotent, prod_only, preview;
	enum { TARGET_OF_NONE, TARGET_OF_NAME, TARGET_OF_OUTPUT } target;
	int retry;
	int uses[SIM_LIMITS];
	struct sim_rule rule;
	struct sim_cleanup cleanups[2]; /* on_failure, always */
	enum { KEY_NONE, KEY_NAME, KEY_ONE } key;
	enum { BUSY_QUEUES, BUSY_REPLACES, BUSY_REFUSES } busy;
	struct sim_require require;
	int undo;    /* task, or -1 */
	bool hidden; /* it was taken out of the folder */
};

struct sim_schedule {
	enum { OVERLAP_SKIPS, OVERLAP_QUEUES, OVERLAP_IS_ALLOWED } overlap;
	int task, name, env;
	bool latest;
};

/* What a request makes: kept for hours. */
struct sim_resource {
	enum { ENDS_NOT, ENDS_ASKING, ENDS_REMINDING, ENDS_UNDONE } end;
	int hours;
};

/* Who may decide on what. */
struct sim_rights {
	unsigned teams[2]; /* bits of people */
	unsigned disabled;
	struct sim_rule env[SIM_ENVS][2];
	struct sim_rule request[2];
};

/* The folder as the simulation itself understands it. */
struct sim_folder {
	struct sim_task tasks[SIM_TASKS];
	int ntasks;
	int npeople;
	struct sim_rights rights;
	int requests[2]; /* task */
	struct sim_resource resources[2]; /* of the requests */
	int limits[SIM_LIMITS];
	struct sim_schedule schedules[SIM_SCHEDULES];
	int nschedules;
	unsigned undoes; /* percent of the tasks that can be undone */
};

/* An attempt as the outside world sees it. */
struct sim_attempt {
	bool live, cancelled;
	unsigned starts;
	int task, name, env; /* name -1: it was given none */
	enum { SIM_CHECK, SIM_PREVIEW, SIM_RUN, SIM_VERIFY } kind;
	int64_t token;
	char run_key[24];
};

struct sim {
	uint64_t seed, random;
	int step, steps;
	uint64_t digest; /* of all that was noted and audited */
	bool digests, verbose;
	bool calm; /* no faults, everything succeeds */
	char trace[SIM_TRACE][200];
	int ntrace;

	struct sim_folder folder;
	bool targets[SIM_TASKS][SIM_NAMES][SIM_ENVS];
	int said[SIM_TASKS]; /* what a preview says now: a number */
	int lists[SIM_TASKS]; /* which list a task writes now */

	int64_t wall_ms, boot_ms;

	struct db *db;
	sqlite3 *raw; /* the same connection */
	struct site site;
	struct fake *fake;
	struct driver fake_driver;
	struct engine *engine;
	struct writer_hooks hooks;
	struct platform *platform;
	struct arena *arena;
	int slots;
	bool doomed;	/* what was just done is the last it does */
	int dies_after; /* driver calls until the server is dead; -1: lives */

	struct sim_attempt *attempts; /* by id */
	size_t nattempts;
	struct work_event extra[8]; /* late and repeated words */
	size_t nextra;

	/* Rights as they were, the last now; and which held when a run was let
	 * go, by its id, and when a step was decided on, by its id: one more
	 * than their place, 0: not yet. */
	struct sim_rights versions[SIM_VERSIONS];
	int nversions;
	unsigned char *released, *decided;
	size_t nreleased, ndecided;

	/* Listed to be removed for their age. */
	int64_t due[SIM_REMOVED];
	size_t ndue;
	bool due_tickets;

	int64_t checked; /* attempts looked at */
	/* of the database, when it was checked, and found to be at rest */
	int changes, rested;

	uint64_t turns, restarts;
	double hours;
};

/* A number below n; n > 0. */
uint64_t sim_below(struct sim *s, uint64_t n);
bool sim_chance(struct sim *s, unsigned percent);
void sim_note(struct sim *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Two plays of one seed have one digest. */
void sim_digest(struct sim *s, const void *p, size_t n);
/* Print seed, step and what was done last; exit 1. */
_Noreturn void sim_violation(struct sim *s, const char *fmt, ...)
    PRINTF_LIKE(2, 3);

/* database.c */
void database_make(struct sim *s);
void database_digest(struct sim *s);
void database_close(struct sim *s);

/* folder.c */
extern const char *const sim_people[SIM_PEOPLE];
extern const char *const sim_envs[SIM_ENVS];
extern const char *const sim_names[SIM_NAMES];
extern const char *const sim_limits[SIM_LIMITS];
void folder_generate(struct sim *s);
/* The team takes tasks out or puts them back, changes limits, and who is in
 * which team and which rules there are. */
void folder_change(struct sim *s);
/* The platform of what the folder is now. */
struct platform *folder_read(struct sim *s);

/* rights.c */
void rights_make(struct sim *s);
void rights_change(struct sim *s);
/* The heads of the folder: people, teams, environments. */
void rights_write(struct sim *s, struct buf *b);
void rights_rule_write(struct buf *b, const struct sim_rule *rules, int n);
struct sim_rule rights_rule_make(struct sim *s, unsigned percent);

/* outside.c */
extern const struct driver_ops outside_ops;
struct driver outside_driver(struct sim *s);
struct sim_attempt *outside_attempt(struct sim *s, int64_t id);
/* A live attempt chosen at random, or 0. */
int64_t outside_pick(struct sim *s);
void outside_end(struct sim *s, int64_t id);
void outside_lose(struct sim *s, int64_t id);
void outside_repeat(struct sim *s, int64_t id);
int outside_live(struct sim *s);
void outside_reset(struct sim *s);

/* turn.c: what store/writer does, with faults */
typedef bool turn_job(struct sim *s, struct cx *cx, struct err *e);
void turn(struct sim *s, turn_job *job, const char *person);
void turn_restart(struct sim *s);
void turn_engine(struct sim *s);
void turn_clock(struct sim *s, int64_t wall_ms, int64_t boot_ms);
void turn_settle(struct sim *s);

/* act.c */
void act(struct sim *s);
bool act_nothing(struct err *e);
/* Somebody who may do anything. */
struct cx act_operator(const struct cx *cx, struct actor *actor);
turn_job act_approve, act_resolve, act_unpause, act_stop_schedules,
    act_give_up, act_undo;

/* act_keep.c: back-fills, delegations, broken glass, what is removed for its
 * age */
turn_job act_backfill, act_backfill_cancel, act_delegate, act_delegate_end,
    act_glass, act_glass_end, act_remove;

/* check.c */
void check_prepare(struct sim *s); /* the triggers */
void check_warm(struct sim *s);    /* the queries */
/* committed: the turn came to something. */
void check_all(struct sim *s, bool committed);
void check_over(struct sim *s);

/* Each row, in words, is a violation. */
struct whole {
	const char *name, *sql;
};
void whole_check(struct sim *s, const struct whole *whole);

/* check_claims.c: keys, what is required, foreach, what cleans up */
extern const char claims_triggers[];
extern const struct whole claims_wholes[]; /* to a NULL */
/* A command begins, in the outside world. */
void claims_check(struct sim *s, int64_t id);
/* Nothing is due: what waits has something to wait for. */
void claims_rest_check(struct sim *s);

/* check_keep.c: back-fills, resources, what is removed for its age */
extern const char keep_triggers[];
extern const struct whole keep_wholes[]; /* to a NULL */
void keep_rest_check(struct sim *s);
/* When the step of a task with this name was last done, as far as it was
 * removed since; or 0. */
int64_t keep_removed_at(struct sim *s, int task, const char *name, int env);

/* check_approval.c */
extern const char approval_triggers[];
/* Once in a turn: which rights decided on what was let go. */
void approval_note(struct sim *s);
void approval_forget(struct sim *s);
/* The command of a step was started: everybody agreed. */
void approval_check(struct sim *s, int64_t run, int64_t step);

/* raw.c: values of the database, outside of the product's own statements */
int64_t raw_int(struct sim *s, const char *sql, int64_t a, int64_t b);
/* A random row's first column, or 0. */
int64_t raw_pick(struct sim *s, const char *sql);
void raw_exec(struct sim *s, const char *sql);
/* The prepared statement of a constant text, reset. */
sqlite3_stmt *raw_statement(struct sim *s, const char *sql);
void raw_finish(void);

#endif
