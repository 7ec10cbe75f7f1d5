/* SPDX-License-Identifier: MIT */
/* What is slipway's: data folder, database, the team's folder, server. */
#include "role/doctor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/str.h"
#include "client/client.h"
#include "platform/platform.h"
#include "resource/audit.h"
#include "spec/glass.h"
#include "store/audit.h"
#include "store/migrate.h"
#include "sys/file.h"

#define DOCTOR_KEY 32
#define DOCTOR_SPACE_FAIL ((uint64_t)MIB(64))
#define DOCTOR_SPACE_WARN ((uint64_t)MIB(1024))
#define DOCTOR_TAIL 1000 /* events: fsck and audit verify look at all */
#define DOCTOR_BACKUP_MS (INT64_C(26) * 3600000) /* a daily one drifts */

static const char *
doctor_path(struct doctor *d, const char *name)
{
	return arena_printf(d->arena, "%s/%s", d->data, name);
}

/* Not the disk is ill: somebody else asks. */
static const char *
doctor_account(struct doctor *d, const struct stat *data)
{
	const struct passwd *owner = getpwuid(data->st_uid);

	return owner == NULL
	    ? arena_printf(d->arena, "ask as root, or as user %u, whose it is",
		  (unsigned)data->st_uid)
	    : arena_printf(d->arena, "ask as root, or as %s, whose it is",
		  owner->pw_name);
}

/* What somebody else left there, as sqlite3 or cp run by root does. */
static const char *
doctor_others(struct doctor *d, uid_t owner)
{
	const char *found = NULL;
	const struct dirent *entry;
	DIR *dir = opendir(d->data);
	struct stat st;

	while (dir != NULL && found == NULL && (entry = readdir(dir)) != NULL)
		if (fstatat(dirfd(dir), entry->d_name, &st,
			AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode) && st.st_uid != owner)
			found = doctor_path(d, entry->d_name);
	if (dir != NULL)
		closedir(dir);
	return found;
}

void
doctor_rights(struct doctor *d)
{
	const char *other;
	struct stat data, key;

	if (stat(d->data, &data) != 0) {
		doctor_tell(d, DOCTOR_FAIL, "data",
		    "slipway serve makes it; or --data DIR", "'%s': %s",
		    d->data, strerror(errno));
		return;
	}
	if ((data.st_mode & 077) != 0)
		doctor_tell(d, DOCTOR_FAIL, "data",
		    arena_printf(d->arena, "chmod 700 %s", d->data),
		    "'%s' is open to others: mode %03o", d->data,
		    (unsigned)(data.st_mode & 0777));
	else if (stat(doctor_path(d, "key"), &key) != 0)
		doctor_tell(d, DOCTOR_FAIL, "data",
		    errno == EACCES ? doctor_account(d, &data)
				    : "bring the key back from the backup",
		    "'%s': %s", doctor_path(d, "key"), strerror(errno));
	else if (key.st_size != DOCTOR_KEY)
		doctor_tell(d, DOCTOR_FAIL, "data",
		    "bring the key back from the backup",
		    "'%s' is not 32 bytes long", doctor_path(d, "key"));
	else if ((key.st_mode & 077) != 0 || key.st_uid != data.st_uid)
		doctor_tell(d, DOCTOR_FAIL, "data",
		    arena_printf(d->arena, "chmod 600 %s, owner as the folder",
			doctor_path(d, "key")),
		    "the key is open to others or somebody else's");
	else if ((other = doctor_others(d, data.st_uid)) != NULL)
		doctor_tell(d, DOCTOR_FAIL, "data",
		    arena_printf(d->arena, "chown --reference=%s %s", d->data,
			other),
		    "'%s' is not of user %u, as the folder is", other,
		    (unsigned)data.st_uid);
	else
		doctor_tell(d, DOCTOR_OK, "data", NULL, "%s, of user %u",
		    d->data, (unsigned)data.st_uid);
}

