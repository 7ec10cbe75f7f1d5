/* SPDX-License-Identifier: MIT */
/* notify: which task tells people what is in their inbox. */
#include "platform/load.h"

#include <string.h>

#include "platform/build.h"
#include "spec/inbox.h"

static const char *const notice_references[] = { "$notice.person",
	"$notice.name", "$notice.email", "$notice.kind", "$notice.subject",
	"$notice.text" };

static const char *
notify_at(struct load *l, size_t i, const char *key)
{
	return load_text(l, "/notify/%zu%s%s", i, key[0] == '\0' ? "" : "/",
	    key);
}

static void
notify_kinds(struct load *l, const struct item *it, size_t i,
    const struct notify_def *n)
{
	size_t known = 0;

	while (inbox_kinds[known] != NULL)
		known++;
	for (size_t k = 0; n->on != NULL && n->on[k] != NULL; k++) {
		size_t at = 0;

		while (at < known && !streq(inbox_kinds[at], n->on[k]))
			at++;
		if (at == known)
			load_error(l, it, notify_at(l, i, "on"),
			    load_near(l, n->on[k], inbox_kinds, known),
			    "an inbox has nothing of the kind '%s'",
			    n->on[k]);
	}
}

static void
notify_environment(struct load *l, const struct item *it, size_t i,
    struct notify_def *n, const char *name)
{
	const struct environment_def *env;

	if (name == NULL && l->p->default_environment == NULL) {
		load_error(l, it, notify_at(l, i, ""), "write env: NAME",
		    "this notify does not say in which environment");
		return;
	}
	if (name != NULL && l->kinds[ITEM_ENVIRONMENT].count > 0)
		load_resolve(l, it, notify_at(l, i, "env"), ITEM_ENVIRONMENT,
		    name);
	n->environment = name != NULL ? name : l->p->default_environment;
	env = platform_environment(l->p, n->environment);
	if (env != NULL && env->napprove > 0)
		load_error(l, it, notify_at(l, i, "env"),
		    "take an environment without approve rules",
		    "'%s' asks for approvals, and a notice waits for none",
		    n->environment);
}

static bool
notify_is_reference(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(notice_references); i++)
		if (streq(text, notice_references[i]))
			return true;
	return false;
}

static void
notify_params(struct load *l, const struct item *it, size_t i,
    const struct notify_def *n)
{
	json_t *sample = n->with == NULL ? json_object()
					 : json_deep_copy(n->with);
	struct problems problems;
	const char *name;
	json_t *value;

	json_object_foreach (json_object_get(json_array_get(
	    json_object_get(it->value, "notify"), i), "with"), name, value) {
		const char *text = json_string_value(value);
		const char *at = notify_at(l, i, load_text(l, "with/%s",
		    name));

		if (text == NULL || text[0] != '$')
			continue;
		if (text[1] != '$' && !notify_is_reference(text))
			load_error(l, it, at, load_near(l, text,
			    notice_references,
			    ARRAY_SIZE(notice_references)),
			    "'%s' is no reference that works here", text);
		json_object_set_new(sample, name, json_string("x"));
	}
	problems_init(&problems, l->a);
	validate(n->task->params, sample, "", &problems);
	for (size_t k = 0; k < problems.count; k++)
		load_error(l, it, notify_at(l, i, load_text(l, "with%s",
		    problems.items[k].pointer)), problems.items[k].hint,
		    "notify by '%s': %s", n->task->name,
		    problems.items[k].message);
	json_decref(sample);
}

static void
notify_one(struct load *l, const struct item *it, size_t i, const json_t *json,
    struct notify_def *n)
{
	const struct item *task;

	*n = (struct notify_def){
		.on = build_names(l->p->arena, json_object_get(json, "on")),
		.to = build_text(json, "to"),
		.once = json_is_true(json_object_get(json, "once")),
		.with = json_object_get(json, "with"),
	};
	task = load_resolve(l, it, notify_at(l, i, "task"), ITEM_TASK,
	    build_text(json, "task"));
	if (n->to != NULL)
		load_resolve_group(l, it, notify_at(l, i, "to"), n->to);
	if (n->once && (n->to == NULL ||
	    load_find(l, ITEM_TEAM, n->to) == NULL))
		load_error(l, it, notify_at(l, i, "once"), "write to: TEAM",
		    "only a team is told once");
	notify_kinds(l, it, i, n);
	notify_environment(l, it, i, n, build_text(json, "env"));
	if (task == NULL || task->task == NULL)
		return;
	n->task = task->task;
	if (n->task->napprove > 0)
		load_error(l, it, notify_at(l, i, "task"),
		    "take one without approve",
		    "'%s' asks for approvals, and a notice waits for none",
		    n->task->name);
	notify_params(l, it, i, n);
}

void
load_notify(struct load *l)
{
	const struct items *items = &l->kinds[ITEM_SETTINGS];
	const struct item *it = items->count > 0 ? items->list[0] : NULL;
	const json_t *list;
	struct notify_def *all;
	size_t n;

	if (it == NULL || it->broken)
		return;
	list = json_object_get(it->value, "notify");
	n = json_array_size(list);
	all = arena_array(l->p->arena, n + 1, sizeof(*all));
	for (size_t i = 0; i < n; i++)
		notify_one(l, it, i, json_array_get(list, i), &all[i]);
	l->p->notify = all;
	l->p->nnotify = n;
}
