/* SPDX-License-Identifier: MIT */
/* People, teams and environments that a query names. */
#include <string.h>

#include "base/near.h"
#include "resource/search/compile.h"

const char *
compile_person(struct cx *cx, const char *text)
{
	const struct platform *p = cx->platform;

	for (size_t i = 0; platform_person(p, text) == NULL && i < p->npeople;
	     i++) {
		const struct person_def *def = &p->people[i];

		if (strcasecmp(def->name, text) == 0 ||
		    (def->full_name != NULL &&
			strcasecmp(def->full_name, text) == 0) ||
		    (def->email != NULL && strcasecmp(def->email, text) == 0))
			return def->name;
	}
	return text;
}

/* Whether the folder has it; near is offered what it has. */
static bool
name_known(struct cx *cx, const struct jql_field *f, const char *text,
    struct near *near)
{
	const struct platform *p = cx->platform;
	const bool person = f->type == JQL_PERSON;
	const char *colon = strchr(text, ':');

	if (person && colon != NULL)
		text = arena_strndup(cx->arena, text, (size_t)(colon - text));
	if (text[0] == '\0' ||
	    (person && platform_person(p, compile_person(cx, text)) != NULL) ||
	    (f->id != JQL_ENVIRONMENT && platform_team(p, text) != NULL) ||
	    (f->id == JQL_ENVIRONMENT &&
		platform_environment(p, text) != NULL))
		return true;
	for (size_t i = 0; person && i < p->npeople; i++)
		near_offer(near, p->people[i].name);
	for (size_t i = 0; f->id != JQL_ENVIRONMENT && i < p->nteams; i++)
		near_offer(near, p->teams[i].name);
	for (size_t i = 0; f->id == JQL_ENVIRONMENT && i < p->nenvironments;
	     i++)
		near_offer(near, p->environments[i].name);
	return false;
}

static bool
name_unknown(struct cx *cx, const struct jql *q, const struct jql_node *n,
    const struct jql_value *v, const char *near, struct err *e)
{
	static const char *const nobody[] = { "nobody", "none", "unassigned" };
	const bool person = n->field->type == JQL_PERSON;

	jql_mistake(e, "query.value", q->text, v->at, v->length,
	    "nothing is found, and there is no %s '%s'",
	    person ? "person or team" : n->field->name, v->text);
	for (size_t i = 0; person && i < ARRAY_SIZE(nobody); i++)
		if (strcasecmp(v->text, nobody[i]) == 0)
			return err_hint(e, "write: %s IS EMPTY",
			    n->field->name);
	if (person && (strcasecmp(v->text, "me") == 0 ||
			  strcasecmp(v->text, "currentUser") == 0))
		near = "currentUser()";
	if (near == NULL)
		return false;
	return err_hint(e, "write: %s",
	    jql_with(cx->arena, q->text, v, near));
}

bool
compile_names_known(struct cx *cx, const struct jql *q,
    const struct jql_node *n, struct err *e)
{
	if (n == NULL)
		return true;
	if (n->kind != JQL_TEST)
		return n->kind == JQL_NOT ||
		    (compile_names_known(cx, q, n->left, e) &&
			compile_names_known(cx, q, n->right, e));
	if ((n->op != JQL_EQ && n->op != JQL_IN) ||
	    (n->field->type != JQL_PERSON && n->field->id != JQL_TEAM &&
		n->field->id != JQL_ENVIRONMENT))
		return true;
	for (size_t i = 0; i < n->nvalues; i++) {
		const struct jql_value *v = &n->values[i];
		struct near near = near_start(v->text);

		if (v->function == JQL_NO_FUNCTION &&
		    !name_known(cx, n->field, v->text, &near))
			return name_unknown(cx, q, n, v, near.best, e);
	}
	return true;
}
