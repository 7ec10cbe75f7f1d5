/* SPDX-License-Identifier: MIT */
#include "driver/local_spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "sys/file.h"

#define HELLO_LIMIT_MS 10000
#define SEND_LIMIT_MS 1000
#define END_LIMIT_MS 2000
#define CONTROL 3 /* its number in the spawner */

extern const unsigned char keep_image[], keep_image_end[];

static int
image_open(struct err *e)
{
	int low = memfd_create("keep", MFD_CLOEXEC);
	/* out of the way of CONTROL */
	int fd = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, CONTROL + 1);

	if (low >= 0)
		close(low);
	if (fd >= 0 &&
	    !file_write_all(fd, keep_image,
		(size_t)(keep_image_end - keep_image))) {
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		err_sys(e, "cannot unpack the keeper");
	return fd;
}

static bool
spawner_exec(struct spawner *s, int image, int control, const char *data,
    uid_t uid, gid_t gid, struct err *e)
{
	char path[32], number[16], uids[16], gids[16];
	char name[] = "keep", *folder = strdup(data);
	char *argv[] = { name, number, folder, uids, gids, NULL };
	char *env[] = { NULL };
	posix_spawn_file_actions_t files;
	int error;

	ASSERT(folder != NULL);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", image);
	snprintf(number, sizeof(number), "%d", CONTROL);
	snprintf(uids, sizeof(uids), "%u", uid);
	snprintf(gids, sizeof(gids), "%u", gid);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, control, CONTROL);
	error = posix_spawn(&s->pid, path, &files, NULL, argv, env);
	posix_spawn_file_actions_destroy(&files);
	free(folder);
	errno = error;
	return error == 0 || err_sys(e, "cannot start the spawner");
}

static bool
spawner_greet(struct spawner *s, struct err *e)
{
	struct pollfd p = { s->control, POLLIN, 0 };
	struct wire_event hello;

	if (poll(&p, 1, HELLO_LIMIT_MS) <= 0 ||
	    spawner_next(s, &hello) != SPAWNER_EVENT ||
	    hello.kind != WIRE_HELLO)
		return err_set(e, ERR_IO, "spawner.start",
		    "cannot start the spawner: it does not answer");
	s->layers = hello.layers;
	return true;
}

bool
spawner_open(struct spawner *s, const char *data, uid_t uid, gid_t gid,
    struct err *e)
{
	int pair[2], image = image_open(e), room = (int)MIB(1);
	bool ok;

	*s = (struct spawner){ .control = -1 };
	if (image < 0)
		return false;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		close(image);
		return err_sys(e, "cannot start the spawner");
	}
	(void)setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	(void)setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	ok = spawner_exec(s, image, pair[1], data, uid, gid, e);
	close(image);
	close(pair[1]);
	s->control = pair[0];
	ok = ok && spawner_greet(s, e);
	if (!ok)
		spawner_close(s);
	return ok;
}

bool
spawner_send(const struct spawner *s, const struct wire_start *start, int spec,
    struct err *e)
{
	_Alignas(struct cmsghdr) char room[CMSG_SPACE(sizeof(int))] = { 0 };
	struct wire_start copy = *start;
	struct iovec part = { &copy, sizeof(copy) };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	struct pollfd p = { s->control, POLLOUT, 0 };
	ssize_t n;

	if (spec >= 0) {
		struct cmsghdr *head;

		m.msg_control = room;
		m.msg_controllen = sizeof(room);
		head = CMSG_FIRSTHDR(&m);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(head), &spec, sizeof(spec));
	}
	do
		n = sendmsg(s->control, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && (errno == EINTR ||
	    (errno == EAGAIN && poll(&p, 1, SEND_LIMIT_MS) > 0)));
	return n > 0 || err_sys(e, "cannot reach the spawner");
}

enum spawner_read
spawner_next(const struct spawner *s, struct wire_event *ret)
{
	ssize_t n;

	if (s->control < 0)
		return SPAWNER_NOTHING;
	do
		n = recv(s->control, ret, sizeof(*ret), MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n == sizeof(*ret) && ret->version == WIRE_VERSION)
		return SPAWNER_EVENT;
	return n < 0 && errno == EAGAIN ? SPAWNER_NOTHING : SPAWNER_DEAD;
}

/* It ends by itself; one that was stopped is left to whoever did that. */
static void
spawner_reap(pid_t pid)
{
	struct pollfd p = { (int)syscall(SYS_pidfd_open, pid, 0), POLLIN, 0 };

	if (p.fd >= 0)
		(void)poll(&p, 1, END_LIMIT_MS);
	(void)waitpid(pid, NULL, p.fd >= 0 ? WNOHANG : 0);
	if (p.fd >= 0)
		close(p.fd);
}

void
spawner_close(struct spawner *s)
{
	if (s->control >= 0)
		close(s->control);
	s->control = -1;
	if (s->pid > 0)
		spawner_reap(s->pid);
	s->pid = 0;
}
