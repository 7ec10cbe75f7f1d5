/* SPDX-License-Identifier: MIT */
#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/map.h"
#include "store/audit.h"
#include "store/backup.h"
#include "store/backup_name.h"
#include "store/lock.h"
#include "store/meta.h"
#include "store/migrate.h"
#include "sys/failpoint.h"
#include "sys/file.h"

#define RESTORE_MANIFEST_BYTES MIB(256)

bool
backup_is_digest(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (strchr("0123456789abcdef", name.p[i]) == NULL)
			return false;
	return name.n == DIGEST_HEX - 1;
}

bool
backup_is_number(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] < '0' || name.p[i] > '9')
			return false;
	return name.n > 0 && name.n < 19;
}

bool
backup_is_name(struct str name)
{
	struct str rest, folder = str_cut(name, '/', &rest), attempt;

	if (str_is(name, "db") || str_is(name, "key"))
		return true;
	if (str_is(folder, "blob") || str_is(folder, "artifact"))
		return backup_is_digest(rest);
	if (!str_is(folder, "k"))
		return false;
	attempt = str_cut(rest, '/', &rest);
	return backup_is_number(attempt) &&
	    (str_is(rest, "log") || str_is(rest, "log.zst") ||
		str_is(rest, "idx") ||
		str_is(rest, "exit"));
}

/* --- unpack --------------------------------------------------------------- */

struct unpacked {
	char hash[DIGEST_HEX];
	int64_t size;
	bool listed;
};

struct unpack {
	struct archive *archive;
	const char *file, *to;
	struct arena *arena;
	struct map found; /* name → struct unpacked */
	struct buf manifest;
	struct backup_report *report;
	struct err *e;
};

static bool
unpack_failed(struct unpack *u, const char *what)
{
	err_set(u->e, ERR_INVALID, "backup.corrupt", "backup '%s': %s",
	    u->file, what);
	return err_hint(u->e, "take another backup");
}

static bool
unpack_read_failed(struct unpack *u)
{
	const char *why = archive_error_string(u->archive);

	return unpack_failed(u, why == NULL ? "it cannot be read" : why);
}

/* What is left of the entry, to fd and into the digest. */
static bool
unpack_bytes(struct unpack *u, int fd, struct unpacked *one)
{
	struct digest *digest = digest_begin();
	char *bytes = malloc(KIB(256));
	la_ssize_t n;
	bool ok = true;

	ASSERT(bytes != NULL);
	while (ok && (n = archive_read_data(u->archive, bytes, KIB(256))) != 0) {
		if (n < 0) {
			ok = unpack_read_failed(u);
			break;
		}
		digest_add(digest, bytes, (size_t)n);
		one->size += n;
		if (!file_write_all(fd, bytes, (size_t)n))
			ok = err_sys(u->e, "restore to '%s'", u->to);
	}
	free(bytes);
	digest_end(digest, one->hash);
	if (ok && fsync(fd) != 0)
		ok = err_sys(u->e, "restore to '%s'", u->to);
	return ok;
}

static bool
unpack_manifest(struct unpack *u)
{
	char bytes[8192];
	la_ssize_t n;

	while ((n = archive_read_data(u->archive, bytes, sizeof(bytes))) > 0) {
		if (u->manifest.len + (size_t)n > RESTORE_MANIFEST_BYTES)
			return unpack_failed(u, "its manifest is too large");
		buf_add(&u->manifest, bytes, (size_t)n);
	}
	return n == 0 || unpack_read_failed(u);
}

static bool
unpack_file(struct unpack *u, const char *name)
{
	struct unpacked *one = ARENA_NEW(u->arena, struct unpacked);
	char path[PATH_MAX], *slash;
	bool ok;
	int fd;

	if (map_get(&u->found, name) != NULL)
		return unpack_failed(u, "it has a file twice");
	snprintf(path, sizeof(path), "%s/%s", u->to, name);
	slash = strrchr(path, '/');
	*slash = '\0';
	if (!file_mkdirs(path, 0700, u->e))
		return false;
	*slash = '/';
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	if (fd < 0)
		return err_sys(u->e, "restore '%s'", path);
	ok = unpack_bytes(u, fd, one);
	close(fd);
	map_put(&u->found, name, one);
	return ok;
}

