/* SPDX-License-Identifier: MIT */
/*
 * term.h: the person's terminal: what it can show, and asking questions.
 *
 * Questions go to stderr and answers come from stdin, so that stdout stays
 * what the person asked for.  All asking functions block; with stdin not a
 * terminal they must not be called (look at in_tty first).
 */
#ifndef CLI_TERM_H
#define CLI_TERM_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

struct term {
	bool in_tty, out_tty, err_tty;
	bool colour; /* stdout shows colours, and they are wanted */
	bool utf8;
	int width; /* columns of stdout; 80 when it is no terminal */
};

enum term_tone {
	TONE_PLAIN,
	TONE_GOOD,
	TONE_BAD,
	TONE_BUSY,
	TONE_DIM,
	TONE_STRONG
};

/* Sets the locale of the process too. */
void term_init(struct term *t);

/* The SGR sequence that begins a tone, "" without colours; term_end ends it. */
const char *term_begin(const struct term *t, enum term_tone tone);
const char *term_end(const struct term *t);
/* The name that libsmartcols knows the colour of a tone by; NULL for plain. */
const char *term_colour_name(enum term_tone tone);
/* How a status of anything is to be coloured, and its mark: "✔". */
enum term_tone term_status_tone(const char *status);
const char *term_status_mark(const struct term *t, const char *status);

/* One line from the person, without the newline; false: end of input. */
bool term_ask(struct arena *a, const char *question, char **ret_answer);
/* The same without echo.  ERR_INVALID when the person pressed Ctrl-C. */
bool term_ask_secret(
    struct arena *a, const char *question, char **ret_answer, struct err *e);
/* "question [y/N] ": only y and yes are yes. */
bool term_confirm(struct arena *a, const char *question);

/* Everything that fd gives, at most limit bytes; a NUL in it is refused. */
bool term_read_all(struct arena *a, int fd, size_t limit, const char *what,
    struct str *ret, struct err *e);

#endif
