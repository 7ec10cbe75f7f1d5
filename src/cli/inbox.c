/* SPDX-License-Identifier: MIT */
#include "cli/inbox.h"

#include <stdio.h>

#include "cli/show.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "cli/watch.h"

#define INBOX_LOOK_S 2

/* What was not printed yet as it is now, the oldest first. */
static bool
inbox_page(struct session *s, struct arena *a, struct args *args,
    const json_t *answer, void *self)
{
	const json_t *items = json_object_get(answer, "items");
	json_t *printed = self; /* id to updated_at */

	(void)args;
	for (size_t i = json_array_size(items); i-- > 0;) {
		const json_t *item = json_array_get(items, i);
		const char *id = text_get(a, item, "id");
		json_t *at = json_object_get(item, "updated_at");

		if (json_equal(json_object_get(printed, id), at))
			continue;
		json_object_set(printed, id, at);
		if (s->globals.json) {
			watch_json(s, item);
			continue;
		}
		fprintf(s->out, "%s  %-9s %-10s %s\n", id,
		    text_get(a, item, "kind"), text_get(a, item, "subject"),
		    text_get(a, item, "text"));
	}
	return false;
}

static int
inbox_watch(struct session *s, const struct op *op, struct args *args)
{
	json_t *printed = json_object();
	const int code =
	    watch_list(s, op, args, INBOX_LOOK_S, inbox_page, printed);

	json_decref(printed);
	return code;
}

int
inbox_verb_list(
    struct session *s, const struct verb *v, int argc, char **argv)
{
	struct args args;
	json_t *answer;
	struct err e;
	int code = EXIT_OK;

	if (!verb_parse(s, v, argc, argv, &args, &code))
		return code;
	if (args_local(&args, "watch") != NULL)
		return inbox_watch(s, v->op, &args);
	if (!session_call(s, v->op, args.path, args.query, NULL, &answer, &e))
		return session_fail(s, &e);
	return show_answer(s, v->op, answer);
}
