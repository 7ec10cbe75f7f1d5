/* SPDX-License-Identifier: MIT */
/*
 * waits.h: what waits for somebody's decision, as a condition in
 * SQL over many tickets.
 *
 * The same rule as approval_waits_for: an open need of the plan in force, or
 * of a step, names somebody whose seat is the person's (themselves, or whoever
 * they stand in for), who is still one of those asked, is no author of the
 * request and did not decide on it.  A statement holds rows of `ticket`
 * against it, with two parameters: seats, from waits_seats, and decider, the
 * person.
 */
#ifndef RESOURCE_WAITS_H
#define RESOURCE_WAITS_H

#include "resource/cx.h"

/* The seats, of which nothing is there for who may not decide: JSON, a row for
 * each seat and each way a rule may name it. */
const char *waits_seats(struct cx *cx, const char *person);

/* Open needs are few, and come first. */
#define WAITS_1                                                     \
	"ticket.id IN (SELECT need.ticket_id FROM need "                       \
	"CROSS JOIN json_each("
#define WAITS_2                                                     \
	") AS seat "                                                           \
	"JOIN need_person ON need_person.need_id = need.id "                   \
	"AND need_person.person = seat.value ->> 'person' "                    \
	"JOIN ticket AS t ON t.id = need.ticket_id "                           \
	"WHERE need.status = 'open' "                                          \
	"AND need.approvers = seat.value ->> 'of' "                            \
	"AND seat.value ->> 'project' IN ('', t.project) "                     \
	"AND seat.value ->> 'environment' IN ('', t.environment) "             \
	"AND (need.step_id <> 0 OR (need.plan_hash = t.plan_hash "             \
	"AND t.status = 'waiting_approval')) "                                 \
	"AND NOT EXISTS (SELECT 1 FROM json_each(seat.value -> 'kin') AS k "   \
	"WHERE k.value IN (t.requester, t.last_editor)) "                      \
	"AND NOT EXISTS (SELECT 1 FROM ticket_author "                         \
	"JOIN json_each(seat.value -> 'kin') AS k "                            \
	"ON k.value = ticket_author.person "                                   \
	"WHERE ticket_author.ticket_id = t.id) "                               \
	"AND NOT EXISTS (SELECT 1 FROM vote WHERE vote.need_id = need.id "     \
	"AND (vote.person = "
#define WAITS_3                                                     \
	" OR (seat.value ->> 'stands_in' = 1 AND seat.value ->> 'person' "     \
	"IN (vote.person, vote.for_person)))))"

#endif
