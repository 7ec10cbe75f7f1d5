/* SPDX-License-Identifier: MIT */
#include "platform/load.h"

#include <string.h>

#include "platform/build.h"
#include "sys/digest.h"

static const char *
request_project(struct load *l, struct item *it)
{
	const char *project = build_text(it->value, "project");

	if (project != NULL) {
		load_resolve(l, it, "/project", ITEM_PROJECT, project);
		return project;
	}
	if (l->p->nprojects == 1)
		return l->p->projects[0].key;
	load_error(l, it, "/request", l->p->nprojects == 0
	    ? "write projects: {OPS: {team: NAME}} in slipway.yaml"
	    : "write project: KEY", "request '%s' has no project", it->name);
	return NULL;
}

static void
request_environments(struct load *l, const struct item *it,
    const char *const *names)
{
	bool list = json_is_array(json_object_get(it->value, "environments"));

	for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
		if (l->kinds[ITEM_ENVIRONMENT].count == 0 &&
		    streq(names[i], "default"))
			continue;
		load_resolve(l, it, list
		    ? load_text(l, "/environments/%zu", i) : "/environments",
		    ITEM_ENVIRONMENT, names[i]);
	}
}

static void
load_request(struct load *l, struct item *it, struct request_def *ret)
{
	struct arena *a = l->p->arena;
	const json_t *value = it->value;
	const char *task = build_text(value, "task"), *body;
	const json_t *rules = json_object_get(value, "approve");
	struct item *of = load_resolve(l, it, "/task", ITEM_TASK, task);
	char hash[DIGEST_HEX];

	body = json_canonical(l->a, value);
	*ret = (struct request_def){
		.name = it->name,
		.doc = build_text(value, "doc"),
		.title = build_text(value, "title"),
		.project = request_project(l, it),
		.task = of != NULL ? of->task : NULL,
		.priority = build_text(value, "priority"),
		.environments = build_names(a,
		    json_object_get(value, "environments")),
		.lifetime_ms = build_duration(value, "lifetime", 0),
		.where = arena_printf(a, "%s:%d", it->doc->file,
		    yaml_find(it->doc, "/request", NULL)->key_line),
		.hash = arena_strdup(a, digest_hex(body, strlen(body), hash)),
	};
	if (ret->title == NULL)
		ret->title = it->name;
	ret->approve = build_rules(a, rules, &ret->napprove);
	request_environments(l, it, ret->environments);
	if (ret->task != NULL)
		ret->resource = load_resource(l, it, ret->task,
		    ret->lifetime_ms);
	if (ret->task == NULL)
		return;
	ret->cost = cost_build(a, json_object_get(value, "cost"));
	if (ret->cost == NULL)
		ret->cost = ret->task->cost;
	check_cost(l, it, ret->task);
	check_rules(l, it, rules,
	    &(struct rule_scope){ ret->task->params, ret->cost != NULL });
}

void
load_requests(struct load *l)
{
	const struct items *items = &l->kinds[ITEM_REQUEST];
	struct request_def *requests = arena_array(l->p->arena,
	    items->count + 1, sizeof(*requests));

	for (size_t i = 0; i < items->count; i++) {
		if (!items->list[i]->broken)
			load_request(l, items->list[i],
			    &requests[l->p->nrequests++]);
	}
	l->p->requests = requests;
}
