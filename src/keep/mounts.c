/* SPDX-License-Identifier: MIT */
#include "keep/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "base/limits.h"

#define COVERS_MAX 32
#define KEPT_MAX 64
#define TMP_BYTES MIB(1024)
#define TMP_FILES "200000"
#define COVER_FILES "2000"

/* A folder that is replaced by a tmpfs. */
struct cover {
	const char *path;
	bool writable; /* /tmp and /dev/shm */
};

struct kept {
	const char *path;
	int tree; /* detached mount of it */
};

struct plan {
	const struct mounts *m;
	struct cover covers[COVERS_MAX];
	size_t ncovers;
	struct kept kept[KEPT_MAX];
	size_t nkept;
	char way[PATH_MAX]; /* path of a cover on the way */
};

static bool
path_below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return strncmp(path, folder, n) == 0 &&
	    (path[n] == '/' || path[n] == '\0');
}

/* By one of the first n. */
static bool
path_covered(const struct plan *p, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++) {
		if (path_below(path, p->covers[i].path))
			return true;
	}
	return false;
}

static bool
cover_add(struct plan *p, const char *path, bool writable)
{
	/* a hidden folder in /tmp is made again, to be read-only there */
	for (size_t i = 0; i < p->ncovers; i++) {
		if (!p->covers[i].writable &&
		    path_below(path, p->covers[i].path))
			return true;
	}
	if (p->ncovers == COVERS_MAX) {
		errno = E2BIG;
		return false;
	}
	p->covers[p->ncovers++] = (struct cover){ path, writable };
	return true;
}

static bool
stat_enterable(const struct stat *st, uid_t uid, gid_t gid)
{
	if (uid == 0)
		return true;
	if (st->st_uid == uid)
		return st->st_mode & S_IXUSR;
	if (st->st_gid == gid)
		return st->st_mode & S_IXGRP;
	return st->st_mode & S_IXOTH;
}

/* Cover the highest folder above the workspace that the uid cannot enter. */
static bool
plan_way(struct plan *p)
{
	size_t n = strlen(p->m->workspace);
	struct stat st;

	if (n >= sizeof(p->way)) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(p->way, p->m->workspace, n + 1);
	for (char *s = strchr(p->way + 1, '/'); s; s = strchr(s + 1, '/')) {
		*s = '\0';
		if (stat(p->way, &st) < 0)
			return false;
		if (!stat_enterable(&st, p->m->uid, p->m->gid))
			return cover_add(p, p->way, false);
		*s = '/';
	}
	return true;
}

static bool
plan_covers(struct plan *p)
{
	struct stat st;

	/* the way comes early: it lies high and may swallow the others */
	if (p->m->private_tmp &&
	    (!cover_add(p, "/tmp", true) ||
		(stat("/dev/shm", &st) == 0 &&
		    !cover_add(p, "/dev/shm", true))))
		return false;
	if (!plan_way(p))
		return false;
	for (const char *const *h = p->m->hidden; *h; h++) {
		if (stat(*h, &st) == 0 && S_ISDIR(st.st_mode) &&
		    !cover_add(p, *h, false))
			return false;
	}
	return true;
}

static bool
keep_add(struct plan *p, const char *path)
{
	struct kept *k = &p->kept[p->nkept];

	if (!path_covered(p, p->ncovers, path))
		return true;
	if (p->nkept == KEPT_MAX) {
		errno = E2BIG;
		return false;
	}
	k->path = path;
	k->tree = open_tree(AT_FDCWD, path,
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (k->tree < 0)
		return false;
	p->nkept++;
	return true;
}

static bool
plan_kept(struct plan *p)
{
	if (!keep_add(p, p->m->workspace))
		return false;
	for (const char *const *v = p->m->volumes; *v; v++) {
		if (!keep_add(p, *v))
			return false;
	}
	return true;
}

/* mkdir -p of what comes behind the first n bytes of path. */
static bool
mkdirs(const char *path, size_t n)
{
	char part[PATH_MAX];
	size_t all = strlen(path);

	if (all >= sizeof(part)) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(part, path, all + 1);
	for (size_t i = n + 1; i <= all; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		part[i] = '\0';
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return false;
		part[i] = path[i];
	}
	return true;
}

static bool
cover_mount(const struct plan *p, size_t at)
{
	const struct cover *c = &p->covers[at];
	uint64_t bytes = p->m->tmp_bytes ? p->m->tmp_bytes : TMP_BYTES;
	unsigned long flags = MS_NOSUID | MS_NODEV;
	char options[96] = "mode=0755,size=64k,nr_inodes=" COVER_FILES;

	if (c->writable)
		snprintf(options, sizeof(options),
		    "mode=1777,nr_inodes=" TMP_FILES ",size=%llu",
		    (unsigned long long)bytes);
	else
		flags |= MS_NOEXEC;
	if (path_covered(p, at, c->path) && !mkdirs(c->path, 0))
		return false;
	if (mount("slipway", c->path, "tmpfs", flags, options) < 0)
		return false;
	for (size_t i = 0; i < p->nkept; i++) {
		if (path_below(p->kept[i].path, c->path) &&
		    !mkdirs(p->kept[i].path, strlen(c->path)))
			return false;
	}
	return c->writable || mount(NULL, c->path, NULL,
	    flags | MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) == 0;
}

static bool
covers_mount(const struct plan *p)
{
	mode_t old = umask(0);
	bool ok = true;

	for (size_t i = 0; ok && i < p->ncovers; i++)
		ok = cover_mount(p, i);
	umask(old);
	return ok;
}

/* Sockets and files that were asked to be hidden. */
static bool
files_hide(const struct plan *p)
{
	struct stat st;

	for (const char *const *h = p->m->hidden; *h; h++) {
		if (path_covered(p, p->ncovers, *h) || lstat(*h, &st) < 0 ||
		    S_ISDIR(st.st_mode))
			continue;
		if (mount("/dev/null", *h, NULL, MS_BIND, NULL) < 0)
			return false;
	}
	return true;
}

static bool
kept_mount(const struct plan *p)
{
	for (size_t i = 0; i < p->nkept; i++) {
		if (move_mount(p->kept[i].tree, "", AT_FDCWD, p->kept[i].path,
			MOVE_MOUNT_F_EMPTY_PATH) < 0)
			return false;
		close(p->kept[i].tree);
	}
	return true;
}

/* Inside some containers a new /proc is refused; the old one then stays, and
 * the PID namespace keeps its processes out of reach all the same. */
static bool
proc_mount(const struct mounts *m)
{
	if (!m->private_proc)
		return true;
	return mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
	    NULL) == 0 || errno == EPERM || errno == EACCES;
}

bool
mounts_make(const struct mounts *m, const char **ret_stage)
{
	struct plan p;

	p.m = m;
	p.ncovers = p.nkept = 0;

#define STEP(name, call)                                                       \
	do {                                                                   \
		*ret_stage = (name);                                           \
		if (!(call))                                                   \
			return false;                                          \
	} while (0)

	STEP("mount private",
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	STEP("mount hide", plan_covers(&p));
	STEP("mount workspace", plan_kept(&p));
	STEP("mount cover", covers_mount(&p));
	STEP("mount hide", files_hide(&p));
	STEP("mount workspace", kept_mount(&p));
	STEP("mount proc", proc_mount(m));
#undef STEP
	return true;
}
