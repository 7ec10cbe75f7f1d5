/* SPDX-License-Identifier: MIT */
#include "store/backup.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/json_out.h"
#include "base/limits.h"
#include "base/version.h"
#include "store/audit.h"
#include "store/backup_name.h"
#include "store/meta.h"
#include "sys/failpoint.h"

#define BACKUP_PAGE 4096 /* of the database, as SQLite makes it */

struct pack {
	struct archive *archive;
	const char *data;
	struct json_out list; /* of the manifest */
	struct buf manifest;
	struct backup_report *report;
	struct err *e;
};

static bool
pack_failed(struct pack *p, const char *name)
{
	const int number = archive_errno(p->archive);
	const char *why = archive_error_string(p->archive);

	errno = number > 0 ? number : EIO;
	return err_sys(p->e, "pack '%s': %s", name, why == NULL ? "" : why);
}

static bool
pack_header(struct pack *p, const char *name, int64_t size)
{
	struct archive_entry *entry = archive_entry_new();
	bool ok;

	ASSERT(entry != NULL);
	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, size);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	archive_entry_set_mtime(entry, p->report->made_at / 1000, 0);
	ok = archive_write_header(p->archive, entry) == ARCHIVE_OK;
	archive_entry_free(entry);
	return ok || pack_failed(p, name);
}

/* A file that grows meanwhile is taken as far as it was. */
static bool
pack_bytes(struct pack *p, int fd, const char *name, int64_t size,
    struct digest *digest)
{
	static const size_t most = KIB(256);
	char *bytes = malloc(most);
	int64_t left = size;

	ASSERT(bytes != NULL);
	while (left > 0) {
		const size_t want = left < (int64_t)most ? (size_t)left : most;
		const ssize_t n = read(fd, bytes, want);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || archive_write_data(p->archive, bytes,
				  (size_t)n) != n)
			break;
		digest_add(digest, bytes, (size_t)n);
		left -= n;
	}
	free(bytes);
	return left == 0 || pack_failed(p, name);
}

static void
pack_listed(struct pack *p, const char *name, int64_t size, const char *hash)
{
	json_object_begin(&p->list);
	json_kv_str(&p->list, "name", name);
	json_kv_int(&p->list, "size", size);
	json_kv_str(&p->list, "sha256", hash);
	json_object_end(&p->list);
	p->report->files++;
	p->report->bytes += size;
}

/* Put the file at path in under that name; *ret_absent: it is not there. */
static bool
pack_file(struct pack *p, const char *path, const char *name,
    bool *ret_absent)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct digest *digest;
	char hash[DIGEST_HEX];
	struct stat st;
	bool ok;

	*ret_absent = fd < 0 && errno == ENOENT;
	if (fd < 0)
		return *ret_absent || err_sys(p->e, "pack '%s'", path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(p->e, ERR_INVALID, "backup.file",
		    "pack '%s': it is not a regular file", path);
	}
	digest = digest_begin();
	ok = pack_header(p, name, st.st_size) &&
	    pack_bytes(p, fd, name, st.st_size, digest);
	digest_end(digest, hash);
	close(fd);
	if (ok)
		pack_listed(p, name, st.st_size, hash);
	return ok;
}

/* One of the data folder, if it is there. */
static bool
pack_own(struct pack *p, const char *name)
{
	char path[PATH_MAX];
	bool absent;

	snprintf(path, sizeof(path), "%s/%s", p->data, name);
	return pack_file(p, path, name, &absent);
}

/* The keeper of an attempt holds the lock of its log (keep/wire.h). */
static bool
pack_is_over(const struct pack *p, const char *folder)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[PATH_MAX];
	bool over;
	int fd;

	snprintf(path, sizeof(path), "%s/k/%s/log", p->data, folder);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) /* compressed, or none: then there is nothing to pack */
		return errno == ENOENT;
	over = fcntl(fd, F_GETLK, &all) == 0 && all.l_type == F_UNLCK;
	close(fd);
	return over;
}

static bool
pack_attempt(struct pack *p, const char *folder)
{
	static const char *const kept[] = { "log", "log.zst", "idx", "exit" };
	char name[64];

	if (!pack_is_over(p, folder))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		snprintf(name, sizeof(name), "k/%.40s/%s", folder, kept[i]);
		if (!pack_own(p, name))
			return false;
	}
	return true;
}

