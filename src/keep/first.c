/* SPDX-License-Identifier: MIT */
#include "keep/first.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "keep/tree.h"

#define SIGNAL_PARENT_DIED SIGUSR2
#define SIGNAL_KILL SIGUSR1
#define KILL_LIMIT_MS 5000

/* Shared with the command's process until it execs or exits. */
struct command {
	const struct first *first;
	pid_t parent;
	const char *stage;
	int error;
};

static bool
first_owns_namespace(const struct first *f)
{
	return f->layers & WIRE_LAYER_PID;
}

static const char *
env_find(char *const *env, const char *name)
{
	size_t n = strlen(name);

	for (; *env; env++) {
		if (strncmp(*env, name, n) == 0 && (*env)[n] == '=')
			return *env + n + 1;
	}
	return NULL;
}

/* Like execvpe, but PATH is the command's own. */
static void
command_exec(const struct spec *spec)
{
	const char *name = spec->argv[0];
	const char *path = env_find(spec->env, "PATH");
	char file[PATH_MAX];
	int error = ENOENT;

	if (strchr(name, '/')) {
		execve(name, spec->argv, spec->env);
		return;
	}
	for (path = path ? path : "/usr/bin:/bin"; *path;) {
		int n = (int)strcspn(path, ":");

		if ((size_t)snprintf(file, sizeof(file), "%.*s/%s", n, path,
			name) < sizeof(file)) {
			execve(file, spec->argv, spec->env);
			if (errno != ENOENT && errno != ENOTDIR)
				error = errno;
		}
		path += n;
		path += *path == ':';
	}
	errno = error;
}

static bool
command_prepare(struct command *c)
{
	const struct first *f = c->first;

	c->stage = "session";
	if (setsid() < 0)
		return false;
	c->stage = "output";
	if (dup2(f->out, STDOUT_FILENO) < 0 || dup2(f->err, STDERR_FILENO) < 0)
		return false;
	c->stage = "chdir";
	if (chdir(f->spec->workspace) < 0)
		return false;
	umask(077);
	if (!sandbox_confine(f->sandbox, f->layers, f->spec, &c->stage))
		return false;
	/* not before: a change of identity clears it */
	c->stage = "death signal";
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return false;
	return first_owns_namespace(f) || getppid() == c->parent;
}

static int
command_main(void *arg)
{
	struct command *c = arg;

	if (command_prepare(c)) {
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		c->stage = "exec";
		command_exec(c->first->spec);
	}
	c->error = errno ? errno : EPERM;
	_exit(127);
}

static void
first_tell(const struct first *f, enum first_kind kind, int value,
    const char *stage)
{
	struct first_report r = { .kind = kind, .value = value };

	snprintf(r.stage, sizeof(r.stage), "%s", stage);
	while (write(f->report, &r, sizeof(r)) < 0 && errno == EINTR)
		;
}

static void
first_terminate(const struct first *f)
{
	static const int polite[] = { SIGTERM, SIGCONT };

	for (size_t i = 0; i < 2; i++) {
		if (first_owns_namespace(f))
			(void)kill(-1, polite[i]);
		else
			(void)tree_signal(getpid(), polite[i]);
	}
}

static void
first_kill(const struct first *f)
{
	if (first_owns_namespace(f))
		(void)kill(-1, SIGKILL);
	else
		(void)tree_signal(getpid(), SIGKILL);
}

/* Without a namespace nobody else would do it; with one, the kernel will. */
_Noreturn static void
first_exit(const struct first *f)
{
	_exit(first_owns_namespace(f) || tree_kill(KILL_LIMIT_MS) ? 0 : 1);
}

/* Wait for the end of `pid`, reap whoever else ends. */
static int
first_wait(const struct first *f, pid_t pid)
{
	sigset_t all;

	sigfillset(&all);
	for (;;) {
		int status;
		pid_t gone = waitpid(-1, &status, WNOHANG | __WALL);

		if (gone == pid)
			return status;
		if (gone > 0)
			continue;
		switch (sigwaitinfo(&all, NULL)) {
		case SIGTERM:
			first_terminate(f);
			break;
		case SIGNAL_KILL:
			first_kill(f);
			break;
		case SIGNAL_PARENT_DIED:
			first_exit(f);
		default:
			break;
		}
	}
}

static bool
first_begin(const struct first *f)
{
	bool own = first_owns_namespace(f);
	struct pollfd keeper = { .fd = f->report };

	for (size_t i = 0; f->close[i] >= 0; i++)
		close(f->close[i]);
	prctl(PR_SET_PDEATHSIG, own ? SIGKILL : SIGNAL_PARENT_DIED);
	/* its end of the pipe is closed: it died before the line above */
	if (poll(&keeper, 1, 0) > 0)
		return false;
	return own || prctl(PR_SET_CHILD_SUBREAPER, 1) == 0;
}

void
first_run(const struct first *f)
{
	_Alignas(16) char stack[KIB(64)];
	struct command c = { .first = f, .parent = getpid() };
	const char *stage = "namespace";
	pid_t pid;

	if (!first_begin(f))
		_exit(1);
	if (!sandbox_enter(f->layers, f->spec, &stage)) {
		first_tell(f, FIRST_FAILED, errno, stage);
		_exit(0);
	}
	errno = 0;
	pid = clone(command_main, stack + sizeof(stack),
	    CLONE_VM | CLONE_VFORK | SIGCHLD, &c);
	if (pid < 0 || c.error) {
		first_tell(f, FIRST_FAILED, pid < 0 ? errno : c.error,
		    pid < 0 ? "fork" : c.stage);
		_exit(0);
	}
	close(f->out);
	close(f->err);
	first_tell(f, FIRST_STARTED, 0, "");
	first_tell(f, FIRST_ENDED, first_wait(f, pid), "");
	first_exit(f);
}
