/* SPDX-License-Identifier: MIT */
/*
 * keeper.h: one process that owns one attempt, from claim to exit record.
 *
 * The spawner forks it; it outlives spawner and server.  It claims the folder
 * (home.h), makes the workspace, starts the first process (first.h), drains
 * and masks the output (drain.h), enforces timeout, grace and memory, listens
 * for WIRE_CANCEL, and when nobody of the tree is left writes the result and
 * tells it.  After the command has started it allocates nothing: whatever
 * becomes of the machine's memory, an end is recorded.
 *
 * What it does is the table in keeper.c: state × event → action, next state.
 *
 * keeper_run never returns.  Its exit code tells the spawner:
 *	KEEPER_TOLD	the server knows, or another one has the claim
 *	KEEPER_UNTOLD	the record is written, the server could not be told
 *	KEEPER_REFUSED + errno	nothing was started
 * and everything else, a signal above all, means that it is gone.
 */
#ifndef KEEP_KEEPER_H
#define KEEP_KEEPER_H

#include "keep/cgroup.h"
#include "keep/sandbox.h"
#include "keep/wire.h"

enum { KEEPER_TOLD = 0, KEEPER_UNTOLD = 1, KEEPER_REFUSED = 100 };

/* Of the spawner, alike for all its keepers. */
struct keeper_setup {
	struct sandbox sandbox;
	struct cgroup cgroup;
	uid_t server_uid;
	gid_t server_gid;
	pid_t spawner; /* removes workspaces while it lives */
};

/* The current folder is DATA/k.  Takes over the descriptor of the spec. */
_Noreturn void keeper_run(const struct keeper_setup *setup,
    const struct wire_start *start, int spec);

#endif
