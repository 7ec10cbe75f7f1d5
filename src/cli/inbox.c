/* SPDX-License-Identifier: MIT */
#include "cli/inbox.h"

#include <stdio.h>

#include "cli/show.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "cli/watch.h"
#include "spec/inbox.h"

static void
inbox_row(struct session *s, struct arena *a, const json_t *item)
{
	if (s->globals.json) {
		watch_json(s, item);
		return;
	}
	fprintf(s->out, "%s  %-9s %-10s %s\n", text_get(a, item, "id"),
	    text_get(a, item, "kind"), text_get(a, item, "subject"),
	    text_get(a, item, "text"));
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
		return watch_follow(
		    s, v->op, &op_inbox_follow, &args, inbox_row);
	if (!session_call(s, v->op, args.path, args.query, NULL, &answer, &e))
		return session_fail(s, &e);
	return show_answer(s, v->op, answer);
}

int
inbox_verb_follow(
    struct session *s, const struct verb *v, int argc, char **argv)
{
	struct args args;
	int code = EXIT_OK;

	return verb_parse(s, v, argc, argv, &args, &code)
		   ? watch_follow(s, NULL, v->op, &args, inbox_row)
		   : code;
}
