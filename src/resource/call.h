/* SPDX-License-Identifier: MIT */
/*
 * call.h: one call of an operation, as a handler sees it.
 *
 * Path, query and body are checked against the operation's schemas before
 * the handler is asked; the values are the handler's to read, not to change.
 * Handlers live in resource/NAME/NAME_api.c, have this one signature, and
 * are bound to their operations in api/bind.c.
 */
#ifndef RESOURCE_CALL_H
#define RESOURCE_CALL_H

#include <jansson.h>

#include "base/json_out.h"
#include "resource/cx.h"
#include "spec/op.h"
#include "spec/validate.h"

struct call {
	const struct op *op;
	const char *path[OP_PATH_PARAMS]; /* decoded path parameters */
	const json_t *query; /* object, defaults filled; never NULL */
	const json_t *body;  /* object, defaults filled; NULL: none */
	struct problems *problems; /* what is wrong with the values: fill it
				    * and return problems_err() */
	const char *etag;    /* MAY be set: ETag of the answer */
	int status;	     /* MAY be set: 201 …; default 200 (204 empty) */
};

/*
 * Writes the answer's JSON value (an object; lists: see list_begin) to out.
 * OP_READ runs on the loop thread with a read snapshot, OP_WRITE on the core
 * thread inside a savepoint: false undoes everything it wrote.
 */
typedef bool call_handler(struct cx *cx, struct call *call,
    struct json_out *out, struct err *e);

/* Reading values; NULL, 0 or false when absent. */
const char *call_text(const json_t *object, const char *name);
int64_t call_int(const json_t *object, const char *name);
bool call_bool(const json_t *object, const char *name);

/* {"items":[ … ],"next":"KEY" or null} */
void list_begin(struct json_out *out);
void list_end(struct json_out *out, const char *next);

/* An absent object, the same words for an invisible one: ERR_NOT_FOUND
 * "not_found".  near may hold a near name, or be NULL. */
bool call_absent(struct err *e, const char *noun, const char *name,
    const char *near);

#endif
