/* SPDX-License-Identifier: MIT */
#include "keep/workspace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"
#include "keep/artifact.h"
#include "sys/file.h"

#define PRIVATE ".slipway"
#define OUTPUTS PRIVATE "/output"

void
identity_act_as(bool root, uid_t uid, gid_t gid)
{
	if (!root)
		return;
	/* back to root first: only root may choose */
	syscall(SYS_setfsuid, 0);
	syscall(SYS_setfsgid, gid);
	if (uid != 0)
		syscall(SYS_setfsuid, uid);
}

/* mkdir for every folder in name, below fd. */
static bool
folders_make(int fd, const char *name)
{
	char path[NAME_MAX * 2];

	for (const char *s = strchr(name, '/'); s; s = strchr(s + 1, '/')) {
		int n = (int)(s - name);

		if ((size_t)snprintf(path, sizeof(path), "%.*s", n, name) >=
		    sizeof(path)) {
			errno = ENAMETOOLONG;
			return false;
		}
		if (mkdirat(fd, path, 0700) < 0 && errno != EEXIST)
			return false;
	}
	return true;
}

static int
file_make(int fd, const char *name, mode_t mode)
{
	int file = openat(fd, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

	if (file >= 0 || errno != ENOENT || !folders_make(fd, name))
		return file;
	return openat(fd, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
}

static bool
file_copy(int from, int to)
{
	struct stat st;
	off_t left;

	if (fstat(from, &st) < 0)
		return false;
	for (left = st.st_size; left > 0;) {
		ssize_t n = sendfile(to, from, NULL, (size_t)left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		left -= n;
	}
	return true;
}

/* What comes from another step: the bytes that it left, or none. */
static bool
kept_copy(int from, int to, const char *sha256)
{
	char hash[SHA256_HEX];
	struct stat st;

	if (fstat(from, &st) < 0 ||
	    !artifact_copy(from, to, (uint64_t)st.st_size, hash))
		return false;
	if (strncmp(hash, sha256, SHA256_HEX - 1) == 0)
		return true;
	errno = EBADMSG;
	return false;
}

static bool
link_put(const struct spec *spec, bool root, int fd, const struct spec_file *f)
{
	const struct wire_numbers *n = &spec->numbers;
	int from, to;
	bool ok;

	identity_act_as(root, 0, 0);
	from = open(f->bytes.p, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	identity_act_as(root, n->uid, n->gid);
	if (from < 0)
		return false;
	to = file_make(fd, f->name, 0600);
	ok = to >= 0 &&
	    (f->sha256 ? kept_copy(from, to, f->sha256) : file_copy(from, to)) &&
	    fchmod(to, f->sha256 ? 0444 : 0555) == 0;
	close(from);
	if (to >= 0)
		close(to);
	return ok;
}

static bool
file_put(int fd, const struct spec_file *f)
{
	bool run = strncmp(f->name, "run", 3) == 0;
	char name[NAME_MAX];
	int to;
	bool ok;

	if ((size_t)snprintf(name, sizeof(name), PRIVATE "/%s", f->name) >=
	    sizeof(name)) {
		errno = ENAMETOOLONG;
		return false;
	}
	to = file_make(fd, name, run ? 0700 : 0600);
	if (to < 0)
		return false;
	ok = file_write_all(to, f->bytes.p, f->bytes.n);
	close(to);
	return ok;
}

bool
workspace_make(const struct spec *spec, bool root, int *ret_fd,
    const char **ret_stage)
{
	const struct wire_numbers *n = &spec->numbers;
	int fd;

	*ret_stage = "workspace";
	identity_act_as(root, 0, 0);
	if (mkdir(spec->workspace, 0700) < 0)
		return false;
	fd = open(spec->workspace,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (root && fchown(fd, n->uid, n->gid) < 0)
		goto fail;
	identity_act_as(root, n->uid, n->gid);
	if (mkdirat(fd, PRIVATE, 0700) < 0)
		goto fail;
	*ret_stage = "files";
	for (size_t i = 0; i < spec->nfiles; i++) {
		const struct spec_file *f = &spec->files[i];

		if (f->sha256)
			*ret_stage = "artifact";
		if (!(f->link ? link_put(spec, root, fd, f) : file_put(fd, f)))
			goto fail;
	}
	*ret_fd = fd;
	return true;
fail:
	close(fd);
	return false;
}

int
workspace_outputs(int fd, uid_t uid, uint32_t *ret_bytes, bool *ret_cut)
{
	struct open_how how = {
		.flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC |
		    O_NOCTTY,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
		    RESOLVE_NO_MAGICLINKS
	};
	struct stat st;
	int out = (int)syscall(SYS_openat2, fd, OUTPUTS, &how, sizeof(how));

	*ret_cut = out < 0 && errno != ENOENT;
	if (out < 0)
		return -1;
	if (fstat(out, &st) < 0 || !S_ISREG(st.st_mode) || st.st_nlink != 1 ||
	    st.st_uid != uid ||
	    (size_t)st.st_size > LIMIT_OUTPUT_FILE_BYTES) {
		close(out);
		*ret_cut = true;
		return -1;
	}
	*ret_bytes = (uint32_t)st.st_size;
	return out;
}

void
workspace_remove(const char *path)
{
	struct err e;

	(void)file_remove_tree(AT_FDCWD, path, &e);
}
