/* SPDX-License-Identifier: MIT */
/*
 * clean.h: text of others, made safe for a terminal.
 *
 * Log bytes, titles and comments come from people and programs that we do not
 * trust; a terminal obeys what it reads.  A cleaner is fed bytes as they come
 * (sequences and characters may be split anywhere) and lets through: text,
 * tab, newline and, when asked, colours (SGR).  All other control sequences
 * are dropped, a lone carriage return becomes a newline, invalid UTF-8
 * becomes U+FFFD, and characters that turn the direction of text are shown
 * as <U+202E>.  A newline ends an unfinished sequence, so that nobody can
 * hide what follows.
 */
#ifndef CLI_CLEAN_H
#define CLI_CLEAN_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

enum clean_state {
	CLEAN_TEXT,
	CLEAN_ESCAPE,       /* behind ESC */
	CLEAN_INTERMEDIATE, /* ESC and 0x20-0x2f: one final byte is left */
	CLEAN_CSI,
	CLEAN_STRING, /* OSC, DCS …: until BEL or ST */
	CLEAN_STRING_ESCAPE
};

struct clean {
	bool colours; /* keep SGR */
	enum clean_state state;
	bool cr;     /* a carriage return waits for what follows */
	bool styled; /* a colour is on: reset at the end of the line */
	unsigned char held[4]; /* of a character that is not complete */
	unsigned nheld;
	char csi[32]; /* parameters of a CSI sequence */
	unsigned ncsi;
};

void clean_init(struct clean *c, bool colours);
void clean_add(struct clean *c, struct str in, struct buf *out);
/* The input is over: what is incomplete becomes U+FFFD. */
void clean_end(struct clean *c, struct buf *out);

/* A whole text at once, no colours.  clean_line also makes newlines and tabs
 * into spaces, for a cell or a sentence. */
char *clean_text(struct arena *a, struct str text);
char *clean_line(struct arena *a, struct str text);

#endif
