/* SPDX-License-Identifier: MIT */
#include "resource/server/usage.h"

#include <fts.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "store/meta.h"

/* What is below DATA, by the first part of its path; the last one is all that
 * has no row. */
static const struct {
	const char *name, *first, *second, *what;
} usage_classes[] = {
	{ "state", "db", "db-wal", "tickets, runs, the audit chain" },
	{ "logs", "k", NULL, "of attempts, and their records" },
	{ "workspaces", "ws", NULL, "of what runs" },
	{ "files", "blob", NULL, "that definitions name" },
	{ "artifacts", "artifact", NULL, "that steps left behind" },
	{ "ballast", "ballast", NULL, "for a full disk" },
	{ "other", "", NULL, "keys, locks, anchors" },
};

struct usage {
	int64_t bytes, files;
};

static size_t
usage_class(const char *below)
{
	const size_t n = strcspn(below, "/");
	const struct str first = { below, n };
	size_t i = 0;

	while (i + 1 < ARRAY_SIZE(usage_classes) &&
	       !str_is(first, usage_classes[i].first) &&
	       (usage_classes[i].second == NULL ||
		   !str_is(first, usage_classes[i].second)))
		i++;
	return i;
}

/* Blocks on the disk; what cannot be read is not counted. */
static void
usage_walk(struct cx *cx, struct usage all[ARRAY_SIZE(usage_classes)])
{
	char *const paths[] = { arena_strdup(cx->arena, cx->site->data), NULL };
	const size_t n = strlen(cx->site->data) + 1;
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_XDEV | FTS_NOCHDIR, NULL);
	const FTSENT *entry;

	while (fts != NULL && (entry = fts_read(fts)) != NULL) {
		struct usage *u;

		if (entry->fts_info != FTS_F || entry->fts_pathlen <= n)
			continue;
		u = &all[usage_class(entry->fts_path + n)];
		u->bytes += (int64_t)entry->fts_statp->st_blocks * 512;
		u->files++;
	}
	if (fts != NULL)
		fts_close(fts);
}

static int64_t
usage_free(const struct site *s)
{
	struct statvfs fs;

	if (statvfs(s->data, &fs) != 0)
		return 0;
	return (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
}

/* In the largest unit that tells it exactly. */
static const char *
usage_time(struct arena *a, int64_t ms)
{
	static const struct {
		int64_t ms;
		const char *name;
	} units[] = { { 86400000, "days" }, { 3600000, "h" },
		{ 60000, "min" }, { 1000, "s" }, { 1, "ms" } };
	size_t i = 0;

	while (ms % units[i].ms != 0)
		i++;
	return arena_printf(a, "%lld %s", (long long)(ms / units[i].ms),
	    units[i].name);
}

static const char *
usage_kept_ms(struct cx *cx, int64_t ms)
{
	return ms == 0 ? "for ever"
		       : arena_printf(cx->arena, "%s after the end",
			     usage_time(cx->arena, ms));
}

static const char *
usage_kept(struct cx *cx, const char *name)
{
	if (streq(name, "state") && (cx->site->keep_runs_ms != 0 ||
		cx->site->keep_tickets_ms != 0))
		return arena_printf(cx->arena, "runs %s, tickets %s",
		    usage_kept_ms(cx, cx->site->keep_runs_ms),
		    usage_kept_ms(cx, cx->site->keep_tickets_ms));
	if (!streq(name, "logs"))
		return "";
	return usage_kept_ms(cx, cx->site->keep_logs_ms);
}

bool
usage_api_get(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct usage all[ARRAY_SIZE(usage_classes)] = { { 0, 0 } };
	int64_t sum = 0;

	(void)call;
	(void)e;
	usage_walk(cx, all);
	json_object_begin(out);
	json_key(out, "classes");
	json_array_begin(out);
	for (size_t i = 0; i < ARRAY_SIZE(usage_classes); i++) {
		json_object_begin(out);
		json_kv_str(out, "class", usage_classes[i].name);
		json_kv_int(out, "bytes", all[i].bytes);
		json_kv_int(out, "files", all[i].files);
		json_kv_str(out, "what", usage_classes[i].what);
		json_kv_str(out, "kept",
		    usage_kept(cx, usage_classes[i].name));
		json_object_end(out);
		sum += all[i].bytes;
	}
	json_array_end(out);
	json_kv_int(out, "bytes", sum);
	json_kv_int(out, "free", usage_free(cx->site));
	json_kv_int(out, "logs_pruned_to",
	    meta_get_int(cx->db, USAGE_LOGS_PRUNED_TO, 0));
	json_object_end(out);
	return true;
}

bool
usage_log_is_pruned(struct cx *cx, int64_t attempt, struct err *e)
{
	if (attempt > meta_get_int(cx->db, USAGE_LOGS_PRUNED_TO, 0))
		return false;
	err_set(e, ERR_GONE, "log.pruned", "the log of attempt %lld was "
	    "removed: it is older than logs are kept (%s)",
	    (long long)attempt, usage_kept(cx, "logs"));
	err_hint(e, "slipway usage says what is kept; --keep-logs of "
		    "slipway serve");
	return true;
}
