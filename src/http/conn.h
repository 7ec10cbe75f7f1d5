/* SPDX-License-Identifier: MIT */
/*
 * conn.h: the inside of the HTTP server, for the files of http/ alone.
 *
 * server.c owns the server: life, deadlines, drain.  listen.c owns listening
 * sockets, accept.c admits who comes by them.  conn.c owns a connection's way
 *through its states and the bytes that come; conn_write.c the bytes that go;
 *exchange.c and stream.c are what handlers see.
 *
 *	READING    waits for a request          -> HANDLING, LINGERING
 *	HANDLING   the handler has the exchange -> ANSWERING, STREAMING
 *	ANSWERING  the answer is being sent     -> READING, LINGERING
 *	STREAMING  events until stream_end      -> ANSWERING
 *	LINGERING  refused; bytes are read and dropped, so that the client sees
 *		   the answer and not a reset
 *	CLOSED     the socket is closing or gone; from every state
 *
 * Lifetime: a connection is freed when its socket is closed and no handler
 * holds its exchange.  Sockets close from the loop, never inside a call of
 * the handler's, so a handler may go on using what it holds until it returns.
 * Everything runs on the loop thread.
 */
#ifndef HTTP_CONN_H
#define HTTP_CONN_H

#include <uv.h>

#include "base/limits.h"
#include "base/map.h"
#include "http/answer.h"
#include "http/deadline.h"
#include "http/reader.h"
#include "http/server.h"

#define CONN_MAGIC 0x477f0001u
#define SERVER_MAGIC 0x477f0002u
#define CONN_ADDRESS 46 /* INET6_ADDRSTRLEN */

enum conn_state {
	CONN_READING,
	CONN_HANDLING,
	CONN_ANSWERING,
	CONN_STREAMING,
	CONN_LINGERING,
	CONN_CLOSED
};

/* The other end. */
struct peer {
	bool local; /* of the unix socket */
	uid_t uid;  /* when local */
	char address[CONN_ADDRESS];
	char
	    counted[CONN_ADDRESS]; /* by what the caps count; "": beyond them */
};

struct conn {
	unsigned magic;
	enum conn_state state;
	struct http_server *server;
	struct conn *next, **back;             /* all of the server */
	struct conn *flush_next, **flush_back; /* NULL: nothing to flush */
	union {
		uv_handle_t handle;
		uv_stream_t stream;
		uv_tcp_t tcp;
		uv_pipe_t pipe;
	} uv;
	size_t write_left; /* bytes not taken at the last deadline */
	struct deadline deadline;
	struct reader reader;
	struct buf out;    /* waits for its turn */
	struct exchange x; /* of the handler, while `held` */
	struct answer_field *fields;
	void (*on_room)(struct exchange *x);
	bool writing;    /* libuv has bytes that the socket did not take */
	bool streaming;  /* between stream_begin and its end */
	bool events;     /* what streams is events */
	bool held;       /* a handler has the exchange */
	bool processing; /* conn_process is running */
	bool keep_alive;
	bool head_only; /* HEAD */
	bool chunked;   /* the stream is */
	bool paused;    /* reading is */
	bool eof;       /* the client sends no more */
	bool closed;    /* libuv has let go of the socket */
	struct peer peer;
};

struct listener {
	struct listener *next;
	struct http_server *server;
	uv_poll_t poll;
	int fd;
	bool local;
};

struct http_server {
	unsigned magic;
	struct loop *loop;
	uv_loop_t *uv;
	struct http_options options;
	struct listener *listeners;
	struct conn *conns;
	struct conn *flush;
	struct map addresses; /* counted -> number of connections */
	struct deadlines deadlines;
	uv_timer_t timer; /* for the soonest deadline */
	uint64_t timer_due;
	uv_timer_t resume; /* accepting, after descriptors ran out */
	uv_idle_t idle;    /* flushes streams before the loop sleeps */
	uv_timer_t drain;
	unsigned handles; /* of ours, not yet closed by libuv */
	int reserve_fd;   /* given up to answer one when none are left */
	uint64_t full_logged;
	struct buf scratch;
	struct arena *spare[16];
	unsigned spares;
	char date[ANSWER_DATE];
	int64_t date_s;
	struct http_stats stats;
	unsigned refusing; /* connections beyond the caps, not in stats */
	bool draining;     /* no new connections, none kept alive */
	bool closing;      /* the handles of the server itself, too */
	void (*drained)(void *arg);
	void *drained_arg;
	char in[64 * 1024]; /* what is read, before it finds its owner */
};

/* server.c */
const char *server_date(struct http_server *s);
struct arena *server_arena(struct http_server *s);
void server_arena_back(struct http_server *s, struct arena *a);
void server_wait(struct http_server *s, struct conn *c, enum deadline_kind k);
void server_flush_add(struct conn *c);
void server_flush_remove(struct conn *c);
/* libuv closed a handle of the server's, perhaps the last one. */
void server_handle_closed(struct http_server *s);
/* Is there room for one more connection from there? */
bool server_admits(
    const struct http_server *s, const struct peer *p, enum refusal *ret_why);
void server_count(struct http_server *s, const struct peer *p);
void server_discount(struct http_server *s, const struct peer *p);

/* accept.c */
void listener_ready(uv_poll_t *poll, int status, int events);

/* listen.c */
void listeners_close(struct http_server *s);

/* conn.c; conn_open takes fd over */
struct conn *conn_open(struct http_server *s, int fd, const struct peer *p);
/* Go on with what has arrived, while nobody works on a request. */
void conn_process(struct conn *c);
void conn_resume(struct conn *c); /* reading, if it was paused */
void conn_expired(struct conn *c, enum deadline_kind kind);
void conn_refuse(struct conn *c, enum refusal why);
/* The handler is done with the exchange. */
void conn_release(struct conn *c);
/* All that was queued has left. */
void conn_sent(struct conn *c);
void conn_close(struct conn *c);
/* The socket is gone: end the stream, free what no handler holds. */
void conn_gone(struct conn *c);
/* The last of it; only when nothing refers to it any more. */
void conn_free(struct conn *c);

/* stream.c */
void stream_comment(struct conn *c);

/* conn_write.c */
/* Send now what the socket takes, a copy of the rest when it can. */
void conn_send(struct conn *c, const struct str *parts, unsigned n);
/* Send what is in c->out; true when all of it has left. */
bool conn_flush(struct conn *c);
/* Bytes that the client has not taken yet. */
size_t conn_waiting(const struct conn *c);

static inline struct conn *
conn_of(const struct exchange *x)
{
	const char *p = (const char *)x - offsetof(struct conn, x);
	struct conn *c = (struct conn *)(uintptr_t)p;

	ASSERT_MAGIC(c, CONN_MAGIC);
	return c;
}

#endif
