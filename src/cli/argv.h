/* SPDX-License-Identifier: MIT */
/*
 * argv.h: the words of a command line against the table of an operation.
 *
 * A usage is op->cli taken apart: words, path parameters, flags.  args_parse
 * is pure: it reads no file and asks nobody; what must be read or asked for is
 * left in the result for ask.c.  Everything lives in the arena; the JSON in
 * struct args is owned by it.
 */
#ifndef CLI_ARGV_H
#define CLI_ARGV_H

#include "cli/flag.h"

#define USAGE_WORDS 3

struct usage {
	const struct op *op;
	const char *words[USAGE_WORDS];
	unsigned nwords;
	const char *path[OP_PATH_PARAMS]; /* "TICKET" */
	unsigned npath;
	struct flag *flags; /* of a form, then of op->cli, then local ones */
	size_t nflags;
	/* Names of flags that words behind the path parameters fill, one after
	 * the other, separated by spaces: `can alice run prod/api`; or NULL. */
	const char *rest;
	const char *line; /* how it was typed, for hints; NULL: canonical */
};

/* Flags that any verb takes; NULL and false: not given. */
struct globals {
	bool json, csv, quiet, no_colour, help;
	const char *as, *url, *socket;
};

/* A value that is to be read: from a file, or from stdin when path is "-". */
struct args_file {
	const struct flag *flag;
	const char *path;
	struct args_file *next;
};

struct args_local {
	const char *name;
	const char *value; /* "" for a bare flag */
	struct args_local *next;
};

struct args {
	const char *path[OP_PATH_PARAMS];
	unsigned npath;
	json_t *query, *body, *params;
	struct args_file *files;
	struct args_local *locals; /* the last one first */
};

/* ASSERTs that every flag of op->cli is a field of its query or body. */
struct usage *usage_create(struct arena *a, const struct op *op);
/* Put the flags of a form in front of the others. */
void usage_add_form(
    struct arena *a, struct usage *u, const struct flag *form, size_t n);
/* "slipway ticket approve TICKET [--note TEXT]" */
const char *usage_line(struct arena *a, const struct usage *u);

/*
 * Parse argv (what follows the words).  A flag of the form comes before one
 * of slipway's own of the same name.  `--` ends the flags.  ERR_SYNTAX with
 * the usage line or the near name as hint.  With --help among the words
 * globals->help is set and nothing else is checked.
 */
bool args_parse(struct arena *a, const struct usage *u, int argc, char **argv,
    struct globals *globals, struct args *ret, struct err *e);

/* Where the first word is that is neither a flag nor its value; -1: there is
 * none, or a flag in front that only the form knows. */
int args_first_word(const struct usage *u, int argc, char **argv);
/* Value of a local flag, "" when it was given bare; NULL when not given. */
const char *args_local(const struct args *args, const char *name);
/* Put a value where its flag says; lists grow. Takes the reference. */
void args_put(struct args *args, const struct flag *f, json_t *value);

/* At argv[0]: 1 or 2 words taken for a global flag, 0 it is none, -1 e. */
int globals_parse(struct globals *g, int argc, char **argv, struct err *e);

#endif
