/* SPDX-License-Identifier: MIT */
/*
 * seccomp.h: the system calls that no task needs.
 *
 * seccomp_install confines the calling process and what it becomes; it needs
 * no_new_privs.  Calls on the list fail with EPERM, so that a program can say
 * so; clone with a namespace flag fails alike; clone3, whose flags a filter
 * cannot see, does not exist (ENOSYS, and libc falls back to clone); a call
 * of a foreign architecture kills.  False with errno where the kernel cannot.
 */
#ifndef KEEP_SECCOMP_H
#define KEEP_SECCOMP_H

#include <stdbool.h>

bool seccomp_install(void);

#endif
