/* SPDX-License-Identifier: MIT */
#include "cli/term.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/limits.h"

static int
term_width(void)
{
	struct winsize w;
	const char *env = getenv("COLUMNS");
	int64_t n;

	if (env != NULL && str_to_int64(str_of(env), &n) && n >= 20 &&
	    n <= 1000)
		return (int)n;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col >= 20)
		return w.ws_col;
	return 80;
}

/*
 * libsmartcols measures text in the characters of the locale; in the C locale
 * it would write every umlaut as \x.., so that it always gets UTF-8.  The
 * marks are taken only where the person's own locale says that it is UTF-8.
 */
void
term_init(struct term *t)
{
	const char *kind = getenv("TERM");
	const char *no_colour = getenv("NO_COLOR");

	memset(t, 0, sizeof(*t));
	t->in_tty = isatty(STDIN_FILENO);
	t->out_tty = isatty(STDOUT_FILENO);
	t->err_tty = isatty(STDERR_FILENO);
	t->colour = t->out_tty && !streq(kind, "dumb") &&
		    (no_colour == NULL || *no_colour == '\0');
	t->utf8 = setlocale(LC_CTYPE, "") != NULL &&
		  strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	if (!t->utf8)
		setlocale(LC_CTYPE, "C.UTF-8");
	t->width = term_width();
}

static const struct {
	const char *sgr, *name;
} term_tones[] = {
	[TONE_PLAIN] = { "", NULL },
	[TONE_GOOD] = { "\033[32m", "green" },
	[TONE_BAD] = { "\033[31m", "red" },
	[TONE_BUSY] = { "\033[33m", "yellow" },
	[TONE_DIM] = { "\033[2m", "darkgray" },
	[TONE_STRONG] = { "\033[1m", "bold" },
};

const char *
term_begin(const struct term *t, enum term_tone tone)
{
	return t->colour ? term_tones[tone].sgr : "";
}

const char *
term_end(const struct term *t)
{
	return t->colour ? "\033[0m" : "";
}

const char *
term_colour_name(enum term_tone tone)
{
	return term_tones[tone].name;
}

/* Sorted by status. */
static const struct {
	const char *status;
	enum term_tone tone;
	const char *mark, *ascii;
} term_states[] = {
	{ "approval", TONE_BUSY, "⏸", "=" },
	{ "approved", TONE_GOOD, "✔", "+" },
	{ "blocked", TONE_DIM, "·", "." },
	{ "cancelled", TONE_BAD, "✘", "x" },
	{ "check", TONE_DIM, "…", "?" },
	{ "checking", TONE_DIM, "…", "?" },
	{ "declined", TONE_BAD, "✘", "x" },
	{ "done", TONE_GOOD, "✔", "+" },
	{ "expired", TONE_BAD, "✘", "x" },
	{ "failed", TONE_BAD, "✘", "x" },
	{ "in_progress", TONE_BUSY, "▸", ">" },
	{ "manual", TONE_BUSY, "⏸", "=" },
	{ "met", TONE_GOOD, "✔", "+" },
	{ "not_needed", TONE_DIM, "·", "." },
	{ "previewing", TONE_BUSY, "▸", ">" },
	{ "retry", TONE_BUSY, "↻", "~" },
	{ "running", TONE_BUSY, "▸", ">" },
	{ "skipped", TONE_DIM, "·", "." },
	{ "starting", TONE_BUSY, "▸", ">" },
	{ "succeeded", TONE_GOOD, "✔", "+" },
	{ "timed_out", TONE_BAD, "✘", "x" },
	{ "unkillable", TONE_BAD, "✘", "x" },
	{ "unknown", TONE_BAD, "?", "?" },
	{ "verifying", TONE_BUSY, "▸", ">" },
	{ "void", TONE_DIM, "·", "." },
	{ "waiting_approval", TONE_BUSY, "⏸", "=" },
};

static int
term_compare_state(const void *key, const void *row)
{
	return strcmp(key, *(const char *const *)row);
}

