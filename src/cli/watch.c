/* SPDX-License-Identifier: MIT */
#include "cli/watch.h"

#include <unistd.h>

#include "cli/dump.h"
#include "cli/text.h"

#define WATCH_AGAIN_S 1 /* after a stream that the server ended */

struct watching {
	struct session *session;
	struct arena *arena;
	watch_row *fn;
	json_t *query; /* of the stream; `since` is the last row shown */
	bool away, stopped;
};

void
watch_json(struct session *s, const json_t *row)
{
	dump_json(s->out, row, 0, s->term.out_tty);
	fputc('\n', s->out);
}

static void
watch_show(struct watching *w, const json_t *row)
{
	const int64_t seq = int_get(row, "seq", 0);

	w->fn(w->session, w->arena, row);
	arena_reset(w->arena);
	if (seq > int_get(w->query, "since", 0))
		json_object_set_new(w->query, "since", json_integer(seq));
	w->stopped = fflush(w->session->out) != 0;
}

static bool
watch_event(void *arg, const struct client_event *ev)
{
	struct watching *w = arg;
	json_t *row;

	if (streq(ev->event, CLIENT_AWAY)) {
		if (!w->away)
			session_note(w->session, "the server is away, "
						 "waiting for it …\n");
		w->away = true;
		return true;
	}
	if (streq(ev->event, CLIENT_BACK)) {
		if (w->away)
			session_note(w->session, "the server is back\n");
		w->away = false;
		return true;
	}
	row = json_loadb(ev->data.p, ev->data.n, 0, NULL);
	if (row != NULL)
		watch_show(w, row);
	json_decref(row);
	return !w->stopped;
}

/* What is there: the newest first as it is told, the last as it is shown. */
static bool
watch_page(
    struct watching *w, const struct op *list, struct args *args, struct err *e)
{
	json_t *answer;
	const json_t *items;

	json_object_set_new(w->query, "since", json_integer(0));
	if (!session_call(w->session, list, args->path, args->query, NULL,
		&answer, e))
		return false;
	items = json_object_get(answer, "items");
	for (size_t i = json_array_size(items); i-- > 0 && !w->stopped;)
		watch_show(w, json_array_get(items, i));
	return true;
}

static bool
watch_stream(struct watching *w, const struct op *op, struct args *args,
    struct err *e)
{
	struct client *client;

	if (!session_client(w->session, &client, e))
		return false;
	while (!w->stopped) {
		if (!client_stream(client, op, args->path, w->query,
			INT64_MAX, watch_event, w, e))
			return false;
		if (!w->stopped)
			sleep(WATCH_AGAIN_S);
	}
	return true;
}

int
watch_follow(struct session *s, const struct op *list,
    const struct op *stream, struct args *args, watch_row *fn)
{
	static const char *const paging[] = { "limit", "after", "from", "to" };
	struct watching w = { .session = s, .arena = arena_create(), .fn = fn,
		.query = json_copy(args->query) };
	struct err e = { 0 };
	bool ok = true;

	for (size_t i = 0; i < ARRAY_SIZE(paging); i++)
		json_object_del(w.query, paging[i]);
	if (list != NULL && json_object_get(w.query, "since") == NULL)
		ok = watch_page(&w, list, args, &e);
	ok = ok && watch_stream(&w, stream, args, &e);
	json_decref(w.query);
	arena_destroy(w.arena);
	return ok ? err_class_info(ERR_IO)->exit : session_fail(s, &e);
}
