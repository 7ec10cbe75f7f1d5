/* SPDX-License-Identifier: MIT */
#include "role/role.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/str.h"
#include "cli/cli.h"
#include "sys/file.h"

#define LOCAL_START_MS 120000
#define LOCAL_STOP_MS 30000
#define LOCAL_LOOK_MS 10
#define LOCAL_END_MS 10000
#define LOCAL_NO_SERVER 69

/*
 * Three processes: this one only waits and cleans up, whatever happens to the
 * others; a private server in a process group of its own, so that Ctrl-C is
 * not for it; and the command line as always.
 */
struct local_run {
	struct arena *arena;
	const char *place; /* temporary folder */
	const char *socket;
	const char *folder;
	pid_t server;
};

static void
local_pause(void)
{
	const struct timespec ms = { .tv_nsec = LOCAL_LOOK_MS * 1000000L };

	nanosleep(&ms, NULL);
}

static bool
local_place(struct local_run *l, struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	char *place = arena_printf(l->arena, "%s/slipway-XXXXXX",
	    tmp == NULL || tmp[0] == '\0' ? "/tmp" : tmp);

	if (mkdtemp(place) == NULL)
		return err_sys(e, "temporary folder '%s'", place);
	l->place = place;
	l->socket = arena_printf(l->arena, "%s/api.sock", place);
	return true;
}

static bool
local_spawn(struct local_run *l, struct err *e)
{
	const char *data = arena_printf(l->arena, "%s/data", l->place);
	char *const argv[] = { arena_strdup(l->arena, "slipway"),
		arena_strdup(l->arena, "serve"),
		arena_strdup(l->arena, "--local"),
		arena_printf(l->arena, "--folder=%s", l->folder),
		arena_printf(l->arena, "--data=%s", data),
		arena_printf(l->arena, "--socket=%s", l->socket),
		geteuid() == 0 ? arena_strdup(l->arena, "--user=0") : NULL,
		NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null",
	    O_RDONLY, 0);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
	errno = posix_spawn(&l->server, "/proc/self/exe", &files, &attributes,
	    argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	if (errno == 0)
		return true;
	l->server = 0;
	return err_sys(e, "start a private server");
}

static bool
local_answers(const struct local_run *l)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok;

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", l->socket);
	ok = fd >= 0 &&
	    connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

/* 0 when it is ready, else the exit code; it has said why itself. */
static int
local_wait_ready(struct local_run *l)
{
	const int64_t until = clock_boot_ms() + LOCAL_START_MS;
	int status;
	struct err e;

	while (!local_answers(l)) {
		if (waitpid(l->server, &status, WNOHANG) == l->server) {
			l->server = 0;
			return WIFEXITED(status) ? WEXITSTATUS(status) : 70;
		}
		if (clock_boot_ms() > until) {
			err_set(&e, ERR_UNAVAILABLE, "local.start",
			    "the private server was not ready within %d s",
			    LOCAL_START_MS / 1000);
			return role_fail(&e);
		}
		local_pause();
	}
	return 0;
}

static void
local_stop(struct local_run *l)
{
	const int64_t until = clock_boot_ms() + LOCAL_STOP_MS;

	if (l->server == 0)
		return;
	kill(l->server, SIGTERM);
	while (waitpid(l->server, NULL, WNOHANG) == 0) {
		if (clock_boot_ms() > until)
			kill(l->server, SIGKILL);
		local_pause();
	}
}

static int
local_exit_code(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : 128 + WTERMSIG(status);
}

/* A server that ended by itself has said why, and knows the code. */
static int
local_server_code(struct local_run *l, int code)
{
	const int64_t until = clock_boot_ms() + LOCAL_END_MS;
	int status;

	while (code == LOCAL_NO_SERVER && l->server != 0 &&
	    clock_boot_ms() < until) {
		if (waitpid(l->server, &status, WNOHANG) != l->server) {
			local_pause();
			continue;
		}
		l->server = 0;
		status = local_exit_code(status);
		return status == 0 ? code : status;
	}
	return code;
}

static int
local_command(struct local_run *l, int argc, char **argv)
{
	int status = 0;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child < 0)
		return 71;
	if (child == 0) {
		setenv("SLIPWAY_SOCKET", l->socket, 1);
		setenv("SLIPWAY_PRIVATE", "1", 1);
		unsetenv("SLIPWAY_URL");
		unsetenv("SLIPWAY_TOKEN");
		exit(cli_main(argc, argv));
	}
	signal(SIGINT, SIG_IGN); /* it has its own way to end */
	signal(SIGQUIT, SIG_IGN);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return local_exit_code(status);
}

/*
 * Takes out what is not for the command line.  The run ends with us, so it is
 * always waited for: --local itself gives way to --follow.
 */
static int
local_arguments(struct local_run *l, int argc, char **argv)
{
	static char follow[] = "--follow";
	bool waits = false;
	int kept = 0, local = 0;

	for (int i = 0; i < argc; i++)
		waits |= streq(argv[i], "--follow") || streq(argv[i], "--wait");
	for (int i = 0; i < argc; i++) {
		const bool is_local = streq(argv[i], "--local");

		if (streq(argv[i], "--no-wait") ||
		    (is_local && (waits || local++ > 0)))
			continue;
		if (is_local)
			argv[kept++] = follow;
		else if (str_starts(str_of(argv[i]), "--folder="))
			l->folder = argv[i] + strlen("--folder=");
		else if (streq(argv[i], "--folder") && i + 1 < argc)
			l->folder = argv[++i];
		else
			argv[kept++] = argv[i];
	}
	argv[kept] = NULL;
	return kept;
}

int
role_local(int argc, char **argv)
{
	struct local_run l = { .arena = arena_create(),
		.folder = getenv("SLIPWAY_FOLDER") };
	struct err e;
	int code;

	if (l.folder == NULL || l.folder[0] == '\0')
		l.folder = ".";
	argc = local_arguments(&l, argc, argv);
	if (!local_place(&l, &e) || !local_spawn(&l, &e))
		code = role_fail(&e);
	else
		code = local_wait_ready(&l);
	if (code == 0)
		code = local_server_code(&l, local_command(&l, argc, argv));
	local_stop(&l);
	if (l.place != NULL && !file_remove_tree(AT_FDCWD, l.place, &e))
		role_fail(&e);
	arena_destroy(l.arena);
	return code;
}
