/* SPDX-License-Identifier: MIT */
#include "cli/decide.h"

#include <string.h>

#include "cli/alias.h"
#include "cli/help.h"
#include "cli/show.h"
#include "cli/text.h"
#include "cli/wait.h"
#include "spec/run.h"
#include "spec/ticket.h"

/*
 * The hash that a decision is over: of an open need, which in the middle of a
 * run is not that of the ticket.  Without an open need the ticket's: the
 * server then says why there is nothing to decide.
 */
static const char *
decide_hash(struct session *s, const json_t *detail, bool *ret_open)
{
	const char *hash =
	    text_get(s->arena, json_object_get(detail, "ticket"), "plan_hash");
	json_t *need;
	size_t i;

	*ret_open = false;
	json_array_foreach(json_object_get(detail, "needs"), i, need)
	{
		if (strcmp(text_get(s->arena, need, "status"), "open") != 0)
			continue;
		*ret_open = true;
		return text_get(s->arena, need, "plan_hash");
	}
	return hash;
}

/*
 * The run is read after the ticket: were the request edited in between, the
 * hash that is sent would be the older one, and be refused as stale.
 */
static bool
decide_show(struct session *s, const char *ticket, const char **ret_hash,
    bool *ret_open, struct err *e)
{
	json_t *detail, *run = NULL;
	const char *key;

	if (!session_get(s, &op_ticket_get, ticket, &detail, e))
		return false;
	key = json_string_value(json_object_get(detail, "run"));
	if (key != NULL && !wait_planned(s, key, &run, e))
		return false;
	if (run != NULL && !session_get(s, &op_ticket_get, ticket, &detail, e))
		return false;
	if (key != NULL && !session_get(s, &op_run_get, key, &run, e))
		return false;
	*ret_hash = decide_hash(s, detail, ret_open);
	if (*ret_open) {
		show_ticket(s, detail, run, true);
		session_say(s, "\n");
	}
	return true;
}

static int
decide_not_asked(struct session *s, const char *verb, const char *ticket)
{
	struct err e;

	err_set(&e, ERR_SYNTAX, "usage",
	    "%s %s: there is no terminal to ask whether you mean it", verb,
	    ticket);
	err_hint(&e, "add --yes, or --plan-hash HASH of the plan you saw");
	session_fail(s, &e);
	return EXIT_MISSING;
}

/* How many decisions are still wanted, in words. */
static void
decide_say(struct session *s, const json_t *detail, bool approve)
{
	struct arena *a = s->arena;
	const json_t *ticket = json_object_get(detail, "ticket");
	const char *key = text_get(a, ticket, "key");
	json_t *need;
	size_t i;

	session_say(s, "%s: %s is now %s\n",
	    session_tone(s, approve ? TONE_GOOD : TONE_BAD,
		approve ? "approved" : "declined"),
	    key, text_status(a, text_get(a, ticket, "status")));
	json_array_foreach(json_object_get(detail, "needs"), i, need)
	{
		if (strcmp(text_get(a, need, "status"), "open") == 0)
			session_say(s, "  still wanted: %s (%s)\n",
			    text_get(a, need, "rule"),
			    text_get(a, need, "eligible"));
	}
	if (approve)
		session_say(s, "  follow it: slipway follow %s\n",
		    text_get(a, detail, "run"));
}

/* EXIT_OK when the person means it. */
static int
decide_confirm(
    struct session *s, struct args *args, const char *verb, const char *hash)
{
	char *note;

	if (args_local(args, "yes") != NULL)
		return EXIT_OK;
	if (!s->term.in_tty)
		return decide_not_asked(s, verb, args->path[0]);
	fflush(s->out);
	if (!term_confirm(s->arena,
		arena_printf(s->arena, "%s plan %.12s?", verb, hash))) {
		session_note(s, "nothing was decided\n");
		return EXIT_FAILED;
	}
	if (strcmp(verb, "decline") == 0 &&
	    json_object_get(args->body, "note") == NULL &&
	    term_ask(s->arena, "why, for the requester: ", &note) &&
	    *note != '\0')
		json_object_set_new(args->body, "note", json_string(note));
	return EXIT_OK;
}

int
decide_run(struct session *s, const struct op *op, int argc, char **argv)
{
	struct usage *u = usage_create(s->arena, op);
	bool approve = op == &op_ticket_approve, open;
	const char *verb = approve ? "approve" : "decline", *hash;
	struct args args;
	struct err e;
	json_t *answer;
	int code;

	u->line = verb_usage(s->arena, alias_find(verb));
	if (!args_parse(s->arena, u, argc, argv, &s->globals, &args, &e))
		return session_fail(s, &e);
	if (s->globals.help)
		return help_op(s, op);
	if (json_object_get(args.body, "plan_hash") == NULL) {
		if (!decide_show(s, args.path[0], &hash, &open, &e))
			return session_fail(s, &e);
		code = open ? decide_confirm(s, &args, verb, hash) : EXIT_OK;
		if (code != EXIT_OK)
			return code;
		json_object_set_new(args.body, "plan_hash", json_string(hash));
	}
	if (!session_call(s, op, args.path, NULL, args.body, &answer, &e))
		return session_fail(s, &e);
	if (s->globals.json)
		return session_json(s, answer);
	decide_say(s, answer, approve);
	return EXIT_OK;
}
