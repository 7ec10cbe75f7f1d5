/* SPDX-License-Identifier: MIT */
/* Projects that a query names, and the line to type for those that are none. */
#include <string.h>

#include "base/near.h"
#include "resource/access/access.h"
#include "resource/search/compile.h"
#include "resource/sight.h"

static bool
project_seen(struct cx *cx, const struct project_def *p)
{
	const struct access_target target = { p->team, NULL, NULL };

	return access_sees(cx->platform, cx->actor, NULL, &target);
}

/* The folder may have forgotten a project that still has tickets. */
static bool
project_has_tickets(struct cx *cx, const char *key)
{
	struct query *q = query(cx->db, "search_project");
	bool found;

	bind_text(q, "project", key);
	sight_bind(cx, q);
	found = query_next(q);
	query_end(q);
	return found;
}

static bool
project_known(struct cx *cx, const char *key)
{
	const struct platform *p = cx->platform;

	for (size_t i = 0; i < p->nprojects; i++)
		if (streq(p->projects[i].key, key) &&
		    project_seen(cx, &p->projects[i]))
			return true;
	return project_has_tickets(cx, key);
}

/* The project of the team of that name; else of the actor's own, else any;
 * NULL: they see none. */
static const char *
project_meant(struct cx *cx, const char *team)
{
	const struct platform *p = cx->platform;
	const char *mine = NULL, *any = NULL;

	for (size_t i = 0; i < p->nprojects; i++) {
		const struct project_def *d = &p->projects[i];
		const struct team_def *owner = platform_team(p, d->team);

		if (!project_seen(cx, d))
			continue;
		if (strcasecmp(d->team, team) == 0)
			return d->key;
		if (any == NULL)
			any = d->key;
		if (mine == NULL && owner != NULL &&
		    cx->actor->person != NULL &&
		    team_has(owner, cx->actor->person))
			mine = d->key;
	}
	return mine != NULL ? mine : any;
}

static bool
project_unknown(struct compile *c, const struct jql_value *v, struct err *e)
{
	const struct platform *p = c->cx->platform;
	const char *meant = project_meant(c->cx, v->text);
	struct near near = near_start(v->text);

	for (size_t i = 0; i < p->nprojects; i++)
		if (project_seen(c->cx, &p->projects[i]))
			near_offer(&near, p->projects[i].key);
	jql_mistake(e, "query.value", c->query->text, v->at, v->length,
	    "no project '%s'", v->text);
	if (near.best != NULL)
		meant = near.best;
	return meant == NULL ||
	    err_hint(e, "write: %s",
		jql_with(c->cx->arena, c->query->text, v, meant));
}

bool
compile_projects(struct compile *c, const struct jql_node *n, struct err *e)
{
	for (size_t i = 0; i < n->nvalues; i++)
		if (!project_known(c->cx, n->values[i].text)) {
			project_unknown(c, &n->values[i], e);
			return false;
		}
	return true;
}

bool
compile_holes(struct compile *c, struct err *e)
{
	const struct jql_hole *h = &c->query->holes[0];
	const char *meant = project_meant(c->cx, "");

	jql_mistake(e, "query.value", c->query->text, h->at, h->length,
	    "this stands for something of yours");
	return err_hint(e, "write: %s",
	    jql_filled(c->cx->arena, c->query,
		meant == NULL ? "KEY" : meant));
}
