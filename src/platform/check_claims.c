/* SPDX-License-Identifier: MIT */
/* key: and requires: of a task. */
#include "platform/load.h"

void
check_task_key(struct load *l, const struct item *it)
{
	const struct task *t = it->task;

	if (t->key == NULL && json_object_get(it->value, "when_busy") != NULL)
		load_error_key(l, it, "/when_busy",
		    "write key: $params.NAME, or key: TEXT",
		    "task '%s' has when_busy and no key", it->name);
	for (size_t i = 0; i < json_array_size(t->key); i++) {
		const char *at = load_text(l, "/key/%zu", i);
		struct flow f = check_flow(l, it, at,
		    json_string_value(json_array_get(t->key, i)));

		if (f.from == FLOW_OUTPUT)
			load_error(l, it, at,
			    "write $params.NAME or a text",
			    "a key is taken before what the task needs ran");
		else if (f.secret)
			load_error(l, it, at, "write another parameter",
			    "a key is shown to people and may not be secret");
	}
}

static void
require_check(struct load *l, const struct item *it, const char *at,
    const struct require_def *r)
{
	const struct item *of = load_resolve(l, it,
	    load_text(l, "%s/task", at), ITEM_TASK, r->task);
	json_t *with = (json_t *)(uintptr_t)r->with, *value;
	const char *name;

	if (r->env != NULL)
		load_resolve(l, it, load_text(l, "%s/env", at),
		    ITEM_ENVIRONMENT, r->env);
	if (of == NULL || of->task == NULL)
		return;
	check_with(l, it, at, r->with, of->task, false);
	json_object_foreach (with, name, value) {
		const char *here = load_text(l, "%s/with/%s", at, name);
		const struct schema *into =
		    schema_member(of->task->params, name);
		const char *text = json_string_value(value);

		if (text != NULL &&
		    reference_parse(text).kind == REFERENCE_OUTPUT)
			load_error(l, it, here,
			    "write $params.NAME or a value",
			    "what is required is known before the run");
		else if (into != NULL && (into->flags & F_SECRET) != 0)
			load_error(l, it, here, "leave it out",
			    "'%s' of task '%s' is secret: runs are not told "
			    "apart by it", name, of->name);
	}
}

void
check_task_requires(struct load *l, const struct item *it)
{
	for (size_t i = 0; i < it->task->nrequires; i++)
		require_check(l, it, load_text(l, "/requires/%zu", i),
		    &it->task->requires[i]);
}
