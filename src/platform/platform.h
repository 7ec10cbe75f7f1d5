/* SPDX-License-Identifier: MIT */
/*
 * platform.h: the team's folder as loaded: an immutable snapshot.
 *
 * platform_load reads every *.yaml of a folder (any name, several documents
 * per file, top key tells the kind), reports all errors at once with
 * file:line:column, and gives a reference-counted snapshot; a reload makes
 * another and swaps the pointer.  Whoever holds a reference may read it from
 * any thread.  JSON values inside are shared between threads: they are never
 * changed and never increfed (jansson reference counts are not used on them).
 */
#ifndef PLATFORM_PLATFORM_H
#define PLATFORM_PLATFORM_H

#include "platform/schedule.h"
#include "platform/task.h"
#include "spec/op.h"

struct person_def {
	const char *name; /* key: "ernie" */
	const char *full_name, *unix_name, *email;
	const char *same_as; /* another account of this human, or NULL */
	bool disabled;
	const char *service; /* team or person that answers for this program's
			      * account; NULL: a human */
	const char *where;
};

struct team_def {
	const char *name;
	const char *doc;
	const char *const *members; /* NULL-terminated, may be empty */
	const char *const *duty;    /* of them, week by week; may be empty */
	const char *where;
};

struct grant_def {
	const char *to;		 /* team or person */
	enum role role;
	bool deny;		 /* deny wins */
	const char *on;		 /* owner team of tasks, or NULL: all */
	const char *const *env;	 /* NULL-terminated, or NULL: all */
	const char *const *tasks; /* task or request names, or NULL: all */
	const char *const *projects; /* of request types, or NULL: all */
	int64_t until_ms;	     /* wall; 0: for ever */
	bool break_glass;	     /* sleeps until a break-glass is open */
	const char *where;	 /* "people.yaml:9": named in every answer */
	const char *text;	 /* "member on platform in dev, prod" */
};

struct environment_def {
	const char *name;
	const char *doc;
	bool is_protected;
	const json_t *vars; /* NAME → text */
	const char *const *secrets;
	const struct rule_def *approve;
	size_t napprove;
	const char *where;
};

struct project_def {
	const char *key;
	const char *team;
	const char *where;
};

enum expire { EXPIRE_ASK, EXPIRE_REMIND, EXPIRE_UNDO };

struct resource_def { /* what a request makes */
	const char *kind;
	const char *name; /* the parameter that is its name */
	enum expire expire;
	int64_t remind_ms;  /* before the end; 0: a quarter of the lifetime */
	int64_t grace_ms;   /* between asking and undoing */
	int64_t longest_ms; /* its owners may extend it to this; 0: no end */
	int64_t check_ms;   /* between looking whether it is there; 0: never */
	const struct task *discover; /* lists all there are; or NULL */
	int64_t discover_ms;
};

struct request_def {
	const char *name;
	const char *doc;
	const char *title; /* of the form */
	const char *project;
	const struct task *task;
	const char *priority; /* interruption, security, customer, operational */
	const char *const *environments; /* NULL: all */
	const struct rule_def *approve;
	size_t napprove;
	int64_t lifetime_ms; /* 0: for ever */
	const struct resource_def *resource; /* NULL: it makes none */
	const struct cost_def *cost; /* its own or the task's, or NULL */
	const char *where;
	const char *hash;
};

struct notify_def { /* which task tells people of their inbox */
	const char *const *on; /* kinds of items, NULL-terminated */
	const char *to;	       /* only these: team or person; NULL: all */
	bool once;	       /* the team `to`, and not each of its people */
	const struct task *task;
	const char *environment;
	const json_t *with; /* parameters, with $notice.… */
};

struct limit_def {
	const char *name;
	int64_t amount;
};

struct volume_def {
	const char *name;
	const char *path; /* absolute */
};

struct folder_file {
	const char *name; /* relative to the folder */
	const char *sha256;
	struct str bytes;
	bool executable;
};

