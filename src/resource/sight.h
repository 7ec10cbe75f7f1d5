/* SPDX-License-Identifier: MIT */
/*
 * sight.h: which tickets the actor may see, as a condition in SQL.
 *
 * The same rule as ticket_visible, for statements over many rows: rights
 * depend on a row's scope alone (team, environment, name: the table
 * ticket_scope), and there are few scopes, so access.h decides about each of
 * them once.  A statement holds rows of `ticket` against SIGHT_TICKETS, and
 * sight_bind gives the parameters in it their values, so that pages are cut
 * in SQL, and what is not the actor's to see costs and tells nothing.  Another
 * table with a scope_id writes a condition of its own over the same
 * parameters:
 *
 *	$all	1: everything
 *	$seen	JSON: scopes of which the actor sees everything
 *	$reach	JSON: scopes of which they see what is theirs
 *	$peers	JSON: the actor and their team-mates, as requesters
 *	$mine	JSON: how assignees are written that mean the actor
 *	$me	the actor's name in JSON, to be looked for in need.eligible
 */
#ifndef RESOURCE_SIGHT_H
#define RESOURCE_SIGHT_H

#include "resource/cx.h"

/* For statements that are put together (store/select.h); a .sql file writes
 * the same text. */
#define SIGHT_TICKETS                                                          \
	"($all = 1 OR scope_id IN (SELECT value FROM json_each($seen)) "       \
	"OR (scope_id IN (SELECT value FROM json_each($reach)) "               \
	"AND (requester IN (SELECT value FROM json_each($peers)) "             \
	"OR assignee IN (SELECT value FROM json_each($mine)) "                 \
	"OR EXISTS (SELECT 1 FROM need WHERE ticket_id = ticket.id "           \
	"AND instr(eligible, $me) > 0))))"

/* Binds them; the statement has all of them.  Reads the database. */
void sight_bind(struct cx *cx, struct query *q);

#endif
