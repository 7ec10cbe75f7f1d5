/* SPDX-License-Identifier: MIT */
#include "role/role.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/secret.h"
#include "base/str.h"
#include "driver/log_read.h"
#include "resource/audit.h"
#include "role/data.h"
#include "store/audit_seal.h"
#include "store/backup.h"
#include "store/backup_name.h"
#include "store/lock.h"
#include "sys/digest.h"
#include "sys/file.h"

enum { FSCK_WRONG = 1, FSCK_UNABLE = 2 };

struct fsck {
	const char *data;
	struct arena *arena;
	bool full; /* every event of the audit chain */
	int wrong;
};

static void
fsck_tell(struct fsck *f, const char *object, const char *problem)
{
	printf("%s: %s\n", object, problem);
	f->wrong++;
}

static void
fsck_rows(struct fsck *f, struct db *db)
{
	static const char *const checks[] = { "fsck_steps_of_runs",
		"fsck_waiting", "fsck_edges", "fsck_live", "fsck_closed",
		"fsck_votes", "fsck_vote_events", "fsck_need_events",
		"fsck_token_events", "fsck_token_back", "fsck_ticket_plan",
		"fsck_run_plan", "fsck_run_events",
		"fsck_ticket_events", "fsck_ticket_words", "fsck_ticket_words_left",
		"fsck_comment_words", "fsck_comment_words_left" };
	struct query *q;

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		q = query(db, checks[i]);
		while (query_next(q))
			fsck_tell(f, column_text(q, "object", f->arena),
			    column_text(q, "problem", f->arena));
		query_end(q);
	}
	q = query(db, "fsck_foreign");
	while (query_next(q))
		fsck_tell(f,
		    arena_printf(f->arena, "%s %lld",
			column_text(q, "table", f->arena),
			(long long)column_int(q, "rowid")),
		    arena_printf(f->arena, "its %s is not there",
			column_text(q, "parent", f->arena)));
	query_end(q);
}

static void fsck_artifacts(struct fsck *f, struct db *db);
static void fsck_logs(struct fsck *f, struct db *db);

/* Definitions, plans and previews are named by what is in them. */
static void
fsck_bodies(struct fsck *f, struct db *db)
{
	struct query *q = query(db, "fsck_bodies");
	char hash[DIGEST_HEX];

	while (query_next(q)) {
		const struct str body = column_str_at(q, 2);

		digest_hex(body.p, body.n, hash);
		if (!str_is(column_str_at(q, 1), hash))
			fsck_tell(f,
			    arena_printf(f->arena, "%s %.12s",
				column_text(q, "kind", f->arena),
				column_text(q, "hash", f->arena)),
			    "its bytes are not what its name says");
	}
	query_end(q);
}

/* Pages and audit chain; what is wrong there makes the rest worthless.
 * *ret_go: look on. */
static bool
fsck_chain(struct fsck *f, struct db *db, bool *ret_go, struct err *e)
{
	unsigned char key[SEAL_KEY];
	const bool has_key = data_key(f->data, key);
	struct audit_report report;

	*ret_go = backup_check_pages(db, false, e) &&
	    audit_verify_sealed(db, has_key ? key : NULL, f->full, &report,
		e);
	secret_wipe(key, sizeof(key));
	if (*ret_go)
		return true;
	if (!streq(e->code, "db.corrupt") && !streq(e->code, "audit.broken") &&
	    !streq(e->code, "audit.seal"))
		return false;
	fsck_tell(f, db_path(db), e->message);
	return true;
}

/* False: it could not be looked at. */
static bool
fsck_database(struct fsck *f, struct err *e)
{
	const struct site site = { .data = f->data };
	const char *path = arena_printf(f->arena, "%s/db", f->data);
	struct db *db = NULL;
	bool ok, go = false;

	ok = db_open(path, DB_READ, &db, e);
	if (ok) {
		db_begin(db);
		ok = fsck_chain(f, db, &go, e);
		if (!ok || !go)
			db_rollback(db);
	}
	if (ok && go) {
		fsck_rows(f, db);
		fsck_artifacts(f, db);
		fsck_bodies(f, db);
		if (f->full)
			fsck_logs(f, db);
		if (!audit_anchor_check(db,
			audit_anchor_path(&site, f->arena),
			AUDIT_ANCHOR_LAST, e) &&
		    !streq(e->code, "audit.no_anchor"))
			fsck_tell(f, "anchor", e->message);
		ok = !db_failed(db, e);
		db_rollback(db);
	}
	db_close(db);
	return ok;
}