void
doctor_space(struct doctor *d)
{
	struct statvfs fs;
	uint64_t left;

	if (statvfs(d->data, &fs) != 0)
		return; /* doctor_rights has said so */
	left = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (left < DOCTOR_SPACE_FAIL ||
	    (fs.f_files > 0 && fs.f_favail < 1000))
		doctor_tell(d, DOCTOR_FAIL, "space",
		    "make room: slipway usage says what takes it",
		    "%llu MiB and %llu files left below '%s'",
		    (unsigned long long)(left >> 20),
		    (unsigned long long)fs.f_favail, d->data);
	else
		doctor_tell(d,
		    left < DOCTOR_SPACE_WARN ? DOCTOR_WARN : DOCTOR_OK,
		    "space",
		    left < DOCTOR_SPACE_WARN
			? "make room: slipway usage says what takes it"
			: NULL,
		    "%llu MiB left", (unsigned long long)(left >> 20));
}

static struct db *
doctor_db(struct doctor *d, struct err *e)
{
	struct db *db;

	if (!db_open(doctor_path(d, "db"), DB_READ, &db, e))
		return NULL;
	return db;
}

void
doctor_database(struct doctor *d)
{
	struct err e = { 0 };
	struct db *db = doctor_db(d, &e);
	int schema = 0;
	struct stat st;

	if (stat(d->data, &st) == 0 && access(d->data, X_OK) != 0)
		doctor_tell(d, DOCTOR_FAIL, "database",
		    doctor_account(d, &st), "'%s': %s", doctor_path(d, "db"),
		    strerror(EACCES));
	else if (db == NULL || !migrate_current(db, &schema, &e))
		doctor_tell(d, DOCTOR_FAIL, "database",
		    "slipway fsck; the way back is slipway restore", "%s",
		    e.message);
	else if (schema > migrate_latest())
		doctor_tell(d, DOCTOR_FAIL, "database",
		    "take the newer slipway again",
		    "schema %d is newer than this slipway, which knows %d",
		    schema, migrate_latest());
	else if (schema < migrate_latest())
		doctor_tell(d, DOCTOR_WARN, "database",
		    "make a backup, then start slipway serve",
		    "schema %d; the next start makes it %d", schema,
		    migrate_latest());
	else
		doctor_tell(d, DOCTOR_OK, "database", NULL, "schema %d",
		    schema);
	db_close(db);
}

void
doctor_audit(struct doctor *d)
{
	const struct site site = { .data = d->data };
	struct audit_report report = { .count = 0 };
	struct err e = { 0 };
	struct db *db = doctor_db(d, &e);
	char head[DIGEST_HEX];
	int64_t seq;
	bool ok, anchored = true;

	if (db == NULL)
		return;
	db_begin(db);
	seq = audit_head(db, head);
	ok = seq == 0 ||
	    audit_verify(db, seq > DOCTOR_TAIL ? seq - DOCTOR_TAIL : 1,
		&report, &e);
	if (ok && seq > 0 &&
	    !audit_anchor_check(db, audit_anchor_path(&site, d->arena),
		AUDIT_ANCHOR_LAST, &e)) {
		anchored = !streq(e.code, "audit.no_anchor");
		ok = !anchored;
	}
	db_rollback(db);
	db_close(db);
	if (ok && !anchored && seq > AUDIT_ANCHOR_EVENTS)
		doctor_tell(d, DOCTOR_WARN, "audit",
		    "slipway audit verify --data DIR --anchor FILE of another "
		    "place; the server writes a new one by itself",
		    "%s: whether its end was cut off is not known", e.message);
	else if (ok)
		doctor_tell(d, DOCTOR_OK, "audit", NULL,
		    "the last %" PRId64 " of %" PRId64 " events are whole",
		    report.count, seq);
	else
		doctor_tell(d, DOCTOR_FAIL, "audit",
		    "slipway audit verify --data DIR; find out who wrote to "
		    "the database", "%s", e.message);
}

