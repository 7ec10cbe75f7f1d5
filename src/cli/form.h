/* SPDX-License-Identifier: MIT */
/*
 * form.h: the team's request types and tasks as flags.
 *
 * Read from the catalogue, whose JSON Schemas become struct flags, so that
 * `slipway request database --size 20` is parsed like any operation.  The
 * server validates again; this is for the person's sake.
 */
#ifndef CLI_FORM_H
#define CLI_FORM_H

#include "cli/session.h"

struct form {
	const char *name;
	bool request; /* a request type; else a task */
	const json_t *entry;
	const char *doc; /* "" when there is none */
	struct flag *flags;
	size_t nflags;
	/* Where it can be asked for; NULL-terminated. */
	const char *const *environments;
	bool environment_needed; /* none is the obvious one */
};

/* ERR_NOT_FOUND with the near name.  Calls the server. */
bool form_find(struct session *s, bool request, const char *name,
    struct form *ret, struct err *e);

/* Flags of a JSON Schema object. */
void form_flags(
    struct arena *a, const json_t *schema, struct flag **ret, size_t *ret_n);
const struct flag *form_flag(const struct form *form, struct str name);

/* Fetch the catalogue; its lists are "requests" and "tasks". */
bool form_catalogue(struct session *s, json_t **ret, struct err *e);

#endif
