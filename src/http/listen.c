/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/conn.h"

#define LISTEN_BACKLOG 1024
/* A peer that acknowledges nothing for so long is gone (half-open). */
#define PEER_SILENT_MS 60000

static bool
listener_start(struct http_server *s, int fd, bool local, struct err *e)
{
	struct listener *k;

	if (listen(fd, LISTEN_BACKLOG) != 0)
		return err_sys(e, "listen");
	k = calloc(1, sizeof(*k));
	ASSERT(k != NULL);
	k->server = s;
	k->fd = fd;
	k->local = local;
	if (uv_poll_init(s->uv, &k->poll, fd) != 0) {
		free(k);
		return err_set(e, ERR_IO, "io", "listen: the loop refused");
	}
	k->poll.data = k;
	k->next = s->listeners;
	s->listeners = k;
	s->handles++;
	uv_poll_start(&k->poll, UV_READABLE, listener_ready);
	return true;
}

static void
listener_closed(uv_handle_t *h)
{
	struct listener *k = h->data;
	struct http_server *s = k->server;

	free(k);
	server_handle_closed(s);
}

void
listeners_close(struct http_server *s)
{
	uv_timer_stop(&s->resume);
	while (s->listeners != NULL) {
		struct listener *k = s->listeners;

		s->listeners = k->next;
		uv_close((uv_handle_t *)&k->poll, listener_closed);
		close(k->fd);
	}
}

/* "host:port" or "[v6]:port" into two C strings of `size` bytes. */
static bool
address_split(const char *address, char *host, char *port, size_t size)
{
	const char *colon = strrchr(address, ':');
	size_t n;

	if (colon == NULL || colon == address || colon[1] == '\0')
		return false;
	n = (size_t)(colon - address);
	if (address[0] == '[') {
		if (address[n - 1] != ']')
			return false;
		address++;
		n -= 2;
	}
	if (n == 0 || n >= size || strlen(colon + 1) >= size)
		return false;
	memcpy(host, address, n);
	host[n] = '\0';
	memcpy(port, colon + 1, strlen(colon + 1) + 1);
	return true;
}

static void
listener_options(int fd, int family)
{
	int on = 1, silent = PEER_SILENT_MS;

	/* Accepted sockets inherit all but the first two. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &silent, sizeof(silent));
}

static int
listener_port(int fd)
{
	struct sockaddr_storage a;
	socklen_t n = sizeof(a);

	if (getsockname(fd, (struct sockaddr *)&a, &n) != 0)
		return 0;
	if (a.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&a)->sin6_port);
	return ntohs(((struct sockaddr_in *)&a)->sin_port);
}

bool
http_listen_tcp(
    struct http_server *s, const char *address, int *ret_port, struct err *e)
{
	struct addrinfo want = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	struct addrinfo *found = NULL;
	char host[256], port[256];
	int fd = -1, failed;

	if (!address_split(address, host, port, sizeof(host))) {
		err_set(e, ERR_CONFIG, "http.address",
		    "listen on '%s': not an address and a port", address);
		return err_hint(e, "write it as 127.0.0.1:8080 or [::1]:8080");
	}
	failed = getaddrinfo(host, port, &want, &found);
	if (failed)
		return err_set(e, ERR_CONFIG, "http.address",
		    "listen on '%s': %s", address, gai_strerror(failed));
	fd = socket(
	    found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		err_sys(e, "listen on '%s'", address);
		goto fail;
	}
	listener_options(fd, found->ai_family);
	if (bind(fd, found->ai_addr, found->ai_addrlen) != 0) {
		err_sys(e, "listen on '%s'", address);
		goto fail;
	}
	if (!listener_start(s, fd, false, e)) {
		err_wrap(e, "listen on '%s'", address);
		goto fail;
	}
	*ret_port = listener_port(fd);
	freeaddrinfo(found);
	return true;
fail:
	freeaddrinfo(found);
	if (fd >= 0)
		close(fd);
	return false;
}

/*
 * The address of a socket file.  A path too long for sockaddr_un is reached
 * through its folder, which *ret_folder keeps open (-1 when not needed).
 */
static bool
unix_address(
    const char *path, struct sockaddr_un *ret, int *ret_folder, struct err *e)
{
	const char *slash = strrchr(path, '/');
	char folder[4096];
	int n;

	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	*ret_folder = -1;
	if (strlen(path) < sizeof(ret->sun_path)) {
		memcpy(ret->sun_path, path, strlen(path) + 1);
		return true;
	}
	if (slash == NULL || (size_t)(slash - path) >= sizeof(folder))
		return err_set(e, ERR_CONFIG, "http.address",
		    "listen on '%s': the name is too long", path);
	memcpy(folder, path, (size_t)(slash - path));
	folder[slash - path] = '\0';
	*ret_folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*ret_folder < 0)
		return err_sys(e, "listen on '%s'", path);
	n = snprintf(ret->sun_path, sizeof(ret->sun_path),
	    "/proc/self/fd/%d/%s", *ret_folder, slash + 1);
	if (n < 0 || (size_t)n >= sizeof(ret->sun_path)) {
		close(*ret_folder);
		return err_set(e, ERR_CONFIG, "http.address",
		    "listen on '%s': the name is too long", path);
	}
	return true;
}

/* Make way for a new socket file, unless somebody lives behind the old. */
static bool
unix_replace(const char *path, const struct sockaddr_un *a, struct err *e)
{
	struct stat st;
	int fd, failed;

	if (lstat(path, &st) != 0)
		return errno == ENOENT || err_sys(e, "listen on '%s'", path);
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, ERR_CONFIG, "http.address",
		    "listen on '%s': a file that is no socket is in the way",
		    path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_sys(e, "listen on '%s'", path);
	failed = connect(fd, (const struct sockaddr *)a, sizeof(*a));
	failed = failed ? errno : 0;
	close(fd);
	/* EAGAIN: its backlog is full, so it lives */
	if (failed == 0 || failed == EAGAIN) {
		err_set(e, ERR_CONFLICT, "http.address_used",
		    "listen on '%s': another server answers there", path);
		return err_hint(e, "stop it, or choose another socket");
	}
	if (unlink(path) != 0 && errno != ENOENT)
		return err_sys(e, "listen on '%s'", path);
	return true;
}

bool
http_listen_unix(
    struct http_server *s, const char *path, mode_t mode, struct err *e)
{
	struct sockaddr_un a;
	int fd = -1, folder;

	if (!unix_address(path, &a, &folder, e))
		return false;
	if (!unix_replace(path, &a, e))
		goto fail;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* fchmod before bind: at no time may more people in than in the end */
	if (fd < 0 || fchmod(fd, mode) != 0 ||
	    bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    chmod(path, mode) != 0) {
		err_sys(e, "listen on '%s'", path);
		goto fail;
	}
	if (!listener_start(s, fd, true, e)) {
		err_wrap(e, "listen on '%s'", path);
		goto fail;
	}
	if (folder >= 0)
		close(folder);
	return true;
fail:
	if (fd >= 0)
		close(fd);
	if (folder >= 0)
		close(folder);
	return false;
}
