/* SPDX-License-Identifier: MIT */
#include "role/doctor.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "base/version.h"
#include "role/data.h"
#include "role/role.h"
#include "sys/clock_file.h"

enum { DOCTOR_FOUND = 1, DOCTOR_USAGE = 2 };

/* In this order: what explains the most comes first. */
static doctor_check *const doctor_checks[] = { doctor_rights, doctor_space,
	doctor_database, doctor_audit, doctor_glass, doctor_folder,
	doctor_server, doctor_backups, doctor_clock, doctor_zones, doctor_sandbox,
	doctor_cgroup, doctor_programs, doctor_files };

static const char *const doctor_words[] = { "ok", "warn", "fail" };

void
doctor_tell(struct doctor *d, enum doctor_word word, const char *name,
    const char *todo, const char *fmt, ...)
{
	va_list ap;

	d->warned += word == DOCTOR_WARN;
	d->failed += word == DOCTOR_FAIL;
	if (word == DOCTOR_OK && d->quiet)
		return;
	printf("%-5s %-9s ", doctor_words[word], name);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	if (todo != NULL)
		printf("      %-9s do: %s\n", "", todo);
}

static const char *
doctor_env(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value == NULL || value[0] == '\0' ? otherwise : value;
}

static const char *
doctor_socket(struct doctor *d)
{
	const char *runtime = doctor_env("XDG_RUNTIME_DIR", NULL);

	if (geteuid() == 0)
		return "/run/slipway/api.sock";
	return runtime != NULL
	    ? arena_printf(d->arena, "%s/slipway/api.sock", runtime)
	    : arena_printf(d->arena, "%s/api.sock", d->data);
}

/* Here, when this is one; else where the package has it. */
static const char *
doctor_team_folder(void)
{
	static const char packaged[] = "/etc/slipway";

	return access("slipway.yaml", F_OK) != 0 && access(packaged, F_OK) == 0
	    ? packaged
	    : ".";
}

static int
doctor_usage(FILE *to, int code)
{
	fputs("usage: slipway doctor [--data DIR] [--folder DIR] "
	      "[--socket PATH]\n"
	      "                      [--backups DIR] [--quiet]\n"
	      "\n"
	      "Look at everything that one would be asked about: data folder,\n"
	      "space, database, audit chain, the team's folder, server, age of\n"
	      "the newest backup, clock, zones, sandbox, programs.  Reads\n"
	      "only.  Each line is ok, warn or fail, and says what to do.\n"
	      "Exit code 1: something fails.\n",
	    to);
	return code;
}

static int
doctor_run(struct doctor *d)
{
	if (!d->quiet)
		printf("slipway %s\n", SLIPWAY_VERSION);
	for (size_t i = 0; i < ARRAY_SIZE(doctor_checks); i++)
		doctor_checks[i](d);
	if (d->failed > 0 || d->warned > 0)
		printf("%d failed, %d to be looked at\n", d->failed,
		    d->warned);
	else if (!d->quiet)
		puts("all is well");
	return d->failed > 0 ? DOCTOR_FOUND : 0;
}

int
role_doctor(int argc, char **argv)
{
	static const struct option options[] = {
		{ "backups", required_argument, NULL, 'b' },
		{ "data", required_argument, NULL, 'd' },
		{ "folder", required_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "socket", required_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 },
	};
	struct doctor d = { .arena = arena_create(),
		.folder = doctor_env("SLIPWAY_FOLDER", doctor_team_folder()),
		.socket = doctor_env("SLIPWAY_SOCKET", NULL),
		.backups = doctor_env("SLIPWAY_BACKUPS", NULL) };
	int option, code = -1;

	while (code < 0 &&
	       (option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'b')
			d.backups = optarg;
		else if (option == 'd')
			d.data = optarg;
		else if (option == 'f')
			d.folder = optarg;
		else if (option == 's')
			d.socket = optarg;
		else if (option == 'q')
			d.quiet = true;
		else
			code = option == 'h'
			    ? doctor_usage(stdout, 0)
			    : doctor_usage(stderr, DOCTOR_USAGE);
	}
	if (code < 0 && argc > optind)
		code = doctor_usage(stderr, DOCTOR_USAGE);
	if (code < 0) {
		clock_file_open();
		d.data = data_folder(d.data, d.arena);
		if (d.socket == NULL)
			d.socket = doctor_socket(&d);
		code = doctor_run(&d);
	}
	arena_destroy(d.arena);
	return code;
}
