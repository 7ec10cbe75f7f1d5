/* SPDX-License-Identifier: MIT */
/* on_failure: and always: of a task. */
#include "platform/load.h"

/* Why a task cannot clean up, or NULL; *ret_hint says what to do. */
static const char *
cleanup_refusal(const struct task *of, const char **ret_hint)
{
	if (of->ncleanups > 0) {
		*ret_hint = "name it here too, behind the first";
		return "has something that cleans up after it itself";
	}
	if (of->nneeds > 0) {
		*ret_hint = "hand on what it needs in with:";
		return "needs other tasks, which may be what failed";
	}
	if (of->preview.command.kind != COMMAND_NONE) {
		*ret_hint = "take the preview out, or write another task";
		return "shows a preview first, and nobody waits there";
	}
	if (task_is_group(of)) {
		*ret_hint = "name a task with run:, argv: or manual:";
		return "has nothing to run";
	}
	return NULL;
}

static void
cleanup_check(struct load *l, const struct item *it, const char *at,
    const struct cleanup_def *c)
{
	const struct item *of = load_resolve(l, it,
	    load_text(l, "%s/task", at), ITEM_TASK, c->task);
	const char *why, *hint = NULL;

	if (of == NULL || of->task == NULL)
		return;
	why = cleanup_refusal(of->task, &hint);
	if (why != NULL)
		load_error(l, it, load_text(l, "%s/task", at), hint,
		    "task '%s' cannot clean up: it %s", of->name, why);
	else
		check_with(l, it, at, c->with, of->task, true);
}

void
check_task_cleanups(struct load *l, const struct item *it)
{
	static const char *const keys[] = { [CLEANUP_ON_FAILURE] =
		"on_failure", [CLEANUP_ALWAYS] = "always" };
	const struct task *t = it->task;
	size_t no[ARRAY_SIZE(keys)] = { 0 };

	for (size_t i = 0; i < t->ncleanups; i++) {
		const struct cleanup_def *c = &t->cleanups[i];
		const char *key = keys[c->kind];
		const char *at = load_text(l, "/%s/%zu", key, no[c->kind]++);
		bool list;

		yaml_find(it->doc, at, &list);
		cleanup_check(l, it, list ? at : load_text(l, "/%s", key), c);
	}
}
