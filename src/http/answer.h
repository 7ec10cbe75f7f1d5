/* SPDX-License-Identifier: MIT */
/*
 * answer.h: the head of an answer as bytes.
 *
 * Every answer carries Date, X-Content-Type-Options: nosniff and, unless the
 * handler said otherwise, Cache-Control: no-store.  Pure; values are cleaned
 * of control characters here, so that no value can begin a header of its own.
 */
#ifndef HTTP_ANSWER_H
#define HTTP_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* One header of the handler's; a list, newest first. */
struct answer_field {
	const char *name, *value;
	const struct answer_field *next;
};

/* "Sat, 21 Nov 2026 09:22:01 GMT", with room for any int. */
#define ANSWER_DATE 80

enum answer_framing {
	ANSWER_LENGTH,  /* Content-Length: length */
	ANSWER_CHUNKED, /* chunks follow */
	ANSWER_TO_END   /* until the connection closes */
};

struct answer {
	int status;
	const char *type; /* Content-Type, or NULL */
	enum answer_framing framing;
	size_t length;
	bool close;      /* say that the connection ends here */
	bool keep_alive; /* say that it does not (HTTP/1.0) */
	const struct answer_field *fields;
	const char *date;
};

void answer_head(const struct answer *a, struct buf *to);

/* "Not Found"; "Unknown" for a status that nobody gives. */
const char *answer_reason(int status);
/* 204 and 304 have neither body nor length. */
bool answer_has_body(int status);
char *answer_date(int64_t wall_ms, char out[ANSWER_DATE]);

#endif