static bool
unpack_entries(struct unpack *u)
{
	struct archive_entry *entry;
	int rc;

	while ((rc = archive_read_next_header(u->archive, &entry)) ==
	    ARCHIVE_OK) {
		const char *name = archive_entry_pathname(entry);

		if (u->manifest.len > 0)
			return unpack_failed(u, "it goes on behind its end");
		if (name == NULL || archive_entry_filetype(entry) != AE_IFREG ||
		    archive_entry_hardlink(entry) != NULL)
			return unpack_failed(u, "it holds more than files");
		if (streq(name, BACKUP_MANIFEST) ? !unpack_manifest(u)
		    : !backup_is_name(str_of(name))
			? !unpack_failed(u, "it holds a name that is not ours")
			: !unpack_file(u, name))
			return false;
		FAILPOINT("restore.unpacked");
	}
	return rc == ARCHIVE_EOF || unpack_read_failed(u);
}

/* --- manifest ------------------------------------------------------------- */

static bool
manifest_file(struct unpack *u, const json_t *listed)
{
	const char *name = json_string_value(json_object_get(listed, "name"));
	const char *hash = json_string_value(json_object_get(listed, "sha256"));
	const int64_t size =
	    json_integer_value(json_object_get(listed, "size"));
	struct unpacked *one = name == NULL ? NULL : map_get(&u->found, name);

	if (one == NULL || one->listed)
		return unpack_failed(u, "a file of its manifest is missing");
	one->listed = true;
	if (hash == NULL || size != one->size || !streq(hash, one->hash))
		return unpack_failed(u, arena_printf(u->arena,
		    "'%s' is not what its manifest says", name));
	if ((str_starts(str_of(name), "blob/") ||
		str_starts(str_of(name), "artifact/")) &&
	    !streq(strchr(name, '/') + 1, hash))
		return unpack_failed(u, arena_printf(u->arena,
		    "'%s' is not what its name says", name));
	u->report->files++;
	u->report->bytes += size;
	return true;
}

static bool
manifest_check(struct unpack *u)
{
	json_t *m = json_loadb(u->manifest.data, u->manifest.len,
	    JSON_REJECT_DUPLICATES, NULL), *files, *listed;
	bool ok = true;
	size_t i;

	if (u->manifest.len == 0)
		return unpack_failed(u, "it is cut: it has no manifest");
	if (json_integer_value(json_object_get(m, "slipway_backup")) !=
	    BACKUP_FORMAT) {
		json_decref(m);
		return unpack_failed(u, "its manifest is of another form");
	}
	u->report->made_at = json_integer_value(json_object_get(m, "made_at"));
	files = json_object_get(m, "files");
	json_array_foreach (files, i, listed)
		ok = ok && manifest_file(u, listed);
	if (ok && json_array_size(files) != u->found.count)
		ok = unpack_failed(u, "it has files that its manifest has not");
	json_decref(m);
	if (ok && map_get(&u->found, "db") == NULL)
		ok = unpack_failed(u, "it has no database");
	u->report->has_key = map_get(&u->found, "key") != NULL;
	return ok;
}

/* All of the file into the new folder `to`, checked. */
static bool
backup_unpack(const char *file, const char *to, struct backup_report *ret,
    struct err *e)
{
	struct unpack u = { .file = file, .to = to, .report = ret, .e = e };
	char db[PATH_MAX];
	bool ok;

