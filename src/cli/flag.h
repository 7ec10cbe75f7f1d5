/* SPDX-License-Identifier: MIT */
/*
 * flag.h: one --flag: where its value goes and what it may be.
 *
 * Flags come from three places: the fields of an operation (its query and
 * body), the parameters of the team's own request types and tasks, and a
 * small table of what only the command line knows (--wait, --yes).  All are
 * parsed by the same code.
 */
#ifndef CLI_FLAG_H
#define CLI_FLAG_H

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"
#include "spec/op.h"

enum flag_where {
	FLAG_QUERY,
	FLAG_BODY,
	FLAG_PARAM, /* of a form: body.params */
	FLAG_LOCAL  /* never sent */
};

struct flag {
	const char *name;            /* as the field: "plan_hash" */
	const char *hold;            /* what help calls the value: "HASH" */
	const struct schema *schema; /* BOOL flags take no value */
	enum flag_where where;
	bool required;
	bool secret; /* asked without echo; --NAME-file reads it */
};

/* "plan_hash" to "--plan-hash". */
const char *flag_text(struct arena *a, const char *name);
/* Whether typed (without the dashes) is this name: - and _ are the same. */
bool flag_is(const char *name, struct str typed);

/* A typed value as JSON of the schema's kind; the caller owns it.  Says what
 * is wrong with it by the flag's name. */
bool flag_value(
    const struct flag *f, struct str text, json_t **ret, struct err *e);
/* What help says of its type: "1 to 500", "one of: dev, prod". */
const char *flag_kind(struct arena *a, const struct flag *f);

#endif
