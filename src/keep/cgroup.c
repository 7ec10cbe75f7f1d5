/* SPDX-License-Identifier: MIT */
#include "keep/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OWN_PREFIX "slipway-"

static bool
group_write(int dir, const char *file, const char *text)
{
	int fd = openat(dir, file, O_WRONLY | O_CLOEXEC);
	size_t n = strlen(text);
	bool ok;

	if (fd < 0)
		return false;
	ok = write(fd, text, n) == (ssize_t)n;
	close(fd);
	return ok;
}

static bool
group_read(int dir, const char *file, char *buf, size_t n)
{
	int fd = openat(dir, file, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return false;
	got = read(fd, buf, n - 1);
	close(fd);
	buf[got > 0 ? got : 0] = '\0';
	return got >= 0;
}

/* Mount point of the version 2 hierarchy; of several the first. */
static bool
mountinfo_find(char *ret, size_t n)
{
	char line[1024], root[256], point[256];
	FILE *f = fopen("/proc/self/mountinfo", "re");
	bool found = false;

	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f)) {
		const char *dash = strstr(line, " - ");

		found = dash && strncmp(dash, " - cgroup2 ", 11) == 0 &&
		    sscanf(line, "%*s %*s %*s %255s %255s", root, point) == 2;
	}
	fclose(f);
	return found && (size_t)snprintf(ret, n, "%s", point) < n;
}

static bool
own_path(char *ret, size_t n)
{
	char line[512];
	FILE *f = fopen("/proc/self/cgroup", "re");
	bool found = false;

	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "0::/", 4) != 0)
			continue;
		line[strcspn(line, "\n")] = '\0';
		found = (size_t)snprintf(ret, n, "%s", line + 4) < n;
	}
	fclose(f);
	return found;
}

/*
 * Hand the controllers down.  A group with processes in it may not, unless it
 * is the root: then server and spawner move to a leaf first.
 */
static void
group_delegate(int base)
{
	static const char both[] = "+memory +pids";
	char pid[32];
	int leaf;

	if (group_write(base, "cgroup.subtree_control", both) ||
	    errno != EBUSY)
		return;
	if (mkdirat(base, "server.slipway", 0755) < 0 && errno != EEXIST)
		return;
	leaf = openat(base, "server.slipway",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (leaf < 0)
		return;
	snprintf(pid, sizeof(pid), "%d", (int)getppid());
	(void)group_write(leaf, "cgroup.procs", pid);
	(void)group_write(leaf, "cgroup.procs", "0");
	close(leaf);
	(void)group_write(base, "cgroup.subtree_control", both);
}

/* Remove a spawner's folder with what its keepers left; a group with a live
 * process in it stays, and so does its folder. */
static void
group_sweep(int base, const char *name)
{
	int dir = openat(base, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = dir < 0 ? NULL : fdopendir(dir);
	const struct dirent *en;

	if (!d) {
		if (dir >= 0)
			close(dir);
		return;
	}
	while ((en = readdir(d)) != NULL) {
		if (en->d_name[0] >= '0' && en->d_name[0] <= '9')
			(void)unlinkat(dir, en->d_name, AT_REMOVEDIR);
	}
	closedir(d);
	(void)unlinkat(base, name, AT_REMOVEDIR);
}

static void
groups_sweep(int base)
{
	int copy = openat(base, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *en;

	if (!d) {
		if (copy >= 0)
			close(copy);
		return;
	}
	while ((en = readdir(d)) != NULL) {
		long pid = 0;

		if (strncmp(en->d_name, OWN_PREFIX, strlen(OWN_PREFIX)) == 0)
			pid = strtol(en->d_name + strlen(OWN_PREFIX), NULL,
			    10);
		if (pid > 0 && kill((pid_t)pid, 0) < 0 && errno == ESRCH)
			group_sweep(base, en->d_name);
	}
	closedir(d);
}

void
cgroup_open(struct cgroup *c)
{
	char mount[256], own[200], controllers[256];
	int base;

	memset(c, 0, sizeof(*c));
	c->dir = -1;
	if (!mountinfo_find(mount, sizeof(mount)) ||
	    !own_path(own, sizeof(own)))
		return;
	snprintf(c->path, sizeof(c->path), "%s/%s", mount, own);
	base = open(c->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (base < 0)
		return;
	group_delegate(base);
	groups_sweep(base);
	close(base);
	c->owner = getpid();
	snprintf(c->path, sizeof(c->path), "%s/%s/" OWN_PREFIX "%d", mount,
	    own, (int)c->owner);
	if (mkdir(c->path, 0755) < 0 && errno != EEXIST)
		return;
	c->dir = open(c->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->dir < 0)
		return;
	if (faccessat(c->dir, "cgroup.kill", W_OK, AT_EACCESS) < 0) {
		close(c->dir);
		c->dir = -1;
		(void)rmdir(c->path);
		return;
	}
	if (!group_write(c->dir, "cgroup.subtree_control", "+memory +pids") ||
	    !group_read(c->dir, "cgroup.subtree_control", controllers,
		sizeof(controllers)))
		return;
	c->memory = strstr(controllers, "memory") != NULL;
	c->pids = strstr(controllers, "pids") != NULL;
}

void
cgroup_close(struct cgroup *c)
{
	if (c->dir < 0)
		return;
	close(c->dir);
	c->dir = -1;
	(void)rmdir(c->path);
}

int
cgroup_make(const struct cgroup *c, int64_t attempt, uint64_t memory_bytes,
    uint32_t processes)
{
	char name[32], value[32];
	int group;

	if (c->dir < 0)
		return -1;
	snprintf(name, sizeof(name), "%" PRId64, attempt);
	if (mkdirat(c->dir, name, 0755) < 0 && errno != EEXIST)
		return -1;
	group = openat(c->dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (group < 0)
		return -1;
	if (memory_bytes && c->memory) {
		snprintf(value, sizeof(value), "%" PRIu64, memory_bytes);
		(void)group_write(group, "memory.max", value);
		(void)group_write(group, "memory.swap.max", "0");
		(void)group_write(group, "memory.oom.group", "1");
	}
	if (processes && c->pids) {
		/* one more: our own first process is in the group */
		snprintf(value, sizeof(value), "%" PRIu64,
		    (uint64_t)processes + 1);
		(void)group_write(group, "pids.max", value);
	}
	return group;
}

void
cgroup_kill(int group)
{
	(void)group_write(group, "cgroup.kill", "1");
}

bool
cgroup_ran_out(int group)
{
	char events[512];
	const char *kills;

	if (!group_read(group, "memory.events", events, sizeof(events)))
		return false;
	kills = strstr(events, "oom_kill ");
	return kills && strtol(kills + 9, NULL, 10) > 0;
}

void
cgroup_remove(const struct cgroup *c, int group, int64_t attempt)
{
	char name[32];

	if (group < 0)
		return;
	close(group);
	snprintf(name, sizeof(name), "%" PRId64, attempt);
	(void)unlinkat(c->dir, name, AT_REMOVEDIR);
	if (getpid() != c->owner && getppid() != c->owner)
		(void)rmdir(c->path);
}
