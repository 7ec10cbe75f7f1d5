/* SPDX-License-Identifier: MIT */
#include "role/role.h"

#include <getopt.h>
#include <stdio.h>

#include "resource/audit.h"
#include "store/audit.h"

#define VERIFY_MISMATCH 2

#define VERIFY_ANCHORS 16

static int
verify_usage(FILE *to, int code)
{
	fputs("usage: slipway audit verify --data DIR [--anchor FILE]...\n"
	      "\n"
	      "Check the audit chain in a data folder, the anchor of its head\n"
	      "there, and every line of the FILEs that `slipway serve --anchor\n"
	      "file:FILE` wrote, without a server.  Exit code 2: it was\n"
	      "changed.\n",
	    to);
	return code;
}

static bool
verify_anchor(struct db *db, const char *path, bool must, struct err *e)
{
	return audit_anchor_check(db, path, AUDIT_ANCHOR_EACH, e) ||
	    (!must && streq(e->code, "audit.no_anchor"));
}

static bool
verify_data(const char *data, const char *const *anchors, struct arena *arena,
    struct err *e)
{
	const struct site site = { .data = data };
	struct audit_report report;
	struct db *db;
	bool ok;

	if (!db_open(arena_printf(arena, "%s/db", data), DB_READ, &db, e))
		return false;
	db_begin(db);
	ok = audit_verify(db, 1, &report, e) &&
	    verify_anchor(db, audit_anchor_path(&site, arena), false, e);
	for (; ok && *anchors != NULL; anchors++)
		ok = verify_anchor(db, *anchors, true, e);
	db_rollback(db);
	db_close(db);
	if (ok)
		printf("ok: %lld events, head %s\n", (long long)report.count,
		    report.hash);
	return ok;
}

int
role_audit_verify(int argc, char **argv)
{
	static const struct option options[] = {
		{ "anchor", required_argument, NULL, 'a' },
		{ "data", required_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *anchors[VERIFY_ANCHORS + 1] = { NULL };
	const char *data = NULL;
	struct arena *arena;
	struct err e;
	int option, code = 0;
	size_t n = 0;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h')
			return verify_usage(stdout, 0);
		if (option == 'a' && n < VERIFY_ANCHORS)
			anchors[n++] = optarg;
		else if (option == 'd')
			data = optarg;
		else
			return verify_usage(stderr, VERIFY_MISMATCH);
	}
	if (data == NULL || argc > optind)
		return verify_usage(stderr, VERIFY_MISMATCH);
	arena = arena_create();
	if (!verify_data(data, anchors, arena, &e))
		code = role_fail(&e);
	arena_destroy(arena);
	return code;
}
