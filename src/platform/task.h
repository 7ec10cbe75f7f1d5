/* SPDX-License-Identifier: MIT */
/*
 * task.h: one task definition, ready to use.
 *
 * Built from its canonical JSON body alone (task_from_json), whether that
 * body was just read from the team's folder or comes pinned out of the
 * database; so a run keeps the version it began with.  Immutable; lives in
 * the arena it was built in.
 */
#ifndef PLATFORM_TASK_H
#define PLATFORM_TASK_H

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sandbox.h"
#include "platform/cost.h"
#include "spec/run.h"
#include "spec/schema.h"
#include "sys/jq.h"

enum command_kind {
	COMMAND_NONE,
	COMMAND_FILE,	/* run: ./create-db */
	COMMAND_INLINE, /* run: | … ; by /bin/sh -eu unless it begins with #! */
	COMMAND_ARGV	/* argv: [./tool, --flag, $params.name] */
};

struct command {
	enum command_kind kind;
	const char *file; /* "create-db": name in the folder, no "./" */
	const char *text; /* of COMMAND_INLINE */
	const json_t *argv; /* strings; whole-scalar references allowed */
};

enum creates_kind { CREATES_NONE, CREATES_RUN, CREATES_PATH, CREATES_URL };

/* The target: there or not.  A command says 0 there, 1 missing, else the
 * check itself failed. */
struct creates {
	enum creates_kind kind;
	struct command command; /* CREATES_RUN */
	const char *target; /* path or url: text, or one whole reference */
	const json_t *secrets; /* names, for the check; NULL: the task's */
	/* No reference to outputs of needs: may be asked before they ran. */
	bool early;
};

/* What the command would do, in words: what an approver sees. */
struct preview {
	struct command command; /* COMMAND_NONE: there is none */
	const json_t *secrets;	/* names; NULL: the task's */
};

struct need_def { /* one entry of needs: */
	const char *name;
	const char *task;
	const json_t *with; /* object: parameter → value or reference */
	const json_t *over; /* foreach: a list, or one reference; or NULL */
	int64_t max_parallel; /* of that, at once; 0: not said */
};

struct cleanup_def { /* one entry of on_failure: or always: */
	enum cleanup kind;
	const char *task;
	const json_t *with; /* object, as that of a need */
};

struct require_def { /* one entry of requires: */
	const char *task;
	const json_t *with; /* complete: object, texts may be $params.x */
	int64_t within_ms;  /* 0: whenever */
	const char *within; /* the same as written */
	const char *env;    /* NULL: that of the run */
	bool wait;
};

enum when_busy { BUSY_QUEUE, BUSY_REPLACE, BUSY_REFUSE };

struct output_def {
	const char *name;
	const struct schema *schema; /* STRING when no type is written */
	bool secret;
	bool once;	/* reveal: once */
	const char *to; /* "requester" (default) or a team or person */
	const char *doc;
};

struct artifact_def { /* a file that the command leaves behind */
	const char *name;
	const char *path; /* in the workspace, relative */
	const char *doc;
	const char *keep; /* "30d", as it was written */
	int64_t keep_ms;
	int64_t max_bytes;
};

struct rule_def { /* one entry of an approve: list, in order */
	const json_t *when; /* matchers, or NULL: always */
	const json_t *window;	/* text or texts (base/window.h), or NULL */
	const char *timezone;	/* of the window; NULL: the folder's */
	const char *of;	    /* team or person; NULL with none */
	int64_t count;	    /* 1-of-n …; 0: all of them */
	int64_t percent;    /* of those who may decide, rounded up; or 0 */
	bool none;	    /* matching this ends the list with no need */
	const char *name;   /* how answers call it, or NULL */
	int64_t expires_ms; /* to decide in; 0: as the settings say */
	int64_t valid_ms;   /* to begin in, once approved; 0: no end */
	int64_t remind_ms;  /* after the ask; 0: nobody is reminded */
	const char *when_expired; /* "cancel", "decline", a team or person */
	const char *text;   /* "1 of compliance": for people */
};

struct use_def {
	const char *limit;
	int64_t amount;
};

