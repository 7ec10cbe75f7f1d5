/* SPDX-License-Identifier: MIT */
/*
 * identity.h: which account the server is, and giving up root for it.
 *
 * Started by an ordinary user the server stays that user.  Started by root it
 * becomes `slipway` (or --user); where there is no such account, a number
 * that no account has.  Linux only; call before threads read credentials.
 */
#ifndef ROLE_IDENTITY_H
#define ROLE_IDENTITY_H

#include <sys/types.h>

#include "base/err.h"

#define IDENTITY_UID 61180 /* when there is no account slipway */

struct identity {
	uid_t uid;
	gid_t gid;
	char name[64]; /* "" for a bare number */
	bool drop;     /* root, to be given up */
	/* Numbers for attempts, when started as root. */
	uid_t uid_first;
	unsigned uid_count;
};

/* user: name or number, or NULL. */
bool identity_find(const char *user, struct identity *ret, struct err *e);
/* Hand what is in the data folder to that account. */
bool identity_own(const struct identity *id, const char *data,
    struct err *e);
/* For good, groups and capabilities too. */
bool identity_drop(const struct identity *id, struct err *e);

#endif
