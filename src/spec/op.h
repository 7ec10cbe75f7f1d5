/* SPDX-License-Identifier: MIT */
/*
 * op.h: WHAT the product can be asked to do, one const struct per operation.
 *
 * HTTP routes, OpenAPI, the command line, the authorisation matrix and the
 * reference docs are all read from these; api/bind.c alone links an operation
 * to the function that does it.  To add one: declare it in spec/NAME.c, list
 * it (sorted by name) in spec/ops.c, write the handler in
 * resource/NAME/NAME_api.c and bind it; a test holds that none is missing.
 */
#ifndef SPEC_OP_H
#define SPEC_OP_H

#include "base/str.h"
#include "spec/schema.h"

enum op_method { OP_GET, OP_POST, OP_PUT, OP_PATCH, OP_DELETE };

/*
 * The least a caller must be before the handler is asked; the handler (or
 * rather resource/access) then decides about the very object.
 */
enum role {
	ROLE_ANYBODY,	/* no credentials: health */
	ROLE_SIGNED_IN, /* any known person, or the operator */
	ROLE_VIEWER,
	ROLE_MEMBER,
	ROLE_APPROVER,
	ROLE_ADMIN
};
extern const char *const role_names[]; /* by enum role, NULL-terminated */

enum op_kind {
	OP_READ,  /* loop thread, read snapshot; never writes */
	OP_WRITE, /* core thread, one savepoint; Idempotency-Key honoured */
	OP_RAW,	  /* read; answers other than JSON (log bytes, metrics) */
	OP_STREAM /* server-sent events */
};

enum op_flag {
	OP_RETURNS_SECRET = 1 << 0, /* a replay answers 409, see decision 19 */
	OP_LIST = 1 << 1, /* out is one element; the wire has {items, next} */
	OP_WHEN_FULL = 1 << 2, /* a write that a full disk does not refuse */
	OP_RANGES = 1 << 3 /* raw: a Range of bytes is answered 206 */
};

struct op {
	const char *name;    /* "ticket.approve" */
	const char *summary; /* one line, imperative, with a full stop */
	const char *doc;     /* more, or NULL */
	enum op_method method;
	const char *path; /* "/v1/tickets/{ticket}/approve" */
	enum op_kind kind;
	unsigned flags;
	enum role role;
	const struct schema *query; /* fields, ends with name NULL; or NULL */
	const struct schema *in;    /* OBJECT, or NULL: no body */
	const struct schema *out;   /* OBJECT, or NULL: 204 or not JSON */
	/* "ticket approve TICKET [--note TEXT]": words, then path parameters
	 * in capitals in path order, then --flags named like the fields of
	 * query and body; NULL: not on the command line. */
	const char *cli;
	const char *columns; /* of a list: "key,status,title" */
};

extern const struct op *const ops[]; /* sorted by name, NULL-terminated */
const struct op *op_find(const char *name);

/*
 * Match method and path.  On a match *ret_params gets up to OP_PATH_PARAMS
 * slices into path, in order.  Returns NULL when no path matches;
 * *ret_other is set when the path exists with another method.
 */
#define OP_PATH_PARAMS 3
const struct op *op_match(enum op_method m, const char *path,
    struct str ret_params[OP_PATH_PARAMS], bool *ret_other);
/* The same over another table: what a caller may see, or a test. */
const struct op *op_find_in(const struct op *const *table, const char *name);
const struct op *op_match_in(const struct op *const *table, enum op_method m,
    const char *path, struct str ret_params[OP_PATH_PARAMS], bool *ret_other);
/* Name of the i-th parameter of a path: "ticket"; NULL past the end.  out
 * must hold 64 bytes. */
const char *op_path_param(const struct op *op, unsigned i, char out[64]);
const char *op_method_name(enum op_method m);

/* Shared by all lists: limit and after (the key of the last row seen). */
#define OP_PAGE_FIELDS                                                         \
	{ .name = "limit", .kind = SCHEMA_INTEGER, BETWEEN(1, 500),            \
		.default_json = "50", .doc = "Rows at most." },                \
	{                                                                      \
		.name = "after", .kind = SCHEMA_STRING, AT_MOST(64),           \
		.doc = "Continue behind the `next` of the page before."        \
	}

#endif
