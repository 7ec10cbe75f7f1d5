/* SPDX-License-Identifier: MIT */
/*
 * jql_lex.h: the search language as tokens.  For jql.c alone.
 *
 * Keywords are bare words to this file; what they mean depends on where they
 * stand.  A token that is no token has kind JQL_BAD and says why; it is given
 * again and again.
 */
#ifndef SPEC_JQL_LEX_H
#define SPEC_JQL_LEX_H

#include "spec/jql.h"

enum jql_token_kind {
	JQL_END,
	JQL_BAD,
	JQL_BARE,
	JQL_QUOTED,
	JQL_OPERATOR, /* op */
	JQL_OPEN,
	JQL_CLOSE,
	JQL_COMMA,
	JQL_BANG, /* ! before a condition */
	JQL_ANDS, /* & and && */
	JQL_ORS	  /* | and || */
};

struct jql_token {
	enum jql_token_kind kind;
	size_t at, length;
	const char *value; /* BARE, QUOTED: without quotes; else "" */
	enum jql_op op;
	const char *why, *hint; /* BAD */
};

struct jql_lex {
	struct str text;
	size_t at;
};

struct jql_token jql_lex_next(struct jql_lex *l, struct arena *a);

#endif
