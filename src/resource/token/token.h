/* SPDX-License-Identifier: MIT */
/*
 * token.h: credentials that people carry to other machines and programs.
 *
 * A token speaks for one person and can only narrow what that person may: by
 * a role, by environments, by tasks and projects, by operations, to reading,
 * by time.  It is shown once; the database keeps its
 * SHA-256 and the first characters, which name it.  Whoever asks with a token
 * looks it up each time, so that revoking works at once.
 * Owns the table token.
 */
#ifndef RESOURCE_TOKEN_H
#define RESOURCE_TOKEN_H

#include "resource/cx.h"
#include "spec/access.h"

/* "slw_abcd2345_" and 32 characters; what names it is up to the second '_'. */
#define TOKEN_START "slw_"
#define TOKEN_PREFIX 12
#define TOKEN_TEXT 45

/* What is asked for; person, role and environments are checked already. */
struct token_wish {
	const char *person, *name;
	const char *role;	  /* "": no ceiling */
	const char *environments; /* JSON list */
	bool read_only;
	const char *tasks, *projects, *operations; /* JSON lists */
	int64_t expires_at;
};

/* Make and write one; text gets it and a NUL. */
struct token *token_make(struct cx *cx, const struct token_wish *wish,
    char text[TOKEN_TEXT + 1]);

/* By the whole text, or by what names it; NULL when there is none. */
struct token *token_by_text(struct cx *cx, struct str text);
struct token *token_by_prefix(struct cx *cx, const char *prefix);

/* Its role as a ceiling. */
enum role token_ceiling(const struct token *t);
/* How far it reaches, into the actor whose token it is; the lists live in a. */
void token_reach(const struct token *t, struct actor *actor, struct arena *a);
/* May the token be used for that operation?  ERR_DENIED "token.scope". */
bool token_calls(const struct actor *actor, const struct op *op,
    struct err *e);

/* ERR_UNAUTHENTICATED "token.revoked" or "token.expired". */
bool token_check(const struct token *t, int64_t now, struct err *e);

/* Revoke it now; again is no error. */
void token_revoke(struct cx *cx, struct token *t);

/* Remember its last use, to the minute.  TOKEN_USED_MS between two. */
#define TOKEN_USED_MS 60000
void token_used(struct db *db, int64_t id, int64_t now);

#endif
