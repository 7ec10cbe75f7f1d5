/* SPDX-License-Identifier: MIT */
/*
 * help.h: help from the same tables that parsing uses.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/session.h"

/* `slipway help`: everything on one page; EXIT_OK. */
int help_main(struct session *s);
/* `slipway help approve`, `slipway help ticket edit`; argv: the verb. */
int help_verb(struct session *s, int argc, char **argv);
/* `slipway ticket`: its verbs; false, and nothing printed: no noun. */
bool help_noun(struct session *s, const char *noun);
/* An operation: usage, what it does, flags. */
int help_op(struct session *s, const struct op *op);
/* Only its own flags: what follows a form. */
int help_ask(struct session *s, const struct op *op);
/* Says that there is no such verb, and which is near; EXIT_USAGE. */
int help_unknown(struct session *s, int argc, char **argv);

/* A verb that is handled outside of the tables; NULL when it is none. */
struct help_extra {
	const char *word;
	const char *usage;
	const char *summary;
	const char *doc; /* or NULL */
};
extern const char help_exit_codes[];
extern const struct help_extra help_extras[]; /* sorted; ends with NULL */

#endif
