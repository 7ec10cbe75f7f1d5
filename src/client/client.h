/* SPDX-License-Identifier: MIT */
/*
 * client.h: call an operation of slipway over the local socket or HTTP.
 *
 * Thin: it knows operations (spec/op.h), profiles and how to keep a request
 * idempotent over a lost answer, and nothing of what the operations mean.
 * Blocking; for the command line and chat.
 */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include <jansson.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "spec/op.h"

struct client;

struct client_options {
	const char *url;     /* "http://host:port", or NULL: local socket */
	const char *socket;  /* path; NULL: $SLIPWAY_SOCKET, then
			      * /run/slipway/api.sock, then
			      * $XDG_RUNTIME_DIR/slipway/api.sock, then
			      * that of a data folder in the home */
	const char *profile; /* --as NAME: token of that profile, or NULL */
	const char *token;   /* given outright ($SLIPWAY_TOKEN), or NULL */
	const char *ca;	     /* file of the authority to trust; NULL: that of
			      * the profile, $SLIPWAY_CA, the system's */
};

bool client_create(
    const struct client_options *o, struct client **ret, struct err *e);
void client_destroy(struct client *c);

/*
 * Call op.  path_params in path order; query and body may be NULL (borrowed).
 * Whatever changes something carries an Idempotency-Key of its own; when the
 * connection broke or the server is just restarting, the call is sent again
 * with the same key, for about three seconds.  *ret_body is the JSON
 * answer (caller decrefs; NULL for 204).  A problem document becomes e with
 * its class, code, message and hint, and *ret_body holds the document.
 * ERR_UNAVAILABLE "server.unreachable" when nobody answers.
 */
bool client_call(struct client *c, const struct op *op,
    const char *const *path_params, const json_t *query, const json_t *body,
    json_t **ret_body, struct err *e);

/* The bytes of an OP_RAW operation, to fn as they come. */
bool client_raw(struct client *c, const struct op *op,
    const char *const *path_params, const json_t *query,
    bool (*fn)(void *arg, struct str bytes), void *arg, struct err *e);

/*
 * The same from a byte on, of bytes that did not change: from and etag say of
 * which.  Before fn is called, from is where its bytes begin (0: from the
 * beginning, they are others by now) and etag what they are called, or "".
 */
#define CLIENT_ETAG 96
struct client_part {
	int64_t from;
	char etag[CLIENT_ETAG];
	bool (*fn)(void *arg, struct str bytes);
	void *arg;
};
bool client_raw_part(struct client *c, const struct op *op,
    const char *const *path_params, struct client_part *part, struct err *e);

/*
 * Follow an OP_STREAM operation: fn is called per event until it returns
 * false, the stream ends or the server stays away for longer than patience_ms;
 * one that was never there is waited for three seconds at most.
 * A broken connection is taken up again with Last-Event-ID, so that no event
 * is lost or repeated.  In between fn gets CLIENT_AWAY once, when the
 * connection broke, and CLIENT_BACK when it stands again: events of ours
 * without id and data, so that a person can be told.
 */
#define CLIENT_AWAY "client.away"
#define CLIENT_BACK "client.back"
struct client_event {
	const char *id;
	const char *event;
	struct str data;
};
bool client_stream(struct client *c, const struct op *op,
    const char *const *path_params, const json_t *query, int64_t patience_ms,
    bool (*fn)(void *arg, const struct client_event *ev), void *arg,
    struct err *e);

/* GET an absolute path that is no operation ("/openapi.json"). */
bool client_get(
    struct client *c, const char *path, json_t **ret, struct err *e);

/*
 * Profiles: $XDG_CONFIG_HOME/slipway/profiles/NAME, 0600.  The one that was
 * signed in last is used where nothing else says whom to ask; its name is in
 * $XDG_CONFIG_HOME/slipway/profile.
 */
struct profile {
	const char *url;   /* NULL: the local socket */
	const char *token; /* NULL: none */
	const char *ca;	   /* file of the authority to trust; NULL: the system's */
};
bool profile_save(const char *name, const struct profile *p, struct err *e);
bool profile_load(struct arena *a, const char *name, struct profile *ret,
    struct err *e);
bool profile_remove(const char *name, struct err *e);
/* NULL: nobody is signed in. */
const char *profile_default(struct arena *a);
bool profile_set_default(const char *name, struct err *e);

#endif
