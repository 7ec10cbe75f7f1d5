/* SPDX-License-Identifier: MIT */
/*
 * ask.h: asking for something: `request NAME`, `run TASK`, `edit TICKET`.
 *
 * Collects the form from flags, files and, on a terminal, from the person;
 * sends it; waits for the plan and shows what will happen and who decides.
 *
 * Exit codes: 0 when the ask was taken; 9 with the list of what is missing
 * when there is nobody to ask.  With --wait or --follow the code is that of
 * the run's end; with --no-wait 6 says that it waits for an approval now.
 */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "cli/form.h"
#include "cli/session.h"

/* argv begins behind the words of the verb. */
int ask_verb(struct session *s, const struct op *op, int argc, char **argv);
int ask_edit(struct session *s, const struct op *op, int argc, char **argv);

/* Fill args->params from --param-file, --params, --param and secrets from
 * files; what was typed as a flag wins. */
bool ask_collect(struct session *s, const struct form *form, struct args *args,
    struct err *e);
/* Ask for what is missing; without a terminal EXIT_MISSING and a list. */
int ask_missing(struct session *s, const struct form *form, struct args *args);
/* Values of secret flags from their files; in args->body or ->params. */
bool ask_files(struct session *s, struct args *args, struct err *e);
/* The JSON object that --param-file names, into args->params. */
bool ask_param_file(struct session *s, struct args *args, struct err *e);

#endif
