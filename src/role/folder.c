/* SPDX-License-Identifier: MIT */
#include "role/folder.h"

#include <dirent.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "resource/audit.h"
#include "role/kept_folder.h"

#define FOLDER_SETTLE_MS 300
#define FOLDER_WATCHES 1000

struct folder {
	char path[PATH_MAX];
	const char *data; /* where the last good version is kept; or NULL */
	struct loop *loop;
	struct site *site;
	struct engine *engine;
	struct writer *writer;
	struct jq *jq;
	struct loop_watch *watches[FOLDER_WATCHES];
	size_t nwatches;
	struct loop_timer *settle;
	bool reading, again, stopped;

	pthread_mutex_t lock;
	char *errors;   /* of the last reload; NULL: none */
	uint64_t begun; /* readings so far, by whichever thread */
	uint64_t told;  /* the one whose outcome holds */

	pthread_mutex_t keeping;
	uint64_t kept; /* the one that was kept */
};

/* One reading of the folder. */
struct reading {
	struct job job;
	struct folder *folder;
	uint64_t no;
	struct platform *platform; /* NULL: it has errors */
	struct buf errors;
};

/* --- reading -------------------------------------------------------------- */

static void
folder_errors_lines(const struct folder_errors *errs, const struct err *e,
    struct buf *to)
{
	for (size_t i = 0; i < errs->count; i++) {
		const struct folder_error *it = &errs->items[i];

		if (it->warning)
			continue;
		buf_printf(to, "%s%s:%d:%d: %s%s%s", to->len == 0 ? "" : "\n",
		    it->file, it->line, it->column, it->what,
		    it->hint == NULL ? "" : "; ",
		    it->hint == NULL ? "" : it->hint);
	}
	if (to->len == 0)
		buf_adds(to, e->message);
}

static void
folder_keep(struct folder *f, uint64_t no, const struct platform *p)
{
	struct err e;

	pthread_mutex_lock(&f->keeping);
	if (f->data != NULL && no > f->kept) {
		f->kept = no;
		if (!kept_folder_write(f->data, p, &e))
			log_warn("platform.not_kept", "error='%s'",
			    e.message);
	}
	pthread_mutex_unlock(&f->keeping);
}

/* Two threads read: of their outcomes the one that began last holds, or what
 * was reloaded would be undone by a reading that is older and slower. */
static uint64_t
folder_begin(struct folder *f)
{
	uint64_t no;

	pthread_mutex_lock(&f->lock);
	no = ++f->begun;
	pthread_mutex_unlock(&f->lock);
	return no;
}

/* false: one that began later has its outcome told already. */
static bool
folder_tell(struct folder *f, uint64_t no, const char *errors)
{
	char *copy = errors[0] == '\0' ? NULL : strdup(errors);
	bool last;

	pthread_mutex_lock(&f->lock);
	last = no >= f->told;
	if (last) {
		f->told = no;
		free(f->errors);
		f->errors = copy;
	} else {
		free(copy);
	}
	pthread_mutex_unlock(&f->lock);
	return last;
}

static struct platform *
folder_read(struct folder *f, uint64_t no, struct buf *errors)
{
	struct arena *arena = arena_create();
	struct platform *p = NULL;
	struct folder_errors errs;
	struct err e;

	folder_errors_init(&errs, arena);
	if (!platform_load(f->path, f->jq, &p, &errs, &e)) {
		folder_errors_lines(&errs, &e, errors);
		p = NULL;
	} else {
		folder_keep(f, no, p);
	}
	arena_destroy(arena);
	return p;
}

/* The version of before, of this very folder, which has errors now. */
static bool
folder_open_kept(struct folder *f, const struct folder_errors *errs,
    struct platform **ret, struct err *e)
{
	struct arena *a = arena_create();
	struct folder_errors ignored;
	struct kept_folder kept;
	struct buf lines = { 0 };
	char at[CLOCK_TEXT];
	struct err why;
	bool ok;

