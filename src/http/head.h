/* SPDX-License-Identifier: MIT */
/*
 * head.h: the strict reading of a request's head.
 *
 * Pure: bytes in, a verdict out; no I/O, no memory of its own, no clock.
 * head_read is called with everything that has arrived since the first byte of
 * the request, as often as more arrives; it goes on where it stopped, line by
 * line, so that a head sent byte by byte costs no more than one sent whole.
 *
 * What a lenient reader lets through and this one refuses, because two
 * programs may read it in two ways: a bare LF or CR, a folded line, a space
 * before the colon, a name that is no token, control bytes, a target that is
 * not a path of escaped characters, an HTTP version but 1.0 and 1.1, a missing
 * or second Host, any second copy of a header of which there is one, a
 * Content-Length that is not digits, Content-Length with Transfer-Encoding,
 * any transfer coding but a single `chunked`.  The reason is a row of
 * refusal.h.
 */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "http/refusal.h"

/* A place in the head, counted from its first byte: it stays right when the
 * buffer moves. */
struct span {
	uint32_t at, n;
};

struct head {
	struct span method;
	struct span target; /* path and query as sent */
	struct span path;   /* before '?' */
	struct span query;  /* after '?', may be empty */
	int minor;          /* of HTTP/1.minor */
	unsigned fields;    /* header lines */
	int64_t length;     /* Content-Length, or -1 */
	bool chunked;
	bool close;           /* asked by Connection: close */
	bool keep_alive;      /* asked by Connection: keep-alive */
	bool expect_continue; /* waits for 100 before the body */
	size_t bytes;         /* of the head, with its empty line */

	enum refusal why; /* after HEAD_REFUSED */
	size_t line;      /* where the first unread line starts */
	size_t looked;    /* no LF between line and here */
	unsigned seen;    /* single headers met, by their bit */
};

enum head_verdict {
	HEAD_MORE,
	HEAD_OK,
	HEAD_REFUSED
};

void head_init(struct head *h);

/* bytes: all that came since the first byte of this request. */
enum head_verdict head_read(struct head *h, struct str bytes);

/* The text of a span of the head that starts at base. */
struct str head_text(const char *base, struct span s);

/* The first header of that name (case-insensitive) in a head that was
 * accepted; p is NULL when there is none. */
struct str head_field(struct str head, const char *name);
/* The last one, where there may be several. */
struct str head_field_last(struct str head, const char *name);

#endif
