/* SPDX-License-Identifier: MIT */
/*
 * sandbox.h: how much of the machine a command may see.  Definitions name a
 * level, drivers provide it; keep/wire.h lists the layers.
 */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

enum sandbox {
	SANDBOX_NONE,	 /* full trust: the rights of the server's user */
	SANDBOX_DEFAULT, /* namespaces, no new privileges, Landlock, seccomp */
	SANDBOX_STRICT	 /* the same, and no network */
};

#endif
