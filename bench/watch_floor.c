/* SPDX-License-Identifier: MIT */
/*
 * watch_floor.c: the least a broadcast can cost: epoll, and for each line of a
 * FIFO one write of the same bytes to everybody who has asked.  What the row
 * of the watchers is divided by.
 *
 *	cc -O2 -o watch_floor bench/watch_floor.c
 *	./watch_floor PORT FIFO BYTES
 *
 * BYTES: of an event, the line among them.  Serves 127.0.0.1; whatever is asked
 * is answered with the head of a stream; ends with a signal.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 256
#define MOST 20000
#define ROOM 4096

static int peers[MOST];
static size_t npeers;

static int
floor_listen(unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((unsigned short)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    listen(fd, 4096) != 0)
		err(1, "listen on port %u", port);
	return fd;
}

static void
floor_add(int epoll, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev) != 0)
		err(1, "epoll_ctl");
}

static void
floor_accept(int epoll, int listener)
{
	int fd;

	while ((fd = accept4(
		    listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
		floor_add(epoll, fd);
}

/* A request, or the end of one that asked. */
static void
floor_asked(int fd)
{
	static const char head[] = "HTTP/1.1 200 OK\r\n"
				   "Content-Type: text/event-stream\r\n\r\n";
	char bytes[16384];

	if (read(fd, bytes, sizeof(bytes)) <= 0) {
		close(fd);
		return;
	}
	if (npeers == MOST)
		errx(1, "more than %d peers", MOST);
	if (write(fd, head, sizeof(head) - 1) > 0)
		peers[npeers++] = fd;
}

static void
floor_tell(int fifo, size_t bytes)
{
	char event[ROOM], line[128];
	ssize_t n = read(fifo, line, sizeof(line));

	if (n <= 0)
		return;
	memset(event, 'x', bytes);
	memcpy(event, line, (size_t)n < bytes ? (size_t)n : bytes);
	/* Who does not read loses it: it is a floor. */
	for (size_t i = 0; i < npeers; i++)
		(void)!write(peers[i], event, bytes);
}

int
main(int argc, char **argv)
{
	struct epoll_event events[EVENTS];
	struct rlimit files;
	int epoll = epoll_create1(EPOLL_CLOEXEC), listener, fifo;
	size_t bytes;

	if (argc != 4)
		errx(2, "usage: watch_floor PORT FIFO BYTES");
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	signal(SIGPIPE, SIG_IGN);
	bytes = strtoul(argv[3], NULL, 10);
	if (bytes > ROOM)
		errx(2, "an event of %d bytes at the most", ROOM);
	listener = floor_listen((unsigned)strtoul(argv[1], NULL, 10));
	fifo = open(argv[2], O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fifo < 0)
		err(1, "open '%s'", argv[2]);
	floor_add(epoll, listener);
	floor_add(epoll, fifo);
	for (;;) {
		int n = epoll_wait(epoll, events, EVENTS, -1);

		for (int i = 0; i < n; i++) {
			if (events[i].data.fd == listener)
				floor_accept(epoll, listener);
			else if (events[i].data.fd == fifo)
				floor_tell(fifo, bytes);
			else
				floor_asked(events[i].data.fd);
		}
	}
}
