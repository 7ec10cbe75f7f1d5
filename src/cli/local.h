/* SPDX-License-Identifier: MIT */
/*
 * local.h: flags that the command line adds to operations: never sent.
 */
#ifndef CLI_LOCAL_H
#define CLI_LOCAL_H

#include "cli/flag.h"

struct local {
	const char *op;
	struct flag flag;
};

/* Sorted by operation; ends with op NULL. */
extern const struct local locals[];

/* What any verb takes, for help; ends with name NULL. */
extern const struct flag global_flags[];

#endif