static bool
pack_blob(struct pack *p, const char *file)
{
	char name[DIGEST_HEX + 8];

	snprintf(name, sizeof(name), "blob/%.64s", file);
	return pack_own(p, name);
}

static bool
pack_artifact(struct pack *p, const char *file)
{
	char name[DIGEST_HEX + 16];

	snprintf(name, sizeof(name), "artifact/%.64s", file);
	return pack_own(p, name);
}

static bool
pack_folder(struct pack *p, const char *folder, bool (*is)(struct str name),
    bool (*pack)(struct pack *p, const char *name))
{
	char path[PATH_MAX];
	const struct dirent *entry;
	bool ok = true;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", p->data, folder);
	dir = opendir(path);
	if (dir == NULL)
		return errno == ENOENT || err_sys(p->e, "read '%s'", path);
	while (ok && (entry = readdir(dir)) != NULL)
		if (is(str_of(entry->d_name)))
			ok = pack(p, entry->d_name);
	closedir(dir);
	return ok;
}

static bool
pack_manifest(struct pack *p)
{
	const struct backup_report *r = p->report;
	struct buf text = { 0 };
	struct json_out out;
	bool ok;

	json_array_end(&p->list);
	json_out_init(&out, &text);
	json_object_begin(&out);
	json_kv_int(&out, "slipway_backup", BACKUP_FORMAT);
	json_kv_str(&out, "version", SLIPWAY_VERSION);
	json_kv_int(&out, "made_at", r->made_at);
	json_kv_int(&out, "schema", r->schema);
	json_kv_int(&out, "epoch", r->epoch);
	json_kv_int(&out, "events", r->events);
	json_kv_str(&out, "head", r->head);
	json_kv_raw(&out, "files", buf_cstr(&p->manifest));
	json_object_end(&out);
	ok = pack_header(p, BACKUP_MANIFEST, (int64_t)text.len) &&
	    (archive_write_data(p->archive, text.data, text.len) ==
		    (la_ssize_t)text.len ||
		pack_failed(p, BACKUP_MANIFEST));
	buf_finish(&text);
	return ok;
}

static bool
pack_all(struct pack *p, const struct backup_options *o, const char *db)
{
	bool absent;

	json_out_init(&p->list, &p->manifest);
	json_array_begin(&p->list);
	if (!pack_file(p, db, "db", &absent) ||
	    !pack_folder(p, "blob", backup_is_digest, pack_blob) ||
	    !pack_folder(p, "artifact", backup_is_digest, pack_artifact) ||
	    (o->key && !pack_own(p, "key")) ||
	    (o->logs && !pack_folder(p, "k", backup_is_number, pack_attempt)))
		return false;
	return pack_manifest(p);
}

static bool
pack_open(struct pack *p, int fd)
{
	p->archive = archive_write_new();
	ASSERT(p->archive != NULL);
	return (archive_write_add_filter_zstd(p->archive) == ARCHIVE_OK &&
		   archive_write_set_format_pax_restricted(p->archive) ==
		       ARCHIVE_OK &&
		   archive_write_open_fd(p->archive, fd) == ARCHIVE_OK) ||
	    pack_failed(p, "the backup");
}

static bool
backup_pack(const char *data, int fd, const char *db,
    const struct backup_options *o, struct backup_report *ret, struct err *e)
{
	struct pack p = { .data = data, .report = ret, .e = e };
	bool ok = pack_open(&p, fd) && pack_all(&p, o, db);

	if (ok && archive_write_close(p.archive) != ARCHIVE_OK)
		ok = pack_failed(&p, "the backup");
	archive_write_free(p.archive);
	buf_finish(&p.manifest);
	FAILPOINT("backup.packed");
	if (ok && fsync(fd) != 0)
		ok = err_sys(e, "write the backup");
	return ok;
}

/* --- database ------------------------------------------------------------- */

