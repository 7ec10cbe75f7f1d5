/* SPDX-License-Identifier: MIT */
/*
 * cx.h: the context of one piece of work, the first parameter of every
 * domain function.
 *
 * It replaces globals: whose arena, whose transaction, who asks, which
 * version of the folder is in force, what time it is.  A cx lives as long as
 * one request or one round of the engine's duties.
 */
#ifndef RESOURCE_CX_H
#define RESOURCE_CX_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json_out.h"
#include "platform/platform.h"
#include "store/audit.h"
#include "store/db.h"

/* Who asks. */
struct actor {
	const char *person; /* NULL: the operator, the engine, or nobody */
	bool is_operator;   /* administers; never requests or approves */
	bool is_engine;	    /* slipway itself */
	bool is_local;	    /* alone on a private server: may do all */
	const char *via;    /* "cli", "api", "engine" */
	const char *address;
	enum role ceiling;  /* of the token; ROLE_ADMIN: none */
	const char *const *environments; /* of the token; NULL: all */
	const char *const *tasks, *const *projects; /* the same */
	const char *const *operations; /* of the token, "ticket.*"; NULL: all */
	bool read_only;	   /* the token is for reading */
	const char *token; /* its prefix, or NULL */
	bool glass; /* a break-glass of this person is open */
};

/* What belongs to the whole server, not to one request.  Read-only after
 * start but for what its functions guard. */
struct site {
	const char *data; /* absolute path of the data folder */
	unsigned char key[32]; /* seals secrets; outside the database */
	int64_t epoch;	       /* of this server, grows with every start */
	const char *boot_id;
	int64_t steady_base; /* what site_steady adds to CLOCK_BOOTTIME */
	int64_t keep_logs_ms; /* after an attempt's end; 0: for ever */
	int64_t keep_runs_ms, keep_tickets_ms; /* the same */
	bool local; /* private server of `run --local`: no approvals */
	/* Core thread: nothing new may be begun; resource/server knows. */
	bool draining;
	/* Core thread: little room is left on the disk (store/ballast.h): no
	 * attempt begins, and only what OP_WHEN_FULL says is taken in. */
	bool full;
	int64_t changes; /* core thread: see site_next_seq */
	/* After the commit, the streams of the run hear of it, or of what
	 * SITE_AUDIT or site_inbox() stands for; see site_tell. */
	void (*changed)(void *self, struct db *db, int64_t run_id);
	void *changed_self;
	/* MAY: nobody has this key any more; what waits for it may look again.
	 * Only makes it sooner. */
	void (*freed)(void *self, const char *lock);
	void *freed_self;
	/* After the commit, the driver ends the attempt.  grace_ms -1: as its
	 * task says. */
	void (*cancel)(void *self, struct db *db, int64_t attempt,
	    int64_t token, int64_t grace_ms);
	void *cancel_self;
	/* The last bytes of an attempt's log, as text; "" when none. */
	const char *(*log_tail)(void *self, int64_t attempt, size_t bytes,
	    struct arena *a);
	void *log_tail_self;
	/* What it wrote to its standard output, at most max bytes of it;
	 * NULL: nothing is known.  With log_tail_self. */
	bool (*log_output)(void *self, int64_t attempt, size_t max,
	    struct buf *to);
	/* Read the folder again and put it in force; core thread. */
	bool (*reload)(void *self, struct db *db, struct err *e);
	void *reload_self;
	/* MAY: is the chain in db the one that was anchored (the last anchors,
	 * or each)?  And where, as JSON.  Any thread; role/anchor.h. */
	bool (*anchors_check)(void *self, struct db *db,
	    enum audit_anchors which, struct err *e);
	void (*anchors_json)(void *self, struct json_out *out);
	void *anchors_self;
	/* MAY: after the commit, a backup was asked for; role/backups.h. */
	void (*backup_asked)(void *self);
	void *backup_self;
	/* MAY: are the sealed segments that were read again what they were?
	 * Any thread; role/segment.h. */
	bool (*segments_check)(void *self, struct err *e);
	void *segments_self;
	/* The folder in force: a reference; any thread. */
	struct platform *(*platform)(void *self);
	void *platform_self;
	/* Errors of the last reload, one text a line, or "".  Any thread. */
	const char *(*reload_errors)(void *self, struct arena *a);
};

struct cx {
	struct arena *arena;
	struct db *db;
	const struct platform *platform;
	const struct actor *actor;
	struct site *site;
	int64_t now; /* wall ms */
	const char *request_id;
};

/*
 * The time in ms of a clock that never jumps, for lengths of what the database
 * keeps: near the wall clock as it was when the first server since the boot of
 * the machine began, and from then on CLOCK_BOOTTIME, whatever becomes of the
 * wall clock.  Across a boot, lengths are as good as the wall clock was.
 */
int64_t site_steady(const struct site *s);
/* From one such time to another; never less than 0. */
int64_t steady_span(int64_t from, int64_t to);

/* Numbers changes of runs and steps; grows over restarts too. */
int64_t site_next_seq(struct site *s);

/*
 * What else there is to be followed, as numbers that no run has: the audit
 * chain, and the inbox of a person.  Two people may have the same number: who
 * hears of it looks, perhaps for nothing.
 */
#define SITE_AUDIT INT64_C(-1)
int64_t site_inbox(const char *person);
/* Core thread, in a transaction: it changed. */
void site_tell(struct cx *cx, int64_t what);

/* How the audit chain and histories name the actor: "ernie", "operator",
 * "slipway", "anonymous". */
const char *actor_name(const struct actor *a);

/* The actor of what slipway does by itself. */
extern const struct actor actor_engine;

#endif
