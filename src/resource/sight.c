/* SPDX-License-Identifier: MIT */
#include "resource/sight.h"

#include <jansson.h>

#include "resource/access/access.h"
#include "resource/duty.h"
#include "spec/validate.h"

static const char *
sight_text(struct cx *cx, json_t *list)
{
	const char *text = json_canonical(cx->arena, list);

	json_decref(list);
	return text;
}

/* Of whom the actor sees what they ask for: of team-mates. */
static json_t *
sight_peers(const struct platform *p, const char *person)
{
	json_t *list = json_array();

	json_array_append_new(list, json_string(person));
	for (size_t i = 0; i < p->nteams; i++)
		for (size_t k = 0; team_has(&p->teams[i], person) &&
		     p->teams[i].members[k] != NULL;
		     k++)
			json_array_append_new(list,
			    json_string(p->teams[i].members[k]));
	return list;
}

/* How assignees are written that mean the actor. */
static json_t *
sight_mine(struct cx *cx, const char *person)
{
	const struct platform *p = cx->platform;
	json_t *list = json_array();

	json_array_append_new(list, json_string(person));
	for (size_t i = 0; i < p->nteams; i++)
		if (team_has(&p->teams[i], person))
			json_array_append_new(list,
			    json_string(duty_name(cx, p->teams[i].name)));
	return list;
}

/* "" is nothing in particular. */
static const char *
sight_column(struct cx *cx, struct query *q, const char *name)
{
	const char *text = column_text(q, name, cx->arena);

	return text[0] != '\0' ? text : NULL;
}

static void
sight_scopes(struct cx *cx, bool known, json_t *seen, json_t *reach)
{
	struct query *q = query(cx->db, "sight_scopes");

	while (query_next(q)) {
		const struct access_target target = {
			.team = column_text(q, "team", cx->arena),
			.environment = sight_column(cx, q, "environment"),
			.name = sight_column(cx, q, "name"),
		};
		const int64_t id = column_int(q, "id");

		if (access_sees(cx->platform, cx->actor, NULL, &target))
			json_array_append_new(seen, json_integer(id));
		else if (known &&
		    access_token_allows(cx->actor, RIGHT_VIEW,
			target.environment))
			json_array_append_new(reach, json_integer(id));
	}
	query_end(q);
}

void
sight_bind(struct cx *cx, struct query *q)
{
	const struct actor *a = cx->actor;
	const struct person_def *person =
	    a->person == NULL ? NULL : platform_person(cx->platform, a->person);
	const bool known = person != NULL && !person->disabled;
	json_t *seen = json_array(), *reach = json_array();

	sight_scopes(cx, known, seen, reach);
	bind_int(q, "all", a->is_engine || a->is_local || a->is_operator);
	bind_text(q, "seen", sight_text(cx, seen));
	bind_text(q, "reach", sight_text(cx, reach));
	bind_text(q, "peers", sight_text(cx, known
		? sight_peers(cx->platform, a->person) : json_array()));
	bind_text(q, "mine", sight_text(cx, known
		? sight_mine(cx, a->person) : json_array()));
	bind_text(q, "me", arena_printf(cx->arena, "\"%s\"",
	    known ? a->person : ""));
}
