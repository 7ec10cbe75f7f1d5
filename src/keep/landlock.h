/* SPDX-License-Identifier: MIT */
/*
 * landlock.h: a task writes only where it was told to.
 *
 * landlock_confine restricts the calling process and what it becomes: every
 * kind of writing is refused but below the given folders, the private /tmp
 * and /dev/shm, /proc (which is the task's own) and a few devices.  Reading
 * and running are left to the permissions of the files.  Where the kernel
 * knows it, signals and abstract sockets stay inside as well.  Best effort by
 * version: an older kernel gives what it has.  Needs no_new_privs.
 */
#ifndef KEEP_LANDLOCK_H
#define KEEP_LANDLOCK_H

#include <stdbool.h>

/* Version of the kernel, 0 when it has none. */
int landlock_version(void);
/* `folders` ends with NULL; one that is absent is left out.  False with errno
 * when a layer that is there failed. */
bool landlock_confine(int version, const char *workspace,
    const char *const *folders);

#endif