/* Rights that were taken in an emergency are looked at by somebody else. */
void
doctor_glass(struct doctor *d)
{
	struct err e = { 0 };
	struct db *db = doctor_db(d, &e);
	const char *who = "", *which = "";
	char since[CLOCK_TEXT];
	struct query *q;
	int64_t n = 0;

	if (db == NULL)
		return;
	db_begin(db);
	q = query(db, "doctor_glass");
	bind_int(q, "before", clock_wall_ms() - GLASS_REVIEW_MS);
	for (; query_next(q); n++) {
		const long long id = (long long)column_int(q, "id");

		if (n == 0)
			which = arena_printf(d->arena, "slipway --as PERSON "
			    "break-glass review %lld --note '…': somebody "
			    "other than who broke it", id);
		who = arena_printf(d->arena, "%s%sG-%lld of %s since %s", who,
		    n == 0 ? "" : ", ", id,
		    column_text(q, "person", d->arena),
		    clock_text(column_int(q, "opened_at") + GLASS_REVIEW_MS,
			since));
	}
	query_end(q);
	if (db_failed(db, &e))
		n = 0; /* an older schema: doctor_database has said so */
	db_rollback(db);
	db_close(db);
	if (n > 0)
		doctor_tell(d, DOCTOR_FAIL, "glass", which,
		    "overdue for a review: %s", who);
	else
		doctor_tell(d, DOCTOR_OK, "glass", NULL,
		    "no break-glass is overdue for a review");
}

/* Commands that write there are of its owner, who is never root. */
static void
doctor_volumes(struct doctor *d, const struct platform *p)
{
	struct stat st;

	for (size_t i = 0; i < p->nvolumes; i++) {
		const struct volume_def *v = &p->volumes[i];

		if (stat(v->path, &st) != 0)
			doctor_tell(d, DOCTOR_WARN, "volume",
			    arena_printf(d->arena, "make it, and give it to "
				"an ordinary user: install -d -o USER %s",
				v->path),
			    "'%s' (%s): %s", v->name, v->path,
			    strerror(errno));
		else if (st.st_uid == 0)
			doctor_tell(d, DOCTOR_WARN, "volume",
			    arena_printf(d->arena, "give it to an ordinary "
				"user: chown USER %s", v->path),
			    "'%s' (%s) belongs to root: no command can write "
			    "there", v->name, v->path);
	}
}

void
doctor_folder(struct doctor *d)
{
	struct jq *jq = jq_create(NULL);
	struct folder_errors errors;
	struct platform *p = NULL;
	struct err e = { 0 };

	folder_errors_init(&errors, d->arena);
	if (!platform_load(d->folder, jq, &p, &errors, &e))
		doctor_tell(d, DOCTOR_FAIL, "folder",
		    arena_printf(d->arena, "slipway check %s", d->folder),
		    "'%s' does not load: %zu mistake%s", d->folder,
		    errors.count, errors.count == 1 ? "" : "s");
	else if (p->commit[0] == '\0')
		doctor_tell(d, DOCTOR_WARN, "folder",
		    "keep it in git: evidence names the commit",
		    "'%s' loads, and is in no git commit", d->folder);
	else
		doctor_tell(d, DOCTOR_OK, "folder", NULL,
		    "'%s': %zu tasks, %zu requests, commit %.12s", d->folder,
		    p->ntasks, p->nrequests, p->commit);
	if (p != NULL)
		doctor_volumes(d, p);
	platform_unref(p);
	jq_destroy(jq);
}