struct platform {
	unsigned magic;
	struct arena *arena;
	const char *folder; /* absolute path */
	const char *hash;   /* over all definitions and files */
	const char *commit; /* git HEAD when there is one, "" otherwise */
	const char *currency; /* of every cost, NULL: none has one */
	const char *timezone;
	const struct zone *zone; /* of that name */
	int64_t loaded_ms;
	int64_t approval_expires_ms; /* default 24 h */
	int64_t artifacts_max;	     /* bytes of all of them */
	const char *default_environment; /* the only one, or NULL */
	/* Each sorted by name. */
	const struct person_def *people;
	size_t npeople;
	const struct team_def *teams;
	size_t nteams;
	const struct grant_def *grants; /* in folder order */
	size_t ngrants;
	_Atomic int64_t *grant_used; /* last use of each, wall ms; 0: none */
	const struct environment_def *environments; /* one "default" if none */
	size_t nenvironments;
	const struct project_def *projects;
	size_t nprojects;
	const struct task *const *tasks;
	size_t ntasks;
	const struct request_def *requests;
	size_t nrequests;
	const struct schedule_def *schedules;
	size_t nschedules;
	const struct notify_def *notify; /* in folder order */
	size_t nnotify;
	const struct limit_def *limits;
	size_t nlimits;
	const struct volume_def *volumes;
	size_t nvolumes;
	const struct folder_file *files; /* those that definitions name */
	size_t nfiles;
	const struct folder_file *sources; /* the YAML that it was read from */
	size_t nsources;
	struct jq *jq; /* runs what its conditions say; NULL: nothing does */
	int refs; /* atomic */
};

/* One mistake of the folder. */
struct folder_error {
	const char *file; /* relative */
	int line, column;
	const char *what; /* "unknown key 'tiemout' in task 'database'" */
	const char *hint; /* "did you mean 'timeout'?", or NULL */
	const char *excerpt; /* the source line, "" when there is none */
	bool warning;	  /* loads all the same */
};
struct folder_errors {
	struct arena *arena;
	struct folder_error *items; /* sorted by file, line, column */
	size_t count, cap;
	size_t warnings; /* of them */
};

void folder_errors_init(struct folder_errors *errs, struct arena *a);
/* Append "file:line:column: what", the source line with a caret and the hint
 * of each to *to. */
void folder_errors_print(const struct folder_errors *errs, struct buf *to,
    bool colour);

/*
 * Read the folder.  Returns false when there are errors (not for warnings);
 * errs lists them (at most LIMIT_FOLDER_ERRORS), e summarises.  *ret has one
 * reference.  Blocks on the disk.  jq compiles the programs of the folder and
 * outlives the platform.
 */
bool platform_load(const char *folder, struct jq *jq, struct platform **ret,
    struct folder_errors *errs, struct err *e);
/* The same of files in memory, sorted by name; folder is only its name.
 * Programs are not compiled. */
bool platform_load_memory(const char *folder, const struct folder_file *files,
    size_t nfiles, struct platform **ret, struct folder_errors *errs,
    struct err *e);
/* The same with a helper for programs: a version of before. */
bool platform_load_kept(const char *folder, struct jq *jq,
    const struct folder_file *files, size_t nfiles, struct platform **ret,
    struct folder_errors *errs, struct err *e);
struct platform *platform_ref(struct platform *p);
void platform_unref(struct platform *p); /* NULL is fine */

/* A new snapshot of a folder that has nothing in it yet. */
struct platform *platform_empty(void);

const struct task *platform_task(const struct platform *p, const char *name);
const struct request_def *platform_request(const struct platform *p,
    const char *name);
const struct schedule_def *platform_schedule(const struct platform *p,
    const char *name);
const struct environment_def *platform_environment(const struct platform *p,
    const char *name);
const struct person_def *platform_person(const struct platform *p,
    const char *name);
/* The account that stands for the human behind this one: mostly itself. */
const char *platform_human(const struct platform *p, const char *name);
const struct person_def *platform_person_by_unix(const struct platform *p,
    const char *unix_name);
const struct team_def *platform_team(const struct platform *p,
    const char *name);
const struct project_def *platform_project(const struct platform *p,
    const char *key);
const struct limit_def *platform_limit(const struct platform *p,
    const char *name);
const struct volume_def *platform_volume(const struct platform *p,
    const char *name);
bool team_has(const struct team_def *t, const char *person);
/* Person is the named person, or a member of the named team. */
bool platform_is_one_of(const struct platform *p, const char *person,
    const char *team_or_person);

/* The tasks that t needs, those that undo them, and t, each once: what
 * closure_hash covers, as {"task name": "definition hash"} canonical JSON.
 * Takes time and memory for every one of them; the hash is there since the
 * folder was loaded. */
const char *platform_closure(const struct platform *p, const struct task *t,
    struct arena *a);
/* The same without what undoes them: what a run of t is made of. */
const char *platform_needed(const struct platform *p, const struct task *t,
    struct arena *a);

/* Write a first folder for one person: see decision 27.  Refuses a folder
 * that already has a slipway.yaml. */
bool platform_init(const char *folder, const char *person,
    const char *unix_name, struct err *e);

#endif
