/* SPDX-License-Identifier: MIT */
/*
 * search.h: tickets by a query (spec/jql.h), and the index of their words.
 *
 * A query is compiled to SQL of const fragments with bound values, together
 * with what the actor may see (resource/sight.h), so that neither pages nor
 * counts nor errors tell of others.
 * Owns the tables ticket_words and comment_words.  Whoever writes a title, a
 * description or a comment calls search_learn_… in the same transaction.
 */
#ifndef RESOURCE_SEARCH_H
#define RESOURCE_SEARCH_H

#include "resource/cx.h"
#include "spec/jql.h"
#include "spec/ticket.h"

/* A ticket's title or description is written; a comment is written, edited or
 * removed (other entries of the history are not indexed). */
void search_learn_ticket(struct cx *cx, int64_t ticket_id);
void search_learn_comment(struct cx *cx, int64_t entry_id);

struct search;

/* Text is a query.  Errors are those of jql_parse, and "query.value" for a
 * team that there is not.  The search lives in the arena and is to be ended. */
bool search_begin(struct cx *cx, const char *text, struct search **ret,
    struct err *e);
/* The next ticket that the actor may see, in the order of the query (else the
 * newest first); NULL: no more. */
struct ticket *search_next(struct search *s);
void search_end(struct search *s);

#endif
