/* SPDX-License-Identifier: MIT */
/*
 * filter.h: queries that are kept under a name.
 *
 * Owns the table filter.  A filter is a person's own, or a team's: its members
 * see it, use it, change it.  A key is NAME or TEAM:NAME; a bare name is one's
 * own first, then that of the only team of theirs that has one.  To be saved a
 * query must parse, and what it names must be there; what it finds is decided
 * for whoever uses it.
 */
#ifndef RESOURCE_SEARCH_FILTER_H
#define RESOURCE_SEARCH_FILTER_H

#include "resource/cx.h"
#include "spec/filter.h"

/* NULL: ERR_NOT_FOUND "not_found", ERR_CONFLICT "filter.which". */
const struct filter *filter_named(
    struct cx *cx, const char *key, struct err *e);
/* All that the actor may use, their own first; the arena's. */
const struct filter *filter_all(struct cx *cx, size_t *ret_n);

/* team "": one's own. */
bool filter_save(struct cx *cx, const char *name, const char *team,
    const char *query, const char *doc, const struct filter **ret,
    struct err *e);
bool filter_remove(struct cx *cx, const char *name, const char *team,
    const struct filter **ret, struct err *e);

#endif
