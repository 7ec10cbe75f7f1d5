/* SPDX-License-Identifier: MIT */
/*
 * sse.h: reading server-sent events, as the HTML standard defines them.
 *
 * Pure: bytes in, cut anywhere; whole events out.  Lines end in LF, CR or
 * CR LF; an event ends at an empty line; what is not ended is forgotten by
 * sse_restart, while the last id stays, to be sent as Last-Event-ID.  Unknown
 * fields and comments are skipped.  Owns its buffers.
 */
#ifndef CLIENT_SSE_H
#define CLIENT_SSE_H

#include <stdbool.h>

#include "base/limits.h"
#include "base/str.h"

#define SSE_EVENT_BYTES MIB(4) /* a longer event ends the stream */

struct sse_event {
	const char *id;    /* the last one seen, or NULL */
	const char *event; /* "message" when it has no name */
	struct str data;   /* lines joined by LF */
};

/* Zeroed memory is a reader before its first byte. */
struct sse {
	struct buf line, data, name, id;
	bool has_data;
	bool after_cr;    /* an LF now belongs to the CR before */
	bool begun;       /* past a byte order mark */
	int64_t retry_ms; /* asked by the server, 0: not yet */
};

void sse_finish(struct sse *s);
/* A new connection: forget the unfinished event. */
void sse_restart(struct sse *s);

enum sse_end {
	SSE_MORE,
	SSE_STOPPED,
	SSE_TOO_LARGE
};

/* Call fn per event until it returns false (SSE_STOPPED).  The event lives
 * during the call. */
enum sse_end sse_feed(struct sse *s, struct str bytes,
    bool (*fn)(void *arg, const struct sse_event *ev), void *arg);

#endif
