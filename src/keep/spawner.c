/* SPDX-License-Identifier: MIT */
#include "keep/spawner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "keep/keeper.h"
#include "keep/workspace.h"

#define CONTROL 3 /* the descriptor, after spawner_open */

#define SWEEP_MANY 2000
#define SWEEP_IDLE_MS 1000
#define SWEEP_OLD_MS 5000

struct child {
	pid_t pid;
	int64_t attempt, token;
	bool keep; /* the workspace */
	bool sweeper;
};

/* Attempts that have ended and whose workspaces are still there. */
struct leavings {
	int64_t attempts[SWEEP_MANY];
	size_t count;
	int64_t since; /* boot ms, of the first */
};

struct spawner {
	struct keeper_setup setup;
	int signals;
	struct child *children;
	size_t count, room;
	struct leavings leavings;
};

/* --- telling the server ---------------------------------------------------- */

/* Waits for room: a server that does not read its socket gets no keepers. */
static void
spawner_tell(enum wire_kind kind, const struct child *c, int error,
    unsigned layers)
{
	struct wire_event e = { .version = WIRE_VERSION,
		.kind = kind,
		.attempt = c->attempt,
		.token = c->token,
		.pid = c->pid,
		.layers = layers,
		.end = { .version = WIRE_VERSION,
		    .code = -1,
		    .error = error,
		    .attempt = c->attempt,
		    .token = c->token } };
	ssize_t n;

	do
		n = send(CONTROL, &e, sizeof(e), MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
}

/* --- children -------------------------------------------------------------- */

static bool
children_grow(struct spawner *s)
{
	size_t room = s->room ? s->room * 2 : 64;
	struct child *more;

	if (s->count < s->room)
		return true;
	more = realloc(s->children, room * sizeof(*more));
	if (!more)
		return false;
	s->children = more;
	s->room = room;
	return true;
}

/* --- workspaces ------------------------------------------------------------ */

_Noreturn static void
sweeper_run(const struct spawner *s)
{
	char name[48];

	close(CONTROL);
	(void)setpriority(PRIO_PROCESS, 0, 10);
	for (size_t i = 0; i < s->leavings.count; i++) {
		int64_t attempt = s->leavings.attempts[i];

		snprintf(name, sizeof(name), "%" PRId64 "/sock", attempt);
		(void)unlink(name);
		snprintf(name, sizeof(name), "../ws/%" PRId64, attempt);
		workspace_remove(name);
	}
	_exit(0);
}

static void
leavings_sweep(struct spawner *s)
{
	struct child c = { .sweeper = true };

	c.pid = children_grow(s) ? fork() : -1;
	if (c.pid == 0)
		sweeper_run(s);
	if (c.pid < 0)
		return;
	s->children[s->count++] = c;
	s->leavings.count = 0;
}

static void
leavings_add(struct spawner *s, int64_t attempt)
{
	struct leavings *l = &s->leavings;

	if (l->count == SWEEP_MANY)
		leavings_sweep(s);
	if (l->count == SWEEP_MANY)
		return; /* no process to be had: the next spawner finds it */
	if (l->count == 0)
		l->since = clock_boot_ms();
	l->attempts[l->count++] = attempt;
}

/* Nobody holds the log of this attempt. */
static bool
attempt_is_over(const char *attempt)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char name[NAME_MAX + 8];
	bool over;
	int log;

	snprintf(name, sizeof(name), "%s/log", attempt);
	log = open(name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (log < 0)
		return errno == ENOENT;
	over = fcntl(log, F_GETLK, &all) == 0 && all.l_type == F_UNLCK;
	close(log);
	return over;
}

static void
leavings_find(struct spawner *s)
{
	DIR *d = opendir("../ws");
	const struct dirent *en;

	while (d && s->leavings.count < SWEEP_MANY &&
	    (en = readdir(d)) != NULL) {
		int64_t attempt = strtoll(en->d_name, NULL, 10);

		if (attempt > 0 && attempt_is_over(en->d_name))
			leavings_add(s, attempt);
	}
	if (d)
		closedir(d);
}

/* --- their ends ----------------------------------------------------------- */

static bool
exit_recorded(int64_t attempt)
{
	char path[48];

	snprintf(path, sizeof(path), "%" PRId64 "/exit", attempt);
	return access(path, F_OK) == 0;
}

static void
child_gone(const struct spawner *s, const struct child *c)
{
	int group = cgroup_make(&s->setup.cgroup, c->attempt, 0, 0);

	if (group >= 0)
		cgroup_kill(group);
	cgroup_remove(&s->setup.cgroup, group, c->attempt);
	spawner_tell(WIRE_GONE, c, 0, 0);
}

static void
child_ended(struct spawner *s, const struct child *c, int status)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	if (c->sweeper)
		return;
	if (code >= KEEPER_REFUSED)
		spawner_tell(WIRE_REFUSED, c, code - KEEPER_REFUSED, 0);
	else if (code != KEEPER_TOLD && exit_recorded(c->attempt))
		spawner_tell(WIRE_EXITED, c, 0, 0);
	else if (code != KEEPER_TOLD)
		child_gone(s, c);
	if (!c->keep)
		leavings_add(s, c->attempt);
}

