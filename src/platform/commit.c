/* SPDX-License-Identifier: MIT */
#include "platform/commit.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "sys/file.h"

#define COMMIT_PACKED MIB(16)

/* The whole file without its last newline, or NULL. */
static char *
commit_file(struct arena *a, const char *path, size_t max)
{
	struct buf text = { 0 };
	char *copy = NULL;

	if (file_read(AT_FDCWD, path, max, &text, NULL)) {
		while (text.len > 0 && text.data[text.len - 1] == '\n')
			text.len--;
		copy = arena_str(a, buf_str(&text));
	}
	buf_finish(&text);
	return copy;
}

static bool
commit_is_hash(const char *text)
{
	size_t n = strspn(text, "0123456789abcdef");

	return text[n] == '\0' && (n == 40 || n == 64);
}

/* A folder, or a file that says where it is: "gitdir: PATH". */
static const char *
commit_follow(struct arena *a, const char *above, const char *dir)
{
	struct stat st;
	const char *text;

	if (stat(dir, &st) != 0)
		return NULL;
	if (S_ISDIR(st.st_mode))
		return dir;
	text = commit_file(a, dir, KIB(8));
	if (text == NULL || strncmp(text, "gitdir: ", 8) != 0)
		return NULL;
	if (text[8] == '/')
		return text + 8;
	return arena_printf(a, "%s/%s", above, text + 8);
}

static const char *
commit_find(struct arena *a, const char *folder)
{
	char *above = arena_strdup(a, folder), *slash;

	for (;;) {
		const char *git = commit_follow(a, above,
		    arena_printf(a, "%s/.git", above));

		if (git != NULL)
			return git;
		slash = strrchr(above, '/');
		if (slash == NULL || slash == above)
			return NULL;
		*slash = '\0';
	}
}

/* Refs of a worktree lie in the repository it belongs to. */
static const char *
commit_common(struct arena *a, const char *git)
{
	const char *text = commit_file(a, arena_printf(a, "%s/commondir", git),
	    KIB(8));

	if (text == NULL)
		return git;
	return text[0] == '/' ? text : arena_printf(a, "%s/%s", git, text);
}

static const char *
commit_packed(struct arena *a, const char *git, const char *ref)
{
	const char *text = commit_file(a, arena_printf(a, "%s/packed-refs",
	    git), COMMIT_PACKED);
	struct str rest = str_of(text), line, name, hash;

	while (rest.p != NULL) {
		line = str_cut(rest, '\n', &rest);
		hash = str_cut(line, ' ', &name);
		if (name.p != NULL && str_is(name, ref))
			return arena_str(a, hash);
	}
	return NULL;
}

const char *
commit_read(struct arena *a, const char *folder)
{
	const char *git = commit_find(a, folder), *text, *ref;

	if (git == NULL)
		return "";
	text = commit_file(a, arena_printf(a, "%s/HEAD", git), KIB(8));
	if (text != NULL && strncmp(text, "ref: ", 5) == 0) {
		ref = text + 5;
		if (strncmp(ref, "refs/", 5) != 0 || strstr(ref, "..") != NULL)
			return "";
		git = commit_common(a, git);
		text = commit_file(a, arena_printf(a, "%s/%s", git, ref),
		    KIB(8));
		if (text == NULL)
			text = commit_packed(a, git, ref);
	}
	return text != NULL && commit_is_hash(text) ? text : "";
}
