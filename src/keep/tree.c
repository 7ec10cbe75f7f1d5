/* SPDX-License-Identifier: MIT */
#include "keep/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

/* More processes than this on one machine are seen in the next pass, when
 * the first ones are gone. */
#define TREE_MAX 16384
/* Killing this often without an end means that somebody keeps forking. */
#define PLAIN_WALKS 3
#define FREEZE_WALKS 10

struct member {
	pid_t pid, parent;
	bool below;
};

struct dirent64_head { /* of getdents64(2) */
	uint64_t inode;
	int64_t offset;
	unsigned short length;
	unsigned char type;
	char name[];
};

static bool
proc_read(int proc, pid_t pid, const char *file, char *buf, size_t n)
{
	char path[64];

	snprintf(path, sizeof(path), "%d/%s", (int)pid, file);

	int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;

	ssize_t got = read(fd, buf, n - 1);

	close(fd);
	if (got <= 0)
		return false;
	buf[got] = '\0';
	return true;
}

/* "pid (name) state ppid …", and the name may hold anything. */
static pid_t
proc_parent(int proc, pid_t pid)
{
	char buf[512];
	char *p;

	if (!proc_read(proc, pid, "stat", buf, sizeof(buf)))
		return -1;
	p = strrchr(buf, ')');
	if (!p || strlen(p) < 4)
		return -1;
	return (pid_t)strtol(p + 4, NULL, 10);
}

static size_t
proc_list(int proc, struct member *m, size_t max)
{
	_Alignas(struct dirent64_head) char buf[8192];
	size_t n = 0;
	long got;

	while (
	    (got = syscall(SYS_getdents64, proc, buf, sizeof(buf))) > 0) {
		for (long at = 0; at < got;) {
			struct dirent64_head *d = (void *)(buf + at);
			pid_t pid = (pid_t)strtol(d->name, NULL, 10);

			at += d->length;
			if (pid > 0 && n < max)
				m[n++] = (struct member){ .pid = pid,
					.parent = proc_parent(proc, pid) };
		}
	}
	return n;
}

static int
member_compare(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

/* Mark what is below root.  /proc lists by rising number, and parents mostly
 * come before their children, so a pass or two settle it. */
static void
tree_mark(struct member *m, size_t n, pid_t root)
{
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < n; i++) {
			struct member key = { .pid = m[i].parent };
			const struct member *parent;

			if (m[i].below)
				continue;
			parent = bsearch(&key, m, n, sizeof(*m),
			    member_compare);
			m[i].below = m[i].parent == root ||
			    (parent && parent->below);
			again |= m[i].below;
		}
	}
}

static size_t
tree_walk(pid_t root, void (*fn)(void *arg, int proc, pid_t pid), void *arg)
{
	struct member m[TREE_MAX];
	size_t n, found = 0;
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (proc < 0)
		return 0;
	n = proc_list(proc, m, TREE_MAX);
	tree_mark(m, n, root);
	for (size_t i = 0; i < n; i++) {
		if (!m[i].below)
			continue;
		found++;
		fn(arg, proc, m[i].pid);
	}
	close(proc);
	return found;
}

static void
walk_signal(void *arg, int proc, pid_t pid)
{
	const int *signal = arg;

	(void)proc;
	(void)kill(pid, *signal);
}

size_t
tree_signal(pid_t root, int signal)
{
	return tree_walk(root, walk_signal, &signal);
}

static void
walk_memory(void *arg, int proc, pid_t pid)
{
	uint64_t *sum = arg;
	unsigned long pages = 0;
	char buf[128];

	if (proc_read(proc, pid, "statm", buf, sizeof(buf)) &&
	    sscanf(buf, "%*u %lu", &pages) == 1)
		*sum += (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

uint64_t
tree_memory(pid_t root)
{
	uint64_t sum = 0;

	tree_walk(root, walk_memory, &sum);
	return sum;
}

/* 0: some live, -1: no child at all. */
static pid_t
reap_all(void)
{
	pid_t pid;

	do
		pid = waitpid(-1, NULL, WNOHANG | __WALL);
	while (pid > 0);
	return pid;
}

/* Those who fork faster than a walk takes are stopped first: what is stopped
 * does not fork, so that each walk finds fewer new ones. */
static void
tree_freeze(void)
{
	size_t before = 0;

	for (int i = 0; i < FREEZE_WALKS; i++) {
		size_t now = tree_signal(getpid(), SIGSTOP);

		if (now == before)
			break;
		before = now;
	}
}

bool
tree_kill(int64_t limit_ms)
{
	int64_t until = clock_boot_ms() + limit_ms;
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	for (int i = 0; reap_all() == 0; i++) {
		const struct timespec moment = { .tv_nsec = 2000000 };

		if (clock_boot_ms() >= until)
			return false;
		if (i >= PLAIN_WALKS)
			tree_freeze();
		tree_signal(getpid(), SIGKILL);
		if (reap_all() != 0)
			break;
		(void)sigtimedwait(&child, NULL, &moment);
	}
	return true;
}
