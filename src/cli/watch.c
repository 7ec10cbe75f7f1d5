/* SPDX-License-Identifier: MIT */
#include "cli/watch.h"

#include <unistd.h>

#include "cli/dump.h"

void
watch_json(struct session *s, const json_t *row)
{
	dump_json(s->out, row, 0, s->term.out_tty);
	fputc('\n', s->out);
}

int
watch_list(struct session *s, const struct op *op, struct args *args,
    unsigned every_s, watch_page *fn, void *self)
{
	struct arena *a = arena_create();
	struct client *client;
	json_t *answer = NULL;
	struct err e = { 0 };

	while (session_client(s, &client, &e) &&
	       client_call(client, op, args->path, args->query, NULL, &answer,
		   &e)) {
		const bool more = fn(s, a, args, answer, self);

		json_decref(answer);
		answer = NULL;
		arena_reset(a);
		if (fflush(s->out) != 0) {
			arena_destroy(a);
			return err_class_info(ERR_IO)->exit;
		}
		if (!more)
			sleep(every_s);
	}
	json_decref(answer);
	arena_destroy(a);
	return session_fail(s, &e);
}
