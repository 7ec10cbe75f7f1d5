/* SPDX-License-Identifier: MIT */
/*
 * confine.h: give up everything but computing.
 *
 * For a helper that runs what others wrote and has its pipes already: from
 * now on this process and its children may read and write what is open, take
 * and give back memory, fork, wait and end.  Any other system call answers
 * EPERM, those of another architecture end the process.
 *
 * Source: seccomp(2), the kernel's Documentation/userspace-api/
 * seccomp_filter.rst.  Does not block.
 */
#ifndef SYS_CONFINE_H
#define SYS_CONFINE_H

#include <stdbool.h>

#include "base/err.h"

/* Also sets no_new_privs, leaves uid 0 for the kernel's "nobody", and writes
 * no core file. */
bool confine_to_computing(struct err *e);

#endif
