/* SPDX-License-Identifier: MIT */
#include "cli/drain.h"

#include <time.h>

#include "base/clock.h"
#include "cli/text.h"
#include "spec/server.h"

#define DRAIN_POLL_MS 250

static void
drain_say(struct session *s, const json_t *server)
{
	const json_t *running = json_object_get(server, "running"), *one;
	int64_t live = int_get(server, "live", 0);
	size_t i;

	if (live == 0) {
		session_say(s, "nothing runs; nothing new is begun\n");
		return;
	}
	session_say(s, "%lld still run%s; nothing new is begun\n",
	    (long long)live, live == 1 ? "s" : "");
	json_array_foreach (running, i, one)
		session_say(s, "  %-8s %-20s asked for by %s, since %s\n",
		    text_get(s->arena, one, "run"),
		    text_get(s->arena, one, "task"),
		    text_get(s->arena, one, "requester"),
		    text_ago(s->arena, json_object_get(one, "started_at")));
}

/* Until nothing runs; false: the time is over, or e. */
static bool
drain_wait(struct session *s, json_t **server, int64_t within_ms,
    struct err *e)
{
	const struct timespec pause = { .tv_nsec = DRAIN_POLL_MS * 1000000L };
	int64_t end = clock_boot_ms() + within_ms;

	while (int_get(*server, "live", 0) > 0) {
		if (within_ms > 0 && clock_boot_ms() >= end) {
			err_set(e, ERR_BUSY, "drain.timeout",
			    "%lld still run after the time that --timeout gave",
			    (long long)int_get(*server, "live", 0));
			return err_hint(e, "it drains on: slipway drain to go "
					   "on waiting, slipway drain --undo");
		}
		nanosleep(&pause, NULL);
		if (!session_get(s, &op_server_get, NULL, server, e))
			return false;
	}
	return true;
}

static bool
drain_time(const struct args *args, int64_t *ret_ms, struct err *e)
{
	const char *text = args_local(args, "timeout");

	*ret_ms = 0;
	if (text == NULL || (schema_duration(text, ret_ms) && *ret_ms > 0))
		return true;
	return err_set(e, ERR_SYNTAX, "flag.value",
	    "--timeout '%s': not a time such as 30s or 10m", text);
}

static int
drain_undo(struct session *s)
{
	json_t *server;
	struct err e;

	if (!session_call(s, &op_server_resume, NULL, NULL, NULL, &server, &e))
		return session_fail(s, &e);
	if (s->globals.json)
		return session_json(s, server);
	session_say(s, "what waits begins again\n");
	return EXIT_OK;
}

int
verb_drain(struct session *s, const struct verb *v, int argc, char **argv)
{
	struct args args;
	int64_t within_ms;
	json_t *server;
	struct err e;
	int code = EXIT_OK;

	if (!verb_parse(s, v, argc, argv, &args, &code))
		return code;
	if (args_local(&args, "undo") != NULL)
		return drain_undo(s);
	if (!drain_time(&args, &within_ms, &e) ||
	    !session_call(s, v->op, args.path, args.query, args.body, &server,
		&e))
		return session_fail(s, &e);
	if (!s->globals.json)
		drain_say(s, server);
	if (args_local(&args, "no_wait") == NULL &&
	    int_get(server, "live", 0) > 0) {
		fflush(s->out);
		if (!drain_wait(s, &server, within_ms, &e))
			return session_fail(s, &e);
		if (!s->globals.json)
			session_say(s, "nothing runs any more\n");
	}
	return s->globals.json ? session_json(s, server) : EXIT_OK;
}
