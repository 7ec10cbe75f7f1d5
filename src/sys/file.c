/* SPDX-License-Identifier: MIT */
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"
#include "sys/failpoint.h"

#define FILE_CHUNK 65536

/* Append up to n bytes of fd to *to; fewer mean the end of the file. */
static bool
file_read_up_to(int fd, size_t n, struct buf *to)
{
	while (n > 0) {
		size_t want = n < FILE_CHUNK ? n : FILE_CHUNK;
		ssize_t got;

		buf_reserve(to, want);
		got = read(fd, to->data + to->len, want);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			to->data[to->len] = '\0';
			return got == 0;
		}
		to->len += (size_t)got;
		to->data[to->len] = '\0';
		n -= (size_t)got;
	}
	return true;
}

static bool
file_open_failed(const char *path, struct err *e)
{
	if (errno == ENOENT || errno == ENOTDIR)
		return err_set(e, ERR_NOT_FOUND, "file.not_found",
		    "read '%s': there is no such file", path);
	if (errno == ELOOP)
		return err_set(e, ERR_INVALID, "file.not_regular",
		    "read '%s': it is a symbolic link", path);
	if (errno == ENXIO)
		return err_set(e, ERR_INVALID, "file.not_regular",
		    "read '%s': it is not a regular file", path);
	return err_sys(e, "read '%s'", path);
}

bool
file_read(int dirfd, const char *path, size_t max, struct buf *to,
    struct err *e)
{
	size_t before = to->len;
	struct stat st;
	bool ok = false;
	/* O_NONBLOCK: opening a FIFO must not wait for its other end. */
	int fd = openat(dirfd, path,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return file_open_failed(path, e);
	if (fstat(fd, &st) != 0)
		err_sys(e, "read '%s'", path);
	else if (!S_ISREG(st.st_mode))
		err_set(e, ERR_INVALID, "file.not_regular",
		    "read '%s': it is not a regular file", path);
	else if (FAILPOINT_FAILS("file.read") ||
	    !file_read_up_to(fd, max < SIZE_MAX ? max + 1 : max, to))
		err_sys(e, "read '%s'", path);
	else if (to->len - before > max)
		err_set(e, ERR_TOO_LARGE, "file.too_large",
		    "read '%s': it has more than %zu bytes", path, max);
	else
		ok = true;
	close(fd);
	if (!ok && to->data != NULL) {
		to->len = before;
		to->data[before] = '\0';
	}
	return ok;
}

/* at NULL: from where the file stands. */
static bool
file_read_whole(int fd, void *p, size_t n, uint64_t *at)
{
	char *bytes = p;

	while (n > 0) {
		const ssize_t got = at == NULL
		    ? read(fd, bytes, n)
		    : pread(fd, bytes, n, (off_t)*at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = EIO;
		if (got <= 0)
			return false;
		if (at != NULL)
			*at += (uint64_t)got;
		bytes += got;
		n -= (size_t)got;
	}
	return true;
}

bool
file_read_all(int fd, void *p, size_t n)
{
	return file_read_whole(fd, p, n, NULL);
}

bool
file_read_all_at(int fd, void *p, size_t n, uint64_t at)
{
	return file_read_whole(fd, p, n, &at);
}

bool
file_write_all(int fd, const void *p, size_t n)
{
	const char *at = p;

	if (FAILPOINT_FAILS("file.write")) {
		errno = ENOSPC;
		return false;
	}
	while (n > 0) {
		ssize_t done = write(fd, at, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		at += done;
		n -= (size_t)done;
	}
	return true;
}

static bool
file_fsync(int fd)
{
	if (FAILPOINT_FAILS("file.fsync")) {
		errno = EIO;
		return false;
	}
	return fsync(fd) == 0;
}

static bool
file_fill(int dirfd, const char *name, const void *p, size_t n, mode_t mode)
{
	bool ok;
	int fd = openat(dirfd, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return false;
	ok = fchmod(fd, mode) == 0 && file_write_all(fd, p, n) &&
	    file_fsync(fd);
	if (close(fd) != 0)
		ok = false;
	return ok;
}

static int
file_open_dir(int dirfd, const char *path)
{
	return openat(dirfd, path,
	    O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
}

bool
file_replace(int dirfd, const char *path, const void *p, size_t n, mode_t mode,
    struct err *e)
{
	struct buf folder = { 0 };
	char temporary[] = ".new-xxxxxxxxxxxx";
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	int dir;
	bool ok;

	id_text(temporary + 5, sizeof(temporary) - 6);
	if (slash == NULL)
		buf_adds(&folder, ".");
	else
		buf_add(&folder, path, (size_t)(slash - path) + 1);
	dir = file_open_dir(dirfd, folder.data);
	buf_finish(&folder);
	if (dir < 0)
		return err_sys(e, "write '%s'", path);
	ok = file_fill(dir, temporary, p, n, mode);
	if (ok)
		FAILPOINT("file.replace.before");
	if (ok)
		ok = renameat(dir, temporary, dir, name) == 0;
	if (ok) {
		ok = file_fsync(dir);
		if (!ok)
			err_sys(e, "write '%s'", path);
	} else {
		err_sys(e, "write '%s'", path);
		unlinkat(dir, temporary, 0);
	}
	close(dir);
	return ok;
}

static bool
file_mkdir(const char *path, mode_t mode)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return true;
	/* EACCES and EROFS may also mean a parent that is there already. */
	if (errno != EEXIST && errno != EACCES && errno != EROFS &&
	    errno != EPERM)
		return false;
	if (stat(path, &st) != 0)
		return false;
	errno = ENOTDIR;
	return S_ISDIR(st.st_mode);
}

bool
file_mkdirs(const char *path, mode_t mode, struct err *e)
{
	struct buf part = { 0 };
	const char *at = path;
	bool ok = true;

	while (ok && *at != '\0') {
		size_t n = strspn(at, "/");

		n += strcspn(at + n, "/");
		buf_add(&part, at, n);
		at += n;
		ok = file_mkdir(part.data, mode);
	}
	if (!ok)
		err_sys(e, "make the folder '%s'", path);
	buf_finish(&part);
	return ok;
}

bool
file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}
