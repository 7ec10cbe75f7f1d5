/* SPDX-License-Identifier: MIT */
#include "keep/artifact.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "keep/workspace.h"
#include "sys/file.h"

#define TAKEN "taken"

bool
artifact_copy(int from, int to, uint64_t size, char hex[SHA256_HEX])
{
	static char piece[1 << 16];
	struct sha256 hash;
	uint64_t left = size;

	sha256_begin(&hash);
	while (left > 0) {
		size_t want = left < sizeof(piece) ? left : sizeof(piece);
		ssize_t n = read(from, piece, want);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EBADMSG;
		if (n <= 0)
			return false;
		sha256_add(&hash, piece, (size_t)n);
		if (!file_write_all(to, piece, (size_t)n))
			return false;
		left -= (uint64_t)n;
	}
	sha256_end(&hash, hex);
	return true;
}

bool
artifacts_prepare(const struct spec *spec)
{
	struct wire_taken none = { .state = WIRE_TAKEN_NOT };
	int fd;
	bool ok;

	if (spec->ntakes == 0)
		return true;
	fd = open(TAKEN, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ok = fd >= 0;
	for (size_t i = 0; ok && i < spec->ntakes; i++)
		ok = file_write_all(fd, &none, sizeof(none));
	if (fd >= 0)
		close(fd);
	return ok;
}

static enum wire_take
take_why(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return WIRE_TAKEN_MISSING;
	case ELOOP:
		return WIRE_TAKEN_LINK;
	case EXDEV:
		return WIRE_TAKEN_OUTSIDE;
	case ENXIO: /* a socket, or a device that nobody drives */
		return WIRE_TAKEN_NO_FILE;
	default:
		return WIRE_TAKEN_ERROR;
	}
}

/* The file, open for reading; -1 with the state in *t. */
static int
take_open(int workspace, const struct spec_take *take, uid_t uid,
    struct wire_taken *t)
{
	struct open_how how = {
		.flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC |
		    O_NOCTTY,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
		    RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV
	};
	struct stat st;
	int fd = (int)syscall(SYS_openat2, workspace, take->path, &how,
	    sizeof(how));

	if (fd < 0 || fstat(fd, &st) < 0) {
		t->error = errno;
		t->state = take_why(errno);
	} else if (!S_ISREG(st.st_mode)) {
		t->state = S_ISDIR(st.st_mode) ? WIRE_TAKEN_FOLDER
					       : WIRE_TAKEN_NO_FILE;
	} else if (st.st_nlink != 1) {
		t->state = WIRE_TAKEN_NAMES;
	} else if (st.st_uid != uid) {
		t->state = WIRE_TAKEN_FOREIGN;
	} else {
		t->size = (uint64_t)st.st_size;
		t->state = t->size > take->max ? WIRE_TAKEN_LARGE
					       : WIRE_TAKEN_YES;
	}
	if (fd >= 0 && t->state != WIRE_TAKEN_YES) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static void
take_store(int from, const char *name, struct wire_taken *t)
{
	int to = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	bool ok = to >= 0 && artifact_copy(from, to, t->size, t->sha256) &&
	    fsync(to) == 0;

	if (!ok) {
		t->error = errno;
		t->state = errno == EBADMSG ? WIRE_TAKEN_CHANGED
					    : WIRE_TAKEN_ERROR;
	}
	if (to >= 0)
		close(to);
	if (to >= 0 && !ok)
		(void)unlink(name);
}

void
artifacts_take(const struct spec *spec, int workspace, int64_t attempt,
    const struct artifact_who *who)
{
	const struct wire_numbers *n = &spec->numbers;
	struct wire_taken t = { .state = WIRE_TAKEN_YES };
	char name[64];
	int taken;

	if (spec->ntakes == 0)
		return;
	identity_act_as(who->root, who->server_uid, who->server_gid);
	taken = open(TAKEN, O_WRONLY | O_CLOEXEC);
	for (size_t i = 0; taken >= 0 && i < spec->ntakes &&
	     t.state == WIRE_TAKEN_YES;
	     i++) {
		int from;

		memset(&t, 0, sizeof(t));
		identity_act_as(who->root, n->uid, n->gid);
		from = take_open(workspace, &spec->takes[i], n->uid, &t);
		identity_act_as(who->root, who->server_uid, who->server_gid);
		snprintf(name, sizeof(name),
		    WIRE_TAKEN_FOLDER_PATH "/%" PRId64 ".%zu", attempt, i);
		if (from >= 0) {
			take_store(from, name, &t);
			close(from);
		}
		if (pwrite(taken, &t, sizeof(t), (off_t)(i * sizeof(t))) !=
		    (ssize_t)sizeof(t))
			break;
	}
	if (taken >= 0)
		close(taken);
}
