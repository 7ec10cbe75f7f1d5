/* SPDX-License-Identifier: MIT */
#include "resource/waits.h"

#include "resource/access/access.h"
#include "resource/delegation/delegation.h"
#include "spec/validate.h"

/* Are the two one human, or does one answer for the other? */
static bool
seat_is_kin(const struct platform *p, const char *a, const char *b)
{
	return streq(platform_human(p, a), platform_human(p, b)) ||
	    access_answers_for(p, a, b) || access_answers_for(p, b, a);
}

static void
seat_kin(const struct platform *p, const char *person, json_t *kin)
{
	for (size_t i = 0; i < p->npeople; i++)
		if (seat_is_kin(p, person, p->people[i].name))
			json_array_append_new(kin,
			    json_string(p->people[i].name));
}

static void
seat_add(const struct platform *p, json_t *seats, const char *decider,
    const struct delegation *d)
{
	const char *person = d == NULL ? decider : d->person;
	json_t *kin = json_array();

	seat_kin(p, decider, kin);
	if (d != NULL)
		seat_kin(p, person, kin);
	for (size_t i = 0; i <= p->nteams; i++) {
		const char *of = i == p->nteams ? person : p->teams[i].name;

		if (i < p->nteams && !team_has(&p->teams[i], person))
			continue;
		json_array_append_new(seats,
		    json_pack("{s:s,s:s,s:s,s:s,s:i,s:O}", "person", person,
			"of", of, "project", d == NULL ? "" : d->project,
			"environment", d == NULL ? "" : d->environment,
			"stands_in", d != NULL, "kin", kin));
	}
	json_decref(kin);
}

/* Those that may decide at all: see need_names. */
static bool
seat_is_able(const struct platform *p, const char *person)
{
	const struct person_def *def = platform_person(p, person);

	return def != NULL && !def->disabled && def->service == NULL;
}

const char *
waits_seats(struct cx *cx, const char *person)
{
	const struct platform *p = cx->platform;
	json_t *seats = json_array();
	struct delegation *list;
	const char *text;
	size_t n = 0;

	if (person != NULL && seat_is_able(p, person)) {
		seat_add(p, seats, person, NULL);
		list = delegation_in_force(cx, person, NULL, &n);
		for (size_t i = 0; i < n; i++)
			if (seat_is_able(p, list[i].person))
				seat_add(p, seats, person, &list[i]);
	}
	text = json_canonical(cx->arena, seats);
	json_decref(seats);
	return text;
}
