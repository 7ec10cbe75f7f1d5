/* SPDX-License-Identifier: MIT */
/*
 * session.h: one invocation of the command line.
 *
 * Holds what every verb needs: the arena, the terminal, the global flags and
 * the connection, which is made with the first call.  A verb is a function
 * that returns the exit code; session_fail prints why and gives the code.
 * Answers belong to the arena.  Blocks.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <jansson.h>
#include <stdio.h>

#include "cli/argv.h"
#include "cli/term.h"
#include "client/client.h"

/* Exit codes that no error class has (decision 25). */
enum session_exit {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_WAITING = 6,
	EXIT_CANCELLED = 7,
	EXIT_TIMED_OUT = 8,
	EXIT_MISSING = 9,
	EXIT_UNKNOWN = 10,
	EXIT_LATER = 75 /* our patience is over, not the run */
};

struct session {
	struct arena *arena;
	struct term term;
	struct globals globals;
	struct client *client; /* NULL before the first call */
	json_t *problem;       /* document of the last refused call */
	FILE *out;
};

void session_init(struct session *s);
void session_finish(struct session *s);

/* The connection; made from flags and environment when there is none. */
bool session_client(struct session *s, struct client **ret, struct err *e);
/* The address of the server as told by flag or environment; NULL: local. */
const char *session_url(const struct session *s);
/* client_call; path holds the path parameters in order, or is NULL. */
bool session_call(struct session *s, const struct op *op,
    const char *const *path, const json_t *query, const json_t *body,
    json_t **ret, struct err *e);
/* The same with one path parameter and nothing else. */
bool session_get(struct session *s, const struct op *op, const char *key,
    json_t **ret, struct err *e);
/* A reference that the arena gives back. */
json_t *session_keep(struct session *s, json_t *json);

/* Print e, and the fields of the last problem, on stderr; the exit code. */
int session_fail(struct session *s, const struct err *e);
/* An answer as JSON on stdout; EXIT_OK. */
int session_json(struct session *s, const json_t *json);
/* Words for people on stdout; nothing with --json or --quiet. */
void session_say(struct session *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* On stderr, not with --quiet. */
void session_note(struct session *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* A line of text in a tone. */
const char *session_tone(
    struct session *s, enum term_tone tone, const char *text);

#endif
