/* SPDX-License-Identifier: MIT */
#include "role/role.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/str.h"
#include "role/server.h"

#define SERVE_USAGE 2
#define SERVE_SLOTS_MIN 4

static int
serve_usage(FILE *to, int code)
{
	fputs(
	    "usage: slipway serve [--folder DIR] [--data DIR] …\n"
	    "\n"
	    "  --folder DIR        the team's folder ($SLIPWAY_FOLDER, .)\n"
	    "  --data DIR          database, logs, key (/var/lib/slipway, or\n"
	    "                      below ~/.local/state)\n"
	    "  --socket PATH       local socket (/run/slipway/api.sock, or\n"
	    "                      below $XDG_RUNTIME_DIR)\n"
	    "  --listen ADDR:PORT  answer on TCP too; may be repeated\n"
	    "  --slots N           commands at once (twice the cores)\n"
	    "  --require-sandbox   do not start where a layer is lacking\n"
	    "  --user NAME         account to become when started as root\n"
	    "                      (slipway)\n"
	    "  --verbose           log every request\n",
	    to);
	return code;
}

static const char *
serve_env(const char *name)
{
	const char *value = getenv(name);

	return value == NULL || value[0] == '\0' ? NULL : value;
}

static void
serve_defaults(struct server_options *o, struct arena *a)
{
	const char *state = serve_env("XDG_STATE_HOME");
	const char *runtime = serve_env("XDG_RUNTIME_DIR");
	const char *home = serve_env("HOME");
	const bool root = geteuid() == 0;
	const long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (o->folder == NULL)
		o->folder = serve_env("SLIPWAY_FOLDER");
	if (o->folder == NULL)
		o->folder = ".";
	if (o->data == NULL && !root && state != NULL)
		o->data = arena_printf(a, "%s/slipway", state);
	if (o->data == NULL && !root && home != NULL)
		o->data = arena_printf(a, "%s/.local/state/slipway", home);
	if (o->data == NULL)
		o->data = "/var/lib/slipway";
	if (o->socket == NULL && !root)
		o->socket = runtime != NULL
		    ? arena_printf(a, "%s/slipway/api.sock", runtime)
		    : arena_printf(a, "%s/api.sock", o->data);
	if (o->socket == NULL)
		o->socket = "/run/slipway/api.sock";
	if (o->slots == 0)
		o->slots = cores * 2 < SERVE_SLOTS_MIN ? SERVE_SLOTS_MIN
						       : (int)cores * 2;
}

static const struct option serve_options[] = {
	{ "folder", required_argument, NULL, 'f' },
	{ "data", required_argument, NULL, 'd' },
	{ "socket", required_argument, NULL, 's' },
	{ "listen", required_argument, NULL, 'l' },
	{ "slots", required_argument, NULL, 'n' },
	{ "require-sandbox", no_argument, NULL, 'r' },
	{ "user", required_argument, NULL, 'u' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "local", no_argument, NULL, 'L' }, /* for `run --local` alone */
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* False when the option is wrong. */
static bool
serve_option(struct server_options *o, int option, const char *value)
{
	int64_t n;

	switch (option) {
	case 'f':
		o->folder = value;
		return true;
	case 'd':
		o->data = value;
		return true;
	case 's':
		o->socket = value;
		return true;
	case 'l':
		if (o->nlisten == SERVER_LISTEN)
			return false;
		o->listen[o->nlisten++] = value;
		return true;
	case 'n':
		if (!str_to_int64(str_of(value), &n) || n < 1 || n > 10000)
			return false;
		o->slots = (int)n;
		return true;
	case 'r':
		o->require_sandbox = true;
		return true;
	case 'u':
		o->user = value;
		return true;
	case 'v':
		log_set_level(LOG_DEBUG);
		return true;
	case 'L':
		o->local = true;
		log_set_level(LOG_ERROR);
		return true;
	default:
		return false;
	}
}

int
role_serve(int argc, char **argv)
{
	struct arena *arena = arena_create();
	struct server_options o = { .folder = NULL };
	struct server *s;
	struct err e;
	int option, code = 0;

	while ((option = getopt_long(argc, argv, "h", serve_options,
		    NULL)) != -1) {
		if (option != 'h' && serve_option(&o, option, optarg))
			continue;
		arena_destroy(arena);
		return option == 'h' ? serve_usage(stdout, 0)
				     : serve_usage(stderr, SERVE_USAGE);
	}
	if (argc > optind) {
		arena_destroy(arena);
		return serve_usage(stderr, SERVE_USAGE);
	}
	serve_defaults(&o, arena);
	if (server_open(&o, &s, &e))
		server_run(s);
	else
		code = role_fail(&e);
	server_close(s);
	arena_destroy(arena);
	return code;
}
