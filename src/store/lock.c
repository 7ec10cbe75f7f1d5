/* SPDX-License-Identifier: MIT */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/str.h"
#include "sys/file.h"

static bool
lock_is_local(const char *folder, struct err *e)
{
	static const unsigned long network[] = { NFS_SUPER_MAGIC,
		SMB_SUPER_MAGIC, SMB2_SUPER_MAGIC, CIFS_SUPER_MAGIC,
		AFS_SUPER_MAGIC, CEPH_SUPER_MAGIC };
	struct statfs fs;

	if (statfs(folder, &fs) < 0)
		return err_sys(e, "data folder '%s'", folder);
	for (size_t i = 0; i < ARRAY_SIZE(network); i++) {
		if (((unsigned long)fs.f_type & 0xffffffff) != network[i])
			continue;
		err_set(e, ERR_CONFIG, "store.network",
		    "data folder '%s' is on a network file system", folder);
		return err_hint(e, "put it on a local disk");
	}
	return true;
}

static bool
lock_is_held(int fd, const char *path, struct err *e)
{
	char text[64] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	int64_t pid;

	if (n > 0 && text[n - 1] == '\n')
		text[n - 1] = '\0';
	if (n <= 0 || !str_to_int64(str_of(text), &pid) || pid <= 0) {
		err_set(e, ERR_BUSY, "store.locked",
		    "'%s' is held by another server", path);
		return err_hint(e, "find it with: fuser %s", path);
	}
	err_set(e, ERR_BUSY, "store.locked",
	    "'%s' is held by another server, process %lld", path,
	    (long long)pid);
	return err_hint(e, "see: ps -fp %lld", (long long)pid);
}

/* The file that was locked is still the one that others will open. */
static bool
lock_is_current(int fd, const char *path)
{
	struct stat ours, there;

	return fstat(fd, &ours) == 0 && stat(path, &there) == 0 &&
	    ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

static bool
lock_sign(int fd, const char *path, struct err *e)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	if (ftruncate(fd, 0) < 0 || !file_write_all(fd, text, (size_t)n))
		return err_sys(e, "write '%s'", path);
	return true;
}

bool
store_lock(const char *folder, int *ret_fd, struct err *e)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[PATH_MAX];
	int fd;

	if (!lock_is_local(folder, e))
		return false;
	snprintf(path, sizeof(path), "%s/lock", folder);
	for (;;) {
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
		    0600);
		if (fd < 0)
			return err_sys(e, "open '%s'", path);
		if (fcntl(fd, F_OFD_SETLK, &whole) < 0) {
			if (errno == EAGAIN || errno == EACCES)
				lock_is_held(fd, path, e);
			else
				err_sys(e, "lock '%s'", path);
			break;
		}
		if (!lock_is_current(fd, path)) {
			close(fd);
			continue;
		}
		if (!lock_sign(fd, path, e))
			break;
		*ret_fd = fd;
		return true;
	}
	close(fd);
	return false;
}