struct task {
	const char *name;
	const char *doc;
	const char *team;  /* owner */
	const char *where; /* "tasks.yaml:12", "" for a pinned one */
	const char *hash;  /* of body */
	const char *closure_hash;
	const char *body;  /* canonical JSON, files by hash included */
	const struct schema *params; /* OBJECT */
	const struct need_def *needs;
	size_t nneeds;
	const struct cleanup_def *cleanups; /* in the order they run */
	size_t ncleanups;
	const json_t *key; /* list of texts and $params.x, or NULL */
	enum when_busy when_busy;
	const struct require_def *requires;
	size_t nrequires;
	struct creates creates;
	struct preview preview;
	struct command command;
	const json_t *files; /* name → sha256, every file it names */
	const json_t *env;   /* NAME → text or reference */
	const char *const *secrets; /* NULL-terminated names */
	const char *const *volumes; /* NULL-terminated names */
	const struct use_def *uses;
	size_t nuses;
	const struct output_def *outputs;
	size_t noutputs;
	const struct artifact_def *artifacts; /* sorted by name */
	size_t nartifacts;
	const struct rule_def *approve;
	size_t napprove;
	const struct cost_def *cost; /* or NULL */
	const json_t *when;	   /* matchers over params, env, needs */
	const char *const *manual; /* checklist, NULL-terminated, or NULL */
	const char *undo;	   /* task, or NULL */
	int64_t saves_ms;	   /* of a person, each time; 0: not said */
	int64_t timeout_ms;	   /* default 1 h */
	int64_t grace_ms;	   /* default 10 s */
	int64_t retry_times;
	int64_t backoff_min_ms, backoff_max_ms;
	int64_t memory_bytes, processes, output_cap;
	enum sandbox sandbox;
	bool idempotent;
};

/* body is borrowed and must live as long as the task.  It was validated
 * before, so a failure is ERR_INTERNAL. */
bool task_from_json(struct arena *a, const json_t *body, struct task **ret,
    struct err *e);
const struct need_def *task_need(const struct task *t, const char *name);
const struct output_def *task_output(const struct task *t, const char *name);
const struct artifact_def *task_artifact(const struct task *t,
    const char *name);
/* The i-th task that may run because t does: its needs, then what cleans up
 * after it; NULL behind the last. */
const char *task_below(const struct task *t, size_t i);
/* It has nothing to run itself, and nothing for a person to do. */
bool task_is_group(const struct task *t);

/*
 * References.  "$params.x", "$needs.role.outputs.y",
 * "$needs.role.artifacts.y", "$item", "$item.x.y", and of what is cleaned up
 * after "$outputs.y", "$status", "$reason": a whole scalar; "$$" at the start
 * escapes one dollar.
 */
enum reference_kind { REFERENCE_NONE, REFERENCE_PARAM, REFERENCE_OUTPUT,
	REFERENCE_ARTIFACT, REFERENCE_ITEM, REFERENCE_ENDED, REFERENCE_BAD };
struct reference {
	enum reference_kind kind;
	/* parameter, need, path in the item ("x.y"), or what of the end:
	 * "outputs", "status", "reason" */
	struct str name;
	/* REFERENCE_OUTPUT, REFERENCE_ARTIFACT; ENDED with "outputs" */
	struct str output;
};
struct reference reference_parse(const char *text);
/* What a text that is no reference means: "$$x" is "$x". */
const char *reference_literal(const char *text);

/*
 * Matchers (when:): {name: value | [values] | {min,max,matches,not}, …}, all
 * must hold.  Names are "env" (environment name), parameters, outputs of needs
 * ("needs.role.outputs.url"), and "jq": a program over {env, params, needs}
 * that gives true or false (sys/jq.h; may block).  NULL matches.
 *
 * MATCH_FAILED: the program gave neither.  *ret_why names the deciding entry
 * ("size is more than 20").
 */
enum match { MATCH_NO, MATCH_YES, MATCH_FAILED };
struct matched_on {
	const char *env;
	const json_t *params; /* and outputs of needs by their whole name */
	const json_t *needs;  /* for jq: {role: {outputs: {…}}}; may be NULL */
	struct jq *jq;	      /* NULL: a program always fails */
};
enum match matchers_try(const json_t *when, const struct matched_on *on,
    struct arena *a, const char **ret_why);
/* Does it speak of outputs, which only the run makes? */
bool matchers_want_needs(const json_t *when);

#endif
