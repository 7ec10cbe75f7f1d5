/* SPDX-License-Identifier: MIT */
/*
 * A line "slipway-folder 1 KEPT_MS PATH_BYTES", the path, and for each file a
 * line "file NAME_BYTES BYTES EXECUTABLE", the name and the bytes, which a line
 * break follows.
 */
#include "role/kept_folder.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "sys/file.h"

#define KEPT_NAME "folder"
#define KEPT_MOST MIB(256)
#define KEPT_LINE 100

static void
kept_add(struct buf *to, const struct folder_file *f)
{
	buf_printf(to, "file %zu %zu %d\n%s", strlen(f->name), f->bytes.n,
	    f->executable, f->name);
	buf_addstr(to, f->bytes);
	buf_addc(to, '\n');
}

bool
kept_folder_write(const char *data, const struct platform *p, struct err *e)
{
	struct buf all = { 0 }, path = { 0 };
	bool ok;

	buf_printf(&path, "%s/%s", data, KEPT_NAME);
	buf_printf(&all, "slipway-folder 1 %" PRId64 " %zu\n%s\n",
	    clock_wall_ms(), strlen(p->folder), p->folder);
	for (size_t i = 0; i < p->nsources; i++)
		kept_add(&all, &p->sources[i]);
	for (size_t i = 0; i < p->nfiles; i++)
		kept_add(&all, &p->files[i]);
	ok = file_replace(AT_FDCWD, buf_cstr(&path), all.data, all.len, 0600,
	    e);
	buf_finish(&all);
	buf_finish(&path);
	return ok;
}

/* --- reading -------------------------------------------------------------- */

static bool
kept_take(struct str *left, size_t n, struct str *ret)
{
	if (n > left->n)
		return false;
	*ret = (struct str){ left->p, n };
	*left = (struct str){ left->p + n, left->n - n };
	return true;
}

static bool
kept_line(struct str *left, struct arena *a, const char **ret)
{
	struct str rest, line = str_cut(*left, '\n', &rest);

	if (rest.p == NULL || line.n > KEPT_LINE)
		return false;
	*ret = arena_str(a, line);
	*left = rest;
	return true;
}

static bool
kept_file(struct str *left, struct arena *a, struct folder_file *f)
{
	size_t name_n, bytes_n;
	struct str name, end;
	const char *line;
	int executable;

	if (!kept_line(left, a, &line) ||
	    sscanf(line, "file %zu %zu %d", &name_n, &bytes_n,
		&executable) != 3 ||
	    !kept_take(left, name_n, &name) ||
	    !kept_take(left, bytes_n, &f->bytes) || !kept_take(left, 1, &end))
		return false;
	f->name = arena_str(a, name);
	f->executable = executable != 0;
	return end.p[0] == '\n';
}

static int
kept_compare(const void *a, const void *b)
{
	const struct folder_file *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static bool
kept_parse(struct str left, struct arena *a, struct kept_folder *ret)
{
	size_t cap = 0, path_n;
	const char *line;
	struct str path, end;

	if (!kept_line(&left, a, &line) ||
	    sscanf(line, "slipway-folder 1 %" SCNd64 " %zu", &ret->kept_ms,
		&path_n) != 2 ||
	    !kept_take(&left, path_n, &path) || !kept_take(&left, 1, &end))
		return false;
	ret->path = arena_str(a, path);
	while (left.n > 0) {
		if (ret->nfiles == cap) {
			struct folder_file *more;

			cap = cap == 0 ? 64 : cap * 2;
			more = arena_array(a, cap, sizeof(*more));
			if (ret->nfiles > 0)
				memcpy(more, ret->files,
				    ret->nfiles * sizeof(*more));
			ret->files = more;
		}
		if (!kept_file(&left, a, &ret->files[ret->nfiles++]))
			return false;
	}
	if (ret->nfiles > 0)
		qsort(ret->files, ret->nfiles, sizeof(*ret->files),
		    kept_compare);
	for (size_t i = 1; i < ret->nfiles; i++)
		if (strcmp(ret->files[i - 1].name, ret->files[i].name) == 0)
			return false;
	return ret->nfiles > 0;
}

static void
kept_forget(void *bytes)
{
	buf_finish(bytes);
}

bool
kept_folder_read(const char *data, struct arena *a, struct kept_folder *ret,
    struct err *e)
{
	struct buf *bytes = ARENA_NEW(a, struct buf);
	struct err why;

	arena_cleanup(a, kept_forget, bytes);
	*ret = (struct kept_folder){ .nfiles = 0 };
	if (file_read(AT_FDCWD, arena_printf(a, "%s/%s", data, KEPT_NAME),
		KEPT_MOST, bytes, &why) &&
	    kept_parse(buf_str(bytes), a, ret))
		return true;
	return err_set(e, ERR_NOT_FOUND, "folder.kept",
	    "there is no version of before in '%s'", data);
}
