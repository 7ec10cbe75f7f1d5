/* SPDX-License-Identifier: MIT */
#include "sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"

/*
 * Removing a tree that an unknown program made.  Its depth is up to that
 * program, so there is no recursion: a folder found inside a folder of the
 * top is moved up into the top under a random name, which keeps the work two
 * levels and two descriptors deep.  Folders are opened without following
 * links, and a mount point can be neither moved nor removed (EBUSY), so
 * nothing outside is reached.
 */

/* Somebody who keeps adding files must not keep us here for ever. */
#define REMOVE_PASSES 1000000

/* Open a folder whose owner may have locked himself out. */
static DIR *
remove_open(int at, const char *name)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC;
	int fd = openat(at, name, flags);
	DIR *d;

	if (fd < 0 && errno == EACCES &&
	    fchmodat(at, name, 0700, AT_SYMLINK_NOFOLLOW) == 0)
		fd = openat(at, name, flags);
	if (fd < 0)
		return NULL;
	if (fchmod(fd, 0700) != 0 && errno != EPERM && errno != EROFS) {
		close(fd);
		return NULL;
	}
	d = fdopendir(fd);
	if (d == NULL)
		close(fd);
	return d;
}

/* The next name but "." and ".."; NULL at the end or with errno set. */
static const char *
remove_next(DIR *d)
{
	const struct dirent *en;

	for (;;) {
		errno = 0;
		en = readdir(d);
		if (en == NULL)
			return NULL;
		if (strcmp(en->d_name, ".") != 0 &&
		    strcmp(en->d_name, "..") != 0)
			return en->d_name;
	}
}

/* Remove a file, a link or an empty folder.  *ret_full: a folder with
 * something in it, which is left. */
static bool
remove_entry(int at, const char *name, bool *ret_full)
{
	*ret_full = false;
	if (unlinkat(at, name, 0) == 0 || errno == ENOENT)
		return true;
	if (errno != EISDIR && errno != EPERM)
		return false;
	if (unlinkat(at, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return true;
	*ret_full = errno == ENOTEMPTY || errno == EEXIST;
	if (errno == ENOTDIR)
		errno = EPERM;
	return *ret_full;
}

/* Moving a folder writes its "..", for which it must be writable. */
static bool
remove_move_up(int from, const char *name, int top)
{
	char unique[] = ".rm-xxxxxxxxxxxxxxxx";

	id_text(unique + 4, sizeof(unique) - 5);
	if (renameat(from, name, top, unique) == 0)
		return true;
	return errno == EACCES &&
	    fchmodat(from, name, 0700, AT_SYMLINK_NOFOLLOW) == 0 &&
	    renameat(from, name, top, unique) == 0;
}

/* Empty the folder `name` of top: files go, full folders move into top. */
static bool
remove_folder(int top, const char *name)
{
	DIR *d = remove_open(top, name);
	const char *en;
	bool full, ok = true;
	int error;

	if (d == NULL)
		return errno == ENOENT;
	while (ok && (en = remove_next(d)) != NULL) {
		ok = remove_entry(dirfd(d), en, &full);
		if (ok && full)
			ok = remove_move_up(dirfd(d), en, top);
	}
	error = errno;
	closedir(d);
	errno = error;
	if (!ok || error != 0)
		return false;
	return unlinkat(top, name, AT_REMOVEDIR) == 0 || errno == ENOENT ||
	    errno == ENOTEMPTY;
}

/* One look at everything in the top; *ret_empty when there was nothing. */
static bool
remove_pass(DIR *top, bool *ret_empty)
{
	const char *en;
	bool full;

	*ret_empty = true;
	rewinddir(top);
	while ((en = remove_next(top)) != NULL) {
		*ret_empty = false;
		if (!remove_entry(dirfd(top), en, &full))
			return false;
		if (full && !remove_folder(dirfd(top), en))
			return false;
	}
	return errno == 0;
}

static bool
remove_content(int at, const char *path)
{
	DIR *top = remove_open(at, path);
	bool empty = false, ok = true;
	int error;

	if (top == NULL)
		return errno == ENOENT;
	for (int i = 0; ok && !empty && i < REMOVE_PASSES; i++)
		ok = remove_pass(top, &empty);
	error = empty ? 0 : ok ? ENOTEMPTY : errno;
	closedir(top);
	errno = error;
	return error == 0;
}

bool
file_remove_tree(int dirfd, const char *path, struct err *e)
{
	bool full, ok;

	ok = remove_entry(dirfd, path, &full);
	if (ok && full)
		ok = remove_content(dirfd, path) &&
		    (unlinkat(dirfd, path, AT_REMOVEDIR) == 0 ||
			errno == ENOENT);
	return ok || err_sys(e, "remove '%s'", path);
}
