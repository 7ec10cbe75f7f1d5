/* SPDX-License-Identifier: MIT */
/*
 * machine.h: life cycles as tables of legal moves.
 *
 * A status is a string in the database and on the wire; a machine lists the
 * legal moves with the reason in words.  resource/move.h is the only caller
 * that changes a status column, the docs and OpenAPI print the same table.
 */
#ifndef BASE_MACHINE_H
#define BASE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct machine_move {
	const char *from, *to;
	const char *why; /* "approved by everybody the rules ask for" */
};

struct machine {
	const char *noun;	    /* "run" */
	const char *const *states;  /* NULL-terminated, in order of life */
	const char *const *final;   /* NULL-terminated subset */
	const struct machine_move *moves; /* ends with from == NULL */
};

/* The move, or NULL when it is illegal. */
const struct machine_move *machine_find(const struct machine *m,
    const char *from, const char *to);
bool machine_is_final(const struct machine *m, const char *state);
/* For people: "timed_out" to "timed out". */
const char *machine_words(struct arena *a, const char *state);
bool machine_has(const struct machine *m, const char *state);

#endif
