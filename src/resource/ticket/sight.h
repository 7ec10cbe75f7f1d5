/* SPDX-License-Identifier: MIT */
/*
 * sight.h: which tickets the actor may see, as a condition in SQL.
 *
 * The same rule as ticket_visible, for statements over many tickets: rights
 * depend on a ticket's scope alone (team, environment, name), and there are
 * few scopes, so access.h decides about each of them once.  A statement holds
 * rows of `ticket` against the parameters that ticket_sight binds:
 *
 *	($all = 1 OR scope_id IN (SELECT value FROM json_each($seen))
 *	OR (scope_id IN (SELECT value FROM json_each($reach))
 *		AND (requester IN (SELECT value FROM json_each($peers))
 *		OR assignee IN (SELECT value FROM json_each($mine))
 *		OR EXISTS (SELECT 1 FROM need WHERE ticket_id = ticket.id
 *			AND instr(eligible, $me) > 0))))
 *
 * so that pages are cut in SQL, and what is not the actor's to see costs and
 * tells nothing.
 */
#ifndef RESOURCE_TICKET_SIGHT_H
#define RESOURCE_TICKET_SIGHT_H

#include "resource/cx.h"

/* Binds all, seen, reach, peers, mine and me.  Reads the database. */
void ticket_sight(struct cx *cx, struct query *q);

#endif
