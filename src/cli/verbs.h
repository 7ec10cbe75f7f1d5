/* SPDX-License-Identifier: MIT */
/*
 * verbs.h: operations that need more on the command line than flags in and a
 * page out.  Each takes argv behind the words of its verb and returns the
 * exit code.
 */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include "cli/alias.h"
#include "cli/session.h"

/* Parsed and ready to be sent; false: *ret_code is how it ended. */
bool verb_parse(struct session *s, const struct verb *v, int argc, char **argv,
    struct args *args, int *ret_code);

/* Any operation: parse, call, show. */
int verb_plain(struct session *s, const struct verb *v, int argc, char **argv);

/* The bytes of an answer that is not JSON, as they are. */
int verb_raw(struct session *s, const struct verb *v, int argc, char **argv);

int verb_status(struct session *s, const struct verb *v, int argc, char **argv);
int verb_log(struct session *s, const struct verb *v, int argc, char **argv);
int verb_follow(struct session *s, const struct verb *v, int argc, char **argv);
int verb_retry(struct session *s, const struct verb *v, int argc, char **argv);
int verb_again(struct session *s, const struct verb *v, int argc, char **argv);
int verb_reveal(struct session *s, const struct verb *v, int argc, char **argv);
int verb_secret_set(
    struct session *s, const struct verb *v, int argc, char **argv);
int verb_token_create(
    struct session *s, const struct verb *v, int argc, char **argv);

/* `show OPS-1`, `show R-1`: by the look of the key. */
int verb_show(struct session *s, int argc, char **argv);

#endif
