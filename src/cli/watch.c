/* SPDX-License-Identifier: MIT */
#include "cli/watch.h"

#include <unistd.h>

#define WATCH_AWAY_S 1

struct watching {
	struct client *client;
	json_t *answer;
	bool was_there, away;
};

#include "cli/dump.h"

void
watch_json(struct session *s, const json_t *row)
{
	dump_json(s->out, row, 0, s->term.out_tty);
	fputc('\n', s->out);
}

/* A server that was there before is waited for. */
static bool
watch_ask(struct session *s, const struct op *op, struct args *args,
    struct watching *w, struct err *e)
{
	while (!client_call(w->client, op, args->path, args->query, NULL,
	    &w->answer, e)) {
		if (e->class != ERR_UNAVAILABLE || !w->was_there)
			return false;
		json_decref(w->answer);
		w->answer = NULL;
		if (!w->away)
			session_note(s, "the server is away, waiting for it "
					"…\n");
		w->away = true;
		sleep(WATCH_AWAY_S);
	}
	if (w->away)
		session_note(s, "the server is back\n");
	w->away = false;
	w->was_there = true;
	return true;
}

int
watch_list(struct session *s, const struct op *op, struct args *args,
    unsigned every_s, watch_page *fn, void *self)
{
	struct arena *a = arena_create();
	struct watching w = { .client = NULL };
	struct err e = { 0 };
	int code = EXIT_OK;

	if (!session_client(s, &w.client, &e))
		code = session_fail(s, &e);
	while (code == EXIT_OK && watch_ask(s, op, args, &w, &e)) {
		const bool more = fn(s, a, args, w.answer, self);

		json_decref(w.answer);
		w.answer = NULL;
		arena_reset(a);
		if (fflush(s->out) != 0)
			code = err_class_info(ERR_IO)->exit;
		else if (!more)
			sleep(every_s);
	}
	if (code == EXIT_OK)
		code = session_fail(s, &e);
	json_decref(w.answer);
	arena_destroy(a);
	return code;
}
