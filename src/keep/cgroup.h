/* SPDX-License-Identifier: MIT */
/*
 * cgroup.h: a control group per attempt, where the kernel lets us.
 *
 * Version 2 only, found through /proc/self/mountinfo and /proc/self/cgroup,
 * never assumed.  The spawner makes one folder of its own (cgroup_open); each
 * keeper makes one below it for its attempt and the command is born in it.
 * Killing works wherever mkdir works; memory and processes are limited only
 * where the controllers are there, which hybrid hosts lack.  Every failure
 * means "no group" and is no error: the caller has a second way.  Folders of
 * dead spawners are removed by their last keeper or by the next spawner.
 *
 * Files are opened with the rights of the caller, so a keeper that acts as
 * the server has to act as root here.
 */
#ifndef KEEP_CGROUP_H
#define KEEP_CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct cgroup {
	int dir; /* of the spawner, -1: none to be had */
	bool memory, pids; /* controllers */
	pid_t owner; /* the spawner */
	char path[512];
};

void cgroup_open(struct cgroup *c);
/* Remove the spawner's folder unless attempts are in it. */
void cgroup_close(struct cgroup *c);

/* The folder of one attempt with its limits (0: none), or -1. */
int cgroup_make(const struct cgroup *c, int64_t attempt, uint64_t memory_bytes,
    uint32_t processes);
void cgroup_kill(int group);
/* The kernel killed somebody for want of memory. */
bool cgroup_ran_out(int group);
/* Closes the group and removes the folder; everybody in it must be dead. */
void cgroup_remove(const struct cgroup *c, int group, int64_t attempt);

#endif
