/* SPDX-License-Identifier: MIT */
/*
 * http_watch.c: so many clients watch one stream, a line is written, and how
 * long is it until the last of them has it?
 *
 *	cc -O2 -o http_watch bench/http_watch.c
 *	./http_watch PORT CLIENTS ROUNDS FIFO <request
 *
 * Each client sends the request of stdin and then only reads.  In each round
 * it is waited until little comes any more; then "line #" and the number of
 * the round in ten digits is written to the FIFO, and the seconds are printed
 * until the last client has read it.  The word "ready" comes before them.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 256
#define MARK 16
#define QUIET_MS 1000
#define SETTLE_S 4 /* at most: a comment now and then is no noise */
#define LOST_MS 30000

struct watch {
	int fd;
	unsigned matched; /* of the mark */
};

static char mark[MARK + 1];

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
watch_open(struct watch *w, unsigned port, const char *request, size_t n)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((unsigned short)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	w->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (w->fd < 0 || connect(w->fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		err(1, "connect to port %u", port);
	if (write(w->fd, request, n) != (ssize_t)n)
		err(1, "write");
}

/* True when the mark has just come.  No part of it repeats its beginning. */
static int
watch_read(struct watch *w)
{
	char bytes[16384];
	ssize_t n = read(w->fd, bytes, sizeof(bytes));

	if (n <= 0)
		err(1, "the stream broke");
	for (ssize_t i = 0; i < n && w->matched < MARK; i++)
		w->matched = bytes[i] == mark[w->matched] ? w->matched + 1
							  : bytes[i] == mark[0];
	return w->matched == MARK;
}

/* Reads until `wanted` have the mark, or, with 0, until it is quiet. */
static void
watch_wait(int epoll, long wanted)
{
	struct epoll_event events[EVENTS];
	const double settled = now() + SETTLE_S;
	long found = 0;

	while (wanted == 0 || found < wanted) {
		int n = epoll_wait(epoll, events, EVENTS,
		    wanted == 0 ? QUIET_MS : LOST_MS);

		if (wanted == 0 && (n == 0 || now() > settled))
			return;
		if (n <= 0)
			errx(1, "%ld of %ld have the line", found, wanted);
		for (int i = 0; i < n; i++) {
			struct watch *w = events[i].data.ptr;
			const unsigned before = w->matched;

			found += watch_read(w) && before < MARK;
		}
	}
}

static void
watch_round(int epoll, struct watch *all, long clients, long round, int fifo)
{
	double start;

	watch_wait(epoll, 0);
	for (long i = 0; i < clients; i++)
		all[i].matched = 0;
	snprintf(mark, sizeof(mark), "line #%010ld", round);
	start = now();
	dprintf(fifo, "%s\n", mark);
	watch_wait(epoll, clients);
	printf("%.6f\n", now() - start);
}

int
main(int argc, char **argv)
{
	static char request[8192];
	struct rlimit files;
	struct watch *all;
	int epoll = epoll_create1(EPOLL_CLOEXEC), fifo;
	long clients, rounds;
	size_t n;

	if (argc != 5)
		errx(2, "usage: http_watch PORT CLIENTS ROUNDS FIFO <request");
	setvbuf(stdout, NULL, _IOLBF, 0);
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	clients = atol(argv[2]);
	rounds = atol(argv[3]);
	n = fread(request, 1, sizeof(request), stdin);
	all = calloc((size_t)clients, sizeof(*all));
	if (all == NULL)
		errx(1, "out of memory");
	for (long i = 0; i < clients; i++) {
		struct epoll_event ev = { .events = EPOLLIN,
			.data = { .ptr = &all[i] } };

		watch_open(&all[i], (unsigned)atoi(argv[1]), request, n);
		epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].fd, &ev);
	}
	fifo = open(argv[4], O_WRONLY | O_CLOEXEC);
	if (fifo < 0)
		err(1, "open '%s'", argv[4]);
	watch_wait(epoll, 0);
	puts("ready");
	for (long i = 0; i < rounds; i++)
		watch_round(epoll, all, clients, i, fifo);
	return 0;
}
