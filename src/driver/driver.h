/* SPDX-License-Identifier: MIT */
/*
 * driver.h: the contract between the engine and whatever runs attempts.
 *
 * A driver knows one outside system and nothing of ours: it gets a complete
 * `struct work`, and tells what became of it by events.  All hooks are called
 * on the core thread, after the commit that made the attempt durable.  The
 * engine sees only this header; driver/registry.c maps names to drivers.
 */
#ifndef DRIVER_DRIVER_H
#define DRIVER_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/sandbox.h"
#include "base/str.h"

struct work_file {
	const char *name;
	struct str bytes;   /* private file in .slipway/ (params, secrets) */
	const char *source; /* or: pinned file linked into the workspace */
	const char *sha256; /* of source: it must have it; NULL: not looked */
};

/* A file of the workspace that outlives it, when the command ends with 0. */
struct work_take {
	const char *path;
	uint64_t max;
};

/* What became of one, in the order of work.takes. */
struct work_artifact {
	bool taken;
	uint64_t size;
	char sha256[65]; /* of a taken one: DATA/artifact/SHA256, durable */
	char why[128];	 /* of another: for people */
};

/* One attempt, complete.  Pointers are valid during the call only. */
struct work {
	int64_t attempt;
	int64_t token;
	const char *const *argv; /* NULL-terminated, argv[0] absolute or
				  * relative to the workspace */
	const char *const *env;	 /* NULL-terminated "NAME=value" */
	const struct work_file *files;
	size_t nfiles;
	const struct str *secrets; /* to be masked */
	size_t nsecrets;
	const struct work_take *takes;
	size_t ntakes;
	const char *const *volumes; /* NULL-terminated absolute folders */
	enum sandbox sandbox;
	int64_t timeout_ms; /* 0: none */
	int64_t grace_ms;
	uint64_t output_cap;
	uint64_t memory_bytes;
	unsigned processes;
};

enum work_event_kind {
	WORK_STARTED,
	WORK_ENDED, /* reason, code … are set */
	WORK_GONE   /* started, and no proof of its end: unknown */
};

enum work_reason {
	WORK_EXITED,
	WORK_SIGNALLED,
	WORK_TIMED_OUT,
	WORK_CANCELLED,
	WORK_SPAWN_FAILED,
	WORK_UNKILLABLE,
	WORK_OUT_OF_MEMORY
};

struct work_event {
	enum work_event_kind kind;
	int64_t attempt;
	int64_t token;
	enum work_reason reason;
	int code;   /* -1 when there is none */
	int signal;
	char detail[128]; /* for people: "exec: No such file or directory" */
	unsigned layers;  /* sandbox layers in force, keep/wire.h */
	int64_t started_ms, ended_ms, duration_ms;
	uint64_t log_bytes, log_dropped;
	bool outputs_cut;
	struct buf outputs; /* bytes of the outputs file; the engine finishes
			     * the buffer */
	struct buf artifacts; /* struct work_artifact[], the same */
};

/* What recovery finds of an attempt that the database calls started. */
enum work_state {
	WORK_NEVER,   /* it was not started and now never will be */
	WORK_RUNNING, /* events will come */
	WORK_OVER,    /* *ret_end holds the result */
	WORK_LOST     /* started, no result, nobody there */
};

struct driver {
	const struct driver_ops *ops;
	void *self;
};

struct driver_ops {
	const char *name;
	/* MUST: begin the attempt.  Does not wait for it.  false: it did not
	 * and will not start. */
	bool (*start)(void *self, const struct work *w, struct err *e);
	/* MUST: end it: TERM, after grace_ms KILL of the whole tree.  The
	 * event comes as usual; unknown attempts are ignored. */
	void (*cancel)(void *self, int64_t attempt, int64_t token,
	    int64_t grace_ms);
	/* MUST: a descriptor that is readable while events wait. */
	int (*fd)(void *self);
	/* MUST: the next event, false when there is none now. */
	bool (*next)(void *self, struct work_event *ret);
	/* MUST: after a restart, what became of it. */
	enum work_state (*recover)(void *self, int64_t attempt, int64_t token,
	    struct work_event *ret_end);
	/* MAY: the attempt is final in the database; free its workspace, and
	 * the artifacts that no row names. */
	void (*forget)(void *self, int64_t attempt);
	void (*destroy)(void *self);
};

#endif
