/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct err_class_info err_classes[ERR_CLASSES] = {
	[ERR_NONE] = { "none", "OK", 200, 0 },
	[ERR_SYNTAX] = { "syntax", "Malformed request", 400, 2 },
	[ERR_UNAUTHENTICATED] = { "unauthenticated", "Not signed in", 401, 4 },
	[ERR_DENIED] = { "denied", "Not allowed", 403, 4 },
	[ERR_NOT_FOUND] = { "not-found", "Not found", 404, 3 },
	[ERR_METHOD] = { "method", "Method not allowed", 405, 2 },
	[ERR_CONFLICT] = { "conflict", "Conflict", 409, 5 },
	[ERR_GONE] = { "gone", "Gone", 410, 5 },
	[ERR_TOO_LARGE] = { "too-large", "Too large", 413, 2 },
	[ERR_MEDIA_TYPE] = { "media-type", "Unsupported media type", 415, 2 },
	[ERR_RANGE] = { "range", "Range not satisfiable", 416, 2 },
	[ERR_INVALID] = { "invalid", "Invalid", 422, 2 },
	[ERR_BUSY] = { "busy", "Too many requests", 429, 75 },
	[ERR_FULL] = { "full", "Storage is full", 507, 74 },
	[ERR_IO] = { "io", "Input or output failed", 500, 74 },
	[ERR_UNAVAILABLE] = { "unavailable", "Not available now", 503, 69 },
	[ERR_CONFIG] = { "config", "Configuration is wrong", 500, 78 },
	[ERR_INTERNAL] = { "internal", "Internal error", 500, 70 },
};

const struct err_class_info *
err_class_info(enum err_class c)
{
	if ((unsigned)c >= ERR_CLASSES)
		c = ERR_INTERNAL;
	return &err_classes[c];
}

/*
 * Copy s into to[size], cut between characters when it is too long.  The
 * callers format elsewhere first, because an argument may point into the
 * struct err that is being filled.
 */
static void
err_copy(char *to, size_t size, const char *s)
{
	size_t n = strlen(s);

	if (n >= size) {
		n = size - 1;
		while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
			n--;
	}
	memcpy(to, s, n);
	to[n] = '\0';
}

static void
err_fill(struct err *e, enum err_class class, const char *code,
    const char *file, int line, const char *message)
{
	err_copy(e->code, sizeof(e->code), code);
	err_copy(e->message, sizeof(e->message), message);
	e->class = class;
	e->hint[0] = '\0';
	e->file = file;
	e->line = line;
}

bool
err_set_at(struct err *e, enum err_class class, const char *code,
    const char *file, int line, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (e == NULL)
		return false;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	err_fill(e, class, code, file, line, text);
	return false;
}

bool
err_sys_at(struct err *e, const char *file, int line, const char *fmt, ...)
{
	int number = errno;
	enum err_class class = ERR_IO;
	const char *code = "io";
	char what[1024], text[1536], why[256];
	va_list ap;

	if (e == NULL)
		return false;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (number == ENOSPC || number == EDQUOT) {
		class = ERR_FULL;
		code = "storage.full";
	} else if (number == EMFILE || number == ENFILE) {
		class = ERR_BUSY;
		code = "busy";
	}
	snprintf(text, sizeof(text), "%s: %s", what,
	    strerror_r(number, why, sizeof(why)));
	err_fill(e, class, code, file, line, text);
	return false;
}

bool
err_wrap(struct err *e, const char *fmt, ...)
{
	char context[1024], text[2048];
	va_list ap;

	if (e == NULL)
		return false;
	va_start(ap, fmt);
	vsnprintf(context, sizeof(context), fmt, ap);
	va_end(ap);
	snprintf(text, sizeof(text), "%s: %s", context, e->message);
	err_copy(e->message, sizeof(e->message), text);
	return false;
}

bool
err_hint(struct err *e, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (e == NULL)
		return false;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	err_copy(e->hint, sizeof(e->hint), text);
	return false;
}
