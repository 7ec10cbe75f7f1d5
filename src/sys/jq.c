/* SPDX-License-Identifier: MIT */
#include "sys/jq.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "sys/file.h"

struct jq {
	pthread_mutex_t lock;
	char *program;
	pid_t pid; /* 0: there is none */
	int fd;
};

struct jq *
jq_create(const char *program)
{
	struct jq *jq = calloc(1, sizeof(*jq));

	ASSERT(jq != NULL);
	jq->program = strdup(program == NULL ? "/proc/self/exe" : program);
	ASSERT(jq->program != NULL);
	pthread_mutex_init(&jq->lock, NULL);
	jq->fd = -1;
	return jq;
}

static void
helper_end(struct jq *jq)
{
	if (jq->pid == 0)
		return;
	close(jq->fd);
	kill(jq->pid, SIGKILL);
	while (waitpid(jq->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	jq->pid = 0;
	jq->fd = -1;
}

void
jq_destroy(struct jq *jq)
{
	if (jq == NULL)
		return;
	helper_end(jq);
	pthread_mutex_destroy(&jq->lock);
	free(jq->program);
	free(jq);
}

static bool
helper_start(struct jq *jq, struct err *e)
{
	char name[] = "slipway", role[] = "jq-helper";
	char *argv[] = { name, role, NULL }, *env[] = { NULL };
	posix_spawn_file_actions_t files;
	int pair[2], error;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return err_sys(e, "cannot start what runs jq");
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, pair[1], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, pair[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null",
	    O_WRONLY, 0);
	error = posix_spawn(&jq->pid, jq->program, &files, NULL, argv, env);
	posix_spawn_file_actions_destroy(&files);
	close(pair[1]);
	if (error != 0) {
		close(pair[0]);
		jq->pid = 0;
		errno = error;
		return err_sys(e, "cannot start what runs jq, '%s'",
		    jq->program);
	}
	jq->fd = pair[0];
	return true;
}

/* --- the wire ------------------------------------------------------------- */

/* All n bytes before the time is over. */
static bool
helper_read(const struct jq *jq, void *to, size_t n, int64_t until_ms)
{
	char *at = to;

	while (n > 0) {
		struct pollfd p = { .fd = jq->fd, .events = POLLIN };
		int64_t left = until_ms - clock_boot_ms();
		ssize_t got;

		if (left <= 0 || poll(&p, 1, (int)left) <= 0)
			return false;
		got = read(jq->fd, at, n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += got;
		n -= (size_t)got;
	}
	return true;
}

/* A helper that has ended is no reason for SIGPIPE. */
static bool
helper_write(const struct jq *jq, const void *from, size_t n)
{
	const char *at = from;

	while (n > 0) {
		ssize_t put = send(jq->fd, at, n, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		at += put;
		n -= (size_t)put;
	}
	return true;
}

static bool
helper_exchange(const struct jq *jq, const struct jq_question *q,
    const char *program, const char *data, struct jq_answer *ret,
    char text[static 400])
{
	const int64_t until_ms = clock_boot_ms() + JQ_WAIT_MS;

	if (!helper_write(jq, q, sizeof(*q)) ||
	    !helper_write(jq, program, q->program_bytes) ||
	    !helper_write(jq, data, q->data_bytes) ||
	    !helper_read(jq, ret, sizeof(*ret), until_ms) ||
	    ret->bytes >= 400 || !helper_read(jq, text, ret->bytes, until_ms))
		return false;
	text[ret->bytes] = '\0';
	return true;
}

static bool
question_put(struct jq *jq, uint32_t what, const char *program,
    const char *data, char text[static 400], struct err *e)
{
	const struct jq_question q = { .what = what,
		.program_bytes = (uint32_t)strlen(program),
		.data_bytes = (uint32_t)strlen(data) };
	struct jq_answer answer = { 0, 0 };
	bool done = false;

	/* Twice: the one from before may have been killed meanwhile. */
	for (int i = 0; i < 2 && !done; i++) {
		if (jq->pid == 0 && !helper_start(jq, e))
			return false;
		done = helper_exchange(jq, &q, program, data, &answer, text);
		if (!done)
			helper_end(jq);
	}
	if (!done)
		return err_set(e, ERR_UNAVAILABLE, "jq.no_answer",
		    "jq: there is no answer");
	return answer.ok != 0 ||
	    err_set(e, ERR_INVALID, "jq.failed", "jq: %s", text);
}

bool
jq_check(struct jq *jq, const char *program, struct err *e)
{
	char text[400];
	bool ok;

	if (strlen(program) > JQ_PROGRAM_MAX)
		return err_set(e, ERR_INVALID, "jq.failed",
		    "jq: longer than %d bytes", JQ_PROGRAM_MAX);
	pthread_mutex_lock(&jq->lock);
	ok = question_put(jq, JQ_COMPILE, program, "", text, e);
	pthread_mutex_unlock(&jq->lock);
	return ok;
}

bool
jq_ask(struct jq *jq, const char *program, const char *data, bool *ret,
    struct err *e)
{
	char text[400];
	bool ok;

	if (strlen(data) > JQ_DATA_MAX)
		return err_set(e, ERR_INVALID, "jq.failed",
		    "jq: the parameters are more than %d MiB",
		    JQ_DATA_MAX / 1024 / 1024);
	pthread_mutex_lock(&jq->lock);
	ok = question_put(jq, JQ_ASK, program, data, text, e);
	pthread_mutex_unlock(&jq->lock);
	*ret = ok && streq(text, "true");
	return ok;
}