	folder_errors_init(&ignored, a);
	ok = f->data != NULL && f->path[0] != '\0' && errs->count > 0 &&
	    kept_folder_read(f->data, a, &kept, &why) &&
	    strcmp(kept.path, f->path) == 0 &&
	    platform_load_kept(f->path, f->jq, kept.files, kept.nfiles, ret,
		&ignored, &why);
	if (ok) {
		folder_errors_lines(errs, e, &lines);
		f->errors = strdup(buf_cstr(&lines));
		fprintf(stderr, "slipway: the folder has errors: in force is "
				"the version of before, kept at %s\n",
		    clock_text(kept.kept_ms, at));
		log_error("platform.invalid",
		    "the version before stays in force: %s",
		    buf_cstr(&lines));
	}
	buf_finish(&lines);
	arena_destroy(a);
	return ok;
}

bool
folder_open(const char *path, const char *data, bool quiet,
    struct folder **ret, struct platform **ret_platform, struct err *e)
{
	struct arena *arena = arena_create();
	struct folder *f = calloc(1, sizeof(*f));
	struct folder_errors errs;
	struct buf text = { 0 };
	bool ok;

	ASSERT(f != NULL);
	pthread_mutex_init(&f->lock, NULL);
	pthread_mutex_init(&f->keeping, NULL);
	f->jq = jq_create(NULL);
	f->data = data;
	folder_errors_init(&errs, arena);
	ok = realpath(path, f->path) != NULL
	    ? platform_load(f->path, f->jq, ret_platform, &errs, e)
	    : err_sys(e, "the folder '%s'", path);
	folder_errors_print(&errs, &text, isatty(STDERR_FILENO) == 1);
	if (!ok || !quiet)
		fputs(buf_cstr(&text), stderr);
	buf_finish(&text);
	if (ok)
		folder_keep(f, folder_begin(f), *ret_platform);
	else
		ok = folder_open_kept(f, &errs, ret_platform, e);
	arena_destroy(arena);
	if (!ok) {
		folder_close(f);
		return false;
	}
	*ret = f;
	return true;
}

/* --- in force ------------------------------------------------------------- */

static const char *
folder_errors(void *self, struct arena *a)
{
	struct folder *f = self;
	const char *errors;

	pthread_mutex_lock(&f->lock);
	errors = arena_strdup(a, f->errors == NULL ? "" : f->errors);
	pthread_mutex_unlock(&f->lock);
	return errors;
}

/* Core thread; takes the reference over. */
static void
folder_apply(struct folder *f, struct db *db, const struct actor *actor,
    uint64_t no, struct platform *p)
{
	struct arena *arena;

	if (!folder_tell(f, no, "")) {
		platform_unref(p);
		return;
	}
	arena = arena_create();
	struct cx cx = { .arena = arena,
		.db = db,
		.platform = p,
		.actor = actor,
		.site = f->site,
		.now = clock_wall_ms() };

	audit(&cx, "platform.reloaded", p->hash, "done", p->commit,
	    arena_printf(arena, "{\"tasks\":%zu,\"requests\":%zu}",
		p->ntasks, p->nrequests));
	log_info("platform.reloaded", "hash=%s tasks=%zu requests=%zu",
	    p->hash, p->ntasks, p->nrequests);
	engine_set_platform(f->engine, p);
	arena_destroy(arena);
}

static bool
folder_in_force(struct folder *f, const struct platform *p)
{
	struct platform *now = engine_platform(f->engine);
	const bool same = streq(now->hash, p->hash) &&
	    streq(now->commit, p->commit);

	platform_unref(now);
	return same;
}

/* platform.reload: core thread. */
static bool
folder_reload(void *self, struct db *db, struct err *e)
{
	struct folder *f = self;
	const uint64_t no = folder_begin(f);
	struct buf errors = { 0 };
	struct platform *p = folder_read(f, no, &errors);

	if (p == NULL) {
		folder_tell(f, no, buf_cstr(&errors));
		err_set(e, ERR_INVALID, "platform.invalid",
		    "the folder has errors, the version before stays: %s",
		    buf_cstr(&errors));
		err_hint(e, "slipway check %s", f->path);
		buf_finish(&errors);
		return false;
	}
	folder_apply(f, db, &actor_engine, no, p);
	return true;
}

/* --- following changes ---------------------------------------------------- */

static void folder_changed(void *arg);