static void
fsck_blobs(struct fsck *f)
{
	const char *folder = arena_printf(f->arena, "%s/blob", f->data);
	const struct dirent *entry;
	DIR *dir = opendir(folder);
	char hash[DIGEST_HEX];

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		struct buf bytes = { 0 };
		struct err e;

		if (!backup_is_digest(str_of(entry->d_name)))
			continue;
		if (!file_read(dirfd(dir), entry->d_name, MIB(1024), &bytes,
			&e))
			fsck_tell(f, entry->d_name, e.message);
		else if (!streq(digest_hex(bytes.data, bytes.len, hash),
			     entry->d_name))
			fsck_tell(f,
			    arena_printf(f->arena, "blob/%s", entry->d_name),
			    "its bytes are not what its name says");
		buf_finish(&bytes);
	}
	if (dir != NULL)
		closedir(dir);
}

/* --- logs ----------------------------------------------------------------- */

/* To its end; *ret_size: how long it is by its index; UINT64_MAX: its folder is
 * not there, as in a backup without logs. */
static bool
fsck_log_read(struct fsck *f, int64_t attempt, uint64_t *ret_size,
    struct err *e)
{
	struct log_chunk chunks[64];
	struct log_state state;
	struct log_read *log;
	size_t n = ARRAY_SIZE(chunks);
	uint64_t at = 0;
	bool ok;

	*ret_size = 0;
	if (!log_read_open(f->data, attempt, &log, e)) {
		if (!streq(e->code, "log.absent") ||
		    file_exists(arena_printf(f->arena, "%s/k/%lld", f->data,
			(long long)attempt)))
			return false;
		*ret_size = UINT64_MAX;
		return true;
	}
	ok = log_read_state(log, &state, e);
	while (ok && n > 0) {
		struct buf bytes = { 0 };

		n = ARRAY_SIZE(chunks);
		ok = log_read_at(log, at, KIB(256), &bytes, chunks, &n, e);
		if (ok && n > 0)
			at = chunks[n - 1].offset + chunks[n - 1].length;
		buf_finish(&bytes);
	}
	*ret_size = ok ? state.size : 0;
	log_read_close(log);
	return ok;
}

/* Those of attempts that are over, as far as they are kept: each can be read to
 * its end, and is as long as the database says. */
static void
fsck_logs(struct fsck *f, struct db *db)
{
	struct query *q = query(db, "fsck_logs");
	struct err e = { 0 };
	uint64_t size;

	while (query_next(q)) {
		const int64_t id = column_int(q, "id");
		const uint64_t bytes = (uint64_t)column_int(q, "log_bytes");
		const char *object =
		    arena_printf(f->arena, "log of attempt %lld",
			(long long)id);

		if (!fsck_log_read(f, id, &size, &e))
			fsck_tell(f, object, e.message);
		else if (size != bytes && size != UINT64_MAX)
			fsck_tell(f, object,
			    arena_printf(f->arena, "it has %llu bytes and had "
				"%llu", (unsigned long long)size,
				(unsigned long long)bytes));
	}
	query_end(q);
}

static int64_t
fsck_newest_folder(struct fsck *f)
{
	const struct dirent *entry;
	DIR *dir = opendir(arena_printf(f->arena, "%s/k", f->data));
	int64_t newest = 0, id;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (str_to_int64(str_of(entry->d_name), &id) && id > newest)
			newest = id;
	if (dir != NULL)
		closedir(dir);
	return newest;
}

/* Files of attempts that the database never heard of: it lost its end.  It is
 * asked after the folder, since a server may run. */
static void
fsck_ahead(struct fsck *f)
{
	const int64_t newest = fsck_newest_folder(f);
	struct db *db = NULL;
	struct query *q;
	int64_t known = newest;

	if (db_open(arena_printf(f->arena, "%s/db", f->data), DB_READ, &db,
		NULL)) {
		db_begin(db);
		q = query(db, "fsck_ahead");
		if (query_next(q))
			known = column_int(q, "id");
		query_end(q);
		if (db_failed(db, NULL))
			known = newest; /* said before */
		db_rollback(db);
	}
	db_close(db);
	if (known < newest)
		fsck_tell(f, "database",
		    arena_printf(f->arena, "it knows attempts up to %lld, and "
			"there are files of %lld: its end is missing",
			(long long)known, (long long)newest));
}

