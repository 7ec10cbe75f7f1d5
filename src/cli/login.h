/* SPDX-License-Identifier: MIT */
/*
 * login.h: sign in to a server elsewhere.
 *
 * There is no password: a person brings a token that an admin or they
 * themselves made (slipway token create).  It is tried before it is kept, and
 * never sent without TLS but to this machine.
 */
#ifndef CLI_LOGIN_H
#define CLI_LOGIN_H

#include "cli/session.h"

/* argv begins behind `login` and `logout`. */
int login_run(struct session *s, int argc, char **argv);
int logout_run(struct session *s, int argc, char **argv);

#endif
