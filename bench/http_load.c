/* SPDX-License-Identifier: MIT */
/*
 * http_load.c: so many keep-alive clients, each sends a request, waits for
 * the whole answer, and sends the next.
 *
 *	cc -O2 -o http_load bench/http_load.c
 *	./http_load PORT CLIENTS REQUESTS STATUS <request
 *
 * The request on stdin is sent as it is, but every "@@@@@@@@@@" in it becomes
 * the number of the request in ten digits, so that keys and names differ.
 * Prints one line: seconds, requests per second, and the median and the 99th
 * percentile of the latency in microseconds.  Fails on an answer with another
 * status.  Understands answers with a Content-Length only.
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MARK "@@@@@@@@@@"
#define PLACES 8
#define ROOM (1 << 20)

struct client {
	int fd;
	char *answer;
	size_t got, wanted; /* wanted 0: the head is not complete yet */
	double began;
};

struct load {
	char request[ROOM];
	size_t length;
	char *places[PLACES]; /* of the marks */
	int nplaces;
	long clients, total, sent, done;
	int status;
	double *latency;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
load_connect(unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((unsigned short)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		err(1, "connect to port %u", port);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static void
load_find_places(struct load *l)
{
	char *p = l->request;

	while ((p = memmem(p, l->length - (size_t)(p - l->request), MARK,
		    sizeof(MARK) - 1)) != NULL) {
		if (l->nplaces == PLACES)
			errx(2, "more than %d marks", PLACES);
		l->places[l->nplaces++] = p;
		p += sizeof(MARK) - 1;
	}
}

static void
load_send(struct load *l, struct client *c)
{
	char number[24];
	size_t at = 0;

	snprintf(number, sizeof(number), "%010ld", ++l->sent);
	for (int i = 0; i < l->nplaces; i++)
		memcpy(l->places[i], number, sizeof(MARK) - 1);
	c->began = now();
	c->got = c->wanted = 0;
	while (at < l->length) {
		ssize_t n = write(c->fd, l->request + at, l->length - at);

		if (n <= 0)
			err(1, "write");
		at += (size_t)n;
	}
}

static void
answer_head(struct load *l, struct client *c)
{
	char *end, *length;

	c->answer[c->got] = '\0';
	end = strstr(c->answer, "\r\n\r\n");
	if (end == NULL)
		return;
	length = strcasestr(c->answer, "\r\nContent-Length:");
	if (length == NULL || length > end)
		errx(1, "an answer without a length: %.200s", c->answer);
	if (atoi(c->answer + 9) != l->status)
		errx(1, "%.2000s", c->answer);
	c->wanted = (size_t)(end + 4 - c->answer) +
	    strtoul(length + 17, NULL, 10);
	if (c->wanted >= ROOM)
		errx(1, "an answer of %zu bytes", c->wanted);
}

/* True when the whole answer is there. */
static int
answer_read(struct load *l, struct client *c)
{
	ssize_t n = read(c->fd, c->answer + c->got, ROOM - 1 - c->got);

	if (n <= 0)
		err(1, "the connection broke");
	c->got += (size_t)n;
	if (c->wanted == 0)
		answer_head(l, c);
	return c->wanted > 0 && c->got >= c->wanted;
}

static int
latency_compare(const void *a, const void *b)
{
	double d = *(const double *)a - *(const double *)b;

	return d < 0 ? -1 : d > 0;
}

static void
load_run(struct load *l, struct client *clients, int epoll)
{
	struct epoll_event events[256];

	for (long i = 0; i < l->clients; i++)
		load_send(l, &clients[i]);
	while (l->done < l->total) {
		int n = epoll_wait(epoll, events, 256, 30000);

		if (n <= 0)
			errx(1, "no answer within 30 s");
		for (int i = 0; i < n; i++) {
			struct client *c = events[i].data.ptr;

			if (!answer_read(l, c))
				continue;
			if (l->done < l->total)
				l->latency[l->done++] = now() - c->began;
			if (l->sent < l->total)
				load_send(l, c);
		}
	}
}

int
main(int argc, char **argv)
{
	static struct load l;
	struct client *clients;
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	double start;

	if (argc != 5)
		errx(2, "usage: http_load PORT CLIENTS REQUESTS STATUS "
		    "<request");
	l.clients = atol(argv[2]);
	l.total = atol(argv[3]);
	l.status = atoi(argv[4]);
	l.length = fread(l.request, 1, ROOM, stdin);
	load_find_places(&l);
	l.latency = calloc((size_t)l.total, sizeof(double));
	clients = calloc((size_t)l.clients, sizeof(*clients));
	for (long i = 0; i < l.clients; i++) {
		struct epoll_event ev = { .events = EPOLLIN,
			.data = { .ptr = &clients[i] } };

		clients[i].fd = load_connect((unsigned)atoi(argv[1]));
		clients[i].answer = malloc(ROOM);
		epoll_ctl(epoll, EPOLL_CTL_ADD, clients[i].fd, &ev);
	}
	start = now();
	load_run(&l, clients, epoll);
	start = now() - start;
	qsort(l.latency, (size_t)l.total, sizeof(double), latency_compare);
	printf("%.6f %.1f %.1f %.1f\n", start, (double)l.total / start,
	    l.latency[l.total / 2] * 1e6, l.latency[l.total * 99 / 100] * 1e6);
	return 0;
}
