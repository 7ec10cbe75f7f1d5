/* SPDX-License-Identifier: MIT */
/*
 * duty.h: who has the duty of a team, by `duty:` of the folder.
 *
 * One person has it always; of several each has it for a week, in their order
 * and from Monday 00:00 on the wall (wall.h) to the next.  Who is disabled is
 * passed over.  A team that says nothing of it has it together.  Pure but for
 * the zone's file.
 */
#ifndef RESOURCE_DUTY_H
#define RESOURCE_DUTY_H

#include "resource/cx.h"

/* NULL: the team names nobody, or nobody of them is left. */
const char *duty_person(struct cx *cx, const struct team_def *team);
/* When the week of that person began; 0: they always have it. */
int64_t duty_since(struct cx *cx, const struct team_def *team);
/* The person has it, alone or with the others. */
bool duty_has(struct cx *cx, const struct team_def *team, const char *person);

/* "platform:duty", as an assignee, and back: NULL when it is a person or of a
 * team that is no more. */
const char *duty_name(struct cx *cx, const char *team);
const struct team_def *duty_team(struct cx *cx, const char *assignee);

#endif
