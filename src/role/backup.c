/* SPDX-License-Identifier: MIT */
#include "role/role.h"

#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/str.h"
#include "role/data.h"
#include "store/backup.h"

#define BACKUP_USAGE 2

static int
backup_usage(FILE *to, int code)
{
	fputs("usage: slipway backup FILE|DIR [--data DIR] [--include-logs] "
	      "[--with-key]\n"
	      "       slipway backup verify FILE\n"
	      "\n"
	      "One file that slipway restore takes, while the server runs or\n"
	      "not; in a folder it is named by the time.  The key that opens\n"
	      "the secrets is not in it without --with-key: keep the two\n"
	      "apart.\n",
	    to);
	return code;
}

static int
restore_usage(FILE *to, int code)
{
	fputs("usage: slipway restore FILE --to DIR --new-epoch [--key FILE]\n"
	      "       slipway restore --adopt DIR --new-epoch\n"
	      "\n"
	      "Make a data folder from a backup.  What ran is unknown then, and\n"
	      "the server begins nothing until: slipway drain --undo.  --adopt\n"
	      "does the same for a data folder that was copied back by hand.\n",
	    to);
	return code;
}

static void
backup_say(const char *what, const struct backup_report *r)
{
	char made[CLOCK_TEXT];

	printf("%s: %lld files, %lld bytes, %lld events, head %.12s, made %s\n",
	    what, (long long)r->files, (long long)r->bytes,
	    (long long)r->events, r->head, clock_text(r->made_at, made));
}

/* In a folder: slipway-20260102-030405.tar.zst */
static const char *
backup_name(const char *to, struct arena *a)
{
	const time_t now = (time_t)(clock_wall_ms() / 1000);
	struct stat st;
	char text[32];
	struct tm tm;

	if (stat(to, &st) != 0 || !S_ISDIR(st.st_mode))
		return to;
	gmtime_r(&now, &tm);
	strftime(text, sizeof(text), "%Y%m%d-%H%M%S", &tm);
	return arena_printf(a, "%s/slipway-%s.tar.zst", to, text);
}

static int
backup_run(const char *data, const char *to, const struct backup_options *o)
{
	struct arena *a = arena_create();
	struct backup_report report;
	struct err e;
	int code = 0;

	to = backup_name(to, a);
	if (backup_make(data_folder(data, a), to, o, &report, &e)) {
		backup_say(to, &report);
		if (!o->key)
			puts("the key is not in it: keep a copy of it "
			     "elsewhere");
	} else {
		code = role_fail(&e);
	}
	arena_destroy(a);
	return code;
}

static int
backup_run_verify(const char *file)
{
	struct backup_report report;
	struct err e;

	if (!backup_verify(file, &report, &e))
		return role_fail(&e);
	backup_say("whole", &report);
	return 0;
}

int
role_backup(int argc, char **argv)
{
	static const struct option options[] = {
		{ "data", required_argument, NULL, 'd' },
		{ "include-logs", no_argument, NULL, 'l' },
		{ "with-key", no_argument, NULL, 'k' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct backup_options o = { .logs = false };
	const char *data = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h')
			return backup_usage(stdout, 0);
		if (option == '?')
			return backup_usage(stderr, BACKUP_USAGE);
		if (option == 'd')
			data = optarg;
		o.logs = o.logs || option == 'l';
		o.key = o.key || option == 'k';
	}
	if (argc - optind == 2 && streq(argv[optind], "verify"))
		return backup_run_verify(argv[optind + 1]);
	if (argc - optind != 1 || streq(argv[optind], "verify"))
		return backup_usage(stderr, BACKUP_USAGE);
	return backup_run(data, argv[optind], &o);
}

static int
restore_run(const char *file, const char *to, const char *key)
{
	struct backup_report report;
	struct err e;

	if (!backup_restore(file, to, key, &report, &e))
		return role_fail(&e);
	backup_say(to, &report);
	if (key == NULL && !report.has_key)
		printf("it has no key: put the one of the old server at "
		       "%s/key, mode 0600\n", to);
	puts("it begins drained; when you have looked: slipway drain --undo");
	return 0;
}

static int
restore_adopt(const char *data)
{
	struct err e;

	if (!backup_adopt(data, &e))
		return role_fail(&e);
	puts("it begins drained; when you have looked: slipway drain --undo");
	return 0;
}

int
role_restore(int argc, char **argv)
{
	static const struct option options[] = {
		{ "adopt", required_argument, NULL, 'a' },
		{ "key", required_argument, NULL, 'k' },
		{ "new-epoch", no_argument, NULL, 'n' },
		{ "to", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *to = NULL, *key = NULL, *adopt = NULL;
	bool epoch = false;
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h')
			return restore_usage(stdout, 0);
		if (option == '?')
			return restore_usage(stderr, BACKUP_USAGE);
		epoch = epoch || option == 'n';
		adopt = option == 'a' ? optarg : adopt;
		key = option == 'k' ? optarg : key;
		to = option == 't' ? optarg : to;
	}
	if (argc - optind != (adopt == NULL) || (adopt == NULL) == (to == NULL))
		return restore_usage(stderr, BACKUP_USAGE);
	if (!epoch) {
		fputs("slipway: what was done since the backup is forgotten, "
		      "and may be done again\n  say that you know it: "
		      "--new-epoch\n", stderr);
		return BACKUP_USAGE;
	}
	return adopt != NULL ? restore_adopt(adopt)
			     : restore_run(argv[optind], to, key);
}
