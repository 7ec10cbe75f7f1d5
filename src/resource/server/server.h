/* SPDX-License-Identifier: MIT */
/*
 * server.h: whether the server begins new attempts.
 *
 * A drain is three values of the table meta, so that it lasts over restarts;
 * site.draining repeats it for the engine, which asks in every round.  A
 * restored database begins drained: see store/restore.h.
 *
 * Core thread, in its transaction, but for server_read.
 */
#ifndef RESOURCE_SERVER_SERVER_H
#define RESOURCE_SERVER_SERVER_H

#include "resource/cx.h"

struct drain {
	int64_t since; /* wall ms; 0: not draining */
	const char *by, *reason;
};

/* Any connection in a transaction. */
struct drain server_drain_get(struct cx *cx);
/* Audited.  Saying it twice changes nothing: the first one stands. */
void server_drain(struct cx *cx, const char *reason);
void server_resume(struct cx *cx);

#endif
