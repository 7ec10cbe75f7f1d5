/* SPDX-License-Identifier: MIT */
#include "driver/local_running.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
running_finish(struct running_table *t)
{
	while (t->count > 0)
		running_remove(t, &t->entries[t->count - 1]);
	free(t->entries);
	memset(t, 0, sizeof(*t));
}

struct running *
running_find(struct running_table *t, int64_t attempt)
{
	for (size_t i = 0; i < t->count; i++) {
		if (t->entries[i].attempt == attempt)
			return &t->entries[i];
	}
	return NULL;
}

struct running *
running_add(struct running_table *t, int64_t attempt, int64_t token)
{
	if (t->count == t->room) {
		t->room = t->room ? t->room * 2 : 64;
		t->entries =
		    realloc(t->entries, t->room * sizeof(*t->entries));
		ASSERT(t->entries != NULL);
	}
	t->entries[t->count] = (struct running){ .attempt = attempt,
		.token = token,
		.uid = UID_NONE,
		.pidfd = -1,
		.cancel_ms = -1 };
	return &t->entries[t->count++];
}

void
running_remove(struct running_table *t, struct running *r)
{
	if (r->pidfd >= 0)
		close(r->pidfd);
	*r = t->entries[--t->count];
}

static bool
uid_in_use(const struct running_table *t, uid_t uid)
{
	for (size_t i = 0; i < t->count; i++) {
		if (t->entries[i].uid == uid)
			return true;
	}
	return false;
}

bool
running_uid(const struct running_table *t, uid_t first, unsigned count,
    int64_t attempt, uid_t *ret, struct err *e)
{
	for (unsigned i = 0; i < count; i++) {
		uid_t uid = first + (unsigned)(((uint64_t)attempt + i) % count);

		if (uid_in_use(t, uid))
			continue;
		*ret = uid;
		return true;
	}
	return err_set(e, ERR_BUSY, "driver.uids",
	    "cannot start attempt %" PRId64 ": all %u user ids are in use",
	    attempt, count);
}
