/* SPDX-License-Identifier: MIT */
#include "cli/decide.h"

#include <string.h>

#include "cli/alias.h"
#include "cli/help.h"
#include "cli/show.h"
#include "cli/text.h"
#include "cli/wait.h"
#include "spec/access.h"
#include "spec/run.h"
#include "spec/ticket.h"

struct subject { /* what one decision is over */
	const char *hash, *step, *task, *params;
};
struct subjects {
	struct subject *items;
	size_t count;
};

static bool
decide_names(const json_t *need, const char *person)
{
	const json_t *eligible = json_object_get(need, "eligible");

	for (size_t i = 0; i < json_array_size(eligible); i++)
		if (streq(json_string_value(json_array_get(eligible, i)),
			person))
			return true;
	return false;
}

/* What is open on the ticket, one for each hash; person NULL: for anybody. */
static struct subjects
decide_open(struct session *s, const json_t *detail, const char *person,
    const char *step)
{
	const json_t *needs = json_object_get(detail, "needs");
	struct subjects list = { .items = arena_array(s->arena,
				     json_array_size(needs) + 1,
				     sizeof(*list.items)) };
	json_t *need;
	size_t i, k;

	json_array_foreach(needs, i, need)
	{
		struct subject one = {
			.hash = text_get(s->arena, need, "plan_hash"),
			.step = text_get(s->arena, need, "step_id"),
			.task = text_get(s->arena, need, "task"),
			.params = text_params(s->arena,
			    json_object_get(need, "params"))
		};

		if (strcmp(text_get(s->arena, need, "status"), "open") != 0 ||
		    (step != NULL && strcmp(one.step, step) != 0 &&
			strcmp(one.task, step) != 0) ||
		    (person != NULL && !decide_names(need, person)))
			continue;
		for (k = 0; k < list.count; k++)
			if (strcmp(list.items[k].hash, one.hash) == 0)
				break;
		if (k == list.count)
			list.items[list.count++] = one;
	}
	return list;
}

/* What waits for the person who asks; else what waits at all: the server then
 * says why it is not theirs to decide. */
static struct subjects
decide_mine(struct session *s, const json_t *detail, const char *step)
{
	struct subjects all = decide_open(s, detail, NULL, step), mine;
	json_t *me;
	struct err ignored;

	if (all.count < 2 ||
	    !session_call(s, &op_me_get, NULL, NULL, NULL, &me, &ignored))
		return all;
	mine = decide_open(s, detail,
	    json_string_value(json_object_get(me, "person")), step);
	return mine.count > 0 ? mine : all;
}

/*
 * The run is read after the ticket: were the request edited in between, the
 * hash that is sent would be the older one, and be refused as stale.
 */
static bool
decide_show(struct session *s, const char *ticket, const char *step,
    json_t **ret_detail, struct subjects *ret, struct err *e)
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
	*ret = decide_mine(s, detail, step);
	if (ret->count > 0) {
		show_ticket(s, detail, run, true);
		session_say(s, "\n");
	}
	*ret_detail = detail;
	return true;
}

/* Several wait, and it was not said which. */
static int
decide_which(struct session *s, const char *verb, const char *ticket,
    const struct subjects *list)
{
	struct err e;

	for (size_t i = 0; i < list->count; i++)
		fprintf(stderr, "  slipway %s %s --step %s   %s (%s)\n", verb,
		    ticket, list->items[i].step, list->items[i].task,
		    *list->items[i].params != '\0'
			? list->items[i].params
			: arena_strndup(s->arena, list->items[i].hash, 12));
	err_set(&e, ERR_SYNTAX, "usage",
	    "%s %s: %zu decisions wait there: say which", verb, ticket,
	    list->count);
	err_hint(&e, "--step STEP, or --all for exactly those shown");
	session_fail(s, &e);
	return EXIT_MISSING;
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
			    text_get(a, need, "may_decide"));
	}
	if (approve)
		session_say(s, "  follow it: slipway follow %s\n",
		    text_get(a, detail, "run"));
}

/* EXIT_OK when the person means it. */
static int
decide_confirm(struct session *s, struct args *args, const char *verb,
    const struct subjects *list)
{
	const struct subject *one = &list->items[0];
	const char *what = list->count > 1
			       ? arena_printf(s->arena, "all %zu", list->count)
			   : *one->task != '\0'
			       ? arena_printf(s->arena, "step %s %s, %.12s",
				     one->step, one->task, one->hash)
			       : arena_printf(s->arena, "plan %.12s", one->hash);
	char *note;

	if (args_local(args, "yes") != NULL)
		return EXIT_OK;
	if (!s->term.in_tty)
		return decide_not_asked(s, verb, args->path[0]);
	fflush(s->out);
	if (!term_confirm(s->arena,
		arena_printf(s->arena, "%s %s?", verb, what))) {
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

/* Everything that is to be decided, in order; the last answer. */
static bool
decide_send(struct session *s, const struct op *op, struct args *args,
    const struct subjects *list, json_t **ret, struct err *e)
{
	for (size_t i = 0; i < list->count; i++) {
		json_object_set_new(args->body, "plan_hash",
		    json_string(list->items[i].hash));
		if (!session_call(s, op, args->path, NULL, args->body, ret, e))
			return false;
	}
	return true;
}

/* What to decide on: EXIT_OK when it is clear, and meant. */
static int
decide_choose(struct session *s, struct args *args, const char *verb,
    struct subjects *ret)
{
	const char *step = args_local(args, "step");
	const json_t *ticket;
	json_t *detail;
	struct err e;

	if (!decide_show(s, args->path[0], step, &detail, ret, &e))
		return session_fail(s, &e);
	if (ret->count == 0 && step != NULL) {
		err_set(&e, ERR_NOT_FOUND, "step.not_open",
		    "step %s of %s waits for no decision", step,
		    args->path[0]);
		err_hint(&e, "slipway ticket show %s", args->path[0]);
		return session_fail(s, &e);
	}
	if (ret->count > 1 && args_local(args, "all") == NULL)
		return decide_which(s, verb, args->path[0], ret);
	if (ret->count > 0)
		return decide_confirm(s, args, verb, ret);
	ticket = json_object_get(detail, "ticket");
	ret->items[ret->count++].hash =
	    text_get(s->arena, ticket, "plan_hash");
	return EXIT_OK;
}

int
decide_run(struct session *s, const struct op *op, int argc, char **argv)
{
	struct usage *u = usage_create(s->arena, op);
	bool approve = op == &op_ticket_approve;
	const char *verb = approve ? "approve" : "decline";
	struct subject given = { .task = "", .params = "" };
	struct subjects list = { .items = &given, .count = 1 };
	struct args args;
	struct err e;
	json_t *answer;
	int code;

	u->line = verb_usage(s->arena, alias_find(verb));
	if (!args_parse(s->arena, u, argc, argv, &s->globals, &args, &e))
		return session_fail(s, &e);
	if (s->globals.help)
		return help_op(s, op);
	given.hash =
	    json_string_value(json_object_get(args.body, "plan_hash"));
	if (given.hash == NULL) {
		code = decide_choose(s, &args, verb, &list);
		if (code != EXIT_OK)
			return code;
	} else
		given.hash = arena_strdup(s->arena, given.hash);
	if (!decide_send(s, op, &args, &list, &answer, &e))
		return session_fail(s, &e);
	if (s->globals.json)
		return session_json(s, answer);
	decide_say(s, answer, approve);
	return EXIT_OK;
}
