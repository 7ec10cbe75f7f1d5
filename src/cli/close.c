/* SPDX-License-Identifier: MIT */
#include "cli/close.h"

#include <string.h>

#include "cli/show.h"
#include "cli/verbs.h"

/* Puts the person's answer into the body; false: they gave none. */
static bool
close_ask(struct session *s, json_t *body)
{
	char *answer;

	if (!term_ask(s->arena,
		"A quick fix: what would last? Title of a ticket for it, or "
		"empty: ", &answer))
		return false;
	if (*answer != '\0') {
		json_object_set_new(body, "lasting", json_string(answer));
		return true;
	}
	if (!term_ask(s->arena, "Why is there none to come? ", &answer) ||
	    *answer == '\0')
		return false;
	json_object_set_new(body, "no_lasting", json_string(answer));
	return true;
}

int
close_run(struct session *s, const struct verb *v, int argc, char **argv)
{
	struct args args;
	json_t *answer;
	struct err e;
	int code = EXIT_OK;
	bool ok;

	if (!verb_parse(s, v, argc, argv, &args, &code))
		return code;
	ok = session_call(s, v->op, args.path, args.query, args.body, &answer,
	    &e);
	if (!ok && strcmp(e.code, "ticket.lasting") == 0 && s->term.in_tty &&
	    s->term.err_tty && !s->globals.json && close_ask(s, args.body))
		ok = session_call(s, v->op, args.path, args.query, args.body,
		    &answer, &e);
	return ok ? show_answer(s, v->op, answer) : session_fail(s, &e);
}
