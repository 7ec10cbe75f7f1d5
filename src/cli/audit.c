/* SPDX-License-Identifier: MIT */
#include "cli/audit.h"

#include "cli/show.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "cli/watch.h"
#include "spec/audit.h"

static void
audit_print(struct session *s, struct arena *a, const json_t *row)
{
	static const char *const fields[] = { "seq", "at", "actor", "via",
		"action", "object", "decision", "reason" };

	if (s->globals.json) {
		watch_json(s, row);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		fprintf(s->out, "%s%s", i == 0 ? "" : "  ",
		    text_get(a, row, fields[i]));
	fputc('\n', s->out);
}

int
audit_verb_list(
    struct session *s, const struct verb *v, int argc, char **argv)
{
	struct args args;
	json_t *answer;
	struct err e;
	int code = EXIT_OK;

	if (!verb_parse(s, v, argc, argv, &args, &code))
		return code;
	if (args_local(&args, "follow") != NULL)
		return watch_follow(
		    s, v->op, &op_audit_follow, &args, audit_print);
	if (!session_call(s, v->op, args.path, args.query, NULL, &answer, &e))
		return session_fail(s, &e);
	return show_answer(s, v->op, answer);
}

int
audit_verb_follow(
    struct session *s, const struct verb *v, int argc, char **argv)
{
	struct args args;
	int code = EXIT_OK;

	return verb_parse(s, v, argc, argv, &args, &code)
		   ? watch_follow(s, NULL, v->op, &args, audit_print)
		   : code;
}