static bool
reading_run(struct job *job, struct db *db, struct err *e)
{
	struct reading *r = (struct reading *)(void *)job;

	(void)e;
	folder_apply(r->folder, db, &actor_engine, r->no, r->platform);
	r->platform = NULL;
	return true;
}

static void
reading_over(struct reading *r)
{
	struct folder *f = r->folder;

	platform_unref(r->platform);
	buf_finish(&r->errors);
	free(r);
	f->reading = false;
	if (f->again && !f->stopped) {
		f->again = false;
		folder_changed(f);
	}
}

static void
reading_applied(struct job *job, bool ok)
{
	if (!ok)
		log_error("platform.reload", "error='%s'", job->err.message);
	reading_over((struct reading *)(void *)job);
}

static void
reading_work(void *arg)
{
	struct reading *r = arg;

	r->no = folder_begin(r->folder);
	r->platform = folder_read(r->folder, r->no, &r->errors);
}

static void folder_watch_all(struct folder *f);

static void
reading_done(void *arg)
{
	struct reading *r = arg;
	struct folder *f = r->folder;

	if (f->stopped) {
		reading_over(r);
		return;
	}
	folder_watch_all(f);
	if (r->platform == NULL) {
		log_error("platform.invalid",
		    "the version before stays in force: %s",
		    buf_cstr(&r->errors));
		folder_tell(f, r->no, buf_cstr(&r->errors));
	} else if (folder_in_force(f, r->platform)) {
		folder_tell(f, r->no, "");
	} else {
		r->job.run = reading_run;
		r->job.done = reading_applied;
		writer_submit(f->writer, &r->job);
		return;
	}
	reading_over(r);
}

static void
folder_settled(void *arg)
{
	struct folder *f = arg;
	struct reading *r;

	f->settle = NULL;
	if (f->reading) {
		f->again = true;
		return;
	}
	f->reading = true;
	r = calloc(1, sizeof(*r));
	ASSERT(r != NULL);
	r->folder = f;
	loop_work(f->loop, reading_work, reading_done, r);
}

static void
folder_changed(void *arg)
{
	struct folder *f = arg;

	loop_timer_stop(f->settle);
	f->settle = loop_timer_start(f->loop, FOLDER_SETTLE_MS,
	    folder_settled, f);
}

/* inotify does not look into folders: each has a watch of its own. */
static void
folder_watch_one(struct folder *f, const char *path)
{
	struct loop_watch *w;
	struct dirent *entry;
	char below[PATH_MAX];
	struct stat st;
	struct err e;
	DIR *dir;

	if (f->nwatches == FOLDER_WATCHES)
		return;
	w = loop_watch_start(f->loop, path, folder_changed, f, &e);
	if (w == NULL) {
		log_warn("platform.unwatched", "path='%s' error='%s'", path,
		    e.message);
		return;
	}
	f->watches[f->nwatches++] = w;
	dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' ||
		    (size_t)snprintf(below, sizeof(below), "%s/%s", path,
			entry->d_name) >= sizeof(below) ||
		    lstat(below, &st) != 0 || !S_ISDIR(st.st_mode))
			continue;
		folder_watch_one(f, below);
	}
	if (dir != NULL)
		closedir(dir);
}

static void
folder_unwatch(struct folder *f)
{
	while (f->nwatches > 0)
		loop_watch_stop(f->watches[--f->nwatches]);
}

static void
folder_watch_all(struct folder *f)
{
	folder_unwatch(f);
	folder_watch_one(f, f->path);
}

/* --- life ----------------------------------------------------------------- */

void
folder_watch(struct folder *f, struct site *site, struct loop *loop,
    struct engine *engine, struct writer *writer)
{
	f->loop = loop;
	f->site = site;
	f->engine = engine;
	f->writer = writer;
	site->reload = folder_reload;
	site->reload_self = f;
	site->reload_errors = folder_errors;
	folder_watch_all(f);
}

void
folder_stop(struct folder *f)
{
	f->stopped = true;
	loop_timer_stop(f->settle);
	f->settle = NULL;
	folder_unwatch(f);
}

void
folder_close(struct folder *f)
{
	if (f == NULL)
		return;
	pthread_mutex_destroy(&f->lock);
	pthread_mutex_destroy(&f->keeping);
	jq_destroy(f->jq);
	free(f->errors);
	free(f);
}
