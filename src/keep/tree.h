/* SPDX-License-Identifier: MIT */
/*
 * tree.h: every process below one, found by ancestry.
 *
 * Used where no PID namespace holds the tree.  The ancestor has to be a child
 * subreaper (PR_SET_CHILD_SUBREAPER), so that a process that forked twice or
 * began a new session is still below it.  Walks /proc; allocates nothing.
 */
#ifndef KEEP_TREE_H
#define KEEP_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Send a signal to everything below `root`, not to root itself; returns how
 * many there were. */
size_t tree_signal(pid_t root, int signal);
/* Resident bytes of everything below root; shared pages count each time. */
uint64_t tree_memory(pid_t root);
/*
 * KILL everything below the calling process and reap what becomes its child,
 * until nobody is left or limit_ms are over; true when nobody is left.
 */
bool tree_kill(int64_t limit_ms);

#endif
