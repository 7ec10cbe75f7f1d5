/* SPDX-License-Identifier: MIT */
#include "platform/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "sys/file.h"

#define SOURCE_DEPTH 16 /* folders in folders */

struct source_walk {
	struct arena *a;
	const char **names;
	size_t n, cap;
};

static int
source_compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
source_add(struct source_walk *w, const char *name, struct err *e)
{
	if (w->n == LIMIT_FOLDER_FILES) {
		err_set(e, ERR_CONFIG, "folder.too_large",
		    "the folder has more than %d files", LIMIT_FOLDER_FILES);
		return err_hint(e, "keep only what tasks need in it");
	}
	if (w->n == w->cap) {
		size_t cap = w->cap == 0 ? 64 : w->cap * 2;
		const char **more = arena_array(w->a, cap, sizeof(*more));

		if (w->n > 0)
			memcpy(more, w->names, w->n * sizeof(*more));
		w->names = more;
		w->cap = cap;
	}
	w->names[w->n++] = name;
	return true;
}

static bool source_walk(struct source_walk *w, int parent, const char *path,
    const char *prefix, unsigned depth, struct err *e);

static bool
source_entry(struct source_walk *w, int fd, const char *entry,
    const char *prefix, unsigned depth, struct err *e)
{
	const char *name;
	struct stat st;

	if (entry[0] == '.')
		return true;
	if (!str_is_utf8(str_of(entry)))
		return err_set(e, ERR_CONFIG, "folder.name",
		    "a file name in '%s' is not UTF-8", prefix);
	if (fstatat(fd, entry, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT || err_sys(e, "look at '%s%s'", prefix,
		    entry);
	name = arena_printf(w->a, "%s%s", prefix, entry);
	if (S_ISDIR(st.st_mode))
		return source_walk(w, fd, entry,
		    arena_printf(w->a, "%s/", name), depth + 1, e);
	/* A link is listed, so that reading it says what it is. */
	if (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode))
		return source_add(w, name, e);
	return true;
}

static bool
source_walk(struct source_walk *w, int parent, const char *path,
    const char *prefix, unsigned depth, struct err *e)
{
	struct dirent *entry;
	bool ok = true;
	DIR *dir;
	int fd;

	if (depth > SOURCE_DEPTH)
		return err_set(e, ERR_CONFIG, "folder.too_deep",
		    "'%s' is nested deeper than %d folders", prefix,
		    SOURCE_DEPTH);
	fd = openat(parent, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC |
	    (depth > 0 ? O_NOFOLLOW : 0));
	if (fd < 0)
		return err_sys(e, "open the folder '%s%s'", prefix,
		    depth == 0 ? path : "");
	dir = fdopendir(fd);
	ASSERT(dir != NULL);
	while (ok && (entry = readdir(dir)) != NULL)
		ok = source_entry(w, fd, entry->d_name, prefix, depth, e);
	closedir(dir);
	return ok;
}

static bool
source_read_disk(const struct source *s, const char *name, size_t max,
    struct buf *to, bool *ret_executable, struct err *e)
{
	struct stat st;

	*ret_executable = fstatat(s->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (st.st_mode & 0111) != 0;
	return file_read(s->fd, name, max, to, e);
}

static void
source_close(void *arg)
{
	close((int)(intptr_t)arg);
}

bool
source_open(struct arena *a, const char *folder, struct source *ret,
    struct err *e)
{
	struct source_walk w = { .a = a };

	*ret = (struct source){ .read = source_read_disk };
	ret->fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (ret->fd < 0)
		return err_sys(e, "open the folder '%s'", folder);
	arena_cleanup(a, source_close, (void *)(intptr_t)ret->fd);
	if (!source_walk(&w, ret->fd, ".", "", 0, e))
		return false;
	if (w.n > 0)
		qsort(w.names, w.n, sizeof(*w.names), source_compare);
	ret->names = w.names;
	ret->n = w.n;
	return true;
}

static size_t
source_find(const struct source *s, const char *name)
{
	const char **at = s->n == 0 ? NULL : bsearch(&name, s->names, s->n,
	    sizeof(*s->names), source_compare);

	return at == NULL ? s->n : (size_t)(at - (const char **)
	    (uintptr_t)s->names);
}

static bool
source_read_memory(const struct source *s, const char *name, size_t max,
    struct buf *to, bool *ret_executable, struct err *e)
{
	const struct folder_file *f = &s->files[source_find(s, name)];

	*ret_executable = f->executable;
	if (f->bytes.n > max)
		return err_set(e, ERR_TOO_LARGE, "file.too_large",
		    "read '%s': it has more than %zu bytes", name, max);
	buf_addstr(to, f->bytes);
	return true;
}

void
source_memory(struct arena *a, const struct folder_file *files, size_t nfiles,
    struct source *ret)
{
	const char **names = arena_array(a, nfiles + 1, sizeof(*names));

	for (size_t i = 0; i < nfiles; i++) {
		names[i] = files[i].name;
		ASSERT(i == 0 || strcmp(names[i - 1], names[i]) < 0);
	}
	*ret = (struct source){ .names = names, .n = nfiles,
		.read = source_read_memory, .fd = -1, .files = files };
}

bool
source_has(const struct source *s, const char *name)
{
	return source_find(s, name) < s->n;
}
