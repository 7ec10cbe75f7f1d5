/* SPDX-License-Identifier: MIT */
#include "store/ballast.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"

struct ballast {
	int fd; /* -1: there is none, and nothing to give back */
	int64_t size;
	bool full;
	int64_t looked; /* boot ms; 0: not yet */
};

/* Bytes left for us on its disk; INT64_MAX when nobody knows. */
static int64_t
ballast_room(const struct ballast *b)
{
	struct statvfs fs;

	if (b->fd < 0 || fstatvfs(b->fd, &fs) != 0)
		return INT64_MAX;
	return (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
}

/* A hole would be no ballast: the blocks themselves. */
static void
ballast_fill(struct ballast *b)
{
	if (b->fd < 0 || b->size >= BALLAST_BYTES ||
	    ballast_room(b) < 2 * (BALLAST_BYTES - b->size))
		return;
	if (posix_fallocate(b->fd, 0, (off_t)BALLAST_BYTES) == 0)
		b->size = BALLAST_BYTES;
	else if (ftruncate(b->fd, (off_t)b->size) != 0)
		log_warn("store.ballast", "error='%s'", strerror(errno));
}

static void
ballast_release(struct ballast *b)
{
	const int64_t size =
	    b->size > BALLAST_BYTES / 2 ? BALLAST_BYTES / 2 : 0;

	if (b->fd < 0 || b->size == 0)
		return;
	if (ftruncate(b->fd, (off_t)size) == 0)
		b->size = size;
	log_error("store.ballast", "left=%lld", (long long)b->size);
}

struct ballast *
ballast_open(const char *path)
{
	struct ballast *b = calloc(1, sizeof(*b));
	char folder[PATH_MAX], file[PATH_MAX + 16];
	struct stat st;

	ASSERT(b != NULL);
	snprintf(folder, sizeof(folder), "%s", path);
	snprintf(file, sizeof(file), "%s/ballast", dirname(folder));
	b->fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (b->fd >= 0 && fstat(b->fd, &st) == 0) {
		b->size = (int64_t)st.st_blocks * 512;
		if (b->size > st.st_size)
			b->size = st.st_size;
	}
	ballast_fill(b);
	return b;
}

void
ballast_close(struct ballast *b)
{
	if (b == NULL)
		return;
	if (b->fd >= 0)
		close(b->fd);
	free(b);
}

void
ballast_hit(struct ballast *b)
{
	b->full = true;
	b->looked = clock_boot_ms();
	ballast_release(b);
}

bool
ballast_is_full(struct ballast *b)
{
	const int64_t now = clock_boot_ms();
	int64_t room;

	if (b->looked != 0 &&
	    now - b->looked < (b->full ? BALLAST_LOOK_MS : BALLAST_WATCH_MS))
		return b->full;
	b->looked = now;
	room = ballast_room(b);
	if (!b->full && room < BALLAST_LOW) {
		b->full = true;
		ballast_release(b);
	} else if (b->full && room >= 2 * BALLAST_BYTES) {
		ballast_fill(b);
		b->full = false;
		log_info("store.ballast", "left=%lld", (long long)b->size);
	}
	return b->full;
}
