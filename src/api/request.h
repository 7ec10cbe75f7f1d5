/* SPDX-License-Identifier: MIT */
/*
 * request.h: one request inside api/, and what the files of api/ share.
 *
 * A struct request lives from api_handle to its answer, in an arena of its
 * own: a write takes it to the core thread and back, so it is never touched
 * by two threads at once.  Only the loop thread touches the exchange.  Every
 * function that answers also ends the request.
 */
#ifndef API_REQUEST_H
#define API_REQUEST_H

#include "api/api.h"
#include "base/map.h"
#include "resource/call.h"

#define API_MAGIC 0xa9100001u
#define REQUEST_ID 16

struct api {
	unsigned magic;
	struct api_options o;
	const struct http_server *server;
	struct map users;   /* auth.c: names of accounts by uid */
	struct map touched; /* auth.c: tokens by the minute of their use */
	struct map denied;  /* denial.c: anonymous ones by address */
	struct loop_timer *denied_timer;
	struct map hubs;	/* log_hub.c: by attempt */
	struct follow *follows; /* follow.c */
	struct loop_timer *follow_timer;
	struct platform *follow_platform; /* as of the last look at rights */
	bool follow_posted;
	uint64_t follow_turns; /* what was read in one holds in that one */
	unsigned pooled; /* requests on the pool */
};

struct binding;

struct request {
	struct api *api;
	struct exchange *x;
	struct arena *arena;
	char id[REQUEST_ID + 1];
	const char *path; /* as sent */
	const struct op *op;
	const struct binding *binding;
	struct platform *platform; /* a reference */
	struct actor actor;
	struct call call;
	struct problems problems;
	json_t *query, *body; /* references; body may be NULL */
	struct str allow;     /* methods, for 405 */
};

/* dispatch.c */
struct cx request_cx(struct request *r, struct db *db);
void request_end(struct request *r);

/* input.c: query and body as the operation wants them. */
bool input_read(struct request *r, struct err *e);

/* auth.c */
/* Who asks; fills the actor.  db is in a transaction. */
bool auth_request(struct request *r, struct db *db, struct err *e);
/* Whether this actor may call the operation at all. */
bool auth_allows(struct request *r, struct db *db, struct err *e);
/* Still the same: token neither revoked nor expired, person not disabled. */
bool auth_again(struct cx *cx, struct err *e);
/* A request that another site made a browser send. */
bool auth_origin(const struct request *r, struct err *e);
bool auth_is_anonymous(const struct actor *a);

/* answer.c: each ends the request. */
void answer_json(struct request *r, struct str body);
void answer_bytes(struct request *r, const char *type, struct str body);
/* A problem document; only for what denial_answer has no business with. */
void answer_problem(struct request *r, const struct err *e);
/* Headers that every answer has: call before beginning a stream. */
void answer_headers(struct request *r);

/* denial.c */
/* Does this error say no to somebody? */
bool denial_is(const struct err *e);
/* Audit it, in the transaction that cx is in. */
void denial_audit(struct cx *cx, const struct request *r,
    const struct err *e);
/* Answer with the problem; a denial once its audit event is durable. */
void denial_answer(struct request *r, const struct err *e);
/* What was counted and not yet written. */
void denial_flush(struct api *a);

/* pool.c: answer from a snapshot on a pool thread.  fn appends the body. */
typedef bool pool_read(struct request *r, struct cx *cx, struct buf *to,
    struct err *e);
void pool_answer(struct request *r, pool_read *fn, const char *type);
pool_read pool_handler; /* the operation's bound handler */

/* write.c: on the core thread. */
void write_answer(struct request *r);

/* Those of bind.c that answer by themselves. */
typedef void request_raw(struct request *r);
request_raw artifact_answer, audit_export_answer, log_answer, follow_answer,
    follow_list_answer, health_live, health_ready, metrics_answer;

/* follow.c */
void follow_stop(struct api *a);
/* Somebody may have lost rights: look at the streams. */
void follow_recheck(struct api *a);

#endif
