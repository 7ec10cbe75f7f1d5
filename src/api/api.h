/* SPDX-License-Identifier: MIT */
/*
 * api.h: every request, from its bytes to its answer.
 *
 * The way of a request, and nothing else in between: find the operation by
 * method and path (dispatch.c), refuse foreign origins, find out who asks
 * (auth.c), read and check query and body by the operation's schemas
 * (input.c), then by the operation's kind: a read is answered from a snapshot
 * on the loop thread (or on the pool, when it may be long: pool.c), a write
 * travels to the core thread and is answered after its commit (write.c), logs
 * and streams go their own way (log.c, follow.c).  bind.c alone says which
 * function does which operation.  Refusals leave an audit event before they
 * are answered (denial.c).
 *
 * All functions run on the loop thread.
 */
#ifndef API_API_H
#define API_API_H

#include <sys/types.h>

#include "engine/bus.h"
#include "http/server.h"
#include "resource/cx.h"
#include "store/writer.h"
#include "sys/loop.h"

struct api;

struct api_options {
	struct loop *loop;
	struct writer *writer;
	struct bus *bus;
	struct site *site;
	struct db *read; /* a DB_READ connection, for this thread: taken over */
	uid_t owner;	 /* who started the server; operator, unless linked */
	/* A reference to the folder in force; any thread. */
	struct platform *(*platform)(void *self);
	void *platform_self;
	/* Can attempts be started?  And the layers of the sandbox in words:
	 * those there are, those that this machine lacks.  Core thread. */
	bool (*driver)(void *self, struct buf *has, struct buf *lacks,
	    struct err *e);
	void *driver_self;
};

struct api *api_create(const struct api_options *o);
/* The server whose handler it is: for its figures. */
void api_serve(struct api *a, const struct http_server *s);
/* self is the api. */
http_handler api_handle;
/* Nothing of it is on the pool: wait for that before an end. */
bool api_idle(const struct api *a);
/* Before the writer ends: write down what is only noted. */
void api_stop(struct api *a);
/* After the HTTP server has ended.  NULL is fine. */
void api_destroy(struct api *a);

#endif
