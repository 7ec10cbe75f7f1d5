/* SPDX-License-Identifier: MIT */
#include "role/backups.h"

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
#include "base/log.h"
#include "base/str.h"
#include "resource/backup/backup.h"

#define BACKUPS_NAME 80

struct backups {
	struct job job;
	struct site *site;
	struct loop *loop;
	struct writer *writer;
	const char *folder;
	bool stopped, busy;

	/* the one that is made */
	char name[BACKUPS_NAME];
	struct backup_options options;
	struct backup_report report;
	char sha256[DIGEST_HEX];
	int64_t size;
	bool ok;
	struct err err;
};

static struct cx
backups_cx(struct backups *b, struct arena *arena, struct db *db)
{
	return (struct cx){ .arena = arena,
		.db = db,
		.actor = &actor_engine,
		.site = b->site,
		.now = clock_wall_ms() };
}

/* --- pool ----------------------------------------------------------------- */

static bool
backups_measure(struct backups *b, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct digest *digest = digest_begin();
	char bytes[65536];
	ssize_t n = -1;

	b->size = 0;
	while (fd >= 0 && ((n = read(fd, bytes, sizeof(bytes))) > 0 ||
			      (n < 0 && errno == EINTR)))
		if (n > 0) {
			digest_add(digest, bytes, (size_t)n);
			b->size += n;
		}
	digest_end(digest, b->sha256);
	if (n != 0)
		err_sys(e, "read the backup '%s' again", path);
	if (fd >= 0)
		close(fd);
	return n == 0;
}

static void
backups_work(void *arg)
{
	struct backups *b = arg;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", b->folder, b->name);
	b->ok = backup_make(b->site->data, path, &b->options, &b->report,
		    &b->err) &&
	    backups_measure(b, path, &b->err);
}

/* --- core ----------------------------------------------------------------- */

static bool
backups_write(struct job *job, struct db *db, struct err *e)
{
	struct backups *b = (struct backups *)(void *)job;
	struct arena *arena = arena_create();
	struct cx cx = backups_cx(b, arena, db);
	struct backup *row = backup_open(&cx);

	if (row != NULL && streq(row->name, b->name))
		backup_end(&cx, row, b->ok ? &b->report : NULL, b->size,
		    b->sha256, b->err.message);
	arena_destroy(arena);
	return !db_failed(db, e);
}

static void
backups_written(struct job *job, bool ok)
{
	struct backups *b = (struct backups *)(void *)job;

	if (!ok)
		log_error("backup", "error='%s'", job->err.message);
	b->busy = false;
}

/* What asks for one may come before this is told: the row says which. */
static bool
backups_look(struct job *job, struct db *db, struct err *e)
{
	struct backups *b = (struct backups *)(void *)job;
	struct arena *arena = arena_create();
	struct cx cx = backups_cx(b, arena, db);
	const struct backup *row = backup_open(&cx);

	b->name[0] = '\0';
	if (row != NULL) {
		snprintf(b->name, sizeof(b->name), "%s", row->name);
		b->options = (struct backup_options){ .logs = row->logs };
	}
	arena_destroy(arena);
	return !db_failed(db, e);
}

static bool
backups_cut_short(struct job *job, struct db *db, struct err *e)
{
	struct backups *b = (struct backups *)(void *)job;
	struct arena *arena = arena_create();
	struct cx cx = backups_cx(b, arena, db);
	struct backup *row = backup_open(&cx);

	b->name[0] = '\0';
	if (row != NULL) {
		snprintf(b->name, sizeof(b->name), "%s", row->name);
		backup_end(&cx, row, NULL, 0, "", "the server ended before it "
			"was told to be whole: make another one");
	}
	arena_destroy(arena);
	return !db_failed(db, e);
}

/* --- loop ----------------------------------------------------------------- */

static void
backups_done(void *arg)
{
	struct backups *b = arg;

	if (b->stopped)
		return;
	b->job = (struct job){ .run = backups_write, .done = backups_written };
	writer_submit(b->writer, &b->job);
}

static void
backups_looked(struct job *job, bool ok)
{
	struct backups *b = (struct backups *)(void *)job;

	if (b->stopped || !ok || b->name[0] == '\0')
		b->busy = false;
	else
		loop_work(b->loop, backups_work, backups_done, b);
}

static void
backups_begin(void *arg)
{
	struct backups *b = arg;

	if (b->stopped || b->busy)
		return;
	b->busy = true;
	b->job = (struct job){ .run = backups_look, .done = backups_looked };
	writer_submit(b->writer, &b->job);
}

/* Core thread, after the commit of the ask. */
static void
backups_asked(void *self)
{
	struct backups *b = self;

	loop_post(b->loop, backups_begin, b);
}

/* NAME.TAG and NAME.TAG-db of one that was killed. */
static void
backups_sweep(struct backups *b)
{
	const size_t n = strlen(b->name);
	const struct dirent *entry;
	DIR *dir = n == 0 ? NULL : opendir(b->folder);

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (strncmp(entry->d_name, b->name, n) == 0 &&
		    entry->d_name[n] == '.')
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir != NULL)
		closedir(dir);
}

static void
backups_swept(struct job *job, bool ok)
{
	struct backups *b = (struct backups *)(void *)job;

	b->busy = false;
	if (ok)
		backups_sweep(b);
	if (!b->stopped) /* somebody may have asked meanwhile */
		backups_begin(b);
}

struct backups *
backups_start(struct site *site, struct loop *l, struct writer *w,
    const char *folder)
{
	struct backups *b;

	if (folder == NULL)
		return NULL;
	if (access(folder, W_OK | X_OK) != 0)
		log_warn("backups", "'%s': %s: slipway backup create will "
		    "fail", folder, strerror(errno));
	b = calloc(1, sizeof(*b));
	ASSERT(b != NULL);
	b->site = site;
	b->loop = l;
	b->writer = w;
	b->folder = folder;
	b->busy = true;
	b->job = (struct job){ .run = backups_cut_short,
		.done = backups_swept };
	writer_submit(w, &b->job);
	site->backup_self = b;
	site->backup_asked = backups_asked;
	return b;
}

void
backups_stop(struct backups *b)
{
	if (b != NULL)
		b->stopped = true;
}

void
backups_free(struct backups *b)
{
	free(b);
}
