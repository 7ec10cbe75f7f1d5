/* SPDX-License-Identifier: MIT */
/*
 * server.h: the server as one list of parts.
 *
 * server_open makes the parts in their order, server_run works until a signal
 * ends it, server_close takes them apart in the reverse order, from wherever
 * server_open came to.  What runs goes on without the server, in its keepers,
 * but for a local server, whose runs end with it.
 */
#ifndef ROLE_SERVER_H
#define ROLE_SERVER_H

#include <stdint.h>

#include "base/err.h"

#define SERVER_LISTEN 16

struct server_options {
	const char *folder, *data, *socket;
	const char *listen[SERVER_LISTEN];
	unsigned nlisten;
	const char *proxies[SERVER_LISTEN]; /* believed, see http/forwarded.h */
	unsigned nproxies;
	const char *anchors[SERVER_LISTEN]; /* see role/anchor.h */
	unsigned nanchors;
	const char *backups; /* folder of those it makes; NULL: none */
	int64_t keep_logs_ms, keep_runs_ms, keep_tickets_ms; /* 0: for ever */
	int slots; /* attempts at once */
	bool require_sandbox;
	const char *user; /* to become, when root; NULL: slipway */
	bool local;	  /* the private server of `run --local` */
};

struct server;

/* *ret is set in any case: close it. */
bool server_open(const struct server_options *o, struct server **ret,
    struct err *e);
void server_run(struct server *s);
void server_close(struct server *s);

#endif
