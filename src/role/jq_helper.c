/* SPDX-License-Identifier: MIT */
/* The other end of sys/jq.h: compiles, and forks for each question. */
#include <errno.h>
#include <fcntl.h>
#include <jq.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/str.h"
#include "role/role.h"
#include "sys/confine.h"
#include "sys/file.h"
#include "sys/jq.h"

enum { PROGRAMS = 256, TEXT = 300 };
#define MEMORY MIB(512)

/* What would make the same data give another answer tomorrow, or has no sense
 * in a condition.  On the first line, so that the lines of errors stay right. */
#define PRELUDE                                                                \
	"def now: error(\"a condition knows no time\"); "                      \
	"def input: error(\"there is no further input\"); "                    \
	"def inputs: empty; def debug: .; def debug(m): .; def stderr: .; "    \
	"def halt: error(\"halt\"); def halt_error: error(\"halt\"); "         \
	"def halt_error(c): error(\"halt\"); def env: {}; "

struct program {
	char *text;
	jq_state *state;
};

struct jq_helper {
	struct program programs[PROGRAMS];
	size_t next;	 /* to be replaced */
	char error[TEXT]; /* of the last compilation */
};

/* "jq: error: syntax error, unexpected $end (Unix shell quoting issues?) at
 * <top-level>, line 1:\nTHE PROGRAM": what a person needs of it.  Only the
 * first; the last says how many there were. */
static void
helper_error(void *self, jv message)
{
	struct jq_helper *h = self;
	static const char shell[] = " (Unix shell quoting issues?)";
	static const char top[] = " at <top-level>, line ";
	const char *text;
	char *part;
	size_t n;

	message = jq_format_error(message);
	text = jv_get_kind(message) == JV_KIND_STRING
	    ? jv_string_value(message)
	    : "it does not compile";
	if (h->error[0] == '\0') {
		if (str_starts(str_of(text), "jq: error: "))
			text += strlen("jq: error: ");
		n = strcspn(text, "\n");
		snprintf(h->error, sizeof(h->error), "%.*s", (int)n, text);
		part = strstr(h->error, shell);
		if (part != NULL)
			memmove(part, part + strlen(shell),
			    strlen(part + strlen(shell)) + 1);
		part = strstr(h->error, top);
		if (part != NULL)
			memmove(part, " in", 3);
		if (part != NULL)
			memmove(part + 3, part + strlen(" at <top-level>,"),
			    strlen(part + strlen(" at <top-level>,")) + 1);
		n = strlen(h->error);
		if (n > 0 && h->error[n - 1] == ':')
			h->error[n - 1] = '\0';
	}
	jv_free(message);
}

static jq_state *
program_find(struct jq_helper *h, const char *text)
{
	struct program *p;
	struct buf whole = { 0 };
	jq_state *state;

	for (size_t i = 0; i < PROGRAMS; i++)
		if (h->programs[i].text != NULL &&
		    streq(h->programs[i].text, text))
			return h->programs[i].state;
	state = jq_init();
	if (state == NULL)
		return NULL;
	h->error[0] = '\0';
	jq_set_error_cb(state, helper_error, h);
	buf_adds(&whole, PRELUDE);
	buf_adds(&whole, text);
	if (!jq_compile(state, buf_cstr(&whole)))
		jq_teardown(&state);
	buf_finish(&whole);
	if (state == NULL)
		return NULL;
	p = &h->programs[h->next++ % PROGRAMS];
	free(p->text);
	if (p->state != NULL)
		jq_teardown(&p->state);
	p->text = strdup(text);
	p->state = state;
	return state;
}

/* --- in the child --------------------------------------------------------- */

static const char *
child_error(jv message, char text[static TEXT])
{
	if (jv_get_kind(message) == JV_KIND_STRING)
		snprintf(text, TEXT, "%s", jv_string_value(message));
	else
		snprintf(text, TEXT, "error");
	jv_free(message);
	return text;
}

