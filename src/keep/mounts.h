/* SPDX-License-Identifier: MIT */
/*
 * mounts.h: the view of the file system that a sandboxed command has.
 *
 * The host's tree, but: hidden folders are empty and read-only, the workspace
 * and the volumes inside them are there again at their own paths, /tmp and
 * /dev/shm are private, /proc shows the own PID namespace alone.  A folder on
 * the way to the workspace that `uid` may not enter is covered like a hidden
 * one, so that the way is free and nothing else is seen.
 *
 * Runs in a fresh mount namespace with the rights to mount, once.  Paths are
 * absolute and free of symbolic links.
 */
#ifndef KEEP_MOUNTS_H
#define KEEP_MOUNTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct mounts {
	const char *workspace;
	const char *const *volumes; /* NULL-terminated */
	const char *const *hidden;  /* NULL-terminated */
	uid_t uid;
	gid_t gid;
	uint64_t tmp_bytes; /* of /tmp, as much of /dev/shm; 0: a default */
	bool private_tmp;
	bool private_proc; /* the caller has a PID namespace of its own */
};

/* False with errno and *ret_stage: which mount it was. */
bool mounts_make(const struct mounts *m, const char **ret_stage);

#endif