/* The index of words is made of what is there: it can be made again. */
static int
fsck_rebuild(const char *named)
{
	static const char *const steps[] = { "fsck_rebuild_ticket_words",
		"fsck_empty_ticket_words", "fsck_fill_ticket_words",
		"fsck_prove_ticket_words", "fsck_rebuild_comment_words",
		"fsck_empty_comment_words", "fsck_fill_comment_words",
		"fsck_prove_comment_words" };
	struct arena *a = arena_create();
	const char *data = data_folder(named, a);
	struct db *db = NULL;
	struct err e;
	int lock = -1;
	bool ok = store_lock(data, &lock, &e) &&
	    db_open(arena_printf(a, "%s/db", data), DB_WRITE, &db, &e);

	if (ok) {
		db_begin(db);
		for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
			query_run(query(db, steps[i]));
		ok = db_commit(db, &e);
	}
	if (ok)
		printf("%s: searches find again what is there\n", data);
	else
		role_fail(&e);
	db_close(db);
	if (lock >= 0)
		close(lock);
	arena_destroy(a);
	return ok ? 0 : FSCK_UNABLE;
}

/* Piece by piece: there may be gigabytes. */
static bool
fsck_is(const char *path, const char *sha256)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct digest *digest;
	char hash[DIGEST_HEX], bytes[4096];
	ssize_t n = -1;

	if (fd < 0)
		return false;
	digest = digest_begin();
	while ((n = read(fd, bytes, sizeof(bytes))) > 0 ||
	    (n < 0 && errno == EINTR))
		if (n > 0)
			digest_add(digest, bytes, (size_t)n);
	digest_end(digest, hash);
	close(fd);
	return n == 0 && streq(hash, sha256);
}

/* A server may have removed it since. */
static bool
fsck_still_named(struct fsck *f, const char *sha256)
{
	struct db *db = NULL;
	struct query *q;
	bool named = false;

	if (db_open(arena_printf(f->arena, "%s/db", f->data), DB_READ, &db,
		NULL)) {
		db_begin(db);
		q = query(db, "artifact_named");
		bind_text(q, "sha256", sha256);
		named = query_next(q);
		query_end(q);
		db_rollback(db);
	}
	db_close(db);
	return named;
}

static void
fsck_artifacts(struct fsck *f, struct db *db)
{
	struct query *q = query(db, "fsck_artifacts");

	while (query_next(q)) {
		const char *hash = column_text(q, "sha256", f->arena);
		const char *path =
		    arena_printf(f->arena, "%s/artifact/%s", f->data, hash);

		if (!fsck_is(path, hash) && fsck_still_named(f, hash))
			fsck_tell(f,
			    arena_printf(f->arena, "artifact %s",
				column_text(q, "object", f->arena)),
			    file_exists(path)
				? "its bytes are not what its hash says"
				: "its bytes are not there");
	}
	query_end(q);
}

static int
fsck_usage(FILE *to, int code)
{
	fputs("usage: slipway fsck [--full] [--rebuild-search] [DATA]\n"
	      "\n"
	      "Look for damage in a data folder: the pages and the rows of the\n"
	      "database, the audit chain and its anchor, files by digest.\n"
	      "Reads only; the server may run.  Exit code 1: something is\n"
	      "wrong, 2: it could not be looked at.\n"
	      "\n"
	      "--full reads every event of the audit chain, not only its\n"
	      "checkpoints and what came after them, and every log.\n"
	      "--rebuild-search makes the index of words anew that searches\n"
	      "look into; the server must not run.\n",
	    to);
	return code;
}

static int
fsck_run(const char *named, bool full)
{
	struct fsck f = { .arena = arena_create(), .full = full };
	struct err e;
	int code = 0;

	f.data = data_folder(named, f.arena);
	if (!fsck_database(&f, &e)) {
		role_fail(&e);
		code = FSCK_UNABLE;
	} else {
		fsck_blobs(&f);
		fsck_ahead(&f);
	}
	if (code == 0 && f.wrong == 0) {
		printf("%s: nothing is wrong\n", f.data);
	} else if (code == 0) {
		printf("%d wrong; the way back: slipway restore BACKUP --to "
		       "NEW --new-epoch\n", f.wrong);
		code = FSCK_WRONG;
	}
	arena_destroy(f.arena);
	return code;
}

int
role_fsck(int argc, char **argv)
{
	static const struct option options[] = {
		{ "full", no_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ "rebuild-search", no_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 },
	};
	bool rebuild = false, full = false;
	const char *data;
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option != 'r' && option != 'f')
			return option == 'h'
			    ? fsck_usage(stdout, 0)
			    : fsck_usage(stderr, FSCK_UNABLE);
		rebuild = rebuild || option == 'r';
		full = full || option == 'f';
	}
	if (argc - optind > 1)
		return fsck_usage(stderr, FSCK_UNABLE);
	data = argc > optind ? argv[optind] : NULL;
	return rebuild ? fsck_rebuild(data) : fsck_run(data, full);
}
