/* SPDX-License-Identifier: MIT */
#include "cli/artifact.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/dump.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "spec/artifact.h"
#include "spec/results.h"

struct saving {
	struct session *session;
	FILE *to;
};

static bool
saving_bytes(void *arg, struct str bytes)
{
	struct saving *s = arg;

	return bytes.n == 0 || fwrite(bytes.p, 1, bytes.n, s->to) == bytes.n;
}

/* Write with fn beside `file`, then give it the name. */
static bool
file_save(struct session *s, const char *file,
    bool (*fn)(struct saving *to, void *arg, struct err *e), void *arg,
    struct err *e)
{
	const char *beside =
	    arena_printf(s->arena, "%s.%ld", file, (long)getpid());
	struct saving to = { .session = s };
	int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	bool ok;

	if (fd < 0)
		return err_sys(e, "write '%s'", file);
	to.to = fdopen(fd, "w");
	ASSERT(to.to != NULL);
	errno = 0;
	ok = fn(&to, arg, e);
	if (ferror(to.to) != 0)
		ok = err_sys(e, "write '%s'", file);
	if (fclose(to.to) != 0 && ok)
		ok = err_sys(e, "write '%s'", file);
	if (ok && rename(beside, file) != 0)
		ok = err_sys(e, "write '%s'", file);
	if (!ok)
		(void)unlink(beside);
	return ok;
}

static bool
artifact_write(struct saving *to, void *arg, struct err *e)
{
	const char *const *path = arg;
	struct client *client;

	return session_client(to->session, &client, e) &&
	       client_raw(client, &op_artifact_get, path, NULL, saving_bytes,
		   to, e);
}

/* --- to a file, which a broken connection only holds up ------------------- */

#define FETCH_TRIES 5
#define FETCH_PAUSE_MS 1000

/*
 * What came so far lies beside the file as FILE.SHA256.part: the name says of
 * which bytes it is the beginning, so that whoever asks again goes on there.
 */
struct fetch {
	struct session *session;
	const char *file;
	char partial[PATH_MAX]; /* "": there is none */
	struct client_part part;
	FILE *to;
	int64_t have;
	bool broken; /* the disk */
};

/* "FILE.": what the name of a partial one begins with, without the folder. */
static const char *
fetch_prefix(const struct fetch *f, const char **ret_folder)
{
	struct arena *a = f->session->arena;
	const char *slash = strrchr(f->file, '/');

	*ret_folder = slash == NULL ? "."
	    : slash == f->file
	    ? "/"
	    : arena_strndup(a, f->file, (size_t)(slash - f->file));
	return arena_printf(a, "%s.", slash == NULL ? f->file : slash + 1);
}

static bool
fetch_is_hash(const char *p)
{
	return strspn(p, "0123456789abcdef") == 64;
}

