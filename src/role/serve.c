/* SPDX-License-Identifier: MIT */
#include "role/role.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/near.h"
#include "base/str.h"
#include "role/data.h"
#include "role/server.h"
#include "spec/schema.h"
#include "spec/setting.h"
#include "sys/clock_file.h"

#define SERVE_USAGE 2
#define SERVE_SLOTS_MIN 4
#define SERVE_KEEP_MS (INT64_C(180) * 86400000)
#define SERVE_KEEP_MIN_MS 1000

static int
serve_usage(FILE *to, int code)
{
	fputs("usage: slipway serve [--folder DIR] [--data DIR] …\n", to);
	for (const struct setting *k = settings; k->flag != NULL; k++) {
		fprintf(to, "\n  --%s%s%s%s, $%s\n      %s\n      Default: %s.\n",
		    k->flag, k->hold == NULL ? "" : " ",
		    k->hold == NULL ? "" : k->hold,
		    k->many ? " (may be repeated)" : "", k->env, k->doc,
		    k->fallback);
	}
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
	const char *runtime = serve_env("XDG_RUNTIME_DIR");
	const bool root = geteuid() == 0;
	const long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (o->folder == NULL)
		o->folder = ".";
	o->data = data_folder(o->data, a);
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

/* Only `run --local` says it. */
#define SERVE_LOCAL 0x100
#define SERVE_OPTIONS 32

static void
serve_flags(struct option flags[SERVE_OPTIONS])
{
	size_t n = 0;

	for (const struct setting *k = settings; k->flag != NULL; k++) {
		ASSERT(n < SERVE_OPTIONS - 3);
		flags[n++] = (struct option){ k->flag,
			k->hold == NULL ? no_argument : required_argument, NULL,
			(int)k->id };
	}
	flags[n++] = (struct option){ "local", no_argument, NULL, SERVE_LOCAL };
	flags[n++] = (struct option){ "help", no_argument, NULL, 'h' };
	flags[n] = (struct option){ NULL, 0, NULL, 0 };
}

static bool
serve_add(const char **list, unsigned *n, const char *value)
{
	if (*n == SERVER_LISTEN)
		return false;
	list[(*n)++] = value;
	return true;
}

static bool
serve_keep(const char *value, int64_t *ret_ms)
{
	*ret_ms = 0;
	return streq(value, "forever") ||
	    (schema_duration(value, ret_ms) && *ret_ms >= SERVE_KEEP_MIN_MS);
}

/* What hangs on a run goes before it does. */
static bool
serve_agrees(const struct server_options *o)
{
	if (o->keep_runs_ms == 0 ||
	    (o->keep_logs_ms != 0 && o->keep_logs_ms <= o->keep_runs_ms))
		return true;
	fputs("slipway: --keep-runs is shorter than --keep-logs: a run goes "
	      "after its logs\n", stderr);
	return false;
}

/* False when the value is wrong. */
static bool
serve_set(struct server_options *o, enum setting_id id, const char *value)
{
	int64_t n;

	switch (id) {
	case SETTING_FOLDER:
		o->folder = value;
		break;
	case SETTING_DATA:
		o->data = value;
		break;
	case SETTING_SOCKET:
		o->socket = value;
		break;
	case SETTING_LISTEN:
		return serve_add(o->listen, &o->nlisten, value);
	case SETTING_PROXY:
		return serve_add(o->proxies, &o->nproxies, value);
	case SETTING_ANCHOR:
		return serve_add(o->anchors, &o->nanchors, value);
	case SETTING_KEEP_LOGS:
		return serve_keep(value, &o->keep_logs_ms);
	case SETTING_KEEP_RUNS:
		return serve_keep(value, &o->keep_runs_ms);
	case SETTING_KEEP_TICKETS:
		return serve_keep(value, &o->keep_tickets_ms);
	case SETTING_BACKUPS:
		o->backups = value;
		break;
	case SETTING_SLOTS:
		if (!str_to_int64(str_of(value), &n) || n < 1 || n > 10000)
			return false;
		o->slots = (int)n;
		break;
	case SETTING_REQUIRE_SANDBOX:
		o->require_sandbox = true;
		break;
	case SETTING_USER:
		o->user = value;
		break;
	case SETTING_VERBOSE:
		log_set_level(LOG_DEBUG);
		break;
	}
	return true;
}

/* A switch is on by anything but these. */
static bool
serve_is_off(const char *value)
{
	return streq(value, "0") || streq(value, "no") || streq(value, "false");
}

static int
serve_wrong(const char *named, const char *value, const struct setting *k)
{
	fprintf(stderr, "slipway: %s: '%s' is wrong; it wants %s: %s\n", named, value,
	    k->hold, k->doc);
	if (streq(k->hold, "DURATION"))
		fputs("  hint: write it like 12h, 90d or forever\n", stderr);
	return SERVE_USAGE;
}

static int
serve_unknown(const char *flag)
{
	const char *name = flag + strspn(flag, "-");
	struct near near = near_start(name);
	bool known = false;

	for (const struct setting *k = settings; k->flag != NULL; k++) {
		near_offer(&near, k->flag);
		known = known || streq(k->flag, name);
	}
	fprintf(stderr, "slipway: serve: %s '%s'\n", known
		? "a value is missing, or one too many, at" : "unknown flag",
	    flag);
	if (near.best != NULL && !known)
		fprintf(stderr, "  hint: did you mean --%s?\n", near.best);
	else
		fputs("  hint: slipway serve --help\n", stderr);
	return SERVE_USAGE;
}

static const struct setting *
serve_setting(int id)
{
	const struct setting *k = settings;

	while (k->flag != NULL && (int)k->id != id)
		k++;
	return k;
}

/* What the environment says and no flag did. */
static bool
serve_set_env(struct server_options *o, struct arena *a, unsigned given)
{
	for (const struct setting *k = settings; k->flag != NULL; k++) {
		const char *value = serve_env(k->env);
		struct str rest, word;

		if (value == NULL || (given & 1u << k->id) != 0 ||
		    (k->hold == NULL && serve_is_off(value)))
			continue;
		rest = str_of(value);
		do {
			word = k->many ? str_cut(rest, ' ', &rest) : rest;
			if (word.n == 0)
				continue;
			if (!serve_set(o, k->id, arena_str(a, word))) {
				serve_wrong(k->env, value, k);
				return false;
			}
		} while (k->many && rest.p != NULL);
	}
	return true;
}

/* -1: go on; else the exit code. */
static int
serve_parse(
    struct server_options *o, struct arena *a, int argc, char **argv)
{
	struct option flags[SERVE_OPTIONS];
	unsigned given = 0;
	int id;

	opterr = 0;
	serve_flags(flags);
	while ((id = getopt_long(argc, argv, "h", flags, NULL)) != -1) {
		if (id == 'h')
			return serve_usage(stdout, 0);
		if (id == SERVE_LOCAL) {
			o->local = true;
			log_set_level(LOG_ERROR);
			continue;
		}
		if (id == '?')
			return serve_unknown(argv[optind - 1]);
		if (!serve_set(o, (enum setting_id)id, optarg))
			return serve_wrong(
			    arena_printf(a, "--%s", serve_setting(id)->flag),
			    optarg, serve_setting(id));
		given |= 1u << id;
	}
	if (argc > optind) {
		fprintf(stderr, "slipway: serve: '%s' is one word too many\n"
		    "  hint: slipway serve --folder DIR\n", argv[optind]);
		return SERVE_USAGE;
	}
	return serve_set_env(o, a, given) ? -1 : SERVE_USAGE;
}

int
role_serve(int argc, char **argv)
{
	struct arena *arena = arena_create();
	struct server_options o = { .keep_logs_ms = SERVE_KEEP_MS };
	struct server *s;
	struct err e;
	int code = serve_parse(&o, arena, argc, argv);

	if (code >= 0)
		goto out;
	code = 0;
	clock_file_open();
	serve_defaults(&o, arena);
	if (!serve_agrees(&o)) {
		code = SERVE_USAGE;
		goto out;
	}
	if (server_open(&o, &s, &e))
		server_run(s);
	else
		code = role_fail(&e);
	server_close(s);
out:
	arena_destroy(arena);
	return code;
}
