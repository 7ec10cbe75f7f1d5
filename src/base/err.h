/* SPDX-License-Identifier: MIT */
/*
 * err.h: why something did not work, for a person.
 *
 * A struct err is a plain value with fixed buffers: nobody owns anything and
 * filling one cannot fail.  A function that can fail returns bool, takes
 * `struct err *e` last and fills it exactly when it returns false, so that
 * `return err_set(e, …)` is the idiom.
 *
 * `class` is one of about fifteen; it decides the HTTP status and the exit
 * code of the command line (err_class_info).  `code` is the dotted name that
 * programs match on ("approval.stale").  `message` says what failed and why:
 * lower case, no full stop, user strings in single quotes.  `hint` says what
 * to type or where to look next.  `errors` of a validation live in
 * spec/validate.h; this struct holds the summary.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

#include "base/check.h"

enum err_class {
	ERR_NONE,
	ERR_SYNTAX,	   /* unparsable: 400, exit 2 */
	ERR_UNAUTHENTICATED, /* who are you: 401, exit 4 */
	ERR_DENIED,	   /* known, not allowed: 403, exit 4 */
	ERR_NOT_FOUND,	   /* absent, or not yours to see: 404, exit 3 */
	ERR_METHOD,	   /* 405, exit 2 */
	ERR_CONFLICT,	   /* not in this state: 409, exit 5 */
	ERR_GONE,	   /* was here: 410, exit 5 */
	ERR_TOO_LARGE,	   /* 413, exit 2 */
	ERR_MEDIA_TYPE,	   /* 415, exit 2 */
	ERR_RANGE,	   /* none of those bytes: 416, exit 2 */
	ERR_INVALID,	   /* well formed and wrong: 422, exit 2 */
	ERR_BUSY,	   /* too many: 429, exit 75 */
	ERR_FULL,	   /* storage full: 507, exit 74 */
	ERR_IO,		   /* the system below failed: 500, exit 74 */
	ERR_UNAVAILABLE,   /* not now: 503, exit 69 */
	ERR_CONFIG,	   /* the folder or the settings: 500, exit 78 */
	ERR_INTERNAL,	   /* a bug of ours: 500, exit 70 */
	ERR_CLASSES
};

struct err {
	enum err_class class;
	char code[48];
	char message[512];
	char hint[256];
	const char *file; /* of the source, for the log only */
	int line;
};

struct err_class_info {
	const char *name;  /* "not-found" */
	const char *title; /* RFC 9457 title */
	int http;
	int exit;
};

/* The row of a class; never NULL. */
const struct err_class_info *err_class_info(enum err_class c);

/* Fill e (NULL is allowed: the reason is dropped).  Always returns false. */
#define err_set(e, class, code, ...)                                           \
	err_set_at((e), (class), (code), __FILE__, __LINE__, __VA_ARGS__)
bool err_set_at(struct err *e, enum err_class class, const char *code,
    const char *file, int line, const char *fmt, ...) PRINTF_LIKE(6, 7);

/* ERR_IO "io" with ": strerror(errno)" appended; ENOSPC becomes ERR_FULL
 * "storage.full", EMFILE/ENFILE ERR_BUSY.  Always returns false. */
#define err_sys(e, ...) err_sys_at((e), __FILE__, __LINE__, __VA_ARGS__)
bool err_sys_at(struct err *e, const char *file, int line, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

/* Prepend "context: " to the message.  Always returns false. */
bool err_wrap(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Set what to do next.  Always returns false. */
bool err_hint(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