/* "t", "f", or what is wrong. */
static const char *
child_answer(jq_state *state, const char *data, char text[static TEXT])
{
	jv input = jv_parse(data), got, more;
	const char *answer;

	if (!jv_is_valid(input))
		return child_error(jv_invalid_get_msg(input), text);
	jq_start(state, input, 0);
	got = jq_next(state);
	if (!jv_is_valid(got)) {
		if (!jv_invalid_has_msg(jv_copy(got)))
			return "it gives nothing, and must give true or false";
		return child_error(jv_invalid_get_msg(got), text);
	}
	if (jv_get_kind(got) != JV_KIND_TRUE &&
	    jv_get_kind(got) != JV_KIND_FALSE) {
		snprintf(text, TEXT, "it gives %.60s, and must give true or "
		    "false", jv_string_value(jv_dump_string(got, 0)));
		return text;
	}
	answer = jv_get_kind(got) == JV_KIND_TRUE ? "t" : "f";
	more = jq_next(state);
	if (jv_is_valid(more))
		return "it gives more than one value";
	return jv_invalid_has_msg(jv_copy(more))
	    ? child_error(jv_invalid_get_msg(more), text)
	    : answer;
}

static void
child_run(jq_state *state, const char *data, int to)
{
	const struct itimerval limit = {
		.it_value = { .tv_usec = JQ_CPU_MS * 1000 } };
	char text[TEXT];
	const char *answer;

	setitimer(ITIMER_PROF, &limit, NULL);
	answer = child_answer(state, data, text);
	file_write_all(to, answer, strlen(answer));
	_exit(0);
}

/* --- the parent ----------------------------------------------------------- */

/* What the child writes until it ends, or its time does. */
static size_t
child_read(int fd, char text[static TEXT])
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t n = 0;

	while (n < TEXT - 1 && poll(&p, 1, JQ_WAIT_MS / 2) > 0) {
		ssize_t got = read(fd, text + n, TEXT - 1 - n);

		if (got <= 0)
			break;
		n += (size_t)got;
	}
	text[n] = '\0';
	return n;
}

static const char *
child_end(pid_t pid, const char *text)
{
	int status = 0;

	kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (text[0] != '\0')
		return text;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT)
		return "it needs more memory than it may have";
	return "it takes too long";
}

static const char *
helper_ask(struct jq_helper *h, const char *program, const char *data,
    char text[static TEXT])
{
	jq_state *state = program_find(h, program);
	int ends[2];
	pid_t pid;

	if (state == NULL)
		return h->error;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return "no pipe is left";
	pid = fork();
	if (pid == 0)
		child_run(state, data, ends[1]);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return "no process is left";
	}
	(void)child_read(ends[0], text);
	close(ends[0]);
	return child_end(pid, text);
}

static bool
helper_reply(bool ok, const char *text)
{
	const struct jq_answer answer = { .ok = ok,
		.bytes = (uint32_t)strlen(text) };

	return file_write_all(STDOUT_FILENO, &answer, sizeof(answer)) &&
	    file_write_all(STDOUT_FILENO, text, answer.bytes);
}

/* One question; false: nobody asks any more. */
static bool
helper_turn(struct jq_helper *h)
{
	struct jq_question q;
	char *program, *data, text[TEXT] = "";
	const char *answer;
	bool ok;

	if (!file_read_all(STDIN_FILENO, &q, sizeof(q)) ||
	    q.program_bytes > JQ_PROGRAM_MAX ||
	    q.data_bytes > JQ_DATA_MAX)
		return false;
	program = calloc(1, q.program_bytes + 1);
	data = calloc(1, q.data_bytes + 1);
	ok = program != NULL && data != NULL &&
	    file_read_all(STDIN_FILENO, program, q.program_bytes) &&
	    file_read_all(STDIN_FILENO, data, q.data_bytes);
	if (ok && q.what == JQ_COMPILE) {
		ok = program_find(h, program) != NULL;
		ok = helper_reply(ok, ok ? "" : h->error);
	} else if (ok) {
		answer = helper_ask(h, program, data, text);
		if (streq(answer, "t") || streq(answer, "f"))
			ok = helper_reply(true, answer[0] == 't' ? "true"
								  : "false");
		else
			ok = helper_reply(false, answer);
	}
	free(program);
	free(data);
	return ok;
}

int
role_jq_helper(int argc, char **argv)
{
	struct jq_helper *helper = calloc(1, sizeof(*helper));
	struct err e;

	(void)argc;
	(void)argv;
#ifndef __SANITIZE_ADDRESS__
	const struct rlimit memory = { MEMORY, MEMORY };

	(void)setrlimit(RLIMIT_AS, &memory);
#endif
	if (!confine_to_computing(&e))
		return role_fail(&e);
	while (helper != NULL && helper_turn(helper))
		continue;
	_exit(0);
}