	*ret = (struct backup_report){ .files = 0 };
	if (access(file, R_OK) != 0)
		return err_sys(e, "backup '%s'", file);
	u.arena = arena_create();
	map_init(&u.found);
	u.archive = archive_read_new();
	ASSERT(u.archive != NULL);
	archive_read_support_filter_zstd(u.archive);
	archive_read_support_format_tar(u.archive);
	ok = archive_read_open_filename(u.archive, file, KIB(256)) ==
		ARCHIVE_OK
	    ? unpack_entries(&u) && manifest_check(&u)
	    : unpack_read_failed(&u);
	archive_read_free(u.archive);
	map_finish(&u.found);
	buf_finish(&u.manifest);
	arena_destroy(u.arena);
	snprintf(db, sizeof(db), "%s/db", to);
	return ok && backup_check_db(db, ret, e);
}

static bool
restore_beside(const char *path, const char *tail, char to[PATH_MAX],
    struct err *e)
{
	struct str name = str_of(path);

	while (name.n > 1 && name.p[name.n - 1] == '/')
		name.n--;
	if (snprintf(to, PATH_MAX, "%.*s%s", (int)name.n, name.p, tail) >=
	    PATH_MAX - 80)
		return err_set(e, ERR_INVALID, "backup.path",
		    "'%s' is too long", path);
	/* What a restore that was killed has left. */
	return file_remove_tree(AT_FDCWD, to, e) && file_mkdirs(to, 0700, e);
}

bool
backup_verify(const char *file, struct backup_report *ret, struct err *e)
{
	char to[] = "/var/tmp/slipway-verify-XXXXXX";
	bool ok;

	if (mkdtemp(to) == NULL)
		return err_sys(e, "make a folder in /var/tmp");
	ok = backup_unpack(file, to, ret, e);
	file_remove_tree(AT_FDCWD, to, NULL);
	return ok;
}

/* --- a new epoch ---------------------------------------------------------- */

static void
epoch_write(struct db *db, int64_t made_at, const char *what)
{
	const int64_t epoch = meta_get_int(db, "epoch", 0);
	const int64_t now = clock_wall_ms();
	char text[160], made[CLOCK_TEXT];
	const struct audit_entry entry = { .at = now,
		.actor = "operator",
		.via = "restore",
		.action = "server.restored",
		.object = "server",
		.decision = "done",
		.reason = text,
		.detail = "{}" };

	snprintf(text, sizeof(text), "restored from %s%s%s: look at what would "
	    "begin", what, made_at == 0 ? "" : " of ",
	    made_at == 0 ? "" : clock_text(made_at, made));
	meta_set_int(db, "epoch",
	    ((epoch >> BACKUP_EPOCH_BITS) + 1) << BACKUP_EPOCH_BITS);
	meta_set_int(db, "restored_at", now);
	meta_set_int(db, "drain_since", now);
	meta_set(db, "drain_by", "restore");
	meta_set(db, "drain_reason", text);
	audit_append(db, &entry);
}

/* The anchor last: without it a folder that was adopted is refused again. */
static bool
epoch_begin(const char *data, int64_t made_at, const char *what,
    struct err *e)
{
	char path[PATH_MAX + 16], head[DIGEST_HEX];
	struct db *db = NULL;
	int64_t seq;
	int schema;
	bool ok;

	snprintf(path, sizeof(path), "%s/db", data);
	ok = db_open(path, DB_WRITE, &db, e) &&
	    migrate_current(db, &schema, e);
	if (ok && schema > migrate_latest())
		ok = err_set(e, ERR_CONFIG, "store.newer", "the database has "
		    "schema %d, this slipway knows %d", schema,
		    migrate_latest());
	if (ok) {
		db_begin(db);
		epoch_write(db, made_at, what);
		seq = audit_head(db, head);
		ok = db_commit(db, e) && db_checkpoint(db, e);
	}
	db_close(db);
	snprintf(path, sizeof(path), "%s/anchor", data);
	FAILPOINT("restore.epoch");
	return ok && audit_anchor_write(path, seq, head, e);
}

/* --- restore -------------------------------------------------------------- */