static void
spawner_reap(struct spawner *s)
{
	struct signalfd_siginfo info;
	pid_t pid;
	int status;

	while (read(s->signals, &info, sizeof(info)) > 0)
		;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		size_t i = 0;

		while (i < s->count && s->children[i].pid != pid)
			i++;
		if (i == s->count)
			continue;

		struct child c = s->children[i];

		s->children[i] = s->children[--s->count];
		child_ended(s, &c, status);
	}
}

static void
spawner_start(struct spawner *s, const struct wire_start *start, int spec)
{
	struct child c = { .attempt = start->attempt,
		.token = start->token,
		.keep = start->flags & WIRE_KEEP_WORKSPACE };

	c.pid = children_grow(s) ? fork() : -1;
	if (c.pid == 0) {
		close(CONTROL);
		close(s->signals);
		keeper_run(&s->setup, start, spec);
	}
	if (c.pid > 0)
		s->children[s->count++] = c;
	else
		spawner_tell(WIRE_REFUSED, &c, errno, 0);
}

/* --- the server's orders --------------------------------------------------- */

/* False at the end of the socket. */
static bool
spawner_receive(struct spawner *s)
{
	struct wire_start start;
	_Alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof(int))];
	struct iovec part = { &start, sizeof(start) };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room) };
	struct cmsghdr *head;
	int spec = -1;
	ssize_t n = recvmsg(CONTROL, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0)
		return false;
	head = CMSG_FIRSTHDR(&m);
	if (head && head->cmsg_type == SCM_RIGHTS)
		memcpy(&spec, CMSG_DATA(head), sizeof(spec));
	if (n == sizeof(start) && start.version == WIRE_VERSION && spec >= 0)
		spawner_start(s, &start, spec);
	if (spec >= 0)
		close(spec);
	return true;
}

/* --- start ----------------------------------------------------------------- */

/* Nothing of whoever started us goes on to the commands. */
static bool
process_clean(int control)
{
	sigset_t all;
	int null = open("/dev/null", O_RDWR);

	if (null < 0)
		return false;
	for (int i = 1; i < NSIG; i++)
		(void)signal(i, SIG_DFL);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	if (dup2(null, STDIN_FILENO) < 0)
		return false;
	if (control != CONTROL && dup2(control, CONTROL) < 0)
		return false;
	if (fcntl(CONTROL, F_SETFD, FD_CLOEXEC) < 0)
		return false;
	umask(077);
	return close_range(CONTROL + 1, ~0U, 0) == 0;
}

static bool
spawner_open(struct spawner *s, int control, const char *data)
{
	sigset_t child;

	if (!process_clean(control) || chdir(data) < 0 || chdir("k") < 0)
		return false;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	s->signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->signals < 0)
		return false;
	(void)setsid();
	prctl(PR_SET_NAME, "keep");
	sandbox_probe(&s->setup.sandbox);
	if (s->setup.sandbox.root && setgroups(0, NULL) < 0)
		return false;
	s->setup.spawner = getpid();
	cgroup_open(&s->setup.cgroup);
	if (s->setup.cgroup.memory || s->setup.cgroup.pids)
		s->setup.sandbox.layers |= WIRE_LAYER_CGROUP;
	/* keepers outlive whoever reads what the server prints */
	if (dup2(STDIN_FILENO, STDOUT_FILENO) < 0 ||
	    dup2(STDIN_FILENO, STDERR_FILENO) < 0)
		return false;
	return prctl(PR_SET_DUMPABLE, 0) == 0;
}

static void
spawner_run(struct spawner *s)
{
	for (;;) {
		struct pollfd fds[] = { { CONTROL, POLLIN, 0 },
			{ s->signals, POLLIN, 0 } };

		size_t left = s->leavings.count;
		int n = poll(fds, 2, left > 0 ? SWEEP_IDLE_MS : -1);

		if (left > 0 && (n == 0 ||
		    clock_boot_ms() - s->leavings.since > SWEEP_OLD_MS))
			leavings_sweep(s);
		if (n <= 0)
			continue;
		if (fds[1].revents)
			spawner_reap(s);
		if (fds[0].revents && !spawner_receive(s))
			return;
	}
}

int
spawner_main(int argc, char **argv)
{
	struct spawner s = { 0 };

	if (argc != 5) {
		fprintf(stderr, "usage: keep CONTROL_FD DATA_FOLDER "
				"SERVER_UID SERVER_GID\n");
		return 2;
	}
	s.setup.server_uid = (uid_t)strtoul(argv[3], NULL, 10);
	s.setup.server_gid = (gid_t)strtoul(argv[4], NULL, 10);
	if (!spawner_open(&s, (int)strtol(argv[1], NULL, 10), argv[2])) {
		fprintf(stderr, "keep: cannot start: %s\n", strerror(errno));
		return 1;
	}
	spawner_tell(WIRE_HELLO, &(struct child){ .pid = getpid() }, 0,
	    s.setup.sandbox.layers);
	leavings_find(&s);
	spawner_run(&s);
	if (s.leavings.count > 0)
		leavings_sweep(&s);
	cgroup_close(&s.setup.cgroup);
	free(s.children);
	return 0;
}
