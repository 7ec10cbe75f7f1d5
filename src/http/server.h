/* SPDX-License-Identifier: MIT */
/*
 * server.h: strict HTTP/1.1 on libuv and http_parser.
 *
 * Listens on TCP addresses and on a unix socket; reads whole requests (head,
 * then body, both under the ceilings of base/limits.h) and hands each to one
 * handler as a struct exchange; the handler answers once, now or later, on
 * the loop thread.  Any doubt about framing closes the connection after a
 * 400 (see head.h).  Keep-alive and pipelining: requests of one connection
 * are handled one at a time, in order.  HEAD reaches the handler as GET, and
 * its body is left away.  A client that only shuts down its sending half still
 * gets its answer.  Everything runs on the loop thread.
 *
 * Beyond the caps a connection is answered 429 or 503 and closed.  When the
 * process runs out of descriptors, accepting pauses: clients wait in the
 * backlog, one of them is told 503 through a descriptor held in reserve.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "sys/loop.h"

struct http_server;

/* Whoever connects from a PID namespace below ours, as tasks do. */
#define HTTP_UID_NONE ((uid_t)-1)

/* One request and its answer.  The slices and the headers live as long as the
 * exchange, but no longer than up to stream_begin. */
struct exchange {
	struct arena *arena; /* ends with the exchange */
	struct str method;   /* "GET" */
	struct str path;     /* as sent, before '?'; percent-escapes left */
	struct str query;    /* after '?', may be empty */
	struct str body;
	bool local;          /* came by the unix socket */
	uid_t uid;           /* SO_PEERCRED, when local; HTTP_UID_NONE */
	const char *address; /* "127.0.0.1" or "local"; behind a proxy that is
			      * believed: what it says */
	bool gone;           /* the client left; answers are dropped */
	/* MAY be set by the handler: called once when the client leaves
	 * before the end of a stream, from the loop and never from within
	 * stream_send; the exchange ends when it returns.  A handler that has
	 * not begun a stream still answers, and its answer is dropped. */
	void (*on_gone)(struct exchange *x);
	void *user;
};

typedef void http_handler(void *self, struct exchange *x);

struct http_options {
	http_handler *handler;
	void *self;
	/* MAY be set: addresses of proxies that are believed, see forwarded.h;
	 * NULL-terminated, lives as long as the server. */
	const char *const *proxies;
	/* MAY be set; 0 stands for the value of base/limits.h. */
	unsigned connections, connections_per_address;
	uint64_t head_ms, body_ms, idle_ms, comment_ms;
};

struct http_server *http_server_create(
    struct loop *l, const struct http_options *o);
/* "127.0.0.1:8080" or "[::1]:0"; the bound port is in *ret_port. */
bool http_listen_tcp(
    struct http_server *s, const char *address, int *ret_port, struct err *e);
/* Replaces a dead socket file; refuses one that still answers.  mode as for
 * chmod.  The file stays when the server ends: clients that meet a dead socket
 * wait for the restart, and the next server replaces it. */
bool http_listen_unix(
    struct http_server *s, const char *path, mode_t mode, struct err *e);
/* Stop accepting, break streams off (clients take them up again elsewhere),
 * finish what is being answered within ms; then done, from the loop. */
void http_server_drain(
    struct http_server *s, uint64_t ms, void (*done)(void *arg), void *arg);
/* Without a drain before it, only when the loop does not run; afterwards no
 * handler may touch an exchange it still holds. */
void http_server_destroy(struct http_server *s);

/* Value of a header (case-insensitive), p NULL when absent. */
struct str exchange_header(const struct exchange *x, const char *name);
/* Add a header to the answer, before answering. */
void exchange_set(struct exchange *x, const char *name, const char *value);
/* The whole answer.  type may be NULL for an empty body.  The exchange must
 * not be touched afterwards. */
void exchange_answer(
    struct exchange *x, int status, const char *type, struct str body);

/*
 * Server-sent events.  stream_begin sends the head; stream_send one event
 * (id and event may be NULL and hold no newline; data is split at newlines).
 * What is sent in one turn of the loop leaves in one write, at its end.  A
 * client that does not read is cut when LIMIT_STREAM_BUFFER waits for it.  A
 * comment is sent every 15 s when nothing else is.  stream_room is what may
 * still be queued: ask it before reading more, and set *on_room to be called
 * when it drains: each time all that was queued has left; NULL for no longer.
 * stream_end is the regular end, which a client can tell from a break.
 */
void stream_begin(struct exchange *x);
void stream_send(
    struct exchange *x, const char *id, const char *event, struct str data);
size_t stream_room(const struct exchange *x);
void stream_on_room(struct exchange *x, void (*fn)(struct exchange *x));
void stream_end(struct exchange *x);
/* The same for an answer of other bytes than events, too long for one piece:
 * begin, send while there is room, end.  No comments; a client that takes
 * nothing for LIMIT_BODY_MS is cut. */
void stream_begin_bytes(struct exchange *x, const char *type);
/* 206: they are a part of the whole, which Content-Range tells. */
void stream_begin_part(struct exchange *x, const char *type);
void stream_send_bytes(struct exchange *x, struct str bytes);
/* An end that a client can tell from the regular one: what was to come cannot
 * be had. */
void stream_break(struct exchange *x);

/* For /metrics. */
struct http_stats {
	uint64_t requests, refused, connections, streams;
};
struct http_stats http_server_stats(const struct http_server *s);

#endif