static bool
restore_is_free(const char *data, struct err *e)
{
	const struct dirent *entry;
	bool empty = true;
	DIR *dir = opendir(data);

	if (dir == NULL)
		return errno == ENOENT || err_sys(e, "read '%s'", data);
	while ((entry = readdir(dir)) != NULL)
		if (!streq(entry->d_name, ".") && !streq(entry->d_name, ".."))
			empty = false;
	closedir(dir);
	if (empty)
		return true;
	err_set(e, ERR_CONFLICT, "restore.not_empty", "'%s' is not empty",
	    data);
	return err_hint(e, "restore to a new folder, then move them: mv %.80s "
			   "%.80s.old", data, data);
}

static bool
restore_key(const char *to, const char *key, struct err *e)
{
	struct buf bytes = { 0 };
	char path[PATH_MAX + 8];
	bool ok;

	if (key == NULL)
		return true;
	snprintf(path, sizeof(path), "%s/key", to);
	ok = file_read(AT_FDCWD, key, 4096, &bytes, e) &&
	    file_replace(AT_FDCWD, path, bytes.data, bytes.len, 0600, e);
	buf_finish(&bytes);
	return ok;
}

bool
backup_restore(const char *file, const char *data, const char *key,
    struct backup_report *ret, struct err *e)
{
	char to[PATH_MAX];

	if (!restore_is_free(data, e) ||
	    !restore_beside(data, ".restoring", to, e) ||
	    !backup_unpack(file, to, ret, e) || !restore_key(to, key, e) ||
	    !epoch_begin(to, ret->made_at, "a backup", e))
		return false;
	FAILPOINT("restore.rename.before");
	if (rename(to, data) != 0)
		return err_sys(e, "rename '%s' to '%s'", to, data);
	return true;
}

/* --- adopt ---------------------------------------------------------------- */

static bool
adopt_last_attempt(const char *data, int64_t *ret, struct err *e)
{
	char path[PATH_MAX];
	struct query *q;
	struct db *db = NULL;
	bool ok;

	snprintf(path, sizeof(path), "%s/db", data);
	if (!db_open(path, DB_READ, &db, e)) {
		db_close(db);
		return false;
	}
	db_begin(db);
	q = query(db, "backup_last_attempt");
	*ret = query_next(q) ? column_int_at(q, 0) : 0;
	query_end(q);
	ok = !db_failed(db, e);
	db_rollback(db);
	db_close(db);
	return ok;
}

/* Else attempts to come would find their folders taken. */
static bool
adopt_put_aside(const char *data, struct err *e)
{
	char path[PATH_MAX], aside[64];
	const struct dirent *entry;
	int64_t last, number;
	bool ok = true;
	DIR *dir;

	if (!adopt_last_attempt(data, &last, e))
		return false;
	snprintf(path, sizeof(path), "%s/k", data);
	dir = opendir(path);
	if (dir == NULL)
		return errno == ENOENT || err_sys(e, "read '%s'", path);
	while (ok && (entry = readdir(dir)) != NULL) {
		if (!backup_is_number(str_of(entry->d_name)) ||
		    !str_to_int64(str_of(entry->d_name), &number) ||
		    number <= last)
			continue;
		snprintf(aside, sizeof(aside), "lost-%lld-%.20s",
		    (long long)(clock_wall_ms() / 1000), entry->d_name);
		ok = renameat(dirfd(dir), entry->d_name, dirfd(dir), aside) ==
			0 || err_sys(e, "rename '%s/%s'", path, entry->d_name);
	}
	closedir(dir);
	return ok;
}

bool
backup_adopt(const char *data, struct err *e)
{
	struct backup_report report = { .files = 0 };
	char path[PATH_MAX];
	bool ok;
	int lock;

	if (!store_lock(data, &lock, e))
		return false;
	snprintf(path, sizeof(path), "%s/db", data);
	ok = backup_check_db(path, &report, e) && adopt_put_aside(data, e) &&
	    epoch_begin(data, 0, "an old copy", e);
	close(lock);
	return ok;
}
