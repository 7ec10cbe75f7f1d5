/* SPDX-License-Identifier: MIT */
/*
 * alias.h: what people type, and which operation it is.
 *
 * Every operation has its canonical `noun verb`; the table of aliases gives
 * the common ones one word.  Canonical words win: `run list` lists runs, and
 * a task that is called list is run by `task run list`.
 */
#ifndef CLI_ALIAS_H
#define CLI_ALIAS_H

#include "base/arena.h"
#include "base/near.h"
#include "spec/op.h"

struct alias {
	/* Usually one.  Two are a canonical verb whose flags further words
	 * fill too: `filter save NAME QUERY`. */
	const char *word;
	const char *op;
	/* Flags that further words fill, see usage.rest; or NULL. */
	const char *rest;
	const char *usage; /* of the words behind it, for help; or NULL */
};

extern const struct alias aliases[]; /* sorted by word; word NULL ends it */

struct verb {
	const struct op *op;
	const struct alias *alias; /* or NULL: canonical */
	int words;                 /* of argv that it takes */
};

/* What people type who know another tool: the verb they mean, and what that
 * is called when one asks whether somebody may do it; either may be NULL. */
struct meant {
	const char *word, *verb, *action;
};
extern const struct meant meanings[]; /* sorted by word; word NULL ends it */
const struct meant *meant_find(const char *word);

/* False when argv begins with nothing we know. */
bool verb_find(int argc, char **argv, struct verb *ret);
const struct alias *alias_find(const char *word);

/* Whether some operation's first word is this: "ticket". */
bool verb_is_noun(const char *word);
/* "slipway approve TICKET": of the short word. */
const char *verb_usage(struct arena *a, const struct alias *alias);
/* The words of an operation alone: "ticket approve". */
const char *verb_text(struct arena *a, const struct op *op);
/* Offer every spelling of every verb. */
void verb_offer_all(struct arena *a, struct near *near);

#endif
