/* SPDX-License-Identifier: MIT */
/*
 * sight.h: which tickets and runs the actor may see, as a condition in SQL.
 *
 * The same rule as ticket_visible and run_visible, over many rows: rights
 * depend on a row's scope alone (team, environment, name: the table
 * ticket_scope), and there are few scopes, so access.h decides about each of
 * them once.  A statement holds rows of `ticket` against a text of conditions
 * with these parameters, so that pages are cut in SQL, and what is not the
 * actor's to see costs and tells nothing:
 *
 *	$all	1: everything
 *	$seen	JSON: scopes of which the actor sees everything
 *	$reach	JSON: scopes of which they see what is theirs
 *	$peers	JSON: the actor and their team-mates, as requesters
 *	$mine	JSON: how assignees are written that mean the actor
 *	$me	JSON: the actor, as in need_person, and those they stand in
 *		for, each with the project and the environment where that is
 *		so, or "": anywhere
 *
 * A .sql file writes SIGHT_TICKETS out and calls sight_bind.  A statement that
 * is put together (store/select.h) takes sight_tickets, which is the same for
 * somebody who sees much, and goes by the indexes for who sees little.
 * Another table with a scope_id writes a condition of its own.
 */
#ifndef RESOURCE_SIGHT_H
#define RESOURCE_SIGHT_H

#include "resource/cx.h"

/* The id of a scope, which is written when it is new. */
int64_t sight_scope(struct cx *cx, const char *team, const char *environment,
    const char *name);

#define SIGHT_TICKETS                                                          \
	"($all = 1 OR scope_id IN (SELECT value FROM json_each($seen)) "       \
	"OR (scope_id IN (SELECT value FROM json_each($reach)) "               \
	"AND (requester IN (SELECT value FROM json_each($peers)) "             \
	"OR assignee IN (SELECT value FROM json_each($mine)) "                 \
	"OR ticket.id IN (SELECT need_person.ticket_id "                       \
	"FROM json_each($me) AS m JOIN need_person "                           \
	"ON need_person.person = m.value ->> 'name' "                          \
	"JOIN ticket AS asked ON asked.id = need_person.ticket_id "            \
	"WHERE m.value ->> 'project' IN ('', asked.project) "                  \
	"AND m.value ->> 'environment' IN ('', asked.environment)))))"

/* What the actor sees, decided once; the arena's.  Reads the database. */
struct sight;
struct sight *sight_look(struct cx *cx);
const char *sight_tickets(const struct sight *s);
void sight_apply(const struct sight *s, struct query *q);

/* Look and apply; the statement has all of the parameters. */
void sight_bind(struct cx *cx, struct query *q);

#endif
