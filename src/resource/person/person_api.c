/* SPDX-License-Identifier: MIT */
#include "resource/person/person_api.h"

#include "resource/access/access.h"
#include "resource/duty.h"

static void
person_texts(struct json_out *out, const char *key, const char *const *texts)
{
	json_key(out, key);
	json_array_begin(out);
	for (; texts != NULL && *texts != NULL; texts++)
		json_str(out, *texts);
	json_array_end(out);
}

static void
person_teams(struct json_out *out, const struct platform *p, const char *name)
{
	json_key(out, "teams");
	json_array_begin(out);
	for (size_t i = 0; i < p->nteams; i++)
		if (team_has(&p->teams[i], name))
			json_str(out, p->teams[i].name);
	json_array_end(out);
}

bool
person_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	/* To see what the server itself is: admins, and the operator. */
	static const struct access_target server = { .name = NULL };
	const struct platform *p = cx->platform;

	(void)call;
	(void)e;
	list_begin(out);
	for (size_t i = 0; i < p->npeople; i++) {
		const struct person_def *person = &p->people[i];
		bool close =
		    access_sees(p, cx->actor, person->name, &server);

		json_object_begin(out);
		json_kv_str(out, "name", person->name);
		json_kv_str(out, "full_name", person->full_name);
		json_kv_str(out, "email", close ? person->email : NULL);
		person_teams(out, p, person->name);
		json_kv_bool(out, "disabled", person->disabled);
		json_object_end(out);
	}
	list_end(out, NULL);
	return true;
}

bool
person_api_teams(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const struct platform *p = cx->platform;

	(void)call;
	(void)e;
	list_begin(out);
	for (size_t i = 0; i < p->nteams; i++) {
		json_object_begin(out);
		json_kv_str(out, "name", p->teams[i].name);
		json_kv_str(out, "doc", p->teams[i].doc);
		person_texts(out, "members", p->teams[i].members);
		json_kv_str(out, "on_duty", duty_person(cx, &p->teams[i]));
		json_object_end(out);
	}
	list_end(out, NULL);
	return true;
}

static void
person_environment(struct json_out *out, const struct environment_def *env)
{
	json_t *vars = (json_t *)(uintptr_t)env->vars; /* only walked */

	json_object_begin(out);
	json_kv_str(out, "name", env->name);
	json_kv_str(out, "doc", env->doc);
	json_kv_bool(out, "protected", env->is_protected);
	json_key(out, "approve");
	json_array_begin(out);
	for (size_t i = 0; i < env->napprove; i++)
		json_str(out, env->approve[i].text);
	json_array_end(out);
	json_key(out, "vars");
	json_array_begin(out);
	for (void *i = json_object_iter(vars); i != NULL;
	     i = json_object_iter_next(vars, i))
		json_str(out, json_object_iter_key(i));
	json_array_end(out);
	json_object_end(out);
}

bool
person_api_environments(struct cx *cx, struct call *call,
    struct json_out *out, struct err *e)
{
	const struct platform *p = cx->platform;

	(void)call;
	(void)e;
	list_begin(out);
	for (size_t i = 0; i < p->nenvironments; i++)
		person_environment(out, &p->environments[i]);
	list_end(out, NULL);
	return true;
}
