/* SPDX-License-Identifier: MIT */
#include "resource/sight.h"

#include <jansson.h>

#include "resource/access/access.h"
#include "resource/delegation/delegation.h"
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

struct sight {
	bool all, much;
	const char *seen, *reach, *peers, *mine, *me;
};

/* What is theirs, by the indexes over who asked, who has it and who was asked
 * to decide. */
#define SIGHT_LITTLE                                                           \
	"($all = 0 AND ticket.id IN ("                                         \
	"SELECT t.id FROM json_each($seen) AS j "                              \
	"JOIN ticket AS t ON t.scope_id = j.value "                            \
	"UNION SELECT t.id FROM json_each($peers) AS j "                       \
	"JOIN ticket AS t ON t.requester = j.value "                           \
	"WHERE t.scope_id IN (SELECT value FROM json_each($reach)) "           \
	"UNION SELECT t.id FROM json_each($mine) AS j "                        \
	"JOIN ticket AS t ON t.assignee = j.value AND t.assignee <> '' "       \
	"WHERE t.scope_id IN (SELECT value FROM json_each($reach)) "           \
	"UNION SELECT t.id FROM json_each($me) AS m JOIN need_person "         \
	"ON need_person.person = m.value ->> 'name' "                          \
	"JOIN ticket AS t ON t.id = need_person.ticket_id "                    \
	"WHERE m.value ->> 'project' IN ('', t.project) "                      \
	"AND m.value ->> 'environment' IN ('', t.environment) "                \
	"AND t.scope_id IN (SELECT value FROM json_each($reach))))"

static void
sight_scopes(struct cx *cx, bool known, struct sight *s)
{
	struct query *q = query(cx->db, "sight_scopes");
	json_t *seen = json_array(), *reach = json_array();

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
		    access_token_allows_on(cx->platform, cx->actor,
			RIGHT_VIEW, &target))
			json_array_append_new(reach, json_integer(id));
	}
	query_end(q);
	s->much = json_array_size(seen) > json_array_size(reach);
	s->seen = sight_text(cx, seen);
	s->reach = sight_text(cx, reach);
}

static void
sight_me_add(json_t *list, const char *name, const char *project,
    const char *environment)
{
	json_array_append_new(list,
	    json_pack("{s:s,s:s,s:s}", "name", name, "project", project,
		"environment", environment));
}

/* Whom a need may name that the actor sees it. */
static json_t *
sight_me(struct cx *cx, const char *person)
{
	json_t *list = json_array();
	struct delegation *in_force;
	size_t n;

	sight_me_add(list, person, "", "");
	in_force = delegation_in_force(cx, person, NULL, &n);
	for (size_t i = 0; i < n; i++)
		sight_me_add(list, in_force[i].person, in_force[i].project,
		    in_force[i].environment);
	return list;
}

struct sight *
sight_look(struct cx *cx)
{
	const struct actor *a = cx->actor;
	const struct person_def *person =
	    a->person == NULL ? NULL : platform_person(cx->platform, a->person);
	const bool known = person != NULL && !person->disabled;
	struct sight *s = ARENA_NEW(cx->arena, struct sight);

	s->all = a->is_engine || a->is_local || a->is_operator;
	sight_scopes(cx, known, s);
	s->peers = sight_text(cx,
	    known ? sight_peers(cx->platform, a->person) : json_array());
	s->mine = sight_text(cx,
	    known ? sight_mine(cx, a->person) : json_array());
	s->me = sight_text(cx, known ? sight_me(cx, a->person) : json_array());
	return s;
}

const char *
sight_tickets(const struct sight *s)
{
	return s->all || s->much ? SIGHT_TICKETS : SIGHT_LITTLE;
}

void
sight_apply(const struct sight *s, struct query *q)
{
	bind_int(q, "all", s->all);
	bind_text(q, "seen", s->seen);
	bind_text(q, "reach", s->reach);
	bind_text(q, "peers", s->peers);
	bind_text(q, "mine", s->mine);
	bind_text(q, "me", s->me);
}

void
sight_bind(struct cx *cx, struct query *q)
{
	sight_apply(sight_look(cx), q);
}

int64_t
sight_scope(struct cx *cx, const char *team, const char *environment,
    const char *name)
{
	for (int tries = 0; tries < 2; tries++) {
		struct query *q = query(cx->db,
		    tries == 0 ? "sight_scope_get" : "sight_scope_insert");
		int64_t id = 0;

		bind_text(q, "team", team);
		bind_text(q, "environment", environment);
		bind_text(q, "name", name);
		if (tries == 0 && query_next(q))
			id = column_int(q, "id");
		if (tries == 0)
			query_end(q);
		else
			query_run(q);
		if (id != 0)
			return id;
	}
	return db_last_id(cx->db);
}
