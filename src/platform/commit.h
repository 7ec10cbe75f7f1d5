/* SPDX-License-Identifier: MIT */
/*
 * commit.h: which git commit a folder stands at, without git.
 *
 * Reads .git/HEAD and the ref it names (a loose file or a line of
 * packed-refs) of the folder or one of the folders above it; a .git file of a
 * worktree is followed.  "" when there is none or it is anything unusual.
 * Blocks on the disk.
 */
#ifndef PLATFORM_COMMIT_H
#define PLATFORM_COMMIT_H

#include "base/arena.h"

/* 40 or 64 hex digits, or "". */
const char *commit_read(struct arena *a, const char *folder);

#endif
