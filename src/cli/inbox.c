/* SPDX-License-Identifier: MIT */
#include "cli/inbox.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/show.h"
#include "cli/text.h"
#include "cli/verbs.h"

#define INBOX_LOOK_S 2
#define INBOX_TIME 40 /* bytes of a time */

/* What is newer than *seen, the oldest first; *seen becomes the newest. */
static void
inbox_print(struct session *s, struct arena *a, const json_t *items,
    char seen[INBOX_TIME])
{
	char newest[INBOX_TIME];

	snprintf(newest, sizeof(newest), "%s", seen);
	for (size_t i = json_array_size(items); i-- > 0;) {
		const json_t *item = json_array_get(items, i);
		const char *at = text_get(a, item, "updated_at");

		if (strcmp(at, seen) <= 0)
			continue;
		if (strcmp(at, newest) > 0)
			snprintf(newest, sizeof(newest), "%s", at);
		if (s->globals.json) {
			json_dumpf(item, s->out, JSON_COMPACT);
			fputc('\n', s->out);
			continue;
		}
		fprintf(s->out, "%s  %-9s %-10s %s\n",
		    text_get(a, item, "id"), text_get(a, item, "kind"),
		    text_get(a, item, "subject"), text_get(a, item, "text"));
	}
	snprintf(seen, INBOX_TIME, "%s", newest);
}

/* Until the server, the reader of our output or a signal ends it. */
static int
inbox_watch(struct session *s, const struct op *op, struct args *args)
{
	struct arena *a = arena_create();
	char seen[INBOX_TIME] = "";
	struct client *client;
	json_t *answer = NULL;
	struct err e;

	while (session_client(s, &client, &e) &&
	       client_call(client, op, args->path, args->query, NULL, &answer,
		   &e)) {
		inbox_print(s, a, json_object_get(answer, "items"), seen);
		json_decref(answer);
		answer = NULL;
		arena_reset(a);
		if (fflush(s->out) != 0) {
			arena_destroy(a);
			return err_class_info(ERR_IO)->exit;
		}
		sleep(INBOX_LOOK_S);
	}
	json_decref(answer);
	arena_destroy(a);
	return session_fail(s, &e);
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
