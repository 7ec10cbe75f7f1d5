/* SPDX-License-Identifier: MIT */
/*
 * local_running.h: the attempts that the local driver waits for.
 *
 * A table in memory, there to match what comes over the wire; the truth is on
 * disk.  Also hands out numeric user ids: no two attempts share one.  A
 * pointer to an entry is valid until the next add or remove.
 */
#ifndef DRIVER_LOCAL_RUNNING_H
#define DRIVER_LOCAL_RUNNING_H

#include <sys/types.h>

#include "base/err.h"

#define UID_NONE ((uid_t)-1)

struct running {
	int64_t attempt, token;
	uid_t uid; /* of the range, or UID_NONE */
	int pidfd; /* of a keeper that the present spawner did not fork, or -1 */
	bool look; /* its keeper may be gone: see what the disk says */
	int64_t cancel_ms; /* grace of a cancel that came too early, or -1 */
};

struct running_table {
	struct running *entries;
	size_t count, room;
};

void running_finish(struct running_table *t);
struct running *running_find(struct running_table *t, int64_t attempt);
struct running *running_add(struct running_table *t, int64_t attempt,
    int64_t token);
/* Closes the pidfd. */
void running_remove(struct running_table *t, struct running *r);
/* One of first … first + count - 1 that nobody has; mostly the same for the
 * same attempt. */
bool running_uid(const struct running_table *t, uid_t first, unsigned count,
    int64_t attempt, uid_t *ret, struct err *e);

#endif
