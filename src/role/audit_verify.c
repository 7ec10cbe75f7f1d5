/* SPDX-License-Identifier: MIT */
#include "role/role.h"

#include <getopt.h>
#include <stdio.h>

#include "resource/audit.h"
#include "store/audit.h"

#define VERIFY_MISMATCH 2

static int
verify_usage(FILE *to, int code)
{
	fputs("usage: slipway audit verify --data DIR\n"
	      "\n"
	      "Check the audit chain in a data folder, and the anchor of its\n"
	      "head, without a server.  Exit code 2: it was changed.\n",
	    to);
	return code;
}

static bool
verify_data(const char *data, struct arena *arena, struct err *e)
{
	const struct site site = { .data = data };
	struct audit_report report;
	struct db *db;
	bool ok;

	if (!db_open(arena_printf(arena, "%s/db", data), DB_READ, &db, e))
		return false;
	db_begin(db);
	ok = audit_verify(db, 1, &report, e) &&
	    (audit_anchor_check(db, audit_anchor_path(&site, arena), e) ||
		streq(e->code, "audit.no_anchor"));
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
		{ "data", required_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct arena *arena;
	const char *data = NULL;
	struct err e;
	int option, code = 0;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h')
			return verify_usage(stdout, 0);
		if (option != 'd')
			return verify_usage(stderr, VERIFY_MISMATCH);
		data = optarg;
	}
	if (data == NULL)
		return verify_usage(stderr, VERIFY_MISMATCH);
	arena = arena_create();
	if (!verify_data(data, arena, &e))
		code = role_fail(&e);
	arena_destroy(arena);
	return code;
}
