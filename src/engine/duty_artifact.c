/* SPDX-License-Identifier: MIT */
/* artifact: what has been kept for long enough goes, and its bytes after it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "engine/engine_private.h"
#include "resource/artifact/artifact.h"
#include "sys/digest.h"

#define SWEEP_AGAIN_MS 60000
#define SWEEP_EACH_MS (6 * 3600000)

static bool
sweep_is_live(const struct engine *g, int64_t attempt)
{
	for (size_t i = 0; i < g->nlive; i++)
		if (g->live[i].attempt == attempt)
			return true;
	return false;
}

/* Files that a keeper took for an attempt which is over. */
static void
sweep_new(struct engine *g, struct cx *cx)
{
	const char *path =
	    arena_printf(cx->arena, "%s/artifact/new", g->site->data);
	const struct dirent *entry;
	DIR *dir = opendir(path);

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		struct str rest;
		struct str number =
		    str_cut(str_of(entry->d_name), '.', &rest);
		int64_t attempt;

		if (entry->d_name[0] == '.' ||
		    (str_to_int64(number, &attempt) &&
			sweep_is_live(g, attempt)))
			continue;
		(void)unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir != NULL)
		closedir(dir);
}

/* A second name, in new/, says that a row may still come. */
static void
sweep_one(struct cx *cx, int dir, const char *name)
{
	struct stat st;

	if (strlen(name) != DIGEST_HEX - 1 || artifact_named(cx, name) ||
	    fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode) || st.st_nlink != 1)
		return;
	if (!db_failed(cx->db, NULL) && unlinkat(dir, name, 0) < 0)
		log_warn("artifact.sweep", "file=%s error=%s", name,
		    strerror(errno));
}

void
duty_sweep(struct engine *g, struct cx *cx)
{
	const struct dirent *entry;

	if (g->site->data == NULL)
		return;
	if (g->sweep == NULL && g->sweep_due_boot_ms <= clock_boot_ms()) {
		sweep_new(g, cx);
		g->sweep_due_boot_ms = clock_boot_ms() + SWEEP_EACH_MS;
		g->sweep = opendir(
		    arena_printf(cx->arena, "%s/artifact", g->site->data));
	}
	for (int i = 0; g->sweep != NULL && i < LIMIT_BATCH; i++) {
		entry = readdir(g->sweep);
		if (entry != NULL) {
			sweep_one(cx, dirfd(g->sweep), entry->d_name);
			continue;
		}
		closedir(g->sweep);
		g->sweep = NULL;
	}
	if (g->sweep != NULL)
		g->more = true;
	else if (g->sweep_due_boot_ms < g->next_due_boot_ms)
		g->next_due_boot_ms = g->sweep_due_boot_ms;
}

/* What went leaves bytes behind: look soon. */
static void
artifacts_went(void *arg)
{
	struct engine *g = arg;
	int64_t soon = clock_boot_ms() + SWEEP_AGAIN_MS;

	g->artifacts_due = g->artifacts_next;
	if (g->sweep_due_boot_ms > soon)
		g->sweep_due_boot_ms = soon;
	if (g->next_due_boot_ms > g->sweep_due_boot_ms)
		g->next_due_boot_ms = g->sweep_due_boot_ms;
}

void
duty_artifact(struct engine *g, struct cx *cx)
{
	if (g->artifacts_due > cx->now) {
		engine_due_at(g, cx, g->artifacts_due);
		return;
	}
	g->artifacts_next = artifact_expire(cx);
	engine_due_at(g, cx, g->artifacts_next);
	db_after_commit(cx->db, artifacts_went, g);
}