static size_t
term_find_state(const char *status)
{
	const char *row = bsearch(status, term_states, ARRAY_SIZE(term_states),
	    sizeof(term_states[0]), term_compare_state);

	if (row == NULL)
		return ARRAY_SIZE(term_states);
	return (size_t)(row - (const char *)term_states) /
	       sizeof(term_states[0]);
}

enum term_tone
term_status_tone(const char *status)
{
	size_t i = term_find_state(status);

	return i < ARRAY_SIZE(term_states) ? term_states[i].tone : TONE_PLAIN;
}

const char *
term_status_mark(const struct term *t, const char *status)
{
	size_t i = term_find_state(status);

	if (i == ARRAY_SIZE(term_states))
		return " ";
	return t->utf8 ? term_states[i].mark : term_states[i].ascii;
}

bool
term_ask(struct arena *a, const char *question, char **ret_answer)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	fputs(question, stderr);
	fflush(stderr);
	n = getline(&line, &cap, stdin);
	if (n < 0) {
		free(line);
		fputc('\n', stderr);
		return false;
	}
	if (n > 0 && line[n - 1] == '\n')
		n--;
	*ret_answer = arena_strndup(a, line, (size_t)n);
	free(line);
	return true;
}

bool
term_confirm(struct arena *a, const char *question)
{
	char *answer;

	if (!term_ask(a, arena_printf(a, "%s [y/N] ", question), &answer))
		return false;
	return strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0;
}

/* The keys of a secret, one by one: false when the person gave up. */
static bool
term_read_secret(struct buf *typed)
{
	for (;;) {
		char c;
		ssize_t n = read(STDIN_FILENO, &c, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || c == 3)
			return false;
		if (c == '\n' || c == '\r' || c == 4)
			return true;
		if (c == 0x7f || c == '\b') {
			while (typed->len > 0 &&
			       (typed->data[--typed->len] & 0xc0) == 0x80)
				;
			continue;
		}
		if (typed->len < LIMIT_PARAM_BYTES)
			buf_addc(typed, c);
	}
}

/*
 * Signals of the keyboard are off while the echo is, so that Ctrl-C cannot
 * leave a terminal behind that shows nothing.
 */
bool
term_ask_secret(
    struct arena *a, const char *question, char **ret_answer, struct err *e)
{
	struct termios before, quiet;
	struct buf typed = { 0 };
	bool ok;

	if (tcgetattr(STDIN_FILENO, &before) != 0)
		return err_sys(e, "read a secret from the terminal");
	quiet = before;
	quiet.c_lflag &= (tcflag_t) ~(ECHO | ICANON | ISIG);
	quiet.c_cc[VMIN] = 1;
	quiet.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	fputs(question, stderr);
	fflush(stderr);
	ok = term_read_secret(&typed);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	fputc('\n', stderr);
	if (ok)
		*ret_answer = arena_str(a, buf_str(&typed));
	else
		err_set(
		    e, ERR_INVALID, "input.cancelled", "nothing was entered");
	buf_finish(&typed);
	return ok;
}

bool
term_read_all(struct arena *a, int fd, size_t limit, const char *what,
    struct str *ret, struct err *e)
{
	struct buf all = { 0 };
	char chunk[4096];
	bool ok = false;

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err_sys(e, "read %s", what);
			break;
		}
		if (n == 0) {
			ok = true;
			break;
		}
		buf_add(&all, chunk, (size_t)n);
		if (all.len > limit) {
			err_set(e, ERR_TOO_LARGE, "input.too_large",
			    "read %s: more than %zu bytes", what, limit);
			break;
		}
	}
	if (ok && all.len > 0 && memchr(all.data, '\0', all.len) != NULL)
		ok = err_set(e, ERR_INVALID, "param.encoding",
		    "read %s: it holds a NUL byte", what);
	if (ok)
		*ret = (struct str){ arena_str(a, buf_str(&all)), all.len };
	buf_finish(&all);
	return ok;
}
