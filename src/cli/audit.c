/* SPDX-License-Identifier: MIT */
#include "cli/audit.h"

#include <unistd.h>

#include "cli/show.h"
#include "cli/text.h"
#include "cli/verbs.h"

#define AUDIT_LOOK_S 1

static void
audit_print(struct session *s, struct arena *a, const json_t *row)
{
	static const char *const fields[] = { "seq", "at", "actor", "via",
		"action", "object", "decision", "reason" };

	if (s->globals.json) {
		json_dumpf(row, s->out, JSON_COMPACT);
		fputc('\n', s->out);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		fprintf(s->out, "%s%s", i == 0 ? "" : "  ",
		    text_get(a, row, fields[i]));
	fputc('\n', s->out);
}

/* The rows of a page, the oldest first; the number of the newest. */
static int64_t
audit_print_page(struct session *s, struct arena *a, const json_t *answer,
    bool turned, int64_t seq)
{
	const json_t *items = json_object_get(answer, "items");
	const size_t n = json_array_size(items);

	for (size_t i = 0; i < n; i++) {
		const json_t *row =
		    json_array_get(items, turned ? n - 1 - i : i);

		audit_print(s, a, row);
		seq = json_integer_value(json_object_get(row, "seq"));
	}
	return seq;
}

/* Until the server, the reader of our output or a signal ends it. */
static int
audit_follow(struct session *s, const struct op *op, struct args *args)
{
	bool turned = json_object_get(args->query, "since") == NULL, more;
	int64_t seq = int_get(args->query, "since", 0);
	struct arena *a = arena_create();
	struct client *client;
	json_t *answer = NULL;
	struct err e;

	while (session_client(s, &client, &e) &&
	       client_call(client, op, args->path, args->query, NULL, &answer,
		   &e)) {
		seq = audit_print_page(s, a, answer, turned, seq);
		more = !turned &&
		    !json_is_null(json_object_get(answer, "next"));
		turned = false;
		json_object_set_new(args->query, "since", json_integer(seq));
		json_decref(answer);
		answer = NULL;
		arena_reset(a);
		if (fflush(s->out) != 0) {
			arena_destroy(a);
			return err_class_info(ERR_IO)->exit;
		}
		if (!more)
			sleep(AUDIT_LOOK_S);
	}
	json_decref(answer);
	arena_destroy(a);
	return session_fail(s, &e);
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
		return audit_follow(s, v->op, &args);
	if (!session_call(s, v->op, args.path, args.query, NULL, &answer, &e))
		return session_fail(s, &e);
	return show_answer(s, v->op, answer);
}
