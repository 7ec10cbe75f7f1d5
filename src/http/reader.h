/* SPDX-License-Identifier: MIT */
/*
 * reader.h: bytes of a connection in, one request after the other out.
 *
 * Pure (no socket, no clock), so that tests and the fuzzer drive the very
 * code that a connection runs.  Add what arrives, step until DONE or REFUSED,
 * use the request, go on to the next.  While a request is DONE its slices stay
 * valid: what the client sends ahead is kept apart.  REFUSED is for good.
 *
 * Owns its buffers; between requests it holds no memory.
 */
#ifndef HTTP_READER_H
#define HTTP_READER_H

#include "http/chunk.h"
#include "http/head.h"

enum reader_state {
	READER_HEAD,
	READER_BODY,
	READER_DONE,
	READER_REFUSED
};

struct reader {
	enum reader_state state;
	struct buf in;    /* the request, then what came with it */
	struct buf ahead; /* came while the request was DONE */
	size_t start;     /* of the request in `in` */
	size_t body;      /* bytes of its body so far */
	size_t end;       /* of the request in `in`, once DONE */
	bool continued;   /* reader_continue has been asked */
	struct head head;
	struct chunk chunk;
	enum refusal why; /* once REFUSED */
};

void reader_init(struct reader *r);
void reader_finish(struct reader *r);

void reader_add(struct reader *r, struct str bytes);
/* Go as far as the bytes allow. */
enum reader_state reader_step(struct reader *r);
/* Forget the request that is DONE and begin with the next. */
void reader_next(struct reader *r);

/* Give back the bytes of the request that is DONE, and what came with it; it
 * reads as empty from then on. */
void reader_forget(struct reader *r);

/* No byte of a request is here. */
bool reader_idle(const struct reader *r);
/* True once, when the client waits for "100 Continue" before its body. */
bool reader_continue(struct reader *r);

/* The request that is DONE. */
struct str reader_head(const struct reader *r);
struct str reader_text(const struct reader *r, struct span s);
struct str reader_body(const struct reader *r);
/* The client lets the connection live after the answer. */
bool reader_keeps_alive(const struct reader *r);

#endif
