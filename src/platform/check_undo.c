/* SPDX-License-Identifier: MIT */
/* undo: gets the parameters and outputs of the same names. */
#include "platform/load.h"

#include <string.h>

/* Where a parameter of the undo task comes from. */
struct given {
	const struct schema *schema;
	bool secret, always;
	const char *what; /* "parameter", "output" */
};

static struct given
undo_given(const struct task *t, const char *name)
{
	const struct schema *p = schema_member(t->params, name);
	const struct output_def *o = task_output(t, name);

	if (p != NULL)
		return (struct given){ p, (p->flags & F_SECRET) != 0,
			(p->flags & F_REQUIRED) != 0 ||
			    p->default_json != NULL,
			"parameter" };
	if (o != NULL)
		return (struct given){ o->schema, o->secret, true, "output" };
	return (struct given){ NULL, false, false, "" };
}

static void
undo_check_param(struct load *l, const struct item *it,
    const struct task *undo, const struct schema *into)
{
	const struct given g = undo_given(it->task, into->name);
	const bool required = (into->flags & F_REQUIRED) != 0;

	if (g.schema == NULL && required)
		load_error(l, it, "/undo",
		    load_text(l, "give task '%s' that parameter or output too",
			it->name),
		    "task '%s' requires '%s', which '%s' does not have",
		    undo->name, into->name, it->name);
	else if (g.schema == NULL)
		return;
	else if (g.secret && (into->flags & F_SECRET) == 0)
		load_error(l, it, "/undo",
		    load_text(l, "write type: secret for '%s' of task '%s'",
			into->name, undo->name),
		    "%s '%s' is secret and '%s' of task '%s' is not", g.what,
		    into->name, into->name, undo->name);
	else if (!check_fits(g.schema, into))
		load_error(l, it, "/undo", NULL,
		    "'%s' of task '%s' takes %s, and %s '%s' is %s",
		    into->name, undo->name, check_kind(into), g.what,
		    into->name, check_kind(g.schema));
	else if (required && !g.always)
		load_error(l, it, "/undo",
		    load_text(l, "give '%s' a default, or required: true",
			into->name),
		    "'%s' of task '%s' is required, and %s '%s' may be absent",
		    into->name, undo->name, g.what, into->name);
}

void
check_task_undo(struct load *l, const struct item *it)
{
	const struct item *undo;

	if (it->task->undo == NULL)
		return;
	undo = load_resolve(l, it, "/undo", ITEM_TASK, it->task->undo);
	if (undo == NULL || undo->task == NULL)
		return;
	if (undo == it) {
		load_error(l, it, "/undo",
		    "name the task that takes away what this one made",
		    "task '%s' cannot undo itself", it->name);
		return;
	}
	for (const struct schema *f = undo->task->params->fields;
	     f->name != NULL; f++)
		undo_check_param(l, it, undo->task, f);
}
