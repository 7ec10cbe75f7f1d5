/* SPDX-License-Identifier: MIT */
/*
 * refusal.h: every reason for which the HTTP layer itself says no.
 *
 * One row per reason: status, dotted code, what is wrong and what to do.  A
 * refusal ends the connection, because after it nobody can say where the next
 * request begins.  To add one: a name here, a row in refusal.c.  Const data;
 * any thread.
 */
#ifndef HTTP_REFUSAL_H
#define HTTP_REFUSAL_H

#include "base/str.h"

enum refusal {
	REFUSAL_NONE,
	/* the bytes of the head */
	REFUSAL_BARE_LF,
	REFUSAL_REQUEST_LINE,
	REFUSAL_METHOD,
	REFUSAL_TARGET,
	REFUSAL_TARGET_FORM,
	REFUSAL_TARGET_LONG,
	REFUSAL_VERSION,
	REFUSAL_FIELD,
	REFUSAL_FOLDED,
	REFUSAL_TWICE,
	REFUSAL_HEAD_LARGE,
	REFUSAL_HOST,
	/* where the body ends */
	REFUSAL_LENGTH,
	REFUSAL_CODING,
	REFUSAL_FRAMING,
	REFUSAL_CHUNK,
	REFUSAL_TRAILER,
	REFUSAL_BODY_LARGE,
	REFUSAL_CONTENT_CODING,
	REFUSAL_EXPECT,
	REFUSAL_DISAGREE,
	/* time and number */
	REFUSAL_HEAD_SLOW,
	REFUSAL_BODY_SLOW,
	REFUSAL_ADDRESS_FULL,
	REFUSAL_SERVER_FULL,
	REFUSALS
};

struct refusal_info {
	int status;
	const char *code;   /* "http.bare_lf" */
	const char *detail; /* what is wrong */
	const char *hint;   /* what to do */
};

/* The row of a refusal; never NULL. */
const struct refusal_info *refusal_info(enum refusal r);

/* Append the problem document (RFC 9457) of a refusal. */
void refusal_document(enum refusal r, struct buf *to);

/* Append the whole answer, which says that the connection closes. */
void refusal_answer(enum refusal r, const char *date, struct buf *to);

#endif