/* " (byte 81920)" for what names page 21. */
static const char *
backup_place(struct str found, char to[48])
{
	static const char name[] = "age ";
	const char *at = memmem(found.p, found.n, name, sizeof(name) - 1);
	long long page = at == NULL ? 0
				    : strtoll(at + sizeof(name) - 1, NULL, 10);

	to[0] = '\0';
	if (page > 0)
		snprintf(to, 48, " (byte %lld)", (page - 1) * BACKUP_PAGE);
	return to;
}

bool
backup_check_pages(struct db *db, bool quick, struct err *e)
{
	struct query *q =
	    query(db, quick ? "backup_quick" : "backup_integrity");
	char place[48];
	struct str found = STR("nothing was read");
	bool ok = query_next(q);

	if (ok)
		found = column_str_at(q, 0);
	ok = ok && str_is(found, "ok");
	if (!ok && !db_failed(db, e)) {
		err_set(e, ERR_IO, "db.corrupt", "database '%s': %.*s%s",
		    db_path(db), (int)found.n, found.p,
		    backup_place(found, place));
		err_hint(e, "slipway restore BACKUP --to NEW --new-epoch");
	}
	query_end(q);
	return ok;
}

bool
backup_check_db(const char *path, struct backup_report *ret, struct err *e)
{
	struct audit_report audit = { .count = 0 };
	struct db *db = NULL;
	bool ok;

	if (!db_open(path, DB_READ, &db, e)) {
		db_close(db);
		return false;
	}
	db_begin(db);
	ok = backup_check_pages(db, false, e) && audit_verify(db, 1, &audit, e);
	ret->schema = meta_get_int(db, "schema", 0);
	ret->epoch = meta_get_int(db, "epoch", 0);
	ret->events = audit.count;
	memcpy(ret->head, audit.hash, sizeof(ret->head));
	if (ok && db_failed(db, e))
		ok = false;
	db_rollback(db);
	db_close(db);
	return ok;
}

static void
backup_remove_db(const char *path)
{
	static const char *const tails[] = { "", "-wal", "-shm" };
	char name[PATH_MAX + 8];

	for (size_t i = 0; i < ARRAY_SIZE(tails); i++) {
		snprintf(name, sizeof(name), "%s%s", path, tails[i]);
		unlink(name);
	}
}

static bool
backup_snapshot(const char *data, const char *to, struct backup_report *ret,
    struct err *e)
{
	char from[PATH_MAX];
	struct db *db = NULL;
	bool ok;

	snprintf(from, sizeof(from), "%s/db", data);
	ok = db_open(from, DB_READ, &db, e);
	ret->made_at = clock_wall_ms();
	ok = ok && db_copy(db, to, e);
	db_close(db);
	FAILPOINT("backup.copied");
	return ok && backup_check_db(to, ret, e);
}

/* --- the whole ------------------------------------------------------------ */

static bool
backup_into_place(const char *temporary, const char *to, struct err *e)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(to, '/');
	bool ok;
	int dir;

	snprintf(folder, sizeof(folder), "%.*s",
	    slash == NULL ? 1 : (int)(slash - to) + 1,
	    slash == NULL ? "." : to);
	FAILPOINT("backup.rename.before");
	if (rename(temporary, to) != 0)
		return err_sys(e, "write the backup '%s'", to);
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ok = dir >= 0 && fsync(dir) == 0;
	if (!ok)
		err_sys(e, "write the backup '%s'", to);
	if (dir >= 0)
		close(dir);
	return ok;
}

bool
backup_make(const char *data, const char *to, const struct backup_options *o,
    struct backup_report *ret, struct err *e)
{
	char db[PATH_MAX], file[PATH_MAX], tag[16] = "";
	bool ok;
	int fd;

	*ret = (struct backup_report){ .has_key = o->key };
	id_text(tag, 12);
	if (strlen(to) > PATH_MAX - 64)
		return err_set(e, ERR_INVALID, "backup.path",
		    "'%s' is too long", to);
	snprintf(db, sizeof(db), "%s.%s-db", to, tag);
	snprintf(file, sizeof(file), "%s.%s", to, tag);
	fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, "write the backup '%s'", to);
	ok = backup_snapshot(data, db, ret, e) &&
	    backup_pack(data, fd, db, o, ret, e);
	backup_remove_db(db);
	close(fd);
	ok = ok && backup_into_place(file, to, e);
	if (!ok)
		unlink(file);
	return ok;
}
