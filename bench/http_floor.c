/* SPDX-License-Identifier: MIT */
/*
 * http_floor.c: the least a server can do: epoll, read, find the end of the
 * head, write a constant answer with a body of 500 bytes.  What a bench of
 * slipway's own HTTP is divided by.
 *
 *	cc -O2 -o http_floor bench/http_floor.c
 *	./http_floor 8081
 *
 * Understands pipelined requests without bodies on keep-alive connections and
 * nothing else; serves 127.0.0.1; ends with a signal.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define BODY 500
#define EVENTS 256

struct peer {
	int fd;
	unsigned matched; /* of the empty line that ends a head */
};

static char answer[BODY + 256];
static size_t answer_len;

static int
floor_listen(unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((unsigned short)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    listen(fd, 1024) != 0)
		err(1, "listen on port %u", port);
	return fd;
}

static void
floor_accept(int epoll, int listener)
{
	int fd;

	while ((fd = accept4(
		    listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct peer *p = calloc(1, sizeof(*p));
		struct epoll_event ev = { .events = EPOLLIN, .data.ptr = p };

		if (p == NULL)
			errx(1, "out of memory");
		p->fd = fd;
		if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev) != 0)
			err(1, "epoll_ctl");
	}
}

static unsigned
floor_heads(struct peer *p, const char *bytes, ssize_t n)
{
	static const char end[] = "\r\n\r\n";
	unsigned heads = 0;

	for (ssize_t i = 0; i < n; i++) {
		if (bytes[i] == end[p->matched])
			p->matched++;
		else
			p->matched = bytes[i] == end[0];
		if (p->matched == 4) {
			p->matched = 0;
			heads++;
		}
	}
	return heads;
}

static void
floor_serve(struct peer *p)
{
	char bytes[16384];
	ssize_t n = read(p->fd, bytes, sizeof(bytes));
	unsigned heads;

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		close(p->fd);
		free(p);
		return;
	}
	/* A client that does not read loses answers: it is a floor. */
	for (heads = floor_heads(p, bytes, n); heads > 0; heads--)
		if (write(p->fd, answer, answer_len) < 0)
			break;
}

int
main(int argc, char **argv)
{
	unsigned port = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 8081;
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = NULL };
	struct epoll_event events[EVENTS];
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	int listener = floor_listen(port);
	int head;

	signal(SIGPIPE, SIG_IGN);
	head = snprintf(answer, sizeof(answer),
	    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	    "Content-Length: %d\r\n\r\n",
	    BODY);
	memset(answer + head, 'x', BODY);
	answer_len = (size_t)head + BODY;
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &ev) != 0)
		err(1, "epoll_ctl");
	for (;;) {
		int n = epoll_wait(epoll, events, EVENTS, -1);

		for (int i = 0; i < n; i++) {
			if (events[i].data.ptr == NULL)
				floor_accept(epoll, listener);
			else
				floor_serve(events[i].data.ptr);
		}
	}
}