/* For this process alone; how: beside O_WRONLY. */
static int
fetch_take(const char *path, int how)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | how, 0666);

	if (fd >= 0 && fcntl(fd, F_OFD_SETLK, &all) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Is there the beginning of one from an earlier time? */
static void
fetch_find(struct fetch *f)
{
	const char *folder, *prefix = fetch_prefix(f, &folder), *hash;
	DIR *dir = opendir(folder);
	struct dirent *entry;
	struct stat st;
	int fd;

	while (dir != NULL && f->partial[0] == '\0' &&
	       (entry = readdir(dir)) != NULL) {
		hash = entry->d_name + strlen(prefix);
		if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0 ||
		    !fetch_is_hash(hash) || !streq(hash + 64, ".part") ||
		    fstatat(dirfd(dir), entry->d_name, &st,
			AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISREG(st.st_mode) || st.st_size == 0)
			continue;
		snprintf(f->partial, sizeof(f->partial), "%s/%s", folder,
		    entry->d_name);
		fd = fetch_take(f->partial, 0);
		if (fd < 0) {
			f->partial[0] = '\0'; /* another one is at it */
			continue;
		}
		close(fd);
		snprintf(f->part.etag, sizeof(f->part.etag), "\"%.64s\"", hash);
		f->have = st.st_size;
	}
	if (dir != NULL)
		closedir(dir);
}

/* From the beginning.  Where another one fetches the same, under a name that
 * nobody goes on with. */
static int
fetch_begin(struct fetch *f)
{
	const char *hash = f->part.etag + 1, *folder;
	const char *prefix = fetch_prefix(f, &folder);
	int fd = -1;

	if (f->partial[0] != '\0')
		(void)unlink(f->partial);
	if (f->part.etag[0] == '"' && fetch_is_hash(hash)) {
		snprintf(f->partial, sizeof(f->partial), "%s/%s%.64s.part",
		    folder, prefix, hash);
		fd = fetch_take(f->partial, O_CREAT);
	}
	if (fd < 0) {
		snprintf(f->partial, sizeof(f->partial), "%s/%s%ld", folder,
		    prefix, (long)getpid());
		fd = fetch_take(f->partial, O_CREAT | O_EXCL);
	}
	if (fd >= 0 && ftruncate(fd, 0) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* The first bytes are here, and with them which ones they are. */
static bool
fetch_open(struct fetch *f)
{
	int fd = f->part.from > 0 ? fetch_take(f->partial, O_APPEND)
				  : fetch_begin(f);

	f->have = f->part.from;
	f->to = fd < 0 ? NULL : fdopen(fd, "a");
	return f->to != NULL;
}

static bool
fetch_bytes(void *arg, struct str bytes)
{
	struct fetch *f = arg;

	if (f->to == NULL && !fetch_open(f)) {
		f->broken = true;
		return false;
	}
	if (bytes.n > 0 && fwrite(bytes.p, 1, bytes.n, f->to) != bytes.n) {
		f->broken = true;
		return false;
	}
	f->have += (int64_t)bytes.n;
	return true;
}

/* Once.  What came is on the disk afterwards, however it ends. */
static bool
fetch_once(struct fetch *f, const char *const *path, struct err *e)
{
	struct client *client;
	bool ok;

	f->part.from = f->have;
	f->part.fn = fetch_bytes;
	f->part.arg = f;
	errno = 0;
	ok = session_client(f->session, &client, e) &&
	    client_raw_part(client, &op_artifact_get, path, &f->part, e);
	if (ok && f->to == NULL && !f->broken) /* it is empty */
		f->broken = !fetch_bytes(f, (struct str){ "", 0 });
	if (f->broken)
		ok = err_sys(e, "write '%s'", f->file);
	if (f->to != NULL && fclose(f->to) != 0 && ok)
		ok = err_sys(e, "write '%s'", f->file);
	f->to = NULL;
	return ok;
}

static void
fetch_pause(void)
{
	const struct timespec t = { FETCH_PAUSE_MS / 1000,
		FETCH_PAUSE_MS % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

static bool
artifact_fetch(struct session *s, const char *file, const char *const *path,
    struct err *e)
{
	struct fetch f = { .session = s, .file = file };
	unsigned tries = 0;
	int64_t had;
	bool ok;

	fetch_find(&f);
	for (;;) {
		had = f.have;
		ok = fetch_once(&f, path, e);
		if (ok || f.broken)
			break;
		if (streq(e->code, "artifact.range")) {
			(void)unlink(f.partial);
			f.partial[0] = f.part.etag[0] = '\0';
			f.have = 0;
		} else if (e->class != ERR_UNAVAILABLE)
			break;
		tries = f.have > had ? 0 : tries + 1;
		if (tries == FETCH_TRIES)
			break;
		fetch_pause();
	}
	if (ok && rename(f.partial, file) != 0)
		return err_sys(e, "write '%s'", file);
	if (!ok && f.have > 0 && e->class == ERR_UNAVAILABLE)
		err_hint(e, "%lld bytes are there; the same again goes on "
		    "behind them", (long long)f.have);
	return ok;
}

/* --- one ------------------------------------------------------------------ */

/* "R-1/train/model" in place of "R-1 train model", and -o for --output. */
static int
artifact_words(struct session *s, int argc, char **argv, char **words)
{
	int n = 0;

	for (int i = 0; i < argc; i++) {
		char *word = argv[i], *slash;

		if (streq(word, "-o"))
			word = arena_strdup(s->arena, "--output");
		else if (n == 0 && word[0] != '-' && strchr(word, '/') != NULL)
			for (word = arena_strdup(s->arena, word);
			     n < 2 && (slash = strchr(word, '/')) != NULL;
			     word = slash + 1) {
				*slash = '\0';
				words[n++] = word;
			}
		words[n++] = word;
	}
	words[n] = NULL;
	return n;
}

static int
artifact_to_stdout(struct session *s, const struct args *args)
{
	struct saving to = { .session = s, .to = s->out };
	struct err e;

	if (!artifact_write(&to, (void *)(uintptr_t)args->path, &e))
		return session_fail(s, &e);
	return EXIT_OK;
}

int
verb_artifact_get(
    struct session *s, const struct verb *v, int argc, char **argv)
{
	char **words = arena_array(s->arena, (size_t)argc + 4, sizeof(*words));
	struct args args;
	const char *file;
	int code = EXIT_OK;
	struct err e;

	argc = artifact_words(s, argc, argv, words);
	if (!verb_parse(s, v, argc, words, &args, &code))
		return code;
	file = args_local(&args, "output");
	if (file == NULL && s->term.out_tty) {
		err_set(&e, ERR_SYNTAX, "usage",
		    "an artifact is no text for a terminal");
		err_hint(&e, "say where it goes: -o %s", args.path[2]);
		return session_fail(s, &e);
	}
	if (file == NULL || streq(file, "-"))
		return artifact_to_stdout(s, &args);
	if (!artifact_fetch(s, file, args.path, &e))
		return session_fail(s, &e);
	session_note(s, "%s is written\n", text_word(s->arena, file));
	return EXIT_OK;
}

/* --- all ------------------------------------------------------------------ */

static bool
results_write(struct saving *to, void *arg, struct err *e)
{
	(void)e;
	dump_json(to->to, arg, 2, false);
	fputc('\n', to->to);
	return true;
}

/* How many steps of the list are of this row's task and left that name. */
static bool
artifact_is_shared(const json_t *items, const json_t *row)
{
	json_t *other;
	size_t i;

	json_array_foreach(items, i, other)
	{
		if (json_equal(json_object_get(other, "task"),
			json_object_get(row, "task")) &&
		    !json_equal(json_object_get(other, "step_id"),
			json_object_get(row, "step_id")))
			return true;
	}
	return false;
}

/* What comes from a server becomes no way out of the folder. */
static bool
artifact_is_name(const char *name)
{
	return name[0] != '\0' && name[0] != '.' && strchr(name, '/') == NULL;
}

static bool
artifact_folder(const char *path, struct err *e)
{
	return mkdir(path, 0777) == 0 || errno == EEXIST ||
	       err_sys(e, "make folder '%s'", path);
}

static bool
artifact_save_one(struct session *s, const char *folder, const json_t *items,
    const json_t *row, struct err *e)
{
	struct arena *a = s->arena;
	const char *task = text_get(a, row, "task");
	const char *name = text_get(a, row, "name");
	const char *step = text_get(a, row, "step_id");
	const char *path[4] = { NULL, step, name, NULL };
	const char *place;

	if (!json_is_null(json_object_get(row, "removed_at")))
		return true;
	if (!artifact_is_name(task) || !artifact_is_name(name))
		return err_set(e, ERR_INVALID, "artifact.name",
		    "'%s/%s' is no name for a file", task, name);
	place = arena_printf(a, "%s/%s%s%s", folder, task,
	    artifact_is_shared(items, row) ? "." : "",
	    artifact_is_shared(items, row) ? step : "");
	path[0] = text_get(a, row, "run");
	return artifact_folder(place, e) &&
	       artifact_fetch(s, arena_printf(a, "%s/%s", place, name), path,
		   e);
}

bool
artifact_save_run(
    struct session *s, const char *run, const char *folder, struct err *e)
{
	json_t *all = json_array(), *page, *row, *results;
	const char *path[] = { run, NULL };
	json_t *query = json_object();
	bool ok = true, more = true;
	size_t i;

	session_keep(s, all);
	session_keep(s, query);
	while (ok && more) {
		ok = session_call(s, &op_artifact_list, path, query, NULL,
		    &page, e);
		if (!ok)
			break;
		json_array_extend(all, json_object_get(page, "items"));
		more = json_is_string(json_object_get(page, "next"));
		json_object_set(query, "after", json_object_get(page, "next"));
	}
	ok = ok && session_get(s, &op_run_results, run, &results, e) &&
	     artifact_folder(folder, e) &&
	     file_save(s, arena_printf(s->arena, "%s/results.json", folder),
		 results_write, results, e);
	json_array_foreach(all, i, row)
	{
		json_object_set_new(row, "run", json_string(run));
		ok = ok && artifact_save_one(s, folder, all, row, e);
	}
	return ok;
}
