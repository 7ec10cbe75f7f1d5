/* SPDX-License-Identifier: MIT */
/*
 * search.h: tickets by a query (spec/jql.h), and the index of their words.
 *
 * A query is compiled to SQL of const fragments with bound values, together
 * with what the actor may see (resource/sight.h), so that neither pages nor
 * counts nor errors tell of others.
 * Owns the tables ticket_words and comment_words, and by filter.h filter.
 * Whoever writes a title, a description or a comment calls search_learn_… in
 * the same transaction.
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
/* A ticket goes, with its comments: before its rows do. */
void search_forget(struct cx *cx, int64_t ticket_id);

/* What to look for: all of it. */
struct search {
	const char *query;  /* "" or NULL: anything */
	const char *filter; /* a saved one, or NULL; gives the order when the
			     * query says none */
	const struct search_is {
		enum jql_id field; /* not words, times or numbers */
		const char *value; /* NULL: any */
	} *is;
	size_t nis;
};

/*
 * Ids of at most limit tickets that the actor may see, in the order that is
 * asked for, else the newest first, behind the ticket with the key `after`
 * (NULL: from the beginning; one that they do not see has nothing behind it).
 * ERR_SYNTAX as of jql_parse, "query.value" for a team, project or filter that
 * there is not; of the filter that is named apart, as filter_named.
 */
bool search_find(struct cx *cx, const struct search *what, const char *after,
    size_t limit, const int64_t **ret_ids, size_t *ret_n, struct err *e);
bool search_count(struct cx *cx, const struct search *what, int64_t *ret_n,
    struct err *e);
/* Would the saved filter find anything but mistakes? */
bool search_check(struct cx *cx, const char *filter, struct err *e);

#endif
