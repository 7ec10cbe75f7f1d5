/* SPDX-License-Identifier: MIT */
#include "role/role.h"

#include <getopt.h>
#include <stdio.h>

#include "base/secret.h"
#include "resource/audit.h"
#include "role/data.h"
#include "store/audit_seal.h"

#define VERIFY_MISMATCH 2

#define VERIFY_ANCHORS 16

static int
verify_usage(FILE *to, int code)
{
	fputs("usage: slipway audit verify --data DIR [--full] [--anchor FILE]...\n"
	      "\n"
	      "Check the audit chain in a data folder: its checkpoints, all\n"
	      "events since the last one (--full: every event), the anchor of\n"
	      "its head there, and every line of the FILEs that `slipway serve\n"
	      "--anchor file:FILE` wrote, without a server.  Exit code 2: it\n"
	      "was changed.\n",
	    to);
	return code;
}

/* Of the folder's own: gone is told, for a cut tail would not show. */
static const char *
verify_own(struct db *db, const char *path, bool *ok, struct err *e)
{
	if (!*ok || audit_anchor_check(db, path, AUDIT_ANCHOR_EACH, e))
		return "";
	*ok = streq(e->code, "audit.no_anchor");
	return "; no anchor: whether its end was cut off is not known";
}

static bool
verify_data(const char *data, bool full, const char *const *anchors,
    struct arena *arena, struct err *e)
{
	unsigned char bytes[SEAL_KEY];
	const unsigned char *key = data_key(data, bytes) ? bytes : NULL;
	const struct site site = { .data = data };
	struct audit_report report;
	const char *end;
	struct db *db;
	bool ok;

	if (!db_open(arena_printf(arena, "%s/db", data), DB_READ, &db, e))
		return false;
	db_begin(db);
	ok = audit_verify_sealed(db, key, full, &report, e);
	end = verify_own(db, audit_anchor_path(&site, arena), &ok, e);
	if (*anchors != NULL)
		end = "";
	for (; ok && *anchors != NULL; anchors++)
		ok = audit_anchor_check(db, *anchors, AUDIT_ANCHOR_EACH, e);
	db_rollback(db);
	db_close(db);
	if (ok)
		printf("ok: %lld events, head %s%s%s\n",
		    (long long)report.count, report.hash, end,
		    key != NULL ? "" : "; no key: whether its checkpoints "
				       "were forged is not known");
	secret_wipe(bytes, sizeof(bytes));
	return ok;
}

int
role_audit_verify(int argc, char **argv)
{
	static const struct option options[] = {
		{ "anchor", required_argument, NULL, 'a' },
		{ "data", required_argument, NULL, 'd' },
		{ "full", no_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *anchors[VERIFY_ANCHORS + 1] = { NULL };
	const char *data = NULL;
	struct arena *arena;
	struct err e;
	bool full = false;
	int option, code = 0;
	size_t n = 0;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h')
			return verify_usage(stdout, 0);
		if (option == 'a' && n < VERIFY_ANCHORS)
			anchors[n++] = optarg;
		else if (option == 'd')
			data = optarg;
		else if (option == 'f')
			full = true;
		else
			return verify_usage(stderr, VERIFY_MISMATCH);
	}
	if (data == NULL || argc > optind)
		return verify_usage(stderr, VERIFY_MISMATCH);
	arena = arena_create();
	if (!verify_data(data, full, anchors, arena, &e))
		code = role_fail(&e);
	arena_destroy(arena);
	return code;
}
