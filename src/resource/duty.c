/* SPDX-License-Identifier: MIT */
#include "resource/duty.h"

#include "resource/wall.h"

#define WEEK_DAYS 7
#define FIRST_MONDAY 4 /* 1970-01-05, in days */

/* Weeks since the first Monday, on the wall. */
static int64_t
duty_week(struct cx *cx, const struct zone *z)
{
	const int64_t days =
	    civil_floor(zone_utc_to_local(z, cx->now), CIVIL_DAY_MS) /
	    CIVIL_DAY_MS;

	return civil_floor(days - FIRST_MONDAY, WEEK_DAYS) / WEEK_DAYS;
}

const char *
duty_person(struct cx *cx, const struct team_def *team)
{
	size_t n = 0, turn;

	while (team->duty[n] != NULL)
		n++;
	if (n == 0)
		return NULL;
	turn = (size_t)((uint64_t)duty_week(cx, wall_zone(cx)) % n);
	for (size_t i = 0; i < n; i++) {
		const char *name = team->duty[(turn + i) % n];
		const struct person_def *person =
		    platform_person(cx->platform, name);

		if (person != NULL && !person->disabled)
			return name;
	}
	return NULL;
}

int64_t
duty_since(struct cx *cx, const struct team_def *team)
{
	const struct zone *z = wall_zone(cx);

	if (team->duty[0] == NULL || team->duty[1] == NULL)
		return 0;
	return zone_local_to_utc(z,
	    (duty_week(cx, z) * WEEK_DAYS + FIRST_MONDAY) * CIVIL_DAY_MS)
	    .utc_ms;
}

bool
duty_has(struct cx *cx, const struct team_def *team, const char *person)
{
	const char *now = duty_person(cx, team);

	return now != NULL ? streq(now, person) : team_has(team, person);
}

const char *
duty_name(struct cx *cx, const char *team)
{
	return arena_printf(cx->arena, "%s:duty", team);
}

const struct team_def *
duty_team(struct cx *cx, const char *assignee)
{
	struct str rest, team = str_cut(str_of(assignee), ':', &rest);

	return str_is(rest, "duty")
	    ? platform_team(cx->platform, arena_str(cx->arena, team))
	    : NULL;
}
