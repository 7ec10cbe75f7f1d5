/* SPDX-License-Identifier: MIT */
/*
 * role.h: what one program can be: each function is one word of the command
 * line that is no call of the API.  main.c picks; argv begins with that word.
 * All return the exit code (decision 25).
 */
#ifndef ROLE_ROLE_H
#define ROLE_ROLE_H

#include "base/err.h"

int role_serve(int argc, char **argv);	      /* slipway serve */
int role_check(int argc, char **argv);	      /* slipway check DIR */
int role_schema(int argc, char **argv);	      /* slipway schema */
int role_init(int argc, char **argv);	      /* slipway init [DIR] */
int role_jq_helper(int argc, char **argv);      /* of sys/jq.h; not for people */
int role_local(int argc, char **argv);	      /* slipway run … --local */
int role_audit_verify(int argc, char **argv); /* audit verify --data DIR */
int role_backup(int argc, char **argv);	      /* slipway backup FILE */
int role_replay(int argc, char **argv);	      /* slipway replay FILE */
int role_restore(int argc, char **argv);      /* slipway restore FILE */
int role_fsck(int argc, char **argv);	      /* slipway fsck [DATA] */
int role_doctor(int argc, char **argv);	      /* slipway doctor */
int role_version(int argc, char **argv);

/* Print e on stderr as the command line does; its exit code. */
int role_fail(const struct err *e);

#endif
