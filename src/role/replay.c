/* SPDX-License-Identifier: MIT */
#include "role/role.h"

#include <fcntl.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/limits.h"
#include "role/replay.h"
#include "spec/validate.h"
#include "sys/file.h"

#define REPLAY_MISMATCH 2

static int
replay_usage(FILE *to, int code)
{
	fputs("usage: slipway replay FILE\n"
	      "\n"
	      "Compute a run again from what `slipway run bundle RUN` wrote:\n"
	      "its hashes, its graph, what was skipped, who approved what, and\n"
	      "how it ended by the events; shows graph and decisions.  Needs no\n"
	      "server.  Exit code 2: the first difference is told.  FILE - is\n"
	      "standard input.\n",
	    to);
	return code;
}

static bool
replay_read(const char *path, struct buf *to, struct err *e)
{
	char piece[65536];
	ssize_t n;

	if (!streq(path, "-"))
		return file_read(AT_FDCWD, path, MIB(1024), to, e);
	while ((n = read(STDIN_FILENO, piece, sizeof(piece))) > 0)
		buf_add(to, piece, (size_t)n);
	return n == 0 || err_sys(e, "read standard input");
}

static bool
replay_file(const char *path, struct err *e)
{
	struct arena *arena = arena_create();
	struct jq *jq = jq_create(NULL);
	struct replay_report report = { 0 };
	struct buf bytes = { 0 };
	json_t *bundle = NULL;
	bool ok;

	ok = replay_read(path, &bytes, e);
	if (ok) {
		bundle = json_parse(buf_str(&bytes), e);
		ok = bundle != NULL;
	}
	ok = ok && replay_bundle(arena, jq, bundle, &report, e);
	if (ok) {
		printf("ok: %s: %zu definitions, %zu steps, %zu approvals and "
		       "%zu events are what they should be\n", report.run,
		    report.definitions, report.steps, report.needs,
		    report.events);
		replay_show(arena, bundle);
	}
	json_decref(bundle);
	jq_destroy(jq);
	buf_finish(&bytes);
	arena_destroy(arena);
	return ok;
}

int
role_replay(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct err e;
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1)
		return option == 'h' ? replay_usage(stdout, 0)
				     : replay_usage(stderr, REPLAY_MISMATCH);
	if (argc - optind != 1)
		return replay_usage(stderr, REPLAY_MISMATCH);
	return replay_file(argv[optind], &e) ? 0 : role_fail(&e);
}
