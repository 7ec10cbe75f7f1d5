/* SPDX-License-Identifier: MIT */
/*
 * validate.h: hold a JSON value against a schema and say all that is wrong.
 *
 * json_parse is the only way bytes from outside become values: duplicate
 * keys, NaN, numbers that overflow, excessive depth and trailing bytes are
 * ERR_SYNTAX (json.duplicate, json.number, json.depth, json.syntax), invalid
 * UTF-8, NUL and half surrogate pairs ERR_INVALID param.encoding, each with
 * line and column.  validate reports every problem at once, each with a JSON
 * Pointer, and fills defaults into the value.  Both are thread safe.
 */
#ifndef SPEC_VALIDATE_H
#define SPEC_VALIDATE_H

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_out.h"
#include "spec/schema.h"

struct problem {
	const char *pointer; /* "/params/size"; "" is the whole */
	const char *code;    /* "param.too_long", "field.unknown" … */
	const char *message; /* what and why */
	const char *hint;    /* what to type, or NULL */
};

struct problems {
	struct arena *arena;
	struct problem *items;
	size_t count; /* at most LIMIT_FOLDER_ERRORS are kept */
	size_t cap;
};

void problems_init(struct problems *p, struct arena *a);
void problem_add(struct problems *p, const char *pointer, const char *code,
    const char *hint, const char *fmt, ...) PRINTF_LIKE(5, 6);

/* NULL and e on failure.  The caller owns the reference. */
json_t *json_parse(struct str text, struct err *e);

/* The same of what somebody sent; on failure the problem is added, with the
 * pointer of the member that it is in. */
json_t *json_parse_body(struct str text, struct problems *problems,
    struct err *e);
/* The pointer of the member that the byte at `at` of a text belongs to, as far
 * as the text is JSON before it.  Any text will do. */
const char *json_where(struct arena *a, struct str text, size_t at);

/* True when nothing was wrong with value.  A text without a maximum of its own
 * has LIMIT_PARAM_BYTES; values of F_SECRET fields are not shown.  Codes:
 * field.required, field.unknown (with the near name), field.type,
 * field.choice, field.range, param.too_long, param.pattern, param.encoding,
 * field.duration, field.time.  `at` is the pointer of value ("" for a whole
 * body). */
bool validate(const struct schema *s, json_t *value, const char *at,
    struct problems *p);

/* Canonical JSON: the text that hashes are made over.  RFC 8785 (sorted keys,
 * no spaces, shortest numbers), but that whole numbers of 64 bits stay exact
 * and fractional ones have an exponent from 1e18 on; json_parse reads all of
 * it back. */
char *json_canonical(struct arena *a, const json_t *value);

/* True when there are none; else e summarises: ERR_INVALID "invalid" with the
 * first problem as message. */
bool problems_err(const struct problems *p, struct err *e);
/* writes the array of {pointer, code, detail, hint} */
void problems_json(const struct problems *p, struct json_out *j);

/* Escapes one key for a pointer and appends "/key" to base. */
char *pointer_join(struct arena *a, const char *base, const char *key);

#endif
