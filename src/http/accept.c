/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "http/conn.h"
#include "sys/failpoint.h"

#define ACCEPT_AT_ONCE 64   /* then the others on the loop have their turn */
#define ACCEPT_REFUSING 256 /* at a time beyond the cap, to be told why */
#define ACCEPT_PAUSE_MS 100
#define ACCEPT_LOG_MS 10000

/* A word to somebody who does not become a connection.  What came already is
 * read: closing over unread bytes would reset the answer away.  Bytes on their
 * way may still do so. */
static void
turn_away(struct http_server *s, int fd, enum refusal why)
{
	s->stats.refused++;
	buf_clear(&s->scratch);
	refusal_answer(why, server_date(s), &s->scratch);
	(void)!send(
	    fd, s->scratch.data, s->scratch.len, MSG_DONTWAIT | MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	(void)!recv(fd, s->in, sizeof(s->in), MSG_DONTWAIT);
	close(fd);
}

/*
 * Is the process in a PID namespace below ours, as everything is that a task
 * starts?  Its uid says nothing about who is behind it then, whatever folder
 * of sockets it may have got hold of.  One that is gone already is no better.
 */
static bool
peer_is_confined(pid_t pid)
{
	char path[32], text[4096], *line;
	ssize_t n = -1;
	int fd;

	if (pid == 0) /* above ours */
		return false;
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) /* or /proc is mounted so that it tells of nobody else */
		return kill(pid, 0) != 0 && errno == ESRCH;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return true;
	text[n] = '\0';
	line = strstr(text, "\nNSpid:\t");
	if (line == NULL)
		return false;
	line += strlen("\nNSpid:\t");
	return line[strcspn(line, "\t\n")] == '\t';
}

static bool
listener_peer(const struct listener *k, int fd,
    const struct sockaddr_storage *from, struct peer *p)
{
	struct ucred cred;
	socklen_t n = sizeof(cred);

	*p = (struct peer){ .local = k->local };
	if (k->local) {
		if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) != 0)
			return false;
		p->uid = peer_is_confined(cred.pid) ? HTTP_UID_NONE : cred.uid;
		snprintf(p->address, sizeof(p->address), "local");
		snprintf(p->counted, sizeof(p->counted), "uid %u", p->uid);
		return true;
	}
	if (from->ss_family == AF_INET6) {
		struct in6_addr a =
		    ((const struct sockaddr_in6 *)from)->sin6_addr;

		inet_ntop(AF_INET6, &a, p->address, sizeof(p->address));
		/* whoever has one address has the other 2^64 of its net */
		memset(a.s6_addr + 8, 0, 8);
		inet_ntop(AF_INET6, &a, p->counted, sizeof(p->counted));
		return true;
	}
	inet_ntop(AF_INET, &((const struct sockaddr_in *)from)->sin_addr,
	    p->address, sizeof(p->address));
	memcpy(p->counted, p->address, sizeof(p->counted));
	return true;
}

static void
listener_admit(struct listener *k, int fd, const struct sockaddr_storage *from)
{
	struct http_server *s = k->server;
	enum refusal why;
	struct peer p;

	if (!listener_peer(k, fd, from, &p)) {
		close(fd);
	} else if (server_admits(s, &p, &why)) {
		conn_open(s, fd, &p);
	} else if (s->refusing < ACCEPT_REFUSING) {
		p.counted[0] = '\0';
		conn_refuse(conn_open(s, fd, &p), why);
	} else {
		turn_away(s, fd, why);
	}
}

static int
listener_accept(struct listener *k, struct sockaddr_storage *from)
{
	socklen_t n = sizeof(*from);

	if (FAILPOINT_FAILS("http.accept")) {
		errno = EMFILE;
		return -1;
	}
	return accept4(
	    k->fd, (struct sockaddr *)from, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

static void
accept_resume(uv_timer_t *t)
{
	struct http_server *s = t->data;

	for (struct listener *k = s->listeners; k != NULL; k = k->next)
		uv_poll_start(&k->poll, UV_READABLE, listener_ready);
}

/*
 * No descriptor is left.  The one in reserve is spent on telling a client so;
 * then nobody listens for a moment, as the backlog would wake the loop at once
 * again and again.
 */
static void
listener_exhausted(struct listener *k)
{
	struct http_server *s = k->server;
	uint64_t now = uv_now(s->uv);
	int fd;

	if (s->full_logged == 0 || now - s->full_logged > ACCEPT_LOG_MS) {
		log_warn("http.accept", "paused=%dms reason=%s",
		    ACCEPT_PAUSE_MS, strerror(errno));
		s->full_logged = now;
	}
	if (s->reserve_fd >= 0) {
		close(s->reserve_fd);
		fd = accept4(k->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0)
			turn_away(s, fd, REFUSAL_SERVER_FULL);
	}
	s->reserve_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	for (struct listener *each = s->listeners; each; each = each->next)
		uv_poll_stop(&each->poll);
	uv_timer_start(&s->resume, accept_resume, ACCEPT_PAUSE_MS, 0);
}

void
listener_ready(uv_poll_t *poll, int status, int events)
{
	struct listener *k = poll->data;
	struct sockaddr_storage from;

	(void)status;
	(void)events;
	for (int i = 0; i < ACCEPT_AT_ONCE; i++) {
		int fd = listener_accept(k, &from);

		if (fd >= 0) {
			listener_admit(k, fd, &from);
			continue;
		}
		switch (errno) {
		case EAGAIN:
			return;
		case EMFILE:
		case ENFILE:
		case ENOBUFS:
		case ENOMEM:
			listener_exhausted(k);
			return;
		default: /* that client is gone; the next may be there */
			break;
		}
	}
}