static int64_t
doctor_newest(const char *folder)
{
	const struct dirent *entry;
	DIR *dir = opendir(folder);
	int64_t newest = 0;
	struct stat st;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (fstatat(dirfd(dir), entry->d_name, &st,
			AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
		    (int64_t)st.st_mtime * 1000 > newest)
			newest = (int64_t)st.st_mtime * 1000;
	if (dir != NULL)
		closedir(dir);
	return newest;
}

/* What the server made by itself, when nobody says where to look. */
static int64_t
doctor_made(struct doctor *d)
{
	struct err e = { 0 };
	struct db *db = doctor_db(d, &e);
	struct query *q;
	int64_t at = 0;

	if (db == NULL)
		return 0;
	db_begin(db);
	q = query(db, "doctor_backup");
	if (query_next(q) && !column_is_null(q, "at"))
		at = column_int(q, "at");
	query_end(q);
	if (db_failed(db, &e))
		at = 0; /* an older schema */
	db_rollback(db);
	db_close(db);
	return at;
}

static const char *
doctor_take(struct doctor *d)
{
	return arena_printf(d->arena, "slipway backup --data %s %s/", d->data,
	    d->backups);
}

void
doctor_backups(struct doctor *d)
{
	const int64_t made = d->backups == NULL ? doctor_made(d) : 0;
	const int64_t at =
	    d->backups == NULL ? made : doctor_newest(d->backups);
	char text[CLOCK_TEXT];

	if (d->backups == NULL && made != 0)
		doctor_tell(d,
		    made < clock_wall_ms() - DOCTOR_BACKUP_MS ? DOCTOR_FAIL
							      : DOCTOR_OK,
		    "backups",
		    made < clock_wall_ms() - DOCTOR_BACKUP_MS
			? "slipway backup create, each day" : NULL,
		    "the server made the newest at %s",
		    clock_text(made, text));
	else if (d->backups == NULL)
		doctor_tell(d, DOCTOR_WARN, "backups",
		    "slipway backup DIR each day; name it by --backups DIR or "
		    "$SLIPWAY_BACKUPS", "nobody says where they are");
	else if (at == 0)
		doctor_tell(d, DOCTOR_FAIL, "backups",
		    doctor_take(d), "there is none in '%s'", d->backups);
	else if (at < clock_wall_ms() - DOCTOR_BACKUP_MS)
		doctor_tell(d, DOCTOR_FAIL, "backups",
		    doctor_take(d),
		    "the newest in '%s' is of %s", d->backups,
		    clock_text(at, text));
	else
		doctor_tell(d, DOCTOR_OK, "backups", NULL, "newest of %s",
		    clock_text(at, text));
}

/* Of each check that /readyz tells of, what is not ok and has no line of its
 * own here. */
static void
doctor_ready(struct doctor *d, const json_t *ready)
{
	json_t *checks = json_object_get(ready, "checks"), *text;
	const char *name, *wrong = "";

	json_object_foreach(checks, name, text)
		if (json_is_string(text) && strncmp(name, "sandbox", 7) != 0 &&
		    strcmp(name, "break_glass") != 0 &&
		    strcmp(json_string_value(text), "ok") != 0)
			wrong = arena_printf(d->arena, "%s%s%s: %s", wrong,
			    wrong[0] == '\0' ? "" : "; ", name,
			    json_string_value(text));
	if (wrong[0] == '\0')
		doctor_tell(d, DOCTOR_OK, "server", NULL, "ready at %s",
		    d->socket);
	else
		doctor_tell(d, DOCTOR_WARN, "server",
		    strstr(wrong, "audit: ") != NULL
			? "slipway audit verify says which place or event"
			: "slipway status", "%s", wrong);
}

void
doctor_server(struct doctor *d)
{
	const struct client_options o = { .socket = d->socket };
	struct client *client = NULL;
	json_t *ready = NULL;
	struct err e;

	if (client_create(&o, &client, &e) &&
	    (client_get(client, "/readyz", &ready, &e) || ready != NULL))
		doctor_ready(d, ready);
	else
		doctor_tell(d, DOCTOR_FAIL, "server",
		    "systemctl status slipway, or slipway serve", "%s",
		    e.message);
	json_decref(ready);
	client_destroy(client);
}
